//! Inside quotes: paths of files, machines of the stack's target, versions; and the parts of the library.

use camino::Utf8Path;

use crate::stdlib;
use crate::target;

use super::super::context::Context;
use super::super::place::{Expect, Inside, Place, place};
use super::super::stacks::deploying;
use super::values::endpoint;
use super::{Asked, Offer, Sort};

/// Machines beyond so many are left out: what is typed narrows them down.
const MOST: usize = 400;

pub(super) fn offers(asked: Asked, here: &Context, around: Inside) -> Vec<Offer> {
    use crate::check::schema::Shape;
    let field = match place(here, around) {
        Place::UsePath => return files(asked, here.prefix, Some("serve")),
        Place::Value { field: "machine", .. } => return machines(asked, here),
        Place::Value { field: "region", expect: Expect::Setting(_) } => return regions(asked, around),
        Place::Value { field: "handler", .. } | Place::Argument { callee: "builtin" } => {
            return stdlib::builtins()
                .iter()
                .map(|name| Offer::new(Sort::Value, *name, "a step of the runtime"))
                .collect();
        }
        Place::Argument { callee: "python" } => return files(asked, here.prefix, Some("py")),
        Place::Value { field, expect: Expect::Shape(Shape::Uri(_) | Shape::Path) } => field,
        Place::Value { field, .. } => field,
        Place::Named { name, .. } => name,
        _ => return vec![],
    };
    let by_path = here.prefix.starts_with('.') || here.prefix.is_empty() && !matches!(field, "" | "message" | "image");
    if by_path { files(asked, here.prefix, None) } else { vec![] }
}

/// Parts of the standard library, after `use`.
pub(super) fn parts(here: &Context) -> Vec<Offer> {
    let typed: String = here.statement.iter().skip(1).map(|t| t.text).collect();
    stdlib::names()
        .filter_map(|name| {
            let rest = name.strip_prefix(&typed)?;
            Some(Offer::new(Sort::File, rest, "the standard library").snippet(format!("{rest}.{{$0}}")))
        })
        .collect()
}

/// Files beside the source, one folder at a time.
fn files(asked: Asked, prefix: &str, extension: Option<&str>) -> Vec<Offer> {
    let Some(unit) = asked.names().unit(asked.unit) else { return vec![] };
    let home = asked.analysis.absolute(unit.path.parent().unwrap_or(Utf8Path::new("")));
    let folder = prefix.rfind('/').map_or("./", |at| prefix.get(..=at).unwrap_or("./"));
    let at = crate::files::join(&home, folder);
    let Ok(entries) = at.read_dir_utf8() else { return vec![] };
    let mut all = Vec::new();
    for entry in entries.flatten().take(MOST) {
        let name = entry.file_name();
        let is_folder = entry.path().is_dir();
        if name.starts_with('.') || entry.path() == asked.analysis.absolute(&unit.path) {
            continue;
        }
        if !is_folder && extension.is_some_and(|wanted| entry.path().extension() != Some(wanted)) {
            continue;
        }
        let text = format!("{folder}{name}{}", if is_folder { "/" } else { "" });
        all.push(Offer::new(Sort::File, text, if is_folder { "folder" } else { "file" }));
    }
    all
}

/// Machines of the targets of the stacks that deploy the endpoint at the cursor, the cheapest first.
fn machines(asked: Asked, here: &Context) -> Vec<Offer> {
    let stacks = endpoint(here).map(|name| deploying(asked.names(), name)).unwrap_or_default();
    let mut found: Vec<(u64, Offer)> = Vec::new();
    for stack in &stacks {
        let Some(catalog) = target::catalog_of(stack.target) else { continue };
        let machines = catalog.machines();
        let set = stack.settings.iter().find(|(name, _)| &**name == "region").map(|(_, value)| &**value);
        let region = set.unwrap_or(&machines.home);
        for machine in machines.all.iter().filter(|m| m.online.includes(region)) {
            let quote = crate::catalog::Overrides::default().quote(machine, region);
            let price = quote.rate.map_or("price unknown".to_owned(), |rate| format!("{rate} USD/h"));
            let gib = machine.memory >> 30;
            let accelerators =
                machine.accelerators.as_ref().map(|a| format!(", {} × {}", a.count, a.kind)).unwrap_or_default();
            let detail = format!("{} cores, {gib} GiB{accelerators}, {price}", machine.cpu);
            let rate = quote.rate.map_or(u64::MAX, crate::catalog::Rate::micros);
            found.push((rate, Offer::new(Sort::Value, &*machine.name, detail)));
        }
    }
    found.sort_by(|a, b| (a.0, &a.1.label).cmp(&(b.0, &b.1.label)));
    found.truncate(MOST);
    let ranked = found.into_iter().enumerate();
    ranked.map(|(i, (_, offer))| offer.rank(u8::try_from(i / 2).unwrap_or(u8::MAX))).collect()
}

/// Regions that the target of the stack at the cursor has.
fn regions(asked: Asked, around: Inside) -> Vec<Offer> {
    let Inside::Decl { target: Some(target), .. } = around else { return vec![] };
    let listed = asked.analysis.compiled.tables.get(target).and_then(|table| table.regions());
    match (listed, target::catalog_of(target)) {
        (Some(regions), _) => regions.names.iter().map(|name| Offer::new(Sort::Value, &**name, target)).collect(),
        (None, Some(catalog)) => {
            catalog.machines().regions().iter().map(|name| Offer::new(Sort::Value, &**name, target)).collect()
        }
        (None, None) => vec![],
    }
}
