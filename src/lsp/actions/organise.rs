//! `use`s in order: the library first, then files, one for each, names sorted, and without those that nothing uses.

use std::collections::{BTreeMap, BTreeSet};

use crate::report::Edit;
use crate::source::Span;
use crate::syntax::ast::{Use, UsePath};

use super::super::analysis::At;
use super::super::marks::{Role, Symbol};
use super::super::uses;
use super::{Action, Sort};

pub(super) fn actions(at: At) -> Vec<Action> {
    organised(at).map(|edit| Action::new("organise `use`", Sort::Organise, vec![edit])).into_iter().collect()
}

/// The edit that puts them in order; `None` where they are, or where a comment among them has no place to go.
fn organised(at: At) -> Option<Edit> {
    let all: Vec<&Use> = at.unit.ast.items.iter().filter_map(uses::use_of).collect();
    let (first, last) = (all.first()?, all.last()?);
    let span = first.span.to(last.span);
    let among = at.unit.ast.items.iter().filter(|item| uses::use_of(item).is_none());
    let between = among.filter_map(start_of).any(|start| span.start <= start && start < span.end);
    let commented = at.unit.ast.comments.iter().any(|c| span.start <= c.span.start && c.span.start < span.end);
    if between || commented || all.iter().any(|item| matches!(item.from, UsePath::Bad(_))) {
        return None;
    }
    let used = used(at, &all);
    let mut by_path: BTreeMap<(bool, String), BTreeSet<String>> = BTreeMap::new();
    for item in &all {
        let is_file = matches!(item.from, UsePath::File(_));
        let names = by_path.entry((is_file, uses::path(item))).or_default();
        for name in &item.names {
            let local = name.alias.as_ref().unwrap_or(&name.name);
            // A name that could not be found may be about to be written.
            if used.contains(&*local.value) {
                let alias = name.alias.as_ref().map(|a| format!(" as {}", a.value)).unwrap_or_default();
                names.insert(format!("{}{alias}", name.name.value));
            }
        }
    }
    let lines = by_path.iter().filter(|(_, names)| !names.is_empty());
    let lines: Vec<String> = lines
        .map(|((_, path), names)| format!("use {path}.{{{}}}", names.iter().cloned().collect::<Vec<_>>().join(", ")))
        .collect();
    let text = lines.join("\n");
    (at.analysis.text(span) != text).then_some(Edit { span, text })
}

/// Local names that something outside of the `use`s stands for, and those that mean nothing.
fn used<'a>(at: At<'a>, all: &[&'a Use]) -> BTreeSet<&'a str> {
    let in_use = |span: Span| all.iter().any(|item| item.span.contains(span));
    let marks = at.analysis.marks().of(at.unit.file);
    let outside = marks.iter().filter(|m| matches!(m.symbol, Symbol::Declaration(_)) && !in_use(m.span));
    let mut names: BTreeSet<&str> = outside.map(|m| at.analysis.text(m.span)).collect();
    let found: BTreeSet<Span> =
        marks.iter().filter(|m| in_use(m.span) && m.role != Role::Declare).map(|m| m.span).collect();
    for name in all.iter().flat_map(|item| &item.names).filter(|name| !found.contains(&name.name.span)) {
        names.insert(&name.alias.as_ref().unwrap_or(&name.name).value);
    }
    names
}

fn start_of(item: &crate::syntax::ast::Item) -> Option<u32> {
    use crate::syntax::ast::Item;
    match item {
        Item::Param(p) => Some(p.span.start),
        Item::Let(l) => Some(l.span.start),
        Item::Decl(d) => Some(d.span.start),
        Item::Moved(m) => Some(m.span.start),
        Item::Bad(span) => Some(span.start),
        Item::Use(_) => None,
    }
}
