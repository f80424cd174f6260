//! Rules about scaling by how busy a replica is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::report::{Code, Diagnostic, Sink, amount};
use crate::source::Span;
use crate::stack::{Accelerator, Endpoint, Metric, Mode, Model, Policy, Servable, Stack, Track, Variant};

use super::served::{at_once, models, served, ways};

/// How far a replica is filled before another is added, where servec proposes a target: it leaves time for the new one
/// to start.
const FILLED: f64 = 0.7;

/// Calls that wait for one replica: what `queue_work` of the standard library keeps.
const BACKLOG: u32 = 5;

fn tracked(endpoint: &Endpoint) -> impl Iterator<Item = (&Track, Metric, Span)> {
    endpoint.scale.value.policies.iter().filter_map(|policy| match &policy.value {
        Policy::Track(track) => Some((track, Metric::parse(&track.metric)?, policy.span)),
        Policy::Step { .. } | Policy::Schedule { .. } => None,
    })
}

/// Where to point for a policy: where it stands, or where a scale that stands elsewhere, such as a preset, is used.
fn place(endpoint: &Endpoint, policy: Span) -> Span {
    if endpoint.scale.span.contains(policy) { policy } else { endpoint.scale.span }
}

/// One call keeps such a replica wholly busy or not at all, so an average near a target says nothing of the load.
/// Members of a pool work beside each other, and how full a memory is does not follow calls, so neither is asked.
///
/// `knows` tells which metrics can be proposed: those of the endpoint's target.
pub fn a_busy_replica_can_be_half_busy(
    stack: &Stack,
    endpoint: &Endpoint,
    knows: impl Fn(Metric) -> bool,
    sink: &mut Sink,
) {
    // Serverless workers are started by calls, not by a metric.
    if let Mode::Serverless { .. } = endpoint.mode.value {
        return;
    }
    let servables = served(endpoint, true);
    let behind: Vec<&Model> = servables.iter().flat_map(|servable| models(stack, servable)).collect();
    let pooled = servables.iter().any(|servable| matches!(servable, Servable::Pool(_)));
    if pooled || behind.is_empty() || behind.iter().any(|model| at_once(model) != 1) {
        return;
    }
    let mut seen = BTreeSet::new();
    for (track, metric, span) in tracked(endpoint) {
        // What is tracked twice is a mistake of its own.
        if !matches!(metric, Metric::Cpu | Metric::Gpu) || !seen.insert(metric) {
            continue;
        }
        let message = format!("`{}` says little of how many calls endpoint `{}` gets", track.metric, endpoint.name);
        let mut d = Diagnostic::warning(Code::CoarseMetric, message)
            .label(place(endpoint, span), "a replica is busy with its one call, or it is not");
        for model in distinct(&behind) {
            let unsaid = model.concurrency.span == model.span;
            let text = if unsaid { "one call at a time unless `concurrency` says more" } else { "one call at a time" };
            d = d.label(model.concurrency.span, text);
        }
        let follows = follows_calls(endpoint);
        let better = better(stack, endpoint).filter(|_| knows(follows));
        let taken = tracked(endpoint).any(|(_, known, _)| known == follows);
        sink.push(match better {
            _ if taken => d.help(format!("leave `{}` out: what follows the calls is tracked already", track.metric)),
            Some(text) => {
                let cooldown = track.cooldown.as_ref().and_then(|c| amount::duration_literal(c.value.as_secs_f64()));
                let cooldown = cooldown.map(|time| format!(", cooldown = {time}")).unwrap_or_default();
                let d = d.help(format!(
                    "write `{text} }}`; or write `concurrency` if one replica serves several calls at once"
                ));
                // A policy that stands elsewhere may be another endpoint's too.
                match endpoint.scale.span.contains(span) {
                    true => d.fix("follow the calls", span, format!("{text}{cooldown} }}")),
                    false => d,
                }
            }
            None if knows(follows) => d.help(format!(
                "track `{}`, with what one replica can answer; or write `concurrency` if it serves several calls at once",
                follows.word()
            )),
            None => d.help(
                "write `concurrency` if one replica serves several calls at once; the target has no metric that follows \
                 the calls",
            ),
        });
    }
}

/// The metric that follows the calls of an endpoint.
fn follows_calls(endpoint: &Endpoint) -> Metric {
    match endpoint.mode.value {
        Mode::Async { .. } => Metric::BacklogPerReplica,
        Mode::Realtime { .. } | Mode::Streaming { .. } | Mode::Serverless { .. } | Mode::Batch { .. } => {
            Metric::RequestsPerReplica
        }
    }
}

