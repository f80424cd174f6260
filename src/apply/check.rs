//! The checks around the steps: that the plan still holds, and that what is served afterwards is what was asked.

use std::collections::BTreeMap;

use crate::diff::{self, Verdict};
use crate::plan::{Plan, stale};
use crate::report::{Code, Diagnostic};
use crate::resource::{Desired, Observed};
use crate::target::{Failure, Live, Progress};

/// Why the plan no longer fits what is live; none if it does.
pub(super) fn stale_plan(plan: &Plan, observed: &Observed) -> Option<Failure> {
    let moved = stale(plan, observed);
    if moved.is_empty() {
        return None;
    }
    let named: Vec<String> = moved.iter().map(|s| format!("`{}` {}", s.address, s.how.words())).collect();
    let message = format!("the live state moved since the plan was made: {}", named.join(", "));
    Some(Box::new(
        Diagnostic::error(Code::StalePlan, message).help("nothing was changed; plan again and look at what changed"),
    ))
}

/// Everything that is wrong with what is there after the last step: first as the platform tells it of each resource,
/// then by reading all of it back and comparing.
pub(super) async fn served(plan: &Plan, live: &dyn Live, progress: &dyn Progress) -> Vec<Failure> {
    let mut failures = vec![];
    for resource in plan.resources() {
        progress.say(&resource.address, "checking what is served");
        if let Err(failure) = live.verify(resource).await {
            failures.push(failure);
        }
    }
    match live.observe().await {
        Ok(observed) => failures.extend(differing(plan, &observed)),
        Err(failure) => failures.push(failure),
    }
    failures
}

fn differing(plan: &Plan, observed: &Observed) -> Vec<Failure> {
    let desired = Desired {
        target: plan.target.clone(),
        stack: plan.stack.clone(),
        resources: plan.resources().map(|r| (r.address.clone(), r.clone())).collect(),
        moved: BTreeMap::new(),
        protect: plan.protect,
        notes: vec![],
    };
    let changes = diff::diff(&desired, observed, &plan.rules);
    let mut out = vec![];
    for (address, change) in changes.by_address {
        let message = match change.verdict {
            Verdict::Keep => continue,
            Verdict::Create => format!("`{address}` is not there after it was made"),
            Verdict::Delete => format!("`{address}` is there after all was done, and nothing declares it"),
            Verdict::Update | Verdict::Replace => match &change.drift {
                Some(words) => format!("`{address}` broke after it was made: {words}"),
                None => format!("`{address}` serves something else than what was asked"),
            },
        };
        let help = "the platform took the change back, or somebody else made one: look at its events, then apply again";
        let mut diagnostic = Diagnostic::error(Code::NotServed, message).help(help);
        for d in change.differences {
            let shown = |value: Option<serde_json::Value>| {
                value.map_or("nothing".to_owned(), |v| format!("`{}`", diff::canonical(&v)))
            };
            let note = format!("`{}` is {} and should be {}", d.path, shown(d.before), shown(d.after));
            diagnostic = diagnostic.note(note);
        }
        out.push(Box::new(diagnostic));
    }
    out
}
