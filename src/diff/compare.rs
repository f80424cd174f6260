//! What is declared against what is live, value by value: only declared fields count, the rest is the platform's.

use serde_json::{Map, Value};

use super::canonical::same;
use super::lens::Lens;
use super::path::order;
use super::quantity;
use super::set;

/// One path at which the two differ.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub path: Vec<String>,
    /// None where nothing is live.
    pub before: Option<Value>,
    /// None where nothing is declared.
    pub after: Option<Value>,
}

/// What a comparison learned.
#[derive(Debug)]
pub(super) struct Compared {
    /// In the order of paths.
    pub differences: Vec<Found>,
    /// The live value in the shape of the declared one: equal parts as declared, undeclared parts left out.
    pub seen: Value,
}

/// Lists must have the same length, and items in the same place unless the list is a set; an item that is an object may
/// hold more than was declared, like any other object.
pub(super) fn compare(declared: &Value, live: &Value, lens: &Lens) -> Compared {
    compare_at(declared, live, lens, &mut vec![])
}

pub(super) fn compare_at(declared: &Value, live: &Value, lens: &Lens, path: &mut Vec<String>) -> Compared {
    let mut differences = vec![];
    let seen = value(declared, live, &mut Context { lens, path, found: &mut differences });
    differences.sort_by(|a, b| order(&a.path, &b.path));
    Compared { differences, seen }
}

pub(super) struct Context<'a> {
    pub lens: &'a Lens,
    pub path: &'a mut Vec<String>,
    pub found: &'a mut Vec<Found>,
}

impl Context<'_> {
    pub fn report(&mut self, before: Option<&Value>, after: Option<&Value>) {
        self.found.push(Found { path: self.path.clone(), before: before.cloned(), after: after.cloned() });
    }
}

/// Compares at the context's path, and answers what is live in the declared shape.
pub(super) fn value(declared: &Value, live: &Value, at: &mut Context<'_>) -> Value {
    if at.lens.is_computed(at.path) {
        return declared.clone();
    }
    match (declared, live) {
        (Value::Object(declared), Value::Object(live)) => object(declared, live, at),
        (Value::Array(wanted), Value::Array(items)) if at.lens.is_set(at.path) => set::compare(wanted, items, at),
        (Value::Array(wanted), Value::Array(items)) if wanted.len() == items.len() => list(wanted, items, at),
        _ if same(declared, live) => declared.clone(),
        _ if at.lens.is_quantity(at.path) && quantity::same(declared, live) => declared.clone(),
        _ => {
            at.report(Some(live), Some(declared));
            live.clone()
        }
    }
}

fn list(declared: &[Value], live: &[Value], at: &mut Context<'_>) -> Value {
    let items = declared.iter().zip(live).enumerate().map(|(i, (declared, live))| {
        at.path.push(i.to_string());
        let seen = value(declared, live, at);
        at.path.pop();
        seen
    });
    items.collect::<Vec<_>>().into()
}

fn object(declared: &Map<String, Value>, live: &Map<String, Value>, at: &mut Context<'_>) -> Value {
    let mut seen = Map::new();
    for (key, wanted) in declared {
        at.path.push(key.clone());
        if let Some(value) = field(wanted, live.get(key), at) {
            seen.insert(key.clone(), value);
        }
        at.path.pop();
    }
    for (key, before, default) in left_to_default(declared, live, at) {
        at.path.push(key.clone());
        at.report(Some(&before), Some(&default));
        seen.insert(key, before);
        at.path.pop();
    }
    seen.into()
}

fn field(declared: &Value, live: Option<&Value>, at: &mut Context<'_>) -> Option<Value> {
    // A live null is nothing, unless null is what was asked for.
    if let Some(live) = live.filter(|live| !live.is_null()) {
        return Some(value(declared, live, at));
    }
    let is_default = at.lens.default_at(at.path).is_some_and(|default| same(default, declared));
    if declared.is_null() || is_default || at.lens.is_computed(at.path) {
        return Some(declared.clone());
    }
    at.report(None, Some(declared));
    None
}

/// Fields that are not declared, whose live value is not the platform's default: key, live value, default.
fn left_to_default(
    declared: &Map<String, Value>,
    live: &Map<String, Value>,
    at: &mut Context<'_>,
) -> Vec<(String, Value, Value)> {
    let mut out: Vec<(String, Value, Value)> = vec![];
    for (pattern, default) in &at.lens.defaulted {
        let Some([key]) = pattern.below(at.path) else { continue };
        let Some(value) = live.get(key).filter(|value| !value.is_null() && !declared.contains_key(key)) else {
            continue;
        };
        at.path.push(key.clone());
        let computed = at.lens.is_computed(at.path);
        at.path.pop();
        if !computed && !same(value, default) && out.iter().all(|(seen, _, _)| seen != key) {
            out.push((key.clone(), value.clone(), default.clone()));
        }
    }
    out
}
