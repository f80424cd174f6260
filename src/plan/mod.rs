//! A plan: a value that says everything that apply will do, in which order and why. Reads nothing and does nothing.

mod file;
mod fingerprint;
mod json;
mod order;
mod refuse;
mod risk;
mod step;
mod text;
mod unified;
mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::diff::{Change, Changes, Rules, Verdict, canonical, sha256};
use crate::resource::{Address, Desired, Observed, Resource};
use crate::source::{SourceMap, Span};

pub use fingerprint::{How, Stale, stale};
pub use step::{FieldChange, Place, Risk, Step, Verb};
pub use wire::nowhere;

/// The version of the plan's format, in files and in JSON.
pub const FORMAT: u32 = 1;

/// Everything that apply will do, and what it was decided on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    pub target: Arc<str>,
    pub stack: Arc<str>,
    pub purpose: Purpose,
    /// The stack refuses plans that destroy or replace.
    pub protect: bool,
    /// A hash of all that the program asked for; none when it was asked to destroy.
    pub program: Option<String>,
    /// A fingerprint of every live object that was read.
    pub live: BTreeMap<Address, String>,
    /// How live objects of these kinds are compared, for the checks before and after.
    pub rules: Rules,
    /// In an order in which they can run one after another.
    pub steps: Vec<Step>,
    /// What stays as it is, addressed as the target knows it: checked after the last step.
    #[serde(with = "wire::list")]
    pub kept: Vec<Resource>,
    /// For people.
    pub notes: Vec<String>,
    /// The program's folder, absolute, for targets that keep their files beside it; none until a command sets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    Apply,
    Destroy,
}

/// Whose live objects a destroying plan removes.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    pub target: Arc<str>,
    pub stack: Arc<str>,
    pub protect: bool,
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// How many steps do this.
    pub fn count(&self, verb: Verb) -> usize {
        self.steps.iter().filter(|step| step.action == verb).count()
    }

    /// What will be there in the end, addressed as the target knows it.
    pub fn resources(&self) -> impl Iterator<Item = &Resource> {
        self.steps.iter().filter_map(|step| step.resource.as_ref()).chain(&self.kept)
    }
}

/// The hash by which a saved plan knows its program: all that was asked for, and nothing of how it was written.
pub fn program_hash(desired: &Desired) -> String {
    let resources: Vec<_> = desired.resources.values().map(|r| (&r.address, &r.kind, &r.body, &r.needs)).collect();
    let all = serde_json::json!({
        "target": desired.target, "stack": desired.stack, "protect": desired.protect,
        "moved": desired.moved.iter().collect::<Vec<_>>(), "resources": resources,
    });
    sha256(&canonical(&all))
}

/// Make a plan of what differs: create and update after what is needed, then delete in the inverse order.
pub fn plan(desired: &Desired, observed: &Observed, changes: &Changes, sources: &SourceMap) -> Plan {
    let mut plan = Plan {
        target: desired.target.clone(),
        stack: desired.stack.clone(),
        purpose: Purpose::Apply,
        protect: desired.protect,
        program: Some(program_hash(desired)),
        live: fingerprint::take(observed, &changes.rules),
        rules: changes.rules.clone(),
        steps: making(desired, observed, changes, sources),
        kept: vec![],
        notes: desired.notes.clone(),
        folder: None,
    };
    plan.steps.extend(deleting(changes, observed, "it is no longer in the program"));
    for (address, resource) in &desired.resources {
        let Some(change) = changes.by_address.get(address).filter(|c| c.verdict == Verdict::Keep) else { continue };
        plan.kept.push(as_known(resource, changes));
        if let Some(words) = &change.pending {
            plan.notes.push(format!("`{address}` is not ready yet: {words}"));
        }
    }
    plan
}

/// Make a plan that removes all that is live. Its own function, so that no program, least of all one that did not
/// compile, can come to mean this.
pub fn destroy(subject: &Subject, observed: &Observed, rules: &Rules) -> Plan {
    let nothing = Desired {
        target: subject.target.clone(),
        stack: subject.stack.clone(),
        resources: BTreeMap::new(),
        moved: BTreeMap::new(),
        protect: subject.protect,
        notes: vec![],
    };
    let changes = crate::diff::diff(&nothing, observed, rules);
    Plan {
        target: nothing.target,
        stack: nothing.stack,
        purpose: Purpose::Destroy,
        protect: nothing.protect,
        program: None,
        live: fingerprint::take(observed, &changes.rules),
        steps: deleting(&changes, observed, "the stack is destroyed"),
        rules: changes.rules,
        kept: vec![],
        notes: vec![],
        folder: None,
    }
}

fn making(desired: &Desired, observed: &Observed, changes: &Changes, sources: &SourceMap) -> Vec<Step> {
    let needs: order::Needs<'_> = desired.resources.iter().map(|(a, r)| (a, r.needs.iter().collect())).collect();
    let order = order::sorted(&needs);
    let is_step = |a: &Address| changes.by_address.get(a).is_some_and(|c| verb(c.verdict).is_some());
    let before = order::steps_before(&order, &needs, is_step);
    let mut steps = vec![];
    for address in order {
        let (Some(resource), Some(change)) = (desired.resources.get(address), changes.by_address.get(address)) else {
            continue;
        };
        let Some(action) = verb(change.verdict) else { continue };
        let notice = risk::notice(address, change, observed);
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

fn deleting(changes: &Changes, observed: &Observed, why: &str) -> Vec<Step> {
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
    let step = |address: &Address| {
        let change = changes.by_address.get(address)?;
        let notice = risk::notice(address, change, observed);
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
fn as_known(resource: &Resource, changes: &Changes) -> Resource {
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

fn field(difference: &crate::diff::Difference, sources: &SourceMap) -> FieldChange {
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
    Some(Place { file: file.path.to_string(), line: at.line + 1, column: at.column + 1 })
}