/// A policy that follows the calls, but for its closing brace, where enough is known to propose one.
fn better(stack: &Stack, endpoint: &Endpoint) -> Option<String> {
    if let Mode::Async { .. } = endpoint.mode.value {
        return Some(format!("track backlog_per_replica {{ target = {BACKLOG}"));
    }
    let slowest = served(endpoint, false).into_iter().flat_map(|servable| ways(stack, servable));
    let (latency, calls) = slowest
        .flat_map(|way| way.0)
        .map(|(model, latency)| (latency, at_once(model)))
        .max_by_key(|(latency, _)| *latency)
        .filter(|(latency, _)| !latency.is_zero())?;
    let rate = rate(FILLED * f64::from(calls) / latency.as_secs_f64())?;
    Some(format!("track requests_per_replica {{ target = {rate}"))
}

/// A rate as the language writes it, in the unit in which it has a digit before the point.
fn rate(per_second: f64) -> Option<String> {
    let units = [(1.0, "/s"), (60.0, "/min"), (3600.0, "/h")];
    let (times, unit) = units.into_iter().find(|(times, _)| per_second * times >= 1.0)?;
    let digits = per_second * times;
    Some(format!(
        "{}{unit}",
        amount::number(if digits >= 10.0 { digits.floor() } else { (digits * 10.0 + 1e-6).floor() / 10.0 })
    ))
}

fn distinct<'m>(models: &[&'m Model]) -> Vec<&'m Model> {
    let by_name: BTreeMap<&str, &Model> = models.iter().map(|model| (&*model.name, *model)).collect();
    by_name.into_values().collect()
}

/// Sixty percent of a large accelerator is another load than sixty percent of a small one.
pub fn a_threshold_is_for_one_kind_of_hardware(stack: &Stack, endpoint: &Endpoint, sink: &mut Sink) {
    let mut variants = endpoint.variants.iter().map(|variant| (variant, accelerators(stack, variant)));
    let Some((first, hardware)) = variants.next() else { return };
    let Some((other, differs)) = variants.find(|(_, differs)| *differs != hardware) else { return };
    for (track, metric, span) in tracked(endpoint) {
        if !metric.is_utilisation() {
            continue;
        }
        let message = format!("one target of `{}` for variants on different accelerators", track.metric);
        sink.push(
            Diagnostic::warning(Code::SharedThreshold, message)
                .label(place(endpoint, span), "means another load on each of them")
                .label(first.span, words(&hardware))
                .label(other.span, words(&differs))
                .help(
                    "track what does not depend on the machine, such as `requests_per_replica`, or serve the variants \
                     as endpoints of their own",
                ),
        );
    }
}

/// A `deploy` that changes what is served and leaves the scale as it is keeps a threshold that was set for other hardware.
pub fn a_threshold_keeps_its_hardware(
    (before, declared): (&Stack, &Endpoint),
    (stack, changed): (&Stack, &Endpoint),
    sink: &mut Sink,
) {
    let hardware = |stack, endpoint: &Endpoint| endpoint.variants.first().map(|v| accelerators(stack, v));
    let (Some(was), Some(is)) = (hardware(before, declared), hardware(stack, changed)) else { return };
    if was == is {
        return;
    }
    for (track, metric, span) in tracked(changed) {
        if !metric.is_utilisation() {
            continue;
        }
        let message = format!("the target of `{}` was set for another accelerator", track.metric);
        sink.push(
            Diagnostic::warning(Code::SharedThreshold, message)
                .label(place(changed, span), format!("set for what {}", words(&was)))
                .label(changed.serve.span, format!("{} in stack `{}`", words(&is), stack.name))
                .help("write a `scale` with a target of its own beside `serve` in this `deploy`"),
        );
    }
}

type Kind = (Option<Arc<str>>, Option<u64>, u32);

/// What a variant's models ask for, in one order; empty for the processors alone.
fn accelerators(stack: &Stack, variant: &Variant) -> BTreeSet<Kind> {
    let asked = models(stack, &variant.serve).into_iter().filter_map(|model| model.accelerator.as_ref());
    asked.map(|a| (a.value.kind.clone(), a.value.memory, a.value.count)).collect()
}

fn words(kinds: &BTreeSet<Kind>) -> String {
    let one = |(kind, memory, count): &Kind| asked(&Accelerator { kind: kind.clone(), memory: *memory, count: *count });
    match kinds.is_empty() {
        true => "runs on no accelerator".to_owned(),
        false => format!("runs on {}", kinds.iter().map(one).collect::<Vec<_>>().join(" and ")),
    }
}

/// `2 gpus "a100" of 40 GiB`
fn asked(accelerator: &Accelerator) -> String {
    let count = if accelerator.count == 1 { "a gpu".to_owned() } else { format!("{} gpus", accelerator.count) };
    let kind = accelerator.kind.as_ref().map(|kind| format!(" \"{kind}\"")).unwrap_or_default();
    let memory = accelerator.memory.map(|bytes| format!(" of {}", amount::bytes(bytes as f64))).unwrap_or_default();
    format!("{count}{kind}{memory}")
}
