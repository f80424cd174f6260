//! What a plan remembers of every live object that it read, and which of them are no longer as read.

use std::collections::BTreeMap;

use crate::diff::{Lenses, Rules, canonical, sha256};
use crate::resource::{Address, Health, Object, Observed};

use super::Plan;

/// A live object that is not as the plan read it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stale {
    pub address: Address,
    pub how: How,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// It was there when the plan was made.
    Gone,
    /// It was not there when the plan was made.
    New,
    Changed,
}

impl How {
    pub fn words(self) -> &'static str {
        match self {
            How::Gone => "is gone",
            How::New => "is new",
            How::Changed => "has changed",
        }
    }
}

/// Which live objects moved since the plan was made, by address. What the platform computes doesn't count, nor whether
/// an object is ready yet; that it broke does.
pub fn stale(plan: &Plan, observed: &Observed) -> Vec<Stale> {
    let now = take(observed, &plan.rules);
    let missing = plan.live.keys().filter(|a| !now.contains_key(*a)).map(|a| (a, How::Gone));
    let moved = now.iter().filter_map(|(address, print)| match plan.live.get(address) {
        None => Some((address, How::New)),
        Some(before) => (before != print).then_some((address, How::Changed)),
    });
    let mut out: Vec<Stale> =
        missing.chain(moved).map(|(address, how)| Stale { address: address.clone(), how }).collect();
    out.sort();
    out
}

/// A SHA-256 of every live object.
pub(super) fn take(observed: &Observed, rules: &Rules) -> BTreeMap<Address, String> {
    let lenses = Lenses::new(rules);
    observed.objects.iter().map(|(address, object)| (address.clone(), print(object, &lenses))).collect()
}

fn print(object: &Object, lenses: &Lenses) -> String {
    let state = match object.health {
        Health::Ready | Health::Pending(_) => "lives",
        Health::Failed(_) => "failed",
    };
    let body = canonical(&lenses.of(&object.kind).normal(&object.body));
    sha256(&format!("{}\n{state}\n{body}", object.kind))
}
