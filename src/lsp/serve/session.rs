//! What a request's handler is given: the program, the text, and how places are written.

use std::collections::BTreeMap;
use std::str::FromStr as _;

use camino::{Utf8Path, Utf8PathBuf};
use lsp_types::{Location, Position, Range, TextEdit, Uri};

use crate::lsp::analysis::Shared;
use crate::lsp::complete::Asked;
use crate::lsp::{Analysis, At};
use crate::report::Edit;
use crate::source::Span;
use crate::stdlib;

use super::documents::{Document, Documents};
use super::wire::Encoding;
use super::{library, uri};

/// How places are written for this client.
pub struct Places<'s> {
    pub encoding: Encoding,
    pub documents: &'s Documents,
}

/// One request's surroundings.
pub struct Session<'s> {
    pub places: Places<'s>,
    /// Of the text that is asked about; none for requests about no text.
    pub program: Option<Shared>,
    /// All others, for what looks through everything.
    pub all: Vec<Shared>,
    pub document: Option<&'s Document>,
    /// The text's path, also where it is not open.
    pub path: Utf8PathBuf,
    pub can: Abilities,
}

/// What the client can do beyond the least.
#[derive(Debug, Clone, Copy, Default)]
pub struct Abilities {
    pub snippets: bool,
    pub document_changes: bool,
    pub create_files: bool,
    pub hierarchical_symbols: bool,
    pub markdown: bool,
}

impl Places<'_> {
    pub fn range(&self, analysis: &Analysis, span: Span) -> Option<Range> {
        Some(self.encoding.range(analysis.compiled.sources.get(span.file)?, span))
    }

    pub fn location(&self, analysis: &Analysis, span: Span) -> Option<Location> {
        let source = analysis.compiled.sources.get(span.file)?;
        let uri = self.uri(analysis, &source.path)?;
        Some(Location { uri, range: self.encoding.range(source, span) })
    }

    /// The address of a program's file, as the client writes it where it has it open.
    pub fn uri(&self, analysis: &Analysis, path: &Utf8Path) -> Option<Uri> {
        if path.starts_with(stdlib::PREFIX) && stdlib::text(path).is_some() {
            return parsed(&uri::of(&library::written()?.join(path)));
        }
        self.uri_of(&analysis.absolute(path))
    }

    /// The address of an absolute path.
    pub fn uri_of(&self, path: &Utf8Path) -> Option<Uri> {
        match self.documents.get(path) {
            Some(document) => parsed(&document.uri),
            None => parsed(&uri::of(path)),
        }
    }

    /// Edits by file.
    pub fn edits(&self, analysis: &Analysis, edits: &[Edit]) -> BTreeMap<Utf8PathBuf, Vec<TextEdit>> {
        let mut out: BTreeMap<Utf8PathBuf, Vec<TextEdit>> = BTreeMap::new();
        for edit in edits {
            let Some(source) = analysis.compiled.sources.get(edit.span.file) else { continue };
            let range = self.encoding.range(source, edit.span);
            out.entry(analysis.absolute(&source.path)).or_default().push(TextEdit::new(range, edit.text.clone()));
        }
        out
    }
}

impl Session<'_> {
    /// A place in the program's text.
    pub fn at(&self, position: Position) -> Option<At<'_>> {
        let analysis = self.program.as_ref()?;
        let (id, _) = analysis.unit_at(&self.path)?;
        let at = analysis.at(id, 0)?;
        Some(At { offset: self.places.encoding.offset(at.source, position), ..at })
    }

    /// A place in the text as it is now, over a program that may be a moment older.
    pub fn asked(&self, position: Position) -> Option<Asked<'_>> {
        let analysis = self.program.as_ref()?;
        let document = self.document?;
        let (unit, _) = analysis.unit_at(&self.path)?;
        let offset = self.places.encoding.offset(&document.source, position) as usize;
        Some(Asked { analysis, unit, text: &document.source.text, offset })
    }

    pub fn location(&self, span: Span) -> Option<Location> {
        self.places.location(self.program.as_ref()?, span)
    }
}

pub fn parsed(text: &str) -> Option<Uri> {
    Uri::from_str(text).ok()
}
