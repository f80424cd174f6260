//! Several source files as one text for miette, which knows only one a message: each file gets a range of offsets of
//! its own. Also keeps what is shown bounded and harmless: long lines are clipped, control characters replaced.

use std::borrow::Cow;
use std::collections::BTreeMap;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use crate::source::{FileId, SourceFile, SourceMap, Span};

use super::{Diagnostic, place};

/// Lines longer than this many bytes are clipped around what a label points at.
const LONG_LINE: usize = 320;
/// How many bytes stay visible on each side of a label on a long line.
const AROUND: usize = 80;
/// A label covers no more than this many bytes and lines; what is longer is shown by its beginning.
const LONG_LABEL: usize = 240;
const TALL_LABEL: u32 = 8;
/// Labels further apart than this are not shown in one snippet.
const LONG_SNIPPET: usize = 8 << 10;

/// The texts of one run as they may be shown.
pub(super) struct Texts<'a> {
    sources: &'a SourceMap,
    shown: BTreeMap<FileId, Cow<'a, str>>,
}

impl<'a> Texts<'a> {
    /// Prepares the files that the labels point into.
    pub fn new(sources: &'a SourceMap, diagnostics: &[Diagnostic]) -> Self {
        let files = diagnostics.iter().flat_map(|d| &d.labels).map(|l| l.span.file);
        let shown =
            files.filter_map(|id| Some((id, without_secrets(harmless(&sources.get(id)?.text), sources, id)))).collect();
        Self { sources, shown }
    }

    /// The files of one diagnostic, the primary label's first.
    pub fn view(&'a self, diagnostic: &Diagnostic) -> View<'a> {
        let mut parts: Vec<Part<'a>> = Vec::new();
        let mut base = 0;
        for id in diagnostic.labels.iter().map(|l| l.span.file) {
            let (Some(file), Some(text)) = (self.sources.get(id), self.shown.get(&id)) else { continue };
            if parts.iter().all(|p| p.id != id) {
                parts.push(Part { id, base, file, text, sources: self.sources });
                base += text.len() + 2;
            }
        }
        View { parts }
    }
}

/// What miette reads from.
pub(super) struct View<'a> {
    parts: Vec<Part<'a>>,
}

struct Part<'a> {
    id: FileId,
    base: usize,
    file: &'a SourceFile,
    text: &'a str,
    sources: &'a SourceMap,
}

impl View<'_> {
    /// A label's span in this view; none when its file is unknown.
    pub fn span(&self, span: Span) -> Option<SourceSpan> {
        let part = self.parts.iter().find(|p| p.id == span.file)?;
        let (start, end) = part.clip(span);
        Some(SourceSpan::new((part.base + start).into(), end - start))
    }
}

impl Part<'_> {
    fn clip(&self, span: Span) -> (usize, usize) {
        let text = self.text;
        let start = text.floor_char_boundary((span.start as usize).min(text.len()));
        // The end of a file that ends with a line break is shown at the end of its last line.
        if start == text.len() && text.ends_with('\n') {
            return (start - 1, start - 1);
        }
        let mut end = (span.end as usize).clamp(start, text.len());
        let lines = self.file.line_column(end as u32).line - self.file.line_column(start as u32).line;
        if lines > TALL_LABEL {
            end = line_end(text, start);
        }
        (start, text.ceil_char_boundary(end.min(start + LONG_LABEL).max(start)))
    }

    fn read(&self, start: usize, length: usize, before: usize, after: usize) -> Option<MietteSpanContents<'_>> {
        let text = self.text;
        let end = start.checked_add(length).filter(|end| *end <= text.len() && length <= LONG_SNIPPET)?;
        let mut from = line_start(text, start);
        if start - from > LONG_LINE {
            from = text.ceil_char_boundary(start - AROUND);
        } else {
            for _ in 0..before {
                let previous = line_start(text, from.saturating_sub(1));
                if from == 0 || from - previous > LONG_LINE {
                    break;
                }
                from = previous;
            }
        }
        let mut to = line_end(text, end);
        if to - end > LONG_LINE {
            to = text.floor_char_boundary(end + AROUND);
        } else {
            for _ in 0..after {
                let next = line_end(text, (to + 1).min(text.len()));
                if to >= text.len() || next - to > LONG_LINE {
                    break;
                }
                to = next;
            }
        }
        let data = text.get(from..to)?;
        let at = place::place(self.sources, Span::new(self.id, from as u32, from as u32));
        let (line, column) = (at.start.line - 1, at.start.column - 1);
        let span = SourceSpan::new((self.base + from).into(), to - from);
        let lines = data.matches('\n').count() + 1;
        Some(MietteSpanContents::new_named(at.file, data.as_bytes(), span, line, column, lines))
    }
}

impl SourceCode for View<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let part = self.parts.iter().rfind(|p| p.base <= span.offset()).ok_or(MietteError::OutOfBounds)?;
        let length = span.len();
        // With no context asked for, miette wants the place of the span itself, not of its line.
        let contents = if before == 0 && after == 0 {
            part.exact(span.offset() - part.base, length)
        } else {
            part.read(span.offset() - part.base, length, before, after)
        };
        contents.map(|c| Box::new(c) as _).ok_or(MietteError::OutOfBounds)
    }
}

impl Part<'_> {
    fn exact(&self, start: usize, length: usize) -> Option<MietteSpanContents<'_>> {
        let data = self.text.get(start..start.checked_add(length)?)?;
        let at = place::place(self.sources, Span::new(self.id, start as u32, start as u32));
        let span = SourceSpan::new((self.base + start).into(), length);
        Some(MietteSpanContents::new_named(at.file, data.as_bytes(), span, at.start.line - 1, at.start.column - 1, 1))
    }
}

fn line_start(text: &str, offset: usize) -> usize {
    text.as_bytes().get(..offset).and_then(|b| b.iter().rposition(|b| *b == b'\n')).map_or(0, |i| i + 1)
}

/// The offset of the line break that ends this line, or the text's end.
fn line_end(text: &str, offset: usize) -> usize {
    let rest = text.as_bytes().get(offset..).unwrap_or_default();
    rest.iter().position(|b| *b == b'\n').map_or(text.len(), |i| offset + i)
}

/// The text with every character that could steer a terminal or reorder a line replaced by one of the same length,
/// so that offsets stay.
pub(super) fn harmless(text: &str) -> Cow<'_, str> {
    if !text.chars().any(steers) && !text.contains('\r') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\r' if characters.peek() == Some(&'\n') => out.push(c),
            '\r' => out.push('?'),
            c if steers(c) => out.push(match c.len_utf8() {
                1 => '?',
                2 => '\u{bf}',
                _ => char::REPLACEMENT_CHARACTER,
            }),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// The text with stars in the place of secrets, byte for byte, so that offsets stay.
fn without_secrets<'a>(text: Cow<'a, str>, sources: &SourceMap, file: FileId) -> Cow<'a, str> {
    sources.hidden(file).fold(text, |text, span| {
        let (start, end) = (span.start as usize, span.end as usize);
        let (Some(before), Some(secret), Some(after)) = (text.get(..start), text.get(start..end), text.get(end..))
        else {
            return text;
        };
        let stars: String =
            secret.bytes().map(|b| if matches!(b, b'\n' | b'\r' | b'"') { b.into() } else { '*' }).collect();
        Cow::Owned([before, &stars, after].concat())
    })
}

fn steers(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t' | '\r'))
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
