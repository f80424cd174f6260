//! Rules about what an endpoint promises its callers.

use std::time::Duration;

use crate::report::{Code, Diagnostic, Sink};
use crate::source::Span;
use crate::stack::{Endpoint, Member, Mode, Servable, Stack};

use super::served::{called_by_users, models, served, ways};
use super::time::written;

pub fn the_median_is_below_the_tail(endpoint: &Endpoint, sink: &mut Sink) {
    let Some(slo) = &endpoint.slo else { return };
    if let (Some(p50), Some(p99)) = (slo.value.p50, slo.value.p99)
        && p50 > p99
    {
        sink.push(
            Diagnostic::error(Code::SloReversed, format!("the slo of endpoint `{}` can't hold", endpoint.name))
                .label(slo.span, format!("p50 is {}, above p99 at {}", written(p50), written(p99))),
        );
    }
}

pub fn a_cold_start_fits_the_slo(stack: &Stack, endpoint: &Endpoint, sink: &mut Sink) {
    let Some(slo) = &endpoint.slo else { return };
    let Some(limit) = slo.value.cold_start else { return };
    for model in served(endpoint, false).into_iter().flat_map(|servable| models(stack, servable)) {
        if let Some(load) = model.load_time.as_ref().filter(|load| load.value > limit) {
            sink.push(
                Diagnostic::error(
                    Code::ColdStart,
                    format!(
                        "{} loads for longer than endpoint `{}` may take to start",
                        called_by_users(model),
                        endpoint.name
                    ),
                )
                .label(slo.span, format!("a cold start may take {}", written(limit)))
                .label(load.span, format!("loading alone takes {}", written(load.value)))
                .help("promise a longer `cold_start`, or make the model smaller"),
            );
        }
    }
}

/// `latency` is the median: no share of the calls can be promised to be faster than the models are.
pub fn an_slo_leaves_room_for_one_call(stack: &Stack, endpoint: &Endpoint, sink: &mut Sink) {
    let Some(slo) = &endpoint.slo else { return };
    let promised = [("p99", slo.value.p99), ("p50", slo.value.p50)];
    for way in served(endpoint, false).into_iter().flat_map(|servable| ways(stack, servable)) {
        let takes = way.alone();
        let Some((word, limit)) = promised.iter().find_map(|(word, p)| Some((*word, p.filter(|p| *p < takes)?))) else {
            continue;
        };
        let message = format!("the slo of endpoint `{}` can't hold: one call takes {}", endpoint.name, written(takes));
        let d =
            Diagnostic::error(Code::SloBelowLatency, message).label(slo.span, format!("{word} is {}", written(limit)));
        let latencies = way.0.iter().filter_map(|(model, _)| model.latency.as_ref());
        let d = latencies.fold(d, |d, latency| {
            d.label(latency.span, format!("half of the calls take more than {}", written(latency.value)))
        });
        sink.push(d.help(format!("promise more than {}, or serve a faster model", written(takes))));
    }
}

/// Why a call may have to wait for a model to load.
struct Cold {
    why: &'static str,
    span: Span,
    help: &'static str,
    fix: Option<(&'static str, Span)>,
}

/// The first reason there is.
fn cold(stack: &Stack, endpoint: &Endpoint, servable: &Servable) -> Option<Cold> {
    let scale = &endpoint.scale;
    if let Mode::Serverless { .. } = endpoint.mode.value {
        let why = "a worker may be started for a call";
        let help = "use `mode = realtime`, where replicas stay, or promise more";
        return Some(Cold { why, span: endpoint.mode.span, help, fix: None });
    }
    if scale.value.min == 0 {
        let why = "no replica runs while nobody calls, so a call may wait for one";
        let help = "keep a replica: write 1 for 0, or promise more";
        // A scale that stands elsewhere may be another endpoint's too.
        let here = scale.span.contains(scale.value.low);
        let span = if here { scale.value.low } else { scale.span };
        return Some(Cold { why, span, help, fix: here.then_some(("1", span)) });
    }
    let Servable::Pool(name) = servable else { return None };
    let pool = stack.pools.get(name)?;
    let help = "serve what must answer fast by itself, or promise more";
    match &pool.members.value {
        Member::Prefix { .. } => {
            let why = "a member is loaded when it is first called";
            Some(Cold { why, span: pool.members.span, help, fix: None })
        }
        Member::Named(_) if !pool.cache => {
            let why = "`cache = off`: each member is loaded for its call";
            Some(Cold { why, span: pool.span, help: "write `cache = on` in the pool, or promise more", fix: None })
        }
        Member::Named(_) => None,
    }
}

/// A call that comes while a model is not loaded takes the model's load time at least.
pub fn a_cold_call_fits_the_slo(stack: &Stack, endpoint: &Endpoint, sink: &mut Sink) {
    let Some(slo) = &endpoint.slo else { return };
    let Some(limit) = slo.value.p99.filter(|_| !matches!(endpoint.mode.value, Mode::Batch { .. })) else { return };
    for servable in served(endpoint, false) {
        let Some(cold) = cold(stack, endpoint, servable) else { continue };
        let members = models(stack, servable);
        let slowest =
            members.iter().filter_map(|m| Some((m, m.load_time.as_ref()?))).max_by_key(|(_, load)| load.value);
        let name = &endpoint.name;
        let d = match (slowest, servable) {
            (Some((_, load)), _) if load.value <= limit => continue,
            (Some((model, load)), _) => {
                let loads = written(load.value);
                let message =
                    format!("a call of endpoint `{name}` may wait {loads} for {} to load", called_by_users(model));
                Diagnostic::error(Code::ColdTail, message)
                    .label(slo.span, too_late(limit))
                    .label(load.span, format!("loading takes {loads}"))
            }
            (None, Servable::Pool(pool)) => {
                let message = format!("a call of endpoint `{name}` may wait for a member of `{pool}` to load");
                Diagnostic::warning(Code::ColdTail, message).label(slo.span, too_late(limit)).note(
                    "how long that takes is not known: `load_time` of the members would say whether the slo can hold",
                )
            }
            (None, Servable::Model(_) | Servable::Pipeline(_)) => continue,
        };
        let d = d.label(cold.span, cold.why).help(cold.help);
        sink.push(match cold.fix {
            Some((text, span)) => d.fix("keep one replica", span, text),
            None => d,
        });
    }
}

fn too_late(limit: Duration) -> String {
    format!("99 of 100 calls are promised an answer within {}", written(limit))
}
