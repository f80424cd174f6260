//! Diagnostics as GitHub's workflow commands, which the runner shows beside the lines of a pull request.
//! Shape and escapes: GitHub's documentation of workflow commands, and `command.ts` of `actions/toolkit`.

use std::fmt::Write as _;

use crate::source::SourceMap;

use super::place::place;
use super::view::harmless;
use super::{Diagnostic, Severity};

/// One line a diagnostic.
pub fn render(sources: &SourceMap, diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        let command = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let mut properties = Vec::new();
        if let Some(span) = diagnostic.span() {
            let at = place(sources, span);
            properties.push(format!("file={}", property(&at.file)));
            properties.push(format!("line={}", at.start.line));
            properties.push(format!("endLine={}", at.end.line));
            // The runner ignores columns of a range over several lines.
            if at.start.line == at.end.line {
                properties.push(format!("col={}", at.start.column));
                properties.push(format!("endColumn={}", at.end.column));
            }
        }
        let title = format!("{} {}", diagnostic.code.id(), diagnostic.code.name());
        properties.push(format!("title={}", property(&title)));
        let _ = writeln!(out, "::{command} {}::{}", properties.join(","), data(&message(diagnostic)));
    }
    out
}

fn message(diagnostic: &Diagnostic) -> String {
    let label = diagnostic.labels.first().map(|l| l.text.clone()).filter(|text| !text.is_empty());
    let help = diagnostic.help.as_ref().map(|help| format!("help: {help}"));
    let notes = diagnostic.notes.iter().map(|note| format!("note: {note}"));
    let parts = std::iter::once(diagnostic.message.clone()).chain(label).chain(help).chain(notes);
    harmless(&parts.collect::<Vec<_>>().join("\n")).into_owned()
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
