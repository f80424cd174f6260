//! Diagnostics as one JSON document, in the shape of `docs/diagnostics.schema.json`.

use serde_json::{Value, json};

use crate::source::{SourceMap, Span};

use super::place::{Position, counts, place};
use super::{Diagnostic, Edit, Severity};

/// The document, with a line break at its end.
pub fn render(sources: &SourceMap, diagnostics: &[Diagnostic]) -> String {
    format!("{:#}\n", document(sources, diagnostics))
}

/// The same as a value, for commands that say more than diagnostics.
pub fn document(sources: &SourceMap, diagnostics: &[Diagnostic]) -> Value {
    let counts = counts(diagnostics);
    json!({
        "version": 1,
        "servec": env!("CARGO_PKG_VERSION"),
        "diagnostics": diagnostics.iter().map(|d| one(sources, d)).collect::<Vec<_>>(),
        "errors": counts.errors,
        "warnings": counts.warnings,
        "notes": counts.notes,
    })
}

fn one(sources: &SourceMap, diagnostic: &Diagnostic) -> Value {
    let labels = diagnostic.labels.iter().enumerate().map(|(index, label)| {
        let mut value = range(sources, label.span);
        set(&mut value, "text", json!(label.text));
        set(&mut value, "primary", json!(index == 0));
        value
    });
    json!({
        "code": diagnostic.code.id(),
        "name": diagnostic.code.name(),
        "severity": severity(diagnostic.severity),
        "message": diagnostic.message,
        "labels": labels.collect::<Vec<_>>(),
        "help": diagnostic.help,
        "notes": diagnostic.notes,
        "fix": diagnostic.fix.as_ref().map(|fix| json!({
            "title": fix.title,
            "edits": fix.edits.iter().map(|edit| edited(sources, edit)).collect::<Vec<_>>(),
        })),
    })
}

fn edited(sources: &SourceMap, edit: &Edit) -> Value {
    let mut value = range(sources, edit.span);
    set(&mut value, "text", json!(edit.text));
    value
}

/// File, byte offsets (end exclusive), and both ends as line and column.
fn range(sources: &SourceMap, span: Span) -> Value {
    let place = place(sources, span);
    json!({
        "file": place.file,
        "start": span.start,
        "end": span.end,
        "from": position(place.start),
        "to": position(place.end),
    })
}

fn position(at: Position) -> Value {
    json!({ "line": at.line, "column": at.column })
}

fn set(value: &mut Value, key: &str, to: Value) {
    if let Some(map) = value.as_object_mut() {
        map.insert(key.to_owned(), to);
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}
