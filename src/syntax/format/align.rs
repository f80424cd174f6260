//! Columns: `=` and `{` of neighbouring statements, types of neighbouring ports and parameters, comments at line ends.

use super::WIDTH;
use super::doc::{Line, Piece};
use crate::syntax::grammar::Rule;

/// Statements that share columns.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    /// `name = value` and `kind { … }`
    Value,
    /// `kind name { … }`
    Named,
    /// `input name: type`, `param name: type = value`
    Typed,
    Let,
    Decl,
    None,
}

/// Pads the lines of one block or file.
pub(super) fn columns(lines: &mut [Line], indent: usize) {
    let both = lines.iter().any(|l| l.rule == Rule::port && starts_with(l, "output"));
    for line in lines.iter_mut().filter(|l| both && matches!(l.rule, Rule::port | Rule::param)) {
        if !starts_with(line, "output") {
            line.pads.push((1, 1));
        }
    }
    for family in [Family::Value, Family::Named, Family::Typed, Family::Let, Family::Decl] {
        let mut run: Vec<usize> = vec![];
        for at in 0..lines.len() {
            let Some(line) = lines.get(at) else { break };
            let (own, flat, comment) = (family_of(line) == family, line.is_flat(), line.rule == Rule::COMMENT);
            // A field of several lines is the last of its column.
            let last = own && !flat && line.rule == Rule::field;
            // Values keep their column across ports and the like.
            let across = comment || flat && family == Family::Value;
            if line.blank_before {
                pad(lines, &std::mem::take(&mut run), family, indent);
            }
            if own && (flat || last) {
                run.push(at);
            }
            if last || !(own && flat || across) {
                pad(lines, &std::mem::take(&mut run), family, indent);
            }
        }
        pad(lines, &run, family, indent);
    }
}

fn pad(lines: &mut [Line], run: &[usize], family: Family, indent: usize) {
    if run.len() < 2 {
        return;
    }
    for column in 0..2 {
        let stop = |line: &Line| stops(line, family).get(column).copied();
        let width = |line: &Line| stop(line).map(|stop| line.width(stop));
        let target = run.iter().filter_map(|at| lines.get(*at).and_then(width)).max().unwrap_or(0);
        for at in run {
            let Some(line) = lines.get_mut(*at) else { continue };
            let (Some(stop), Some(width)) = (stop(line), width(line)) else { continue };
            let blanks = target - width;
            if indent + line.width(flat_pieces(line)) + blanks <= WIDTH {
                line.pads.push((stop, blanks));
            }
        }
    }
}

/// How many pieces stand on the first line.
fn flat_pieces(line: &Line) -> usize {
    line.pieces.iter().position(|p| !p.is_flat()).unwrap_or(line.pieces.len())
}

fn starts_with(line: &Line, word: &str) -> bool {
    matches!(line.pieces.first(), Some(Piece::Text { text, .. }) if text == word)
}

#[allow(clippy::wildcard_enum_match_arm, reason = "other rules are no statements")]
fn family_of(line: &Line) -> Family {
    match line.rule {
        Rule::field => Family::Value,
        Rule::nested if line.pieces.len() == 2 => Family::Value,
        Rule::nested => Family::Named,
        Rule::port | Rule::param => Family::Typed,
        Rule::let_item => Family::Let,
        Rule::decl => Family::Decl,
        _ => Family::None,
    }
}

/// The pieces that are to stand in one column.
fn stops(line: &Line, family: Family) -> Vec<usize> {
    let is = |wanted: &str| line.pieces.iter().position(|p| matches!(p, Piece::Text { text, .. } if text == wanted));
    let equals = is("=");
    let after_colon = is(":").map(|at| at + 1);
    let group = line.pieces.iter().position(|p| matches!(p, Piece::Group(_)));
    match family {
        Family::Value => vec![1],
        Family::Named | Family::Decl => group.into_iter().collect(),
        Family::Typed if line.rule == Rule::port => after_colon.into_iter().collect(),
        Family::Typed => after_colon.into_iter().chain(equals).collect(),
        Family::Let => equals.into_iter().collect(),
        Family::None => vec![],
    }
}

/// Comments of neighbouring lines start in one column, two blanks behind the longest.
pub(super) fn comments(lines: Vec<(String, Option<String>)>) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = vec![];
    let mut run: Vec<(String, String)> = vec![];
    let width = |text: &str| text.rsplit('\n').next().unwrap_or("").chars().count();
    let flush = |run: &mut Vec<(String, String)>, out: &mut Vec<(String, String)>| {
        let target = run.iter().map(|(text, _)| width(text)).max().unwrap_or(0) + 2;
        out.extend(run.drain(..).map(|(text, comment)| {
            let blanks = " ".repeat(target - width(&text));
            (text, format!("{blanks}{comment}"))
        }));
    };
    for (text, comment) in lines {
        // A line that starts with a blank one, or is several, starts anew.
        if text.contains('\n') || comment.is_none() {
            flush(&mut run, &mut out);
        }
        match comment {
            Some(comment) => run.push((text, comment)),
            None => out.push((text, String::new())),
        }
    }
    flush(&mut run, &mut out);
    out
}
