//! Who of an endpoint's deployed models gets which part of its calls, and in which parts calls go over to what is new.

use std::collections::BTreeMap;

use crate::resource::Address;
use crate::stack::endpoint::Condition;
use crate::stack::value::Comparison;
use crate::stack::{Endpoint, Quantity, Rollout, ValueKind};

use super::super::super::spec::Places;
use super::super::settings::FACTS;
use super::super::wire::{Shares, Split, Watched, seconds};
use super::deployment::Deployed;
use super::{Lowering, Made, kind};

/// The share that goes over at once where none is said, as a fraction.
pub const PART: f64 = 0.1;

pub fn of(name: &str, endpoint: &Endpoint, address: &Address, deployed: &[Deployed], all: &mut Lowering) {
    let weights: Vec<(&str, u32)> = deployed.iter().map(|d| (&*d.id, d.weight)).collect();
    let rollout = endpoint.rollout.as_ref();
    let id = all.id(name);
    let abort_on = rollout.map(|rollout| rollout.value.abort_on.iter().map(|on| watched(on, &id)).collect());
    let body = Split {
        endpoint: id.clone(),
        traffic_split: shares(&weights),
        variants: deployed.iter().map(|d| (d.id.clone(), d.variant.clone())).collect(),
        parts: rollout.map_or_else(|| vec![100], |rollout| parts(&rollout.value)),
        bake: rollout.and_then(|rollout| rollout.value.bake).map(|bake| seconds(bake.value)),
        abort_on: abort_on.unwrap_or_default(),
    };
    let mut places = Places::default();
    for (deployed, variant) in deployed.iter().zip(endpoint.variants.iter().filter(|variant| !variant.shadow)) {
        places.put(&format!("/trafficSplit/{}", deployed.id), variant.span);
    }
    if let Some(rollout) = rollout {
        ["/parts", "/bake", "/abortOn"].iter().for_each(|at| places.put(at, rollout.span));
    }
    let mut needs = vec![address.clone()];
    needs.extend(deployed.iter().map(|deployed| deployed.address.clone()));
    let address = Address::new(kind::TRAFFIC, name);
    all.put(Made { address, kind: kind::TRAFFIC, body: &body, needs, origin: endpoint.span, places });
}

/// Whole percents that sum to 100: what is left over after rounding down goes to the largest remainders, first come first.
pub fn shares(weights: &[(&str, u32)]) -> Shares {
    let sum: u64 = weights.iter().map(|(_, weight)| u64::from(*weight)).sum();
    if sum == 0 {
        return Shares::new();
    }
    let parted = |weight: u32| (u64::from(weight) * 100 / sum, u64::from(weight) * 100 % sum);
    let mut left = 100 - weights.iter().map(|(_, weight)| parted(*weight).0).sum::<u64>();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|i| weights.get(*i).map(|(_, weight)| std::cmp::Reverse(parted(*weight).1)));
    let mut out = BTreeMap::new();
    for i in order {
        let Some((id, weight)) = weights.get(i) else { continue };
        let more = u64::from(left > 0);
        left -= more;
        out.insert((*id).to_owned(), u32::try_from(parted(*weight).0 + more).unwrap_or(100));
    }
    out
}

/// Percents that have gone over after each part; the last is all.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of at most 100 percent")]
fn parts(rollout: &Rollout) -> Vec<u32> {
    let first = rollout.first.map_or(PART, |first| first.value);
    let first = (first * 100.0).round().clamp(1.0, 100.0) as u32;
    let mut out: Vec<u32> = match &*rollout.kind {
        "canary" => vec![first],
        "linear" => (1..).map(|nth| nth * first).take_while(|part| *part < 100).collect(),
        _ => vec![],
    };
    out.retain(|part| *part < 100);
    out.push(100);
    out
}

fn watched(condition: &Condition, endpoint: &str) -> Watched {
    let kind = &condition.bound.kind;
    let (bound, shown) = if let ValueKind::Quantity(Quantity::Percent(share)) = kind {
        (*share, format!("{}%", share * 100.0))
    } else if let ValueKind::Quantity(Quantity::Duration(nanoseconds)) = kind {
        let seconds = std::time::Duration::from_nanos(*nanoseconds).as_secs_f64();
        (seconds, format!("{seconds}s"))
    } else {
        // The checker lets no other bounds through.
        (0.0, String::new())
    };
    let quantile = match &*condition.metric {
        "p50" => Some("0.5"),
        "p90" => Some("0.9"),
        "p99" => Some("0.99"),
        _ => None,
    };
    let query = match (&*condition.metric, quantile) {
        ("errors", _) => FACTS.watch.errors.clone(),
        (_, Some(quantile)) => FACTS.watch.quantile.replace("{quantile}", quantile),
        (_, None) => FACTS.watch.mean.clone(),
    };
    let op = match condition.op {
        Comparison::Less => "<",
        Comparison::LessEqual => "<=",
        Comparison::Greater => ">",
        Comparison::GreaterEqual => ">=",
        Comparison::Equal => "==",
        Comparison::NotEqual => "!=",
    };
    Watched {
        words: format!("{} {op} {shown}", condition.metric),
        query: query.replace("{endpoint}", endpoint),
        op: op.to_owned(),
        bound,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_whole_and_sum_to_a_hundred() {
        let of = |weights: &[u32]| {
            let names: Vec<String> = (0..weights.len()).map(|i| format!("{i:03}")).collect();
            let all: Vec<(&str, u32)> = names.iter().map(|n| &**n).zip(weights.iter().copied()).collect();
            shares(&all).into_values().collect::<Vec<_>>()
        };
        assert_eq!(of(&[1]), [100]);
        assert_eq!(of(&[9, 1]), [90, 10]);
        assert_eq!(of(&[1, 1, 1]), [34, 33, 33]);
        assert_eq!(of(&[2, 2, 3]), [29, 28, 43]);
        for weights in [&[1, 2, 3, 4, 5, 6, 7][..], &[1; 100], &[u32::MAX, 1], &[0, 5]] {
            assert_eq!(of(weights).iter().sum::<u32>(), 100, "{weights:?}");
        }
    }
}
