//! How many machines an endpoint keeps: the ends of its scale, what is expected between them, and each variant's share.

use crate::stack::{Endpoint, Policy, Variant};

use super::schedule;

/// Machines of one variant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Replicas {
    pub floor: u32,
    /// A mean over time.
    pub expected: f64,
    pub ceiling: u32,
}

/// Of each variant, in order. The endpoint's replicas are parted by weight and rounded up, with one at least for each
/// variant that answers; a shadow is sent everything, so it has as many as the endpoint.
pub fn per_variant(endpoint: &Endpoint) -> Vec<Replicas> {
    let all = of_endpoint(endpoint);
    let weights: u64 = endpoint.variants.iter().filter(|v| !v.shadow).map(|v| u64::from(v.weight)).sum();
    let of = |variant: &Variant| Replicas {
        floor: share(variant, weights, all.floor),
        expected: between(all.expected, |n| share(variant, weights, n)),
        ceiling: share(variant, weights, all.ceiling),
    };
    endpoint.variants.iter().map(of).collect()
}

/// Of the endpoint as a whole. Nothing moves the count without a policy, so it stays at the minimum; schedules move the
/// minimum, which counts by how long it stands; what `track` and `step` do depends on the calls, which nobody knows, so half
/// way between minimum and maximum is expected.
pub fn of_endpoint(endpoint: &Endpoint) -> Replicas {
    let scale = &endpoint.scale.value;
    let mean = schedule::mean(scale);
    let follows_calls = scale.policies.iter().any(|policy| match policy.value {
        Policy::Track(_) | Policy::Step { .. } => true,
        Policy::Schedule { .. } => false,
    });
    Replicas {
        floor: schedule::least(scale),
        expected: if follows_calls { f64::midpoint(mean.min, mean.max) } else { mean.min },
        ceiling: scale.max,
    }
}

/// The replicas of the variant of a name, of so many of its endpoint; all of them where there is none of the name.
pub fn share_of(endpoint: &Endpoint, variant: &str, replicas: u32) -> u32 {
    let weights: u64 = endpoint.variants.iter().filter(|v| !v.shadow).map(|v| u64::from(v.weight)).sum();
    let named = endpoint.variants.iter().find(|known| &*known.name == variant);
    named.map_or(replicas, |named| share(named, weights, replicas))
}

/// A variant's machines when the endpoint has this many replicas.
fn share(variant: &Variant, weights: u64, replicas: u32) -> u32 {
    if variant.shadow || replicas == 0 {
        return replicas;
    }
    let parted = (u64::from(replicas) * u64::from(variant.weight)).div_ceil(weights.max(1));
    u32::try_from(parted).unwrap_or(u32::MAX).max(1)
}

/// A count that is defined for whole numbers, for a mean: on the line between its neighbours.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "replicas are few and not below nothing")]
fn between(mean: f64, count: impl Fn(u32) -> u32) -> f64 {
    let below = mean.floor();
    let (low, high) = (f64::from(count(below as u32)), f64::from(count(mean.ceil() as u32)));
    low + (high - low) * (mean - below)
}

/// A count for people: whole, or to two digits.
pub fn shown(count: f64) -> String {
    let two = format!("{count:.2}");
    two.trim_end_matches('0').trim_end_matches('.').to_owned()
}
