//! Which groups go over lines, where blank lines stand, and the text.

use super::doc::{Group, Line, Piece};
use super::{WIDTH, align};
use crate::syntax::grammar::Rule;

const STEP: usize = 2;

/// Breaks groups until every line fits, or has nothing left to break. Breaking depends on nothing but what is already
/// broken, so a second run finds nothing to do.
pub(super) fn fit(lines: &mut [Line], indent: usize) {
    for line in lines {
        inherit(line);
        while too_wide(line, indent) && break_last(line) {}
        let mut indent = indent;
        let mut on_first = true;
        for piece in &mut line.pieces {
            match piece {
                Piece::Text { .. } => {}
                Piece::Group(group) => fit_group(group, indent),
                Piece::Break(_) => indent = below(indent, &mut on_first),
            }
        }
    }
}

/// What follows the first break of a statement is indented further.
fn below(indent: usize, on_first: &mut bool) -> usize {
    if std::mem::take(on_first) { indent + STEP } else { indent }
}

fn fit_group(group: &mut Group, indent: usize) {
    match group.broken {
        true => fit(&mut group.lines, indent + STEP),
        // On one line itself, or around a group that is not: elements stay where they are.
        false => group.lines.iter_mut().flat_map(|l| &mut l.pieces).for_each(|piece| {
            if let Piece::Group(inner) = piece {
                fit_group(inner, indent);
            }
        }),
    }
}

/// A group is over lines if an element of it is; but a call or a list of one element may hold a broken block closely.
fn inherit(line: &mut Line) {
    for piece in &mut line.pieces {
        let Piece::Group(group) = piece else { continue };
        group.lines.iter_mut().for_each(inherit);
        let broken = group.lines.iter().any(|l| !l.is_flat());
        let close = !group.inner && group.lines.len() == 1 && group.lines.iter().all(hugs);
        group.broken |= broken && !close;
        group.broken &= !group.lines.is_empty() || group.comment.is_some();
    }
}

/// An element that is one group, no more.
fn hugs(line: &Line) -> bool {
    let groups = line.pieces.iter().filter(|p| matches!(p, Piece::Group(_))).count();
    groups == line.pieces.len() && groups == 1
}

/// Whether a line that this statement takes itself (not one of its groups' elements) is too wide.
fn too_wide(line: &Line, mut indent: usize) -> bool {
    let mut on_first = true;
    let mut own = String::from_iter(std::iter::repeat_n(' ', indent));
    for (index, piece) in line.pieces.iter().enumerate() {
        match piece {
            Piece::Break(_) => {
                if own.chars().count() > WIDTH {
                    return true;
                }
                indent = below(indent, &mut on_first);
                own = String::from_iter(std::iter::repeat_n(' ', indent));
            }
            Piece::Group(group) if !group.is_flat() => {
                own.push_str(if group.space { " " } else { "" });
                own.push_str(group.open);
                if own.chars().count() > WIDTH {
                    return true;
                }
                own = String::from_iter(std::iter::repeat_n(' ', indent));
                own.push_str(group.close);
            }
            Piece::Text { .. } | Piece::Group(_) => piece.write(index == 0, &mut own),
        }
    }
    own.chars().count() > WIDTH
}

fn break_last(line: &mut Line) -> bool {
    let last = line.pieces.iter_mut().rev().find_map(|piece| match piece {
        Piece::Group(group) if group.is_flat() && !group.lines.is_empty() => Some(group),
        Piece::Group(_) | Piece::Text { .. } | Piece::Break(_) => None,
    });
    match last {
        Some(group) => {
            group.broken = true;
            true
        }
        None => false,
    }
}

/// A blank line around each declaration that takes more than one line; the comments above a declaration go with it.
pub(super) fn separate(lines: &mut [Line]) {
    let mut previous: Option<bool> = None;
    let mut from = 0;
    for at in 0..lines.len() {
        let Some(line) = lines.get(at) else { break };
        if line.rule == Rule::COMMENT {
            let starts = at == 0 || line.blank_before || lines.get(at - 1).is_some_and(|l| l.rule != Rule::COMMENT);
            from = if starts { at } else { from };
            continue;
        }
        let with_comments = at > 0 && !line.blank_before && lines.get(at - 1).is_some_and(|l| l.rule == Rule::COMMENT);
        let first = if with_comments { from } else { at };
        let tall = !line.is_flat();
        if previous.is_some_and(|previous| previous || tall)
            && let Some(first) = lines.get_mut(first)
        {
            first.blank_before = true;
        }
        previous = Some(tall);
    }
    if let Some(first) = lines.first_mut() {
        first.blank_before = false;
    }
}

/// The text of a file's lines.
pub(super) fn print(lines: &mut [Line]) -> String {
    let mut out = String::new();
    print_lines(lines, 0, "", &mut out);
    out
}

/// Each on lines of its own, ended by a line break; all but the last with `separator`.
fn print_lines(lines: &mut [Line], indent: usize, separator: &str, out: &mut String) {
    align::columns(lines, indent);
    let last = lines.iter().rposition(|l| l.rule != Rule::COMMENT);
    let mut printed: Vec<(String, Option<String>)> = vec![];
    for (index, line) in lines.iter_mut().enumerate() {
        let mut text = String::from_iter(std::iter::repeat_n(' ', indent));
        print_line(line, indent, &mut text);
        if line.rule != Rule::COMMENT && last.is_some_and(|last| index < last) {
            text.push_str(separator);
        }
        let text = if line.blank_before { format!("\n{text}") } else { text };
        printed.push((text, line.comment.take()));
    }
    for (text, comment) in align::comments(printed) {
        out.push_str(&text);
        out.push_str(&comment);
        out.push('\n');
    }
}

fn print_line(line: &mut Line, mut indent: usize, out: &mut String) {
    let mut on_first = true;
    let pads = std::mem::take(&mut line.pads);
    for (index, piece) in line.pieces.iter_mut().enumerate() {
        let blanks = pads.iter().filter(|(at, _)| *at == index).map(|(_, n)| *n).sum();
        out.extend(std::iter::repeat_n(' ', blanks));
        match piece {
            Piece::Text { .. } => piece.write(index == 0, out),
            Piece::Group(group) if group.is_flat() => piece.write(index == 0, out),
            Piece::Group(group) => print_group(group, index == 0, indent, out),
            Piece::Break(comments) => {
                indent = below(indent, &mut on_first);
                print_break(comments, indent, out);
            }
        }
    }
}

fn print_group(group: &mut Group, first: bool, indent: usize, out: &mut String) {
    out.push_str(if group.space && !first { " " } else { "" });
    out.push_str(group.open);
    if group.broken {
        if let Some(comment) = &group.comment {
            out.push_str("  ");
            out.push_str(comment);
        }
        out.push('\n');
        let separator = if group.statements { "" } else { "," };
        print_lines(&mut group.lines, indent + STEP, separator, out);
        out.extend(std::iter::repeat_n(' ', indent));
    } else {
        group.lines.iter_mut().for_each(|line| print_line(line, indent, out));
    }
    out.push_str(group.close);
}

fn print_break(comments: &[String], indent: usize, out: &mut String) {
    let start = format!("\n{}", " ".repeat(indent));
    for (index, comment) in comments.iter().enumerate() {
        out.push_str(if index == 0 { "  " } else { &start });
        out.push_str(comment);
    }
    out.push_str(&start);
}
