//! `moved old -> new`: the same thing under a new name, so that a plan renames it instead of making it again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::names::{Names, UnitId, kind_word};
use crate::report::suggest::nearest;
use crate::report::{Code, Diagnostic, Sink};
use crate::source::Span;
use crate::syntax::ast::{DeclKind, Item, Moved};

/// Every old name with the name that it has now, also over several moves.
pub fn moves(names: &Names) -> BTreeMap<Arc<str>, Arc<str>> {
    let direct: BTreeMap<_, _> = declared(names).map(|(_, m)| (m.from.value.clone(), m.to.value.clone())).collect();
    let mut ends: BTreeMap<Arc<str>, Arc<str>> = BTreeMap::new();
    for from in direct.keys() {
        follow(&direct, from, &mut ends);
    }
    ends
}

/// Where a name and all on its way end up; in a circle, where it closes.
fn follow(direct: &BTreeMap<Arc<str>, Arc<str>>, from: &Arc<str>, ends: &mut BTreeMap<Arc<str>, Arc<str>>) {
    let (mut way, mut on_it, mut name) = (Vec::new(), BTreeSet::new(), from);
    let end = loop {
        if let Some(known) = ends.get(name) {
            break known.clone();
        }
        match direct.get(name) {
            Some(next) if on_it.insert(name) => {
                way.push(name);
                name = next;
            }
            _ => break name.clone(),
        }
    };
    for name in way {
        ends.insert(name.clone(), end.clone());
    }
}

fn declared(names: &Names) -> impl Iterator<Item = (UnitId, &Moved)> {
    names.units().flat_map(|(id, unit)| {
        unit.ast.items.iter().filter_map(move |item| match item {
            Item::Moved(moved) if !moved.from.value.is_empty() && !moved.to.value.is_empty() => Some((id, moved)),
            Item::Moved(_) | Item::Use(_) | Item::Param(_) | Item::Let(_) | Item::Decl(_) | Item::Bad(_) => None,
        })
    })
}

/// Looks every `moved` over.
pub fn check(names: &Names, sink: &mut Sink) {
    let (mut olds, mut news): (BTreeMap<&str, Span>, BTreeMap<&str, Span>) = (BTreeMap::new(), BTreeMap::new());
    let sources: BTreeSet<&str> = declared(names).map(|(_, m)| &*m.from.value).collect();
    let ends = moves(names);
    let first_of_circles = ends.iter().find(|(_, end)| ends.contains_key(*end)).map(|(name, _)| name);
    for (unit, moved) in declared(names) {
        for (name, seen) in [(&moved.from, &mut olds), (&moved.to, &mut news)] {
            if let Some(first) = seen.insert(&name.value, name.span) {
                sink.push(
                    Diagnostic::error(Code::MovedTwice, format!("`{}` is in two moves", name.value))
                        .label(name.span, "again here")
                        .label(first, "first here")
                        .help("one thing has one old name and one new one; keep one of the two"),
                );
            }
        }
        if let Some(still) = names.lookup(unit, &moved.from.value) {
            let mut d = Diagnostic::error(Code::StillThere, format!("`{}` is still declared", moved.from.value))
                .label(moved.from.span, "so it did not move");
            if let Some(span) = names.span(still) {
                d = d.label(span, "declared here");
            }
            sink.push(d.help("`moved` is for a name that is gone: `moved OLD -> NEW`"));
        }
        // In a circle the end is a name that moves on itself; one of its moves speaks for all.
        let circle = ends.get(&moved.from.value).is_some_and(|end| ends.contains_key(end));
        if circle && moved.from.value != moved.to.value {
            if first_of_circles == Some(&moved.from.value) {
                sink.push(
                    Diagnostic::error(Code::MovedTwice, format!("`{}` moves in a circle", moved.from.value))
                        .label(moved.span, "comes back to where it began")
                        .help("the last name of several moves is one that is declared"),
                );
            }
            continue;
        }
        goes_somewhere(names, unit, moved, &sources, sink);
    }
}

fn goes_somewhere(names: &Names, unit: UnitId, moved: &Moved, sources: &BTreeSet<&str>, sink: &mut Sink) {
    let to = &moved.to;
    let Some(found) = names.lookup(unit, &to.value) else {
        // Moved on since, or already reported.
        if sources.contains(&*to.value) && *to.value != *moved.from.value || names.is_lost(unit, &to.value) {
            return;
        }
        let d = Diagnostic::error(Code::UnknownName, format!("nothing is called `{}` here", to.value))
            .label(to.span, "the new name is not declared in this file, and not brought in by a `use`");
        sink.push(match nearest(&to.value, names.visible(unit).map(|(name, _)| &**name)) {
            Some(near) => d.help(format!("did you mean `{near}`?")).fix("use the nearest name", to.span, near),
            None => d,
        });
        return;
    };
    let item = names.item(found);
    let served = matches!(item, Some(Item::Decl(d)) if !matches!(d.kind.value, DeclKind::Stack | DeclKind::Policy));
    if let (false, Some(item)) = (served, item) {
        sink.push(
            Diagnostic::error(Code::Mismatch, format!("a {} can't be moved", kind_word(item)))
                .label(to.span, "has nothing on a target that could keep its place")
                .help("endpoints, jobs, and what they serve can be moved; anything else is renamed freely"),
        );
    }
}
