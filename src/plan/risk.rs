//! What callers notice of a step and what it can cost.

use std::collections::BTreeSet;

use crate::diff::{Change, Notice, Verdict};
use crate::resource::{Address, Observed};

use super::Risk;

/// What callers notice. In place it is what the rules say of the fields; a replacement is an outage for whatever calls
/// reach through it, unless the rules name the field.
pub(super) fn notice(address: &Address, change: &Change, reached: &BTreeSet<&Address>) -> Notice {
    let in_place = change.differences.iter().map(|d| d.notice).max().unwrap_or(Notice::None);
    match change.verdict {
        Verdict::Keep | Verdict::Create => Notice::None,
        Verdict::Update => in_place,
        // It does not serve now, so nobody can lose it.
        Verdict::Replace if change.drift.is_some() => Notice::None,
        Verdict::Replace => {
            let mut forcing = change.differences.iter().filter(|d| d.forces.is_some()).peekable();
            let named = forcing.peek().is_some() && forcing.all(|d| d.notice_by_name);
            let live = change.live.as_ref().unwrap_or(address);
            if named {
                in_place
            } else if reached.contains(live) {
                in_place.max(Notice::Outage)
            } else {
                in_place
            }
        }
        Verdict::Delete if is_endpoint(address) => Notice::Outage,
        Verdict::Delete => Notice::None,
    }
}

pub(super) fn risk(change: &Change, notice: Notice) -> Risk {
    match change.verdict {
        Verdict::Delete => Risk::Destructive,
        Verdict::Replace if !repairs(change) => Risk::Destructive,
        Verdict::Keep | Verdict::Create | Verdict::Update | Verdict::Replace => {
            if notice == Notice::None {
                Risk::Safe
            } else {
                Risk::Disruptive
            }
        }
    }
}

/// Whether it only makes again what broke, as it was.
pub(super) fn repairs(change: &Change) -> bool {
    change.drift.is_some() && change.differences.iter().all(|d| d.forces.is_none())
}

/// What calls reach: live endpoints, and all that they need.
pub(super) fn reached(observed: &Observed) -> BTreeSet<&Address> {
    let mut next: Vec<&Address> = observed.objects.keys().filter(|address| is_endpoint(address)).collect();
    let mut seen: BTreeSet<&Address> = next.iter().copied().collect();
    while let Some(object) = next.pop().map(|at| observed.objects.get(at)) {
        let needs = object.into_iter().flat_map(|object| &object.needs);
        next.extend(needs.filter(|needed| seen.insert(needed)));
    }
    seen
}

/// An endpoint is what callers call, in the language's own words.
fn is_endpoint(address: &Address) -> bool {
    address.as_str().split('.').next() == Some("endpoint")
}
