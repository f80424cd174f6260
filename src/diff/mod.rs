//! Desired against observed: what differs, by the rules of the target. Can't fail; decides nothing about order or risk.

mod canonical;
mod compare;
mod lens;
mod moved;
mod path;
mod quantity;
mod rules;
mod set;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::resource::{Address, Desired, Health, Object, Observed, Resource};
use crate::source::Span;

pub use canonical::{canonical, same, sha256};
pub use lens::{Lens, Lenses};
pub use rules::{KindRules, Notice, Rules};

/// What has to happen to every resource and every live object.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Changes {
    pub by_address: BTreeMap<Address, Change>,
    /// The rules of the kinds that were compared, for what must compare again later.
    pub rules: Rules,
}

impl Changes {
    /// Whether everything is as it should be.
    pub fn is_empty(&self) -> bool {
        self.by_address.values().all(|change| change.verdict == Verdict::Keep)
    }
}

/// What differs at one address.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    pub verdict: Verdict,
    pub kind: std::sync::Arc<str>,
    /// Where it is live now; differs from its address when it was moved. None when it is not live.
    pub live: Option<Address>,
    /// In the order of paths.
    pub differences: Vec<Difference>,
    /// Why a live object counts as gone, in the platform's words.
    pub drift: Option<String>,
    /// Why a live object is not ready yet, in the platform's words.
    pub pending: Option<String>,
    /// The live body in the shape of the declared one, sensitive values hashed.
    pub before: Option<Value>,
    /// The declared body, sensitive values hashed.
    pub after: Option<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    Keep,
    Create,
    /// In place.
    Update,
    /// A new object in the old one's place, at the same address.
    Replace,
    Delete,
}

/// One declared path that is not as declared.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// JSON pointer into the body; empty for the whole of it.
    pub path: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
    /// The rule by which this makes a new object, as written in the target's data.
    pub forces: Option<String>,
    /// What callers notice when it changes in place, as far as the rules say.
    pub notice: Notice,
    /// Whether a rule names this path in particular.
    pub notice_by_name: bool,
    /// The values shown are hashes.
    pub sensitive: bool,
    pub span: Span,
}

/// Compare everything. Never reports what is not declared, except objects that nothing declares any more.
pub fn diff(desired: &Desired, observed: &Observed, rules: &Rules) -> Changes {
    let lenses = Lenses::new(rules);
    let aliases = moved::aliases(desired, observed);
    let mut by_address = BTreeMap::new();
    let mut claimed = BTreeSet::new();
    for (address, resource) in &desired.resources {
        let live = aliases.get(address).unwrap_or(address);
        let change = match observed.objects.get(live) {
            Some(object) => against(resource, live, object, &lenses),
            None => missing(resource, lenses.of(&resource.kind)),
        };
        claimed.insert(live);
        by_address.insert(address.clone(), change);
    }
    for (address, object) in observed.objects.iter().filter(|(address, _)| !claimed.contains(address)) {
        by_address.insert(address.clone(), unwanted(address, object, lenses.of(&object.kind)));
    }
    let kinds: BTreeSet<&str> =
        desired.resources.values().map(|r| &*r.kind).chain(observed.objects.values().map(|o| &*o.kind)).collect();
    let used = rules.kinds.iter().filter(|(kind, _)| kinds.contains(kind.as_str()));
    Changes { by_address, rules: Rules { kinds: used.map(|(k, r)| (k.clone(), r.clone())).collect() } }
}

fn missing(resource: &Resource, lens: &Lens) -> Change {
    Change {
        verdict: Verdict::Create,
        kind: resource.kind.clone(),
        live: None,
        differences: vec![],
        drift: None,
        pending: None,
        before: None,
        after: Some(lens.redact(&resource.body, &mut vec![])),
    }
}

/// A live object that nothing wants.
fn unwanted(address: &Address, object: &Object, lens: &Lens) -> Change {
    Change {
        verdict: Verdict::Delete,
        kind: object.kind.clone(),
        live: Some(address.clone()),
        differences: vec![],
        drift: None,
        pending: None,
        before: Some(lens.redact(&lens.normal(&object.body), &mut vec![])),
        after: None,
    }
}

fn against(resource: &Resource, live: &Address, object: &Object, lenses: &Lenses) -> Change {
    let lens = lenses.of(&resource.kind);
    let compared = compare::compare(&resource.body, &object.body, lens);
    let differences: Vec<Difference> = compared.differences.into_iter().map(|f| explain(f, resource, lens)).collect();
    let (drift, pending) = match &object.health {
        Health::Ready => (None, None),
        Health::Pending(words) => (None, Some(words.clone())),
        Health::Failed(words) => (Some(words.clone()), None),
    };
    let forced = object.kind != resource.kind || differences.iter().any(|d| d.forces.is_some());
    let verdict = match (forced || drift.is_some(), differences.is_empty()) {
        (true, _) => Verdict::Replace,
        (false, false) => Verdict::Update,
        (false, true) => Verdict::Keep,
    };
    Change {
        verdict,
        // While it differs from what is declared, the plan names the kind that will be.
        kind: resource.kind.clone(),
        live: Some(live.clone()),
        differences,
        drift,
        pending,
        before: Some(lens.redact(&compared.seen, &mut vec![])),
        after: Some(lens.redact(&resource.body, &mut vec![])),
    }
}

fn explain(found: compare::Found, resource: &Resource, lens: &Lens) -> Difference {
    let compare::Found { path, before, after } = found;
    let forces = lens.forces(&path, before.as_ref(), after.as_ref()).map(str::to_owned);
    let noticed = lens.noticed(&path, before.as_ref(), after.as_ref());
    let mut at = path.clone();
    let mut shown = |value: Option<Value>| value.map(|value| lens.redact(&value, &mut at));
    let pointer = path::pointer(&path);
    Difference {
        span: resource.span_of(&pointer),
        before: shown(before),
        after: shown(after),
        forces,
        notice: noticed.as_ref().map_or(Notice::None, |n| n.notice),
        notice_by_name: noticed.is_some_and(|n| n.by_name),
        sensitive: lens.is_sensitive(&path),
        path: pointer,
    }
}
