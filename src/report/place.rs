//! Where a span is, as people and other programs count: lines and columns from one, columns in characters.

use camino::Utf8Path;

use crate::source::{SourceMap, Span};

use super::{Diagnostic, Severity};

/// A position: both from one; a column is a Unicode character, as in SARIF's `unicodeCodePoints`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position {
    pub line: usize,
    pub column: usize,
}

/// A span with the positions of both ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub file: String,
    pub start: Position,
    pub end: Position,
}

pub(super) fn place(sources: &SourceMap, span: Span) -> Place {
    Place {
        file: shown(sources.path(span.file)),
        start: position(sources, span, span.start),
        end: position(sources, span, span.end.max(span.start)),
    }
}

/// With `/`, and without the `./` that the default path puts before every name.
pub fn shown(path: &Utf8Path) -> String {
    let path = path.as_str().replace('\\', "/");
    path.strip_prefix("./").map_or_else(|| path.clone(), str::to_owned)
}

fn position(sources: &SourceMap, span: Span, offset: u32) -> Position {
    let Some(file) = sources.get(span.file) else { return Position { line: 1, column: 1 } };
    let offset = offset.min(file.text.len() as u32);
    let at = file.line_column(offset);
    let start = (offset - at.column) as usize;
    // An offset inside a character counts as its start.
    let before = file.text.as_bytes().get(start..offset as usize).unwrap_or_default();
    let characters = before.iter().filter(|b| (**b as i8) >= -0x40).count();
    Position { line: at.line as usize + 1, column: characters + 1 }
}

/// How many of each severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Counts {
    pub errors: usize,
    pub warnings: usize,
    pub notes: usize,
}

pub(super) fn counts(diagnostics: &[Diagnostic]) -> Counts {
    let count = |severity| diagnostics.iter().filter(|d| d.severity == severity).count();
    Counts { errors: count(Severity::Error), warnings: count(Severity::Warning), notes: count(Severity::Note) }
}
