//! Diagnostics as the protocol has them: the message of `servec check` with its label, help and notes below, other labels as
//! related places, and the whole of it, as `check --format json` has it, as data.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use lsp_types::{
    Diagnostic as Sent, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Location, NumberOrString,
};

use crate::lsp::Analysis;
use crate::report::{Code, Diagnostic, Label, Severity, json, redacted};

use super::session::Places;

/// Each file of a program, absolute, with what is wrong there; files without a mistake too.
pub fn by_file(analysis: &Analysis, places: &Places) -> BTreeMap<Utf8PathBuf, Vec<Sent>> {
    let compiled = &analysis.compiled;
    let own = || compiled.names.units().filter(|(_, unit)| !unit.std);
    let mut out: BTreeMap<Utf8PathBuf, Vec<Sent>> =
        own().map(|(_, unit)| (analysis.absolute(&unit.path), Vec::new())).collect();
    // What no source is to blame for stands at the head of the program's first file.
    let first = own().next().map(|(_, unit)| analysis.absolute(&unit.path));
    let first = first.unwrap_or_else(|| analysis.absolute(&analysis.root.path));
    let all = redacted(&compiled.sources, &compiled.diagnostics);
    let document = json::document(&compiled.sources, &all);
    let data = document.get("diagnostics").and_then(|d| d.as_array()).cloned().unwrap_or_default();
    for (diagnostic, data) in all.iter().zip(data) {
        let at = diagnostic.labels.iter().position(|label| is_own(analysis, label));
        let path = at.and_then(|i| diagnostic.labels.get(i)).and_then(|l| compiled.sources.get(l.span.file));
        let path = path.map_or_else(|| first.clone(), |file| analysis.absolute(&file.path));
        out.entry(path).or_default().push(Sent { data: Some(data), ..sent(analysis, diagnostic, at, places) });
    }
    out
}

fn is_own(analysis: &Analysis, label: &Label) -> bool {
    analysis.unit_of(label.span.file).is_some_and(|unit| !unit.std)
}

/// One diagnostic, standing at its label of this index.
pub fn sent(analysis: &Analysis, diagnostic: &Diagnostic, at: Option<usize>, places: &Places) -> Sent {
    let main = at.and_then(|i| diagnostic.labels.get(i));
    let others = diagnostic.labels.iter().enumerate().filter(|(i, _)| Some(*i) != at);
    let related: Vec<DiagnosticRelatedInformation> = others
        .filter_map(|(_, label)| {
            let location: Location = places.location(analysis, label.span)?;
            Some(DiagnosticRelatedInformation { location, message: label.text.clone() })
        })
        .collect();
    Sent {
        range: main.and_then(|l| places.range(analysis, l.span)).unwrap_or_default(),
        severity: Some(match diagnostic.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
            Severity::Note => DiagnosticSeverity::INFORMATION,
        }),
        code: Some(NumberOrString::String(diagnostic.code.id().to_owned())),
        code_description: None,
        source: Some("servec".to_owned()),
        message: message(diagnostic, main),
        related_information: (!related.is_empty()).then_some(related),
        tags: (diagnostic.code == Code::UnusedValue).then(|| vec![DiagnosticTag::UNNECESSARY]),
        data: None,
    }
}

/// The message, then the label of the place, the help and the notes, a line each.
fn message(diagnostic: &Diagnostic, main: Option<&Label>) -> String {
    let label = main.map(|label| label.text.clone()).filter(|text| !text.is_empty());
    let help = diagnostic.help.as_ref().map(|help| format!("help: {help}"));
    let notes = diagnostic.notes.iter().map(|note| format!("note: {note}"));
    let parts = std::iter::once(diagnostic.message.clone()).chain(label).chain(help).chain(notes);
    parts.collect::<Vec<_>>().join("\n")
}
