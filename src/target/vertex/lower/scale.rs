//! Replicas of one deployed model, and what moves their number.

use std::collections::BTreeMap;

use crate::cost::{Replicas, per_variant};
use crate::stack::{Endpoint, Metric, Policy, Quantity, Track, ValueKind, Variant};

use super::super::super::spec::Places;
use super::super::settings::FACTS;
use super::super::wire::{Api, AutoscalingMetricSpec, DedicatedResources, MachineSpec, ScaleToZero};
use super::Lowering;
use super::queue::Queue;

/// Machines and replicas of each variant, with the API's version that takes them.
pub fn of(
    endpoint: &Endpoint,
    variant: &Variant,
    machine_spec: MachineSpec,
    queue: Option<&Queue>,
    all: &Lowering,
) -> (DedicatedResources, Api) {
    let counts = per_variant(endpoint);
    let which = endpoint.variants.iter().position(|other| other.name == variant.name);
    let count = which.and_then(|i| counts.get(i)).copied();
    let count = count.unwrap_or(Replicas { floor: 1, expected: 1.0, ceiling: 1 });
    let specs: Vec<_> = tracks(endpoint).filter_map(|track| spec(endpoint, track, queue, all)).collect();
    let to_zero = count.floor == 0;
    // Without a metric the platform would follow one of its own; without a policy nothing moves the count.
    let most = if specs.is_empty() && !to_zero { count.floor } else { count.ceiling };
    let preview = to_zero || specs.iter().any(|spec| !spec.monitored_resource_labels.is_empty());
    let seconds = |seconds: u64| format!("{seconds}s");
    let resources = DedicatedResources {
        machine_spec,
        min_replica_count: count.floor,
        max_replica_count: most.max(1),
        initial_replica_count: to_zero.then_some(1),
        autoscaling_metric_specs: specs,
        scale_to_zero_spec: to_zero.then(|| ScaleToZero {
            idle_scaledown_period: seconds(FACTS.idle_seconds),
            min_scaleup_period: seconds(FACTS.scaleup_seconds),
        }),
    };
    (resources, if preview { Api::V1Beta1 } else { Api::V1 })
}

/// Where the parts of it are written, below a pointer.
pub fn places(endpoint: &Endpoint, at: &str, places: &mut Places) {
    let scale = &endpoint.scale;
    places.put(&format!("{at}/minReplicaCount"), scale.value.low);
    places.put(&format!("{at}/maxReplicaCount"), scale.value.high);
    places.put(&format!("{at}/initialReplicaCount"), scale.value.low);
    places.put(&format!("{at}/scaleToZeroSpec"), scale.value.low);
    if let Some(policy) = scale.value.policies.first() {
        places.put(&format!("{at}/autoscalingMetricSpecs"), policy.span);
    }
    if let Some(machine) = &endpoint.machine {
        places.put(&format!("{at}/machineSpec"), machine.span);
    }
}

fn tracks(endpoint: &Endpoint) -> impl Iterator<Item = &Track> {
    endpoint.scale.value.policies.iter().filter_map(|policy| match &policy.value {
        Policy::Track(track) => Some(track),
        Policy::Step { .. } | Policy::Schedule { .. } => None,
    })
}

fn spec(endpoint: &Endpoint, track: &Track, queue: Option<&Queue>, all: &Lowering) -> Option<AutoscalingMetricSpec> {
    let metric = Metric::parse(&track.metric)?;
    let column = all.table.of(endpoint.mode.value.kind(), all.stack)?;
    let id = all.table.metric(metric, column)?.id.clone()?;
    let of_queue = |queue: &Queue| {
        [("project_id", &all.site.at.project), ("subscription_id", &queue.id)].map(|(k, v)| (k.to_owned(), v.clone()))
    };
    let labels = match metric {
        Metric::BacklogPerReplica => queue.map(of_queue).into_iter().flatten().collect(),
        Metric::RequestsPerReplica
        | Metric::ConcurrencyPerReplica
        | Metric::Cpu
        | Metric::Memory
        | Metric::Gpu
        | Metric::GpuMemory => BTreeMap::new(),
    };
    Some(AutoscalingMetricSpec {
        metric_name: id.to_string(),
        target: target(&track.target.kind),
        monitored_resource_labels: labels,
    })
}

/// In the platform's units, which are whole: percents, calls a minute, or a plain number.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "bounded before"
)]
fn target(value: &ValueKind) -> u32 {
    let number = number(value);
    number.round().clamp(1.0, f64::from(i32::MAX)) as u32
}

/// The checker lets no other values of a metric through.
#[allow(clippy::cast_precision_loss, reason = "a count far below 2^53")]
fn number(value: &ValueKind) -> f64 {
    if let ValueKind::Quantity(Quantity::Percent(share)) = value {
        share * 100.0
    } else if let ValueKind::Quantity(Quantity::Rate(rate)) = value {
        rate * 60.0
    } else if let ValueKind::Float(number) = value {
        *number
    } else if let ValueKind::Int(number) = value {
        *number as f64
    } else {
        0.0
    }
}
