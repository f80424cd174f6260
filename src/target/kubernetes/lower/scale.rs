//! What keeps the count of replicas: the cluster's own autoscaler, or KEDA.

use std::time::Duration;

use crate::resource::Address;
use crate::source::Span;
use crate::stack::{Endpoint, Metric, Policy, Track};

use super::super::api::{
    AutoscalerSpec, Behavior, Kind as _, MetricSpec, MetricTarget, ResourceMetric, ScaleTarget, ScalingRules,
};
use super::super::settings::Profile;
use super::made::{From, Made};
use super::served::Served;
use super::values::{number, percent, seconds};
use super::workload::Count;
use super::{Ctx, keda};

/// Each metric that an endpoint follows, with what it is kept near.
pub fn tracks(endpoint: &Endpoint) -> Vec<(Metric, f64, &Track, Span)> {
    let policies = endpoint.scale.value.policies.iter();
    let tracks = policies.filter_map(|policy| match &policy.value {
        Policy::Track(track) => Some((Metric::parse(&track.metric)?, number(&track.target)?, track, policy.span)),
        Policy::Step { .. } | Policy::Schedule { .. } => None,
    });
    tracks.collect()
}

/// Whether something moves the count.
fn moves(ctx: &Ctx, endpoint: &Endpoint) -> bool {
    let keda = ctx.settings.profile == Profile::Keda;
    !endpoint.scale.value.policies.is_empty() || (keda && endpoint.scale.value.min == 0)
}

pub fn count(ctx: &Ctx, served: &Served, endpoint: &Endpoint) -> Count {
    if moves(ctx, endpoint) { Count::Scaled } else { Count::Fixed(served.replicas.floor) }
}

/// The autoscaler of a Deployment, where something moves its count.
pub fn scaler(ctx: &Ctx, served: &Served, endpoint: &Endpoint, deployment: &Address, made: &mut Made) {
    match ctx.settings.profile {
        _ if !moves(ctx, endpoint) => {}
        Profile::Keda => keda::scaled(ctx, served, endpoint, deployment, made),
        Profile::Plain | Profile::Kserve => autoscaler(ctx, served, endpoint, deployment, made),
    }
}

fn autoscaler(ctx: &Ctx, served: &Served, endpoint: &Endpoint, deployment: &Address, made: &mut Made) {
    let tracks = tracks(endpoint);
    let metrics = tracks.iter().map(|(metric, target, ..)| MetricSpec {
        kind: "Resource",
        resource: ResourceMetric {
            name: if *metric == Metric::Memory { "memory" } else { "cpu" },
            target: MetricTarget { kind: "Utilization", average_utilization: percent(*target) },
        },
    });
    let floor = served.replicas.floor.max(1);
    let spec = AutoscalerSpec {
        scale_target_ref: ScaleTarget { api_version: "apps/v1", kind: "Deployment", name: served.name.clone() },
        min_replicas: floor,
        max_replicas: served.replicas.ceiling.max(floor),
        metrics: metrics.collect(),
        behavior: behavior(endpoint),
    };
    let scale = &endpoint.scale.value;
    let from = From::new(endpoint.scale.span)
        .needs([deployment.clone()])
        .at("/spec/minReplicas", Some(scale.low))
        .at("/spec/maxReplicas", Some(scale.high))
        .at("/spec/behavior", tracks.iter().find_map(|(_, _, track, _)| track.cooldown.as_ref()).map(|c| c.span));
    let from = tracks
        .iter()
        .enumerate()
        .fold(from, |from, (i, (.., span))| from.at(&format!("/spec/metrics/{i}"), Some(*span)));
    made.put(&spec.named(ctx.metadata(served.name.clone(), &served.labels(ctx))), from);
}

/// The longest of the cooldowns: an autoscaler has one for all that it follows.
pub fn cooldown(endpoint: &Endpoint) -> Option<Duration> {
    tracks(endpoint).iter().filter_map(|(_, _, track, _)| track.cooldown.as_ref().map(|c| c.value)).max()
}

pub fn behavior(endpoint: &Endpoint) -> Option<Behavior> {
    let rules = ScalingRules { stabilization_window_seconds: seconds(cooldown(endpoint)?) };
    Some(Behavior { scale_up: Some(rules.clone()), scale_down: Some(rules) })
}
