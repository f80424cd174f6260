//! A model in a file of its own, with a `use` in its place.

use crate::report::Edit;
use crate::source::Span;
use crate::syntax::ast::{Decl, DeclKind, Item};
use crate::syntax::{Located, locate};

use super::super::analysis::At;
use super::super::marks::Symbol;
use super::super::uses;
use super::{Action, Sort};

pub(super) fn actions(at: At) -> Vec<Action> {
    let path = locate(&at.unit.ast, at.offset);
    let Some(Located::Item(Item::Decl(decl))) = path.first().copied() else { return vec![] };
    if decl.kind.value != DeclKind::Model
        || decl.name.value.is_empty()
        || at.unit.std
        || at.offset > decl.body.span.start + 1
    {
        return vec![];
    }
    extract(at, decl).into_iter().collect()
}

/// None where the model needs what only this file declares: the two files would use each other.
fn extract(at: At, decl: &Decl) -> Option<Action> {
    let analysis = at.analysis;
    let names = &analysis.compiled.names;
    let own = analysis.declared_at(decl.name.span)?;
    let mut needed: Vec<String> = Vec::new();
    for mark in analysis.marks().of(at.unit.file).iter().filter(|m| decl.body.span.contains(m.span)) {
        let Symbol::Declaration(id) = mark.symbol else { continue };
        let written = analysis.text(mark.span);
        if id == own {
            continue;
        }
        if names.get(id)?.unit == at.id {
            return None;
        }
        let item = at
            .unit
            .ast
            .items
            .iter()
            .filter_map(uses::use_of)
            .find(|item| item.names.iter().any(|n| *n.alias.as_ref().unwrap_or(&n.name).value == *written))?;
        let name = item.names.iter().find(|n| *n.alias.as_ref().unwrap_or(&n.name).value == *written)?;
        let alias = name.alias.as_ref().map(|a| format!(" as {}", a.value)).unwrap_or_default();
        let line = format!("use {}.{{{}{alias}}}\n", uses::path(item), name.name.value);
        if !needed.contains(&line) {
            needed.push(line);
        }
    }
    let folder = at.unit.path.parent().unwrap_or(camino::Utf8Path::new(""));
    let name = &decl.name.value;
    let taken = |file: &str| analysis.files().read(&folder.join(file)).is_ok();
    let file = ["models.serve".to_owned(), format!("{name}.serve")].into_iter().find(|file| !taken(file))?;
    let whole = with_comments(at, decl.span);
    let body = at.text().get(whole.start as usize..whole.end as usize)?;
    let gap = if needed.is_empty() { "" } else { "\n" };
    let text = format!("{}{gap}{}\n", needed.concat(), body.trim());
    let mut edits = vec![Edit { span: to_line_end(at, whole), text: String::new() }];
    let (place, add) = uses::add(at.text(), &format!("\"./{file}\""), name);
    let point = Span::new(at.unit.file, place as u32, place as u32);
    match edits.first_mut().filter(|edit| edit.span.start <= point.start && point.start <= edit.span.end) {
        Some(edit) => edit.text = add,
        None => edits.insert(0, Edit { span: point, text: add }),
    }
    let action = Action::new(format!("move model `{name}` to `{file}`"), Sort::Extract, edits);
    Some(Action { file: Some((analysis.absolute(&folder.join(&file)), text)), ..action })
}

/// With the lines of comments right above.
fn with_comments(at: At, span: Span) -> Span {
    let text = at.text();
    let mut start = text.get(..span.start as usize).and_then(|t| t.rfind('\n')).map_or(0, |n| n + 1);
    while let Some(above) = start.checked_sub(1) {
        let line = text.get(..above).and_then(|t| t.rfind('\n')).map_or(0, |n| n + 1);
        let is_comment = text.get(line..above).is_some_and(|l| l.starts_with("//") && !l.starts_with("//!"));
        if !is_comment {
            break;
        }
        start = line;
    }
    Span { start: start as u32, ..span }
}

/// With the line's end, and one blank line below.
fn to_line_end(at: At, span: Span) -> Span {
    let rest = at.text().get(span.end as usize..).unwrap_or("");
    let blank = rest.len() - rest.trim_start_matches(['\n', '\r', ' ']).len();
    let breaks = rest.get(..blank).unwrap_or("");
    let end = breaks.match_indices('\n').nth(1).or_else(|| breaks.match_indices('\n').next()).map_or(0, |(i, _)| i + 1);
    Span { end: span.end + end as u32, ..span }
}
