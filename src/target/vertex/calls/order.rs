//! All calls that make a stack from nothing, each after what it needs.

use std::collections::{BTreeMap, BTreeSet};

use crate::resource::{Address, Desired, Resource};

use super::super::settings::Where;
use super::{Call, add_version, create};

/// With the ids of the calls that must be over before.
pub fn all(desired: &Desired, at: &Where) -> Vec<(Call, Vec<String>)> {
    let mut last: BTreeMap<&Address, String> = BTreeMap::new();
    let (mut out, mut said): (Vec<(Call, Vec<String>)>, BTreeSet<String>) = (vec![], BTreeSet::new());
    let mut models: BTreeMap<String, String> = BTreeMap::new();
    for resource in sorted(desired) {
        let mut before: Vec<String> = resource.needs.iter().filter_map(|need| last.get(need).cloned()).collect();
        let mut calls = create(resource, at);
        // The second version of a model needs the first, which makes the model.
        if let Some(id) = resource.body.get("modelId").and_then(serde_json::Value::as_str) {
            if let Some(first) = models.get(id) {
                before.push(first.clone());
                calls = add_version(resource, at).into_iter().collect();
            } else if let Some(call) = calls.first() {
                models.insert(id.to_owned(), call.id.clone());
            }
        }
        for call in calls {
            let id = call.id.clone();
            // A bucket is made once, however many files go there.
            if said.insert(id.clone()) {
                out.push((call, before.clone()));
            }
            before = vec![id];
        }
        if let [only] = before.as_slice() {
            last.insert(&resource.address, only.clone());
        }
    }
    out
}

/// By address, each after what it needs. What needs itself, which none does, is left out.
fn sorted(desired: &Desired) -> Vec<&Resource> {
    let mut waiting: Vec<&Resource> = desired.resources.values().collect();
    let (mut done, mut out): (BTreeSet<&Address>, Vec<&Resource>) = (BTreeSet::new(), vec![]);
    loop {
        let ready = |resource: &&Resource| {
            resource.needs.iter().all(|need| done.contains(need) || !desired.resources.contains_key(need))
        };
        let Some(place) = waiting.iter().position(ready) else { return out };
        let resource = waiting.remove(place);
        done.insert(&resource.address);
        out.push(resource);
    }
}
