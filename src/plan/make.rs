//! The steps of a plan out of what differs: in order, with their reasons. Knows nothing of files or of showing.

use std::collections::BTreeSet;

use crate::diff::{Change, Changes, Difference, Verdict};
use crate::report::shown;
use crate::resource::{Address, Desired, Observed, Resource};
use crate::source::{SourceMap, Span};

use super::{FieldChange, Place, Risk, Step, Verb, order, risk};

/// Everything to create, update and replace, each after what it needs.
pub(super) fn making(desired: &Desired, observed: &Observed, changes: &Changes, sources: &SourceMap) -> Vec<Step> {
    let needs: order::Needs<'_> = desired.resources.iter().map(|(a, r)| (a, r.needs.iter().collect())).collect();
    let order = order::sorted(&needs);
    let is_step = |a: &Address| changes.by_address.get(a).is_some_and(|c| verb(c.verdict).is_some());
    let before = order::steps_before(&order, &needs, is_step);
    let reached = risk::reached(observed);
    let mut steps = vec![];
    for address in order {
        let (Some(resource), Some(change)) = (desired.resources.get(address), changes.by_address.get(address)) else {
            continue;
        };
        let Some(action) = verb(change.verdict) else { continue };
        let notice = risk::notice(address, change, &reached);
        steps.push(Step {
            address: address.clone(),
            live: change.live.clone(),
            kind: change.kind.clone(),
            action,
            resource: Some(as_known(resource, changes)),
            needs: before.get(address).into_iter().flatten().map(|a| (*a).clone()).collect(),
            reasons: reasons(change, resource, observed),
            changes: change.differences.iter().map(|d| field(d, sources)).collect(),
            before: change.before.clone(),
            after: change.after.clone(),
            notice,
            risk: risk::risk(change, notice),
            repairs: risk::repairs(change),
            place: place(resource.origin, sources),
        });
    }
    steps
}

/// Everything to delete, each after what needs it.
pub(super) fn deleting(changes: &Changes, observed: &Observed, why: &str) -> Vec<Step> {
    let gone: BTreeSet<&Address> =
        changes.by_address.iter().filter(|(_, c)| c.verdict == Verdict::Delete).map(|(a, _)| a).collect();
    // Turned around: what others need waits for them.
    let mut waits: order::Needs<'_> = gone.iter().map(|a| (*a, vec![])).collect();
    for (address, object) in observed.objects.iter().filter(|(a, _)| gone.contains(a)) {
        for needed in &object.needs {
            if let Some(list) = waits.get_mut(needed) {
                list.push(address);
            }
        }
    }
    let order = order::sorted(&waits);
    let before = order::steps_before(&order, &waits, |_| true);
    let reached = risk::reached(observed);
    let step = |address: &Address| {
        let change = changes.by_address.get(address)?;
        let notice = risk::notice(address, change, &reached);
        Some(Step {
            address: address.clone(),
            live: change.live.clone(),
            kind: change.kind.clone(),
            action: Verb::Delete,
            resource: None,
            needs: before.get(address).into_iter().flatten().map(|a| (*a).clone()).collect(),
            reasons: vec![why.to_owned()],
            changes: vec![],
            before: change.before.clone(),
            after: None,
            notice,
            risk: Risk::Destructive,
            repairs: false,
            place: None,
        })
    };
    order.into_iter().filter_map(step).collect()
}

fn verb(verdict: Verdict) -> Option<Verb> {
    match verdict {
        Verdict::Keep => None,
        Verdict::Create => Some(Verb::Create),
        Verdict::Update => Some(Verb::Update),
        Verdict::Replace => Some(Verb::Replace),
        Verdict::Delete => Some(Verb::Delete),
    }
}

/// The resource under the addresses by which the target knows it and what it needs: what was moved in the program keeps
/// its live address until it is made anew.
pub(super) fn as_known(resource: &Resource, changes: &Changes) -> Resource {
    let known = |address: &Address| {
        let change = changes.by_address.get(address).filter(|c| matches!(c.verdict, Verdict::Keep | Verdict::Update));
        change.and_then(|c| c.live.clone()).unwrap_or_else(|| address.clone())
    };
    Resource {
        address: known(&resource.address),
        needs: resource.needs.iter().map(known).collect(),
        ..resource.clone()
    }
}

fn reasons(change: &Change, resource: &Resource, observed: &Observed) -> Vec<String> {
    let live = change.live.as_ref().and_then(|live| observed.objects.get(live).map(|object| (live, object)));
    let Some((live, object)) = live else { return vec!["it does not exist yet".to_owned()] };
    let mut out = vec![];
    if let Some(words) = &change.drift {
        out.push(format!("it is broken: {words}"));
    }
    if object.kind != resource.kind {
        out.push(format!("it is of kind `{}` and becomes `{}`", object.kind, resource.kind));
    }
    let forcing: Vec<String> =
        change.differences.iter().filter(|d| d.forces.is_some()).map(|d| format!("`{}`", d.path)).collect();
    if !forcing.is_empty() {
        out.push(format!("{} can't change in place", forcing.join(", ")));
    }
    if out.is_empty() {
        out.push("it differs from the program".to_owned());
    }
    if *live != resource.address {
        out.push(format!("it is live as `{live}`"));
    }
    out
}

fn field(difference: &Difference, sources: &SourceMap) -> FieldChange {
    FieldChange {
        path: difference.path.clone(),
        before: difference.before.clone(),
        after: difference.after.clone(),
        forces: difference.forces.clone(),
        notice: difference.notice,
        sensitive: difference.sensitive,
        place: place(difference.span, sources),
    }
}

fn place(span: Span, sources: &SourceMap) -> Option<Place> {
    let file = sources.get(span.file)?;
    let at = file.line_column_utf16(span.start);
    Some(Place { file: shown(&file.path), line: at.line + 1, column: at.column + 1 })
}
