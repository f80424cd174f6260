//! Rules about scaling.

use std::collections::BTreeMap;

use crate::report::suggest::{nearest, one_of};
use crate::report::{Code, Diagnostic, Sink};
use crate::stack::{Endpoint, Measure, Metric, Policy, Quantity, Value, ValueKind};

use super::cron;

pub fn a_scale_goes_up(endpoint: &Endpoint, sink: &mut Sink) {
    let scale = &endpoint.scale.value;
    if scale.min > scale.max {
        sink.push(
            Diagnostic::error(Code::ReversedRange, format!("the scale of endpoint `{}` is reversed", endpoint.name))
                .label(endpoint.scale.span, format!("{} is more than {}", scale.min, scale.max))
                .help(format!("write `{}..{}`", scale.max, scale.min)),
        );
    }
}

pub fn a_scale_allows_a_replica(endpoint: &Endpoint, sink: &mut Sink) {
    if endpoint.scale.value.max == 0 {
        sink.push(
            Diagnostic::error(Code::NoReplica, format!("endpoint `{}` can never have a replica", endpoint.name))
                .label(endpoint.scale.span, "at most 0")
                .help("write how many it may have at most, such as `0..4`"),
        );
    }
}

pub fn a_metric_is_tracked_once(endpoint: &Endpoint, sink: &mut Sink) {
    let mut seen = BTreeMap::new();
    for policy in &endpoint.scale.value.policies {
        let Policy::Track(track) = &policy.value else { continue };
        if let Some(first) = seen.insert(&track.metric, policy.span) {
            sink.push(
                Diagnostic::error(Code::TrackedTwice, format!("`{}` is tracked twice", track.metric))
                    .label(policy.span, "tracked again here")
                    .label(first, "first tracked here")
                    .help("two targets for one metric pull against each other; keep one"),
            );
        }
    }
}

pub fn a_schedule_can_be_read(endpoint: &Endpoint, sink: &mut Sink) {
    for policy in &endpoint.scale.value.policies {
        let Policy::Schedule { name, cron, zone, .. } = &policy.value else { continue };
        if let Err(why) = cron::check(cron) {
            sink.push(
                Diagnostic::error(Code::BadSchedule, format!("the schedule `{name}` can't be read"))
                    .label(policy.span, why)
                    .help("five fields: minute, hour, day of month, month, weekday; such as \"0 7 * * 1-5\""),
            );
        }
        if let Some(zone) = zone
            && jiff::tz::TimeZone::get(zone).is_err()
        {
            sink.push(
                Diagnostic::error(Code::BadSchedule, format!("`{zone}` is not a time zone"))
                    .label(policy.span, "in this schedule")
                    .help("zones are named by region and city, such as \"Europe/Berlin\""),
            );
        }
    }
}

pub fn a_schedule_stays_within_the_scale(endpoint: &Endpoint, sink: &mut Sink) {
    let scale = &endpoint.scale.value;
    for policy in &scale.policies {
        let Policy::Schedule { name, min, max, .. } = &policy.value else { continue };
        let (low, high) = (min.unwrap_or(scale.min), max.unwrap_or(scale.max));
        if low > high || high > scale.max {
            sink.push(
                Diagnostic::error(Code::ScheduleBeyondScale, format!("the schedule `{name}` asks for {low}..{high}"))
                    .label(policy.span, "outside of the endpoint's scale")
                    .label(endpoint.scale.span, format!("{}..{}", scale.min, scale.max)),
            );
        }
    }
}

pub fn a_metric_is_known(endpoint: &Endpoint, sink: &mut Sink) {
    for policy in &endpoint.scale.value.policies {
        let Policy::Track(track) = &policy.value else { continue };
        if Metric::parse(&track.metric).is_some() {
            continue;
        }
        let words = || Metric::ALL.iter().map(|metric| metric.word());
        let message = format!("there is no metric `{}` to track", track.metric);
        let d = Diagnostic::error(Code::UnknownMetric, message).label(policy.span, "not a metric");
        sink.push(match nearest(&track.metric, words()) {
            Some(near) => d.help(format!("did you mean `{near}`?")),
            None => d.help(format!("the metrics are {}", one_of(words()))),
        });
    }
}

pub fn a_target_is_in_the_metrics_unit(endpoint: &Endpoint, sink: &mut Sink) {
    for policy in &endpoint.scale.value.policies {
        match &policy.value {
            Policy::Track(track) => {
                if let Some(metric) = Metric::parse(&track.metric) {
                    in_the_unit(metric, &track.target, "target", sink);
                }
            }
            Policy::Step { fields, .. } => {
                let metric = fields.get("metric").map(|value| &value.kind);
                let metric =
                    metric.and_then(|k| if let ValueKind::Word(word) = k { Metric::parse(word) } else { None });
                let steps = fields.get("steps").map(|value| &value.kind);
                let (Some(metric), Some(ValueKind::List(steps))) = (metric, steps) else { continue };
                for step in steps {
                    if let ValueKind::Record(step) = &step.kind
                        && let Some(above) = step.get("above")
                    {
                        in_the_unit(metric, above, "bound", sink);
                    }
                }
            }
            Policy::Schedule { .. } => {}
        }
    }
}

fn in_the_unit(metric: Metric, value: &Value, what: &str, sink: &mut Sink) {
    let (fits, like, fix) = match (metric.measure(), &value.kind) {
        (_, ValueKind::Unknown) => return,
        (Measure::Share, ValueKind::Quantity(Quantity::Percent(_))) => {
            return share_is_above_nothing(metric, value, sink);
        }
        (Measure::Share, kind) => (false, "a percent such as `60%`", plain(kind).map(|n| format!("{n}%"))),
        (Measure::Rate, kind) => {
            let fits = matches!(kind, ValueKind::Quantity(Quantity::Rate(_)));
            (fits, "a rate such as `40/s`", plain(kind).map(|n| format!("{n}/s")))
        }
        (Measure::Number, kind) => (plain(kind).is_some(), "a plain number such as `5`", None),
    };
    if fits {
        return;
    }
    let message = format!("the {what} of `{}` is in another unit", metric.word());
    let d = Diagnostic::error(Code::MetricTarget, message).label(value.span, format!("expected {like}"));
    let d = d.help(format!("`{}` is {}", metric.word(), metric.doc()));
    sink.push(match fix {
        Some(text) => d.fix("write the unit", value.span, text),
        None => d,
    });
}

/// A number as it is written.
fn plain(kind: &ValueKind) -> Option<String> {
    if let ValueKind::Int(n) = kind {
        return Some(n.to_string());
    }
    if let ValueKind::Float(n) = kind { Some(n.to_string()) } else { None }
}

fn share_is_above_nothing(metric: Metric, value: &Value, sink: &mut Sink) {
    let ValueKind::Quantity(Quantity::Percent(share)) = value.kind else { return };
    if share <= 0.0 || share > 1.0 {
        let message = format!("`{}` can't be kept at {}%", metric.word(), share * 100.0);
        sink.push(Diagnostic::error(Code::MetricTarget, message).label(value.span, "from 1% to 100%"));
    }
}
