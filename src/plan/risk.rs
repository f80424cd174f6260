//! What callers notice of a step and what it can cost.

use std::collections::BTreeSet;

use crate::diff::{Change, Notice, Verdict};
use crate::resource::{Address, Observed};

use super::Risk;

/// What callers notice. In place it is what the rules say of the fields; a replacement is an outage for whatever calls
/// reach through it, unless the rules name the field.
pub(super) fn notice(address: &Address, change: &Change, observed: &Observed) -> Notice {
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
            } else if carries_calls(live, observed) {
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

/// Whether it is a live endpoint, or one needs it.
fn carries_calls(address: &Address, observed: &Observed) -> bool {
    let mut seen = BTreeSet::from([address]);
    let mut next = vec![address];
    while let Some(at) = next.pop() {
        if is_endpoint(at) {
            return true;
        }
        let dependants = observed.objects.iter().filter(|(_, object)| object.needs.contains(at)).map(|(a, _)| a);
        next.extend(dependants.filter(|a| seen.insert(a)));
    }
    false
}

/// An endpoint is what callers call, in the language's own words.
fn is_endpoint(address: &Address) -> bool {
    address.as_str().split('.').next() == Some("endpoint")
}
