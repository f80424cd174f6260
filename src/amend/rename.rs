//! Another name for an endpoint or a job, wherever it is named.
#![allow(clippy::wildcard_enum_match_arm, reason = "what can't name one is passed over")]

use crate::names::{DeclarationId, Names, Unit, UnitId};
use crate::report::Edit;
use crate::source::Span;
use crate::syntax::ast::{Entry, Item, Name};

/// `None` where the new name is taken.
pub(super) fn edits(names: &Names, declared: Span, to: &str) -> Option<Vec<Edit>> {
    let (id, declaration) = names.declarations().find(|(_, declaration)| declaration.name.span == declared)?;
    if names.declarations().any(|(_, other)| *other.name.value == *to) {
        return None;
    }
    let home = declaration.unit;
    let places =
        names.units().filter(|(_, unit)| !unit.std).flat_map(|(unit, file)| mentions(names, (unit, file), id, home));
    let spans = [declared].into_iter().chain(places.map(|name| name.span));
    Some(spans.map(|span| Edit { span, text: to.to_owned() }).collect())
}

/// Where a file names it: what it uses of other files, what its stacks deploy, and what was moved there.
fn mentions<'a>(
    names: &'a Names,
    (unit, file): (UnitId, &'a Unit),
    id: DeclarationId,
    home: UnitId,
) -> impl Iterator<Item = &'a Name> {
    let mut uses = file.uses.iter();
    let means = move |name: &&Name| names.lookup(unit, &name.value) == Some(id);
    file.ast.items.iter().flat_map(move |item| -> Vec<&Name> {
        match item {
            Item::Use(item) => {
                let from_home = uses.next() == Some(&Some(home));
                let used = item.names.iter().filter(|_| from_home).map(|used| &used.name);
                let declared = names.get(id).map(|declaration| &declaration.name.value);
                used.filter(|name| Some(&name.value) == declared).collect()
            }
            Item::Moved(moved) => [&moved.to].into_iter().filter(means).collect(),
            Item::Decl(decl) => {
                let deploys = decl.body.entries.iter().filter_map(|entry| match entry {
                    Entry::Deploy(deploy) => Some(&deploy.names),
                    _ => None,
                });
                let aliased = |name: &&Name| names.get(id).is_some_and(|d| d.name.value == name.value);
                deploys.flatten().filter(means).filter(aliased).collect()
            }
            _ => vec![],
        }
    })
}
