//! Diagnostics as SARIF 2.1.0 (OASIS), for code scanning: every code is a rule, every fix a list of replacements.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::source::{SourceMap, Span};

use super::place::place;
use super::{Code, Diagnostic, Edit, Fix, Severity};

/// The log file's text, with a line break at its end.
pub fn render(sources: &SourceMap, diagnostics: &[Diagnostic]) -> String {
    let log = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "servec",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": Code::ALL.iter().copied().map(rule).collect::<Vec<_>>(),
            }},
            // As `place` counts.
            "columnKind": "unicodeCodePoints",
            "results": diagnostics.iter().map(|d| result(sources, d)).collect::<Vec<_>>(),
        }],
    });
    format!("{log:#}\n")
}

fn rule(code: Code) -> Value {
    json!({
        "id": code.id(),
        "name": code.name(),
        "shortDescription": { "text": code.title() },
        "help": { "text": format!("servec explain {}", code.id()), "markdown": code.page() },
    })
}

fn result(sources: &SourceMap, diagnostic: &Diagnostic) -> Value {
    let mut out = Map::new();
    out.insert("ruleId".into(), json!(diagnostic.code.id()));
    if let Some(index) = Code::ALL.iter().position(|c| *c == diagnostic.code) {
        out.insert("ruleIndex".into(), json!(index));
    }
    out.insert("level".into(), json!(level(diagnostic.severity)));
    out.insert("message".into(), json!({ "text": message(diagnostic) }));
    let (first, rest) = diagnostic.labels.split_at(diagnostic.labels.len().min(1));
    let locations: Vec<Value> = first.iter().map(|l| location(sources, l.span, &l.text, None)).collect();
    out.insert("locations".into(), json!(locations));
    if !rest.is_empty() {
        let related = rest.iter().enumerate().map(|(i, l)| location(sources, l.span, &l.text, Some(i + 1)));
        out.insert("relatedLocations".into(), related.collect());
    }
    if let Some(fix) = &diagnostic.fix {
        out.insert("fixes".into(), json!([fixed(sources, fix)]));
    }
    Value::Object(out)
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// SARIF has one text a result: help and notes follow the message as paragraphs.
fn message(diagnostic: &Diagnostic) -> String {
    let help = diagnostic.help.iter().map(|help| format!("help: {help}"));
    let notes = diagnostic.notes.iter().map(|note| format!("note: {note}"));
    std::iter::once(diagnostic.message.clone()).chain(help).chain(notes).collect::<Vec<_>>().join("\n\n")
}

fn location(sources: &SourceMap, span: Span, text: &str, id: Option<usize>) -> Value {
    let mut out = Map::new();
    if let Some(id) = id {
        out.insert("id".into(), json!(id));
    }
    let place = json!({ "artifactLocation": artifact(sources, span), "region": region(sources, span) });
    out.insert("physicalLocation".into(), place);
    if !text.is_empty() {
        out.insert("message".into(), json!({ "text": text }));
    }
    Value::Object(out)
}

fn artifact(sources: &SourceMap, span: Span) -> Value {
    json!({ "uri": uri(&place(sources, span).file) })
}

fn region(sources: &SourceMap, span: Span) -> Value {
    let place = place(sources, span);
    json!({
        "startLine": place.start.line,
        "startColumn": place.start.column,
        "endLine": place.end.line,
        "endColumn": place.end.column,
        "byteOffset": span.start,
        "byteLength": span.end.saturating_sub(span.start),
    })
}

fn fixed(sources: &SourceMap, fix: &Fix) -> Value {
    let mut files: BTreeMap<_, Vec<&Edit>> = BTreeMap::new();
    for edit in &fix.edits {
        files.entry(edit.span.file).or_default().push(edit);
    }
    let changes: Vec<Value> = files
        .values()
        .filter_map(|edits| {
            let file = edits.first()?.span;
            let replacements = edits.iter().map(
                |edit| json!({ "deletedRegion": region(sources, edit.span), "insertedContent": { "text": edit.text } }),
            );
            Some(json!({
                "artifactLocation": artifact(sources, file),
                "replacements": replacements.collect::<Vec<_>>(),
            }))
        })
        .collect();
    json!({ "description": { "text": fix.title }, "artifactChanges": changes })
}

/// A path as a URI reference: what RFC 3986 does not allow in a path is percent-encoded.
fn uri(path: &str) -> String {
    let mut out = String::new();
    if path.starts_with('/') {
        out.push_str("file://");
    }
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte) {
            out.push(byte as char);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
