//! What each file's names mean: its own declarations, and those that its `use`s bring in.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::report::suggest::nearest;
use crate::report::{Code, Diagnostic, Sink};
use crate::source::{SourceMap, Span};
use crate::syntax::ast;

use super::{Declaration, DeclarationId, Names, Unit, UnitId, load};

pub(super) fn build(units: Vec<Unit>, sources: &SourceMap, sink: &mut Sink) -> Names {
    refuse_cycles(&units, sink);
    let mut names = Names {
        declarations: Vec::new(),
        scopes: vec![HashMap::new(); units.len()],
        lost: vec![BTreeSet::new(); units.len()],
        units: Vec::new(),
    };
    let mut own: Vec<HashMap<Arc<str>, DeclarationId>> = Vec::with_capacity(units.len());
    for (index, unit) in units.iter().enumerate() {
        own.push(declare(UnitId(index), unit, &mut names.declarations, sink));
    }
    for (index, unit) in units.iter().enumerate() {
        let mut scope = own.get(index).cloned().unwrap_or_default();
        for (item, target) in load::uses(&unit.ast).zip(&unit.uses) {
            let exports = target.and_then(|t| own.get(t.0));
            if let Some(exports) = exports
                && *target != Some(UnitId(index))
            {
                import(item, exports, &names.declarations, &mut scope, sink);
            }
            let missing = item.names.iter().filter(|n| exports.is_none_or(|e| !e.contains_key(&n.name.value)));
            if let Some(lost) = names.lost.get_mut(index) {
                lost.extend(missing.map(|n| n.alias.as_ref().unwrap_or(&n.name).value.clone()));
            }
        }
        if let Some(lost) = names.lost.get_mut(index) {
            lost.extend(unread_words(unit, sources));
        }
        if let Some(slot) = names.scopes.get_mut(index) {
            *slot = scope;
        }
    }
    names.units = units;
    names
}

/// The words of items that could not be read: any of them may be a name that would be declared there.
fn unread_words<'a>(unit: &'a Unit, sources: &'a SourceMap) -> impl Iterator<Item = Arc<str>> {
    let unread = unit.ast.items.iter().filter_map(|item| match item {
        ast::Item::Bad(span) => Some(sources.text(*span)),
        ast::Item::Use(_) | ast::Item::Param(_) | ast::Item::Let(_) | ast::Item::Decl(_) | ast::Item::Moved(_) => None,
    });
    let words = unread.flat_map(|text| text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'));
    words.filter(|word| !word.is_empty()).map(Arc::from)
}

pub(super) fn declared_name(item: &ast::Item) -> Option<&ast::Name> {
    match item {
        ast::Item::Param(p) => Some(&p.name),
        ast::Item::Let(l) => Some(&l.name),
        ast::Item::Decl(d) => Some(&d.name),
        ast::Item::Use(_) | ast::Item::Moved(_) | ast::Item::Bad(_) => None,
    }
}

fn declare(
    id: UnitId,
    unit: &Unit,
    declarations: &mut Vec<Declaration>,
    sink: &mut Sink,
) -> HashMap<Arc<str>, DeclarationId> {
    let mut scope: HashMap<Arc<str>, DeclarationId> = HashMap::new();
    for (index, item) in unit.ast.items.iter().enumerate() {
        let Some(name) = declared_name(item) else { continue };
        if name.value.is_empty() {
            continue;
        }
        if let Some(first) = scope.get(&name.value).and_then(|d| declarations.get(d.0 as usize)) {
            sink.push(twice(&name.value, name.span, first.name.span));
            continue;
        }
        scope.insert(name.value.clone(), DeclarationId(declarations.len() as u32));
        declarations.push(Declaration { name: name.clone(), unit: id, item: index });
    }
    scope
}

fn twice(name: &str, again: Span, first: Span) -> Diagnostic {
    Diagnostic::error(Code::DeclaredTwice, format!("`{name}` is declared twice"))
        .label(again, "declared again here")
        .label(first, "first declared here")
        .help("rename one of them; every name of a file means one thing")
}

fn import(
    item: &ast::Use,
    exports: &HashMap<Arc<str>, DeclarationId>,
    declarations: &[Declaration],
    scope: &mut HashMap<Arc<str>, DeclarationId>,
    sink: &mut Sink,
) {
    for wanted in &item.names {
        let Some(found) = exports.get(&wanted.name.value) else {
            sink.push(not_there(item, &wanted.name, exports));
            continue;
        };
        let local = wanted.alias.as_ref().unwrap_or(&wanted.name);
        match scope.get(&local.value) {
            Some(other) if other == found => {
                sink.push(
                    Diagnostic::warning(Code::UsedTwice, format!("`{}` is used twice", local.value))
                        .label(local.span, "already in this file's scope"),
                );
            }
            Some(other) => {
                let first = declarations.get(other.0 as usize).map_or(local.span, |d| d.name.span);
                sink.push(twice(&local.value, local.span, first));
            }
            None => {
                scope.insert(local.value.clone(), *found);
            }
        }
    }
}

fn not_there(item: &ast::Use, name: &ast::Name, exports: &HashMap<Arc<str>, DeclarationId>) -> Diagnostic {
    let from = match &item.from {
        ast::UsePath::Std(name) => name.value.to_string(),
        ast::UsePath::File(path) => path.value.clone(),
        ast::UsePath::Bad(_) => String::new(),
    };
    let d = Diagnostic::error(Code::NotExported, format!("`{from}` declares no `{}`", name.value))
        .label(name.span, "not declared there");
    let known: BTreeSet<&str> = exports.keys().map(|k| &**k).collect();
    match nearest(&name.value, known.iter().copied()) {
        Some(near) => d.help(format!("did you mean `{near}`?")).fix("use the nearest name", name.span, near),
        None if known.is_empty() => d.help("that file declares nothing"),
        None => d.help(format!("it declares {}", crate::report::suggest::one_of(known))),
    }
}

/// A cycle of `use` is an error that prints the path.
fn refuse_cycles(units: &[Unit], sink: &mut Sink) {
    let mut done = BTreeSet::new();
    for start in 0..units.len() {
        let mut path: Vec<(usize, usize)> = vec![(start, 0)];
        while let Some((unit, next)) = path.last().copied() {
            if done.contains(&unit) {
                path.pop();
                continue;
            }
            let targets = units.get(unit).map_or(&[][..], |u| u.uses.as_slice());
            let Some(target) = targets.get(next) else {
                done.insert(unit);
                path.pop();
                continue;
            };
            if let Some(top) = path.last_mut() {
                top.1 += 1;
            }
            let Some(UnitId(target)) = *target else { continue };
            if let Some(from) = path.iter().position(|(u, _)| *u == target) {
                sink.push(cycle(units, path.get(from..).unwrap_or_default()));
            } else {
                path.push((target, 0));
            }
        }
    }
}

fn cycle(units: &[Unit], path: &[(usize, usize)]) -> Diagnostic {
    let mut files: Vec<&str> =
        path.iter().filter_map(|(u, _)| units.get(*u)).map(|u| u.path.file_name().unwrap_or("")).collect();
    files.extend(files.first().copied());
    let mut d = Diagnostic::error(Code::UseCycle, format!("these files use each other: {}", files.join(" → ")));
    for (unit, next) in path {
        let Some(unit) = units.get(*unit) else { continue };
        if let Some(item) = load::uses(&unit.ast).nth(next.saturating_sub(1)) {
            d = d.label(item.span, "this `use` is part of the cycle");
        }
    }
    d.help("move what both need into a file of its own, and use that from both")
}
