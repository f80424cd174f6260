//! For programs, as `docs/capabilities.schema.json` says: every cell with its reason, source and day.

use serde_json::{Map, Value, json};

use crate::stack::endpoint::ModeKind;

use super::super::super::{Bound, Unit};
use super::super::{Change, Entry, Grid, Head, Key, Row};

/// Tables: one, or one for each stack.
pub fn json(grids: &[Grid]) -> Value {
    document(json!(grids.iter().map(of_grid).collect::<Vec<_>>()), json!([]))
}

/// Changes: for everything, or for each stack.
pub fn changes_json(from: &str, to: &str, all: &[(Option<String>, Vec<Change>)]) -> Value {
    let each = all.iter().map(|(stack, changes)| {
        let changes: Vec<Value> = changes.iter().map(of_change).collect();
        json!({ "stack": stack, "from": from, "to": to, "changes": changes })
    });
    document(json!([]), json!(each.collect::<Vec<_>>()))
}

fn document(tables: Value, comparisons: Value) -> Value {
    json!({ "version": 1, "servec": env!("CARGO_PKG_VERSION"), "tables": tables, "comparisons": comparisons })
}

fn of_grid(grid: &Grid) -> Value {
    json!({
        "stack": grid.stack,
        "columns": grid.heads.iter().map(of_head).collect::<Vec<_>>(),
        "rows": grid.rows.iter().map(of_row).collect::<Vec<_>>(),
    })
}

fn of_head(head: &Head) -> Value {
    let wants: Map<String, Value> =
        head.wants.iter().map(|(name, value)| (name.to_string(), json!(&**value))).collect();
    json!({ "target": &*head.target, "id": &*head.id, "title": &*head.title, "modes": head.modes, "settings": wants })
}

fn of_row(row: &Row) -> Value {
    let cells: Vec<Value> = row.cells.iter().map(of_entry).collect();
    let modes: Vec<ModeKind> = row.mode.into_iter().collect();
    with(about(row.key, &modes, row.amounts, &row.used_by), json!({ "cells": cells }))
}

fn about(key: Key, modes: &[ModeKind], amounts: Option<(f64, f64)>, used_by: &[String]) -> Value {
    let (kind, unit) = match key {
        Key::Feature(_) => ("feature", None),
        Key::Metric(_) => ("metric", None),
        Key::Limit(limit) => ("limit", Some(limit.unit())),
    };
    let unit = unit.map(|unit| match unit {
        Unit::Bytes => "bytes",
        Unit::Seconds => "seconds",
        Unit::Count => "count",
        Unit::Share => "fraction",
    });
    json!({
        "kind": kind,
        "key": key,
        "subject": key.subject(),
        "words": key.words(),
        "unit": unit,
        "modes": modes,
        "least": amounts.map(|(least, _)| least),
        "most": amounts.map(|(_, most)| most),
        "used_by": used_by,
    })
}

fn of_change(change: &Change) -> Value {
    let what = about(change.key, &change.modes, change.amounts, &change.used_by);
    let (from, to) = (of_entry(&change.from), of_entry(&change.to));
    with(what, json!({ "change": change.kind, "from": from, "to": to, "unless": change.unless }))
}

fn of_entry(entry: &Entry) -> Value {
    let source = entry.source.as_ref();
    json!({
        "support": entry.support,
        "bound": entry.bound.as_ref().map(of_bound),
        "id": entry.id.as_deref(),
        "because": &*entry.because,
        "instead": &*entry.instead,
        "source": source.map(|source| &*source.title),
        "as_of": source.map(|source| source.as_of.to_string()),
        "from_file": source.and_then(|source| source.file.as_deref()),
    })
}

fn of_bound(bound: &Bound) -> Value {
    json!({ "min": bound.min, "max": bound.max, "warn_above": bound.warn_above, "step": bound.step, "one_of": bound.one_of })
}

fn with(mut value: Value, more: Value) -> Value {
    if let (Value::Object(value), Value::Object(more)) = (&mut value, more) {
        value.extend(more);
    }
    value
}
