//! Source texts, positions in them, and nothing of their meaning.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

/// Longest source file that is accepted, in bytes; offsets then fit 32 bits and memory stays bounded.
pub const MAX_BYTES: usize = 32 << 20;

/// A file of a [`SourceMap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A range of bytes in one file, end exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    pub file: FileId,
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn new(file: FileId, start: u32, end: u32) -> Self {
        Self { file, start, end }
    }

    /// The empty span at this one's start.
    pub fn start_point(self) -> Self {
        Self { end: self.start, ..self }
    }

    /// The empty span at this one's end.
    pub fn end_point(self) -> Self {
        Self { start: self.end, ..self }
    }

    /// From this span's start to the other's end. Both must be of one file.
    pub fn to(self, other: Span) -> Self {
        Self { end: other.end.max(self.end), start: self.start.min(other.start), ..self }
    }

    pub fn contains(self, other: Span) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }
}

/// A thing together with where it stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spanned<T> {
    pub value: T,
    pub span: Span,
}

impl<T> Spanned<T> {
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// A position for people and editors: both from zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineColumn {
    pub line: u32,
    pub column: u32,
}

/// One source text.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// As the user named it, or `std/images.serve` for the standard library.
    pub path: Utf8PathBuf,
    pub text: Arc<str>,
    line_starts: Vec<u32>,
}

impl SourceFile {
    pub fn new(path: Utf8PathBuf, text: Arc<str>) -> Self {
        let mut line_starts = vec![0];
        line_starts.extend(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i as u32 + 1));
        Self { path, text, line_starts }
    }

    /// Line and byte column of an offset (an offset past the end counts as the end).
    pub fn line_column(&self, offset: u32) -> LineColumn {
        let offset = offset.min(self.text.len() as u32);
        let line = self.line_starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.line_starts.get(line).copied().unwrap_or(0);
        LineColumn { line: line as u32, column: offset - start }
    }

    /// The same in UTF-16 code units, which editors count by default.
    pub fn line_column_utf16(&self, offset: u32) -> LineColumn {
        let at = self.line_column(offset);
        let start = self.line_starts.get(at.line as usize).copied().unwrap_or(0) as usize;
        let text = self.text.get(start..start + at.column as usize).unwrap_or("");
        LineColumn { line: at.line, column: text.encode_utf16().count() as u32 }
    }

    /// The offset of a line and byte column; past a line's end counts as its end, and inside a character as its start.
    pub fn offset(&self, at: LineColumn) -> u32 {
        let line = self.line(at.line);
        let mut column = (at.column as usize).min(line.len());
        while !line.is_char_boundary(column) {
            column -= 1;
        }
        self.start_of(at.line) + column as u32
    }

    /// The same of a column in UTF-16 code units.
    pub fn offset_utf16(&self, at: LineColumn) -> u32 {
        let line = self.line(at.line);
        let mut units = 0;
        let inside = line.char_indices().find(|(_, c)| {
            units += c.len_utf16() as u32;
            units > at.column
        });
        self.start_of(at.line) + inside.map_or(line.len(), |(column, _)| column) as u32
    }

    /// How many lines there are; what follows the last line break is one too.
    pub fn lines(&self) -> u32 {
        self.line_starts.len() as u32
    }

    /// Where a line starts; the text's end for lines past the last.
    fn start_of(&self, line: u32) -> u32 {
        self.line_starts.get(line as usize).copied().unwrap_or(self.text.len() as u32)
    }

    /// A line's text without its line break.
    pub fn line(&self, line: u32) -> &str {
        let start = self.start_of(line) as usize;
        let end = self.line_starts.get(line as usize + 1).map_or(self.text.len(), |e| *e as usize);
        self.text.get(start..end).unwrap_or("").trim_end_matches(['\n', '\r'])
    }
}

/// All texts of one run.
#[derive(Debug, Clone, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
    hidden: Vec<Span>,
}

impl SourceMap {
    pub fn add(&mut self, path: impl Into<Utf8PathBuf>, text: impl Into<Arc<str>>) -> FileId {
        self.files.push(SourceFile::new(path.into(), text.into()));
        FileId(self.files.len() as u32 - 1)
    }

    pub fn get(&self, file: FileId) -> Option<&SourceFile> {
        self.files.get(file.0 as usize)
    }

    /// What stands here is a secret, and is never drawn.
    pub fn hide(&mut self, span: Span) {
        self.hidden.push(span);
    }

    /// Everything that is never drawn.
    pub fn all_hidden(&self) -> impl Iterator<Item = Span> {
        self.hidden.iter().copied()
    }

    /// What is never drawn of a file.
    pub fn hidden(&self, file: FileId) -> impl Iterator<Item = Span> {
        self.hidden.iter().copied().filter(move |span| span.file == file)
    }

    pub fn find(&self, path: &Utf8Path) -> Option<FileId> {
        self.files.iter().position(|f| f.path == path).map(|i| FileId(i as u32))
    }

    /// The text under a span; empty when the span is not of this map.
    pub fn text(&self, span: Span) -> &str {
        self.get(span.file).and_then(|f| f.text.get(span.start as usize..span.end as usize)).unwrap_or("")
    }

    pub fn path(&self, file: FileId) -> &Utf8Path {
        self.get(file).map_or(Utf8Path::new(""), |f| &f.path)
    }

    pub fn files(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(i, f)| (FileId(i as u32), f))
    }
}
