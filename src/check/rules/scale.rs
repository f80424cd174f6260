//! Rules about scaling.

use std::collections::BTreeMap;

use crate::report::{Code, Diagnostic, Sink};
use crate::stack::{Endpoint, Policy};

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
