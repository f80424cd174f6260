//! What endpoints and jobs ask: their mode, their scaling, their variants, and all that stands around them.

use crate::source::Span;
use crate::stack::metric::Metric;
use crate::stack::{Endpoint, Job, Mode, Policy, Rollout, Value, ValueKind};

use super::{Feature, Gather};

pub(super) fn of_endpoint(endpoint: &Endpoint, all: &mut Gather) {
    of_mode(&endpoint.mode.value, endpoint.mode.span, all);
    of_scale(endpoint, all);
    let answering = endpoint.variants.iter().filter(|v| !v.shadow);
    if answering.clone().count() > 1 {
        answering.for_each(|v| all.uses(Feature::VariantWeights, v.span));
    }
    endpoint.variants.iter().filter(|v| v.shadow).for_each(|v| all.uses(Feature::VariantShadow, v.span));
    if let Some(rollout) = &endpoint.rollout {
        of_rollout(&rollout.value, rollout.span, all);
    }
    all.may(Feature::Slo, endpoint.slo.as_ref().map(|x| x.span));
    all.may(Feature::Budget, endpoint.budget.as_ref().map(|x| x.span));
    all.may(Feature::Capture, endpoint.capture.as_ref().map(|x| x.span));
    if let Some(network) = &endpoint.network {
        of_network(network, all);
    }
    all.may(Feature::Encrypt, endpoint.encrypt.as_ref().map(|x| x.span));
    all.may(Feature::Identity, endpoint.identity.as_ref().map(|x| x.span));
    endpoint.alarms.values().for_each(|alarm| all.uses(Feature::Alarm, alarm.span));
    all.may(Feature::Sample, endpoint.sample.as_ref().map(|x| x.span));
    all.may(Feature::Machine, endpoint.machine.as_ref().map(|x| x.span));
}

/// A job asks for batch prediction; whether what it runs could be an endpoint is no question then.
pub(super) fn of_job(job: &Job, all: &mut Gather) {
    of_mode(&job.mode.value, job.mode.span, all);
}

fn of_mode(mode: &Mode, span: Span, all: &mut Gather) {
    match mode {
        Mode::Realtime { .. } => all.uses(Feature::Realtime, span),
        Mode::Streaming { .. } => all.uses(Feature::Streaming, span),
        Mode::Serverless { memory, max_concurrency } => {
            all.uses(Feature::Serverless, span);
            all.may(Feature::ServerlessMemory, memory.as_ref().map(|m| m.span));
            all.may(Feature::ServerlessConcurrency, max_concurrency.as_ref().map(|c| c.span));
        }
        Mode::Async { output, on_done, max_in_flight, .. } => {
            all.uses(Feature::Async, span);
            all.may(Feature::AsyncOutput, output.as_ref().map(|o| o.span));
            all.may(Feature::AsyncOnDone, on_done.as_ref().map(|o| o.span));
            all.may(Feature::AsyncInFlight, max_in_flight.as_ref().map(|m| m.span));
        }
        Mode::Batch { split, .. } => {
            all.uses(Feature::Batch, span);
            if let Some(split) = split {
                let line = &*split.value == "line";
                all.uses(if line { Feature::BatchSplitLine } else { Feature::BatchSplitFile }, split.span);
            }
        }
    }
}

fn of_scale(endpoint: &Endpoint, all: &mut Gather) {
    let scale = &endpoint.scale.value;
    all.uses(if scale.max > 1 { Feature::ManyReplicas } else { Feature::OneReplica }, endpoint.scale.span);
    if scale.min == 0 {
        all.uses(Feature::ScaleToZero, scale.low);
    }
    for policy in &scale.policies {
        match &policy.value {
            Policy::Track(track) => {
                all.uses(Feature::ScaleTrack, policy.span);
                all.may(Feature::Cooldown, track.cooldown.as_ref().map(|c| c.span));
                if let Some(metric) = Metric::parse(&track.metric) {
                    all.follows(metric, policy.span);
                }
            }
            Policy::Step { fields, .. } => {
                all.uses(Feature::ScaleStep, policy.span);
                all.may(Feature::Cooldown, fields.get("cooldown").map(|c| c.span));
                if let Some(metric) = fields.get("metric").and_then(word).and_then(Metric::parse) {
                    all.follows(metric, policy.span);
                }
            }
            Policy::Schedule { min, .. } => {
                all.uses(Feature::ScaleSchedule, policy.span);
                all.may(Feature::ScaleToZero, (*min == Some(0)).then_some(policy.span));
            }
        }
    }
}

fn word(value: &Value) -> Option<&str> {
    if let ValueKind::Word(word) = &value.kind { Some(word) } else { None }
}

fn of_rollout(rollout: &Rollout, span: Span, all: &mut Gather) {
    let feature = match &*rollout.kind {
        "canary" => Feature::RolloutCanary,
        "linear" => Feature::RolloutLinear,
        "rolling" => Feature::RolloutRolling,
        _ => Feature::RolloutAllAtOnce,
    };
    all.uses(feature, span);
    all.may(Feature::RolloutBake, rollout.bake.as_ref().map(|bake| bake.span));
    rollout.abort_on.iter().for_each(|condition| all.uses(Feature::RolloutAbort, condition.bound.span));
}

fn of_network(network: &Value, all: &mut Gather) {
    let ValueKind::Construct { fields, .. } = &network.kind else { return };
    for (name, value) in fields {
        let wanted = !matches!(value.kind, ValueKind::Bool(false));
        let feature = match &**name {
            "private" if wanted => Feature::NetworkPrivate,
            "isolated" if wanted => Feature::NetworkIsolated,
            "subnets" => Feature::NetworkSubnets,
            "security_groups" => Feature::NetworkGroups,
            // The schema has no other; what is switched off asks nothing.
            _ => continue,
        };
        all.uses(feature, value.span);
    }
}
