//! The one way to write a program: `servec fmt`. Blocks and lists that the author wrote over lines stay over lines, those
//! on one line stay if they fit; comments keep their place; strings and numbers stay as written.

mod align;
mod build;
mod doc;
mod layout;

use super::grammar::{self, Rule};
use super::{parse, scan};
use crate::report::Sink;
use crate::source::FileId;

/// Longest line, in characters, comments at its end not counted.
const WIDTH: usize = 100;

/// The program in its one form. None, with the errors pushed, if it can't be read: a broken text is never half formatted.
pub fn format(file: FileId, text: &str, sink: &mut Sink) -> Option<String> {
    let mut found = Sink::default();
    let _ = parse(file, text, &mut found);
    if found.has_errors() {
        found.into_sorted().into_iter().for_each(|d| sink.push(d));
        return None;
    }
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let scan = scan::scan(file, 0, body);
    let root = grammar::parse(Rule::file, body).ok()?.next()?;
    let mut lines = build::file(body, &scan.comments, root);
    layout::fit(&mut lines, 0);
    layout::separate(&mut lines);
    Some(layout::print(&mut lines))
}
