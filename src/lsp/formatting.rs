//! The one form of a text as the smallest edits: of all of it, of some lines, or of a line that was just ended.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::report::Sink;
use crate::source::FileId;
use crate::syntax;

/// A range of bytes and what takes its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    pub start: usize,
    pub end: usize,
    pub text: String,
}

/// The changes that bring a text into form; `None` if it can't be read.
pub fn document(text: &str) -> Option<Vec<Change>> {
    let formed = syntax::format(FileId(u32::MAX), text, &mut Sink::default())?;
    Some(changes(text, &formed))
}

/// Those of them that touch lines `first` to `last`, counted from zero.
pub fn range(text: &str, first: u32, last: u32) -> Option<Vec<Change>> {
    let line = |at: usize| text.get(..at).map_or(0, |t| t.matches('\n').count()) as u32;
    let all = document(text)?;
    // A change ends before the line in which it ends.
    let touches = |c: &Change| line(c.start) <= last && line(c.end.max(c.start + 1) - 1) >= first;
    Some(all.into_iter().filter(touches).collect())
}

/// After `}` or a line break: the declaration around the cursor, while the whole text can be read.
pub fn typed(text: &str, offset: usize) -> Option<Vec<Change>> {
    let start = super::context::declaration_start(text, offset.saturating_sub(1));
    let line = |at: usize| text.get(..at).map_or(0, |t| t.matches('\n').count()) as u32;
    let last = line(offset);
    // A line break was typed: what is above it is done, and the line of the cursor is about to be written.
    let after_break = text.as_bytes().get(offset.wrapping_sub(1)) == Some(&b'\n') || text.get(..offset)?.ends_with(' ');
    let last = if after_break { last.checked_sub(1)? } else { last };
    range(text, line(start), last)
}

fn changes(before: &str, after: &str) -> Vec<Change> {
    let (old, new): (Vec<&str>, Vec<&str>) =
        (before.split_inclusive('\n').collect(), after.split_inclusive('\n').collect());
    let starts: Vec<usize> = old
        .iter()
        .scan(0, |at, line| {
            let start = *at;
            *at += line.len();
            Some(start)
        })
        .chain([before.len()])
        .collect();
    let start = |line: usize| starts.get(line).copied().unwrap_or(before.len());
    let ops = capture_diff_slices(Algorithm::Myers, &old, &new);
    let mut out = Vec::new();
    for op in ops.into_iter().filter(|op| !matches!(op, DiffOp::Equal { .. })) {
        let (old, into) = (op.old_range(), op.new_range());
        // Line by line as far as both have lines, so that a part of a change can be left out.
        let pairs = old.len().min(into.len());
        for n in 0..pairs {
            let text = new.get(into.start + n).copied().unwrap_or("").to_owned();
            out.push(Change { start: start(old.start + n), end: start(old.start + n + 1), text });
        }
        if old.len() != into.len() {
            let text = new.get(into.start + pairs..into.end).unwrap_or_default().concat();
            out.push(Change { start: start(old.start + pairs), end: start(old.end), text });
        }
    }
    out
}
