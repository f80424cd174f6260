//! Text to syntax tree. Never fails: what can't be read is a node, and a diagnostic.

pub mod ast;
mod change;
mod chunks;
mod format;
mod grammar;
mod locate;
mod lower;
mod recover;
mod scan;

use crate::report::{Code, Diagnostic, Sink};
use crate::source::{FileId, MAX_BYTES, Span};
use grammar::{Node, Rule};
use lower::Lower;
use recover::Problem;

pub use change::{Left, Written};
pub use format::format;
pub use locate::{Node as Located, locate};
pub use scan::MAX_NESTING;

/// Reads a file. Whatever the text, there is a tree; what is wrong with it is pushed, one error for one mistake, and the
/// bad parts are silenced for the passes that follow.
pub fn parse(file: FileId, text: &str, sink: &mut Sink) -> ast::File {
    parse_parts(file, text, chunks::starts, sink)
}

/// The same, with the text cut where `starts` says.
fn parse_parts(file: FileId, text: &str, starts: impl Fn(&str) -> Vec<usize>, sink: &mut Sink) -> ast::File {
    if text.len() > MAX_BYTES {
        return refuse(file, text, too_large(file, text), vec![], sink);
    }
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let base = (text.len() - body.len()) as u32;
    let scan = scan::scan(file, base, body);
    let comments = scan.comments.iter().map(|(start, end)| comment(file, text, *start, *end)).collect();
    if let Some(at) = scan.too_deep {
        return refuse(file, text, too_deep(Span::new(file, base + at, base + at + 1)), comments, sink);
    }
    let span = Span::new(file, 0, text.len() as u32);
    let (mut items, mut problems, mut silent) = (vec![], scan.problems, vec![]);
    let starts = starts(&scan.text);
    let ends = starts.iter().skip(1).copied().chain([scan.text.len()]);
    for (start, end) in starts.iter().copied().zip(ends) {
        let part = scan.text.get(start..end).unwrap_or("");
        let part_base = base + start as u32;
        let Some(root) = root(part) else {
            return refuse(file, text, too_deep(Span::new(file, part_base, part_base)), comments, sink);
        };
        let first = scan.comments.partition_point(|(at, _)| *at < part_base);
        let comments = scan.comments.get(first..).unwrap_or_default();
        let mut lower = Lower { file, base: part_base, text: part, comments, problems, silent, depth: 0 };
        items.extend(lower.file(root));
        Lower { problems, silent, .. } = lower;
    }
    recover::settle(file, text, problems, silent, sink);
    ast::File { items, comments, span }
}

/// None where the parser ran out of stack, which keywords can bring about without any bracket: `if if if …`.
fn root(text: &str) -> Option<Node<'_>> {
    grammar::parse(Rule::file, text).ok()?.next()
}

fn comment(file: FileId, text: &str, start: u32, end: u32) -> ast::Comment {
    let text = text.get(start as usize..end as usize).unwrap_or("").to_owned();
    ast::Comment { text, span: Span::new(file, start, end) }
}

/// A file that is not read at all.
fn refuse(file: FileId, text: &str, why: Diagnostic, comments: Vec<ast::Comment>, sink: &mut Sink) -> ast::File {
    let span = Span::new(file, 0, text.len().min(MAX_BYTES) as u32);
    recover::settle(file, "", vec![Problem::new(why, span)], vec![], sink);
    ast::File { items: vec![ast::Item::Bad(span)], comments, span }
}

fn too_large(file: FileId, text: &str) -> Diagnostic {
    let megabytes = text.len().div_ceil(1 << 20);
    let limit = MAX_BYTES >> 20;
    Diagnostic::error(Code::SyntaxLimit, format!("this file has {megabytes} MiB; at most {limit} MiB are read"))
        .label(Span::new(file, 0, 0), "not read")
        .help("split it, and join the parts with `use`")
}

fn too_deep(at: Span) -> Diagnostic {
    Diagnostic::error(Code::SyntaxLimit, "this is nested too deep; the file is not read")
        .label(at, format!("more than {MAX_NESTING} levels of brackets"))
        .help("name parts of it with `let`")
}

/// Where each item starts, with what it is, for comparing trees in tests.
#[cfg(test)]
fn starts_at(file: &ast::File) -> Vec<(u32, std::mem::Discriminant<ast::Item>)> {
    let start = |item: &ast::Item| match item {
        ast::Item::Use(item) => item.span.start,
        ast::Item::Param(item) => item.span.start,
        ast::Item::Let(item) => item.span.start,
        ast::Item::Decl(item) => item.span.start,
        ast::Item::Moved(item) => item.span.start,
        ast::Item::Bad(span) => span.start,
    };
    file.items.iter().map(|item| (start(item), std::mem::discriminant(item))).collect()
}
