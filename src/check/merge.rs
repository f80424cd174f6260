//! Overrides: one set of fields over another, field by field.

use std::sync::Arc;

use crate::stack::{Fields, Value, ValueKind};

/// Puts `over` on `base`. Constructs of one kind and records merge inside; named blocks merge by name; a range keeps
/// the policies that the override does not name; anything else is replaced.
pub fn merge(base: &mut Fields, over: Fields) {
    for (name, value) in over {
        match base.get_mut(&name) {
            Some(old) => merge_value(old, value),
            None => {
                base.insert(name, value);
            }
        }
    }
}

fn merge_value(old: &mut Value, new: Value) {
    let Value { kind, span, key, from, home } = new;
    let merged = match (std::mem::replace(&mut old.kind, ValueKind::Unknown), kind) {
        (
            ValueKind::Construct { kind: a, name: an, fields: mut base },
            ValueKind::Construct { kind: b, name: bn, fields: over },
        ) if a == b && an == bn && !over.keys().any(|k| &**k == "0") => {
            merge(&mut base, over);
            ValueKind::Construct { kind: a, name: an, fields: base }
        }
        (ValueKind::Record(mut base), ValueKind::Record(over)) => {
            merge(&mut base, over);
            ValueKind::Record(base)
        }
        (ValueKind::List(base), ValueKind::List(over)) if are_blocks(&base) && are_blocks(&over) => {
            ValueKind::List(merge_blocks(base, over))
        }
        (ValueKind::Range { entries: base, .. }, ValueKind::Range { low, high, entries: over }) => {
            ValueKind::Range { low, high, entries: merge_entries(base, over) }
        }
        // A number alone is a range of one: it keeps what `2..2` would keep.
        (ValueKind::Range { entries, .. }, ValueKind::Int(n)) if !entries.is_empty() => {
            let end = || Box::new(Value::new(ValueKind::Int(n), span));
            ValueKind::Range { low: end(), high: end(), entries }
        }
        (ValueKind::Construct { kind: a, name, fields }, ValueKind::Word(b)) if a == b => {
            ValueKind::Construct { kind: a, name, fields }
        }
        (_, kind) => kind,
    };
    *old = Value { kind: merged, span, key, from, home };
}

fn block_name(value: &Value) -> Option<&Arc<str>> {
    match &value.kind {
        ValueKind::Construct { name: Some(name), .. } => Some(name),
        _ => None,
    }
}

fn are_blocks(items: &[Value]) -> bool {
    !items.is_empty() && items.iter().all(|v| block_name(v).is_some())
}

fn merge_blocks(mut base: Vec<Value>, over: Vec<Value>) -> Vec<Value> {
    for new in over {
        match base.iter_mut().find(|old| block_name(old) == block_name(&new)) {
            Some(old) => merge_value(old, new),
            None => base.push(new),
        }
    }
    base
}

fn merge_entries(mut base: Vec<(Arc<str>, Value)>, over: Vec<(Arc<str>, Value)>) -> Vec<(Arc<str>, Value)> {
    for (kind, new) in over {
        match base.iter_mut().find(|(k, old)| *k == kind && block_name(old) == block_name(&new)) {
            Some((_, old)) => merge_value(old, new),
            None => base.push((kind, new)),
        }
    }
    base
}
