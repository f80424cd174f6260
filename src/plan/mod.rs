//! A plan: a value that says everything that apply will do, in which order and why. Reads nothing and does nothing.

mod cost;
mod file;
mod fingerprint;
mod json;
mod make;
mod markdown;
mod order;
mod refuse;
mod risk;
mod step;
mod text;
mod unified;
mod wire;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::diff::{Changes, Rules, Verdict, canonical, sha256};
use crate::resource::{Address, Desired, Observed, Resource};
use crate::source::SourceMap;

pub use cost::{Cost, ItemCost, Live, Month};
pub use fingerprint::{How, Stale, stale};
pub use markdown::LONGEST as LONGEST_COMMENT;
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
    /// What it changes about the cost; none where machines are the user's own, and until a command works it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
    /// The program's folder, absolute, for targets that keep their files beside it; none until a command sets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// The stack's settings, as text, by which its target is reached; none until a command sets them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<String, String>,
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
        steps: make::making(desired, observed, changes, sources),
        kept: vec![],
        notes: desired.notes.clone(),
        cost: None,
        folder: None,
        settings: BTreeMap::new(),
    };
    plan.steps.extend(make::deleting(changes, observed, "it is no longer in the program"));
    for (address, resource) in &desired.resources {
        let Some(change) = changes.by_address.get(address).filter(|c| c.verdict == Verdict::Keep) else { continue };
        plan.kept.push(make::as_known(resource, changes));
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
        steps: make::deleting(&changes, observed, "the stack is destroyed"),
        rules: changes.rules,
        kept: vec![],
        notes: vec![],
        cost: None,
        folder: None,
        settings: BTreeMap::new(),
    }
}
