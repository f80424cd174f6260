//! What is lost, gained, or honoured in part only, on the way from one target to another.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::stack::Stack;
use crate::stack::endpoint::ModeKind;

use super::super::{Bound, Support, Table};
use super::cell::Place;
use super::used::{Using, judged, uses};
use super::{Entry, Key, whole};

/// One difference, in the modes in which it is the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    pub kind: Kind,
    pub key: Key,
    pub modes: Vec<ModeKind>,
    /// The least and the most that a stack asks for, in the unit of the limit.
    pub amounts: Option<(f64, f64)>,
    pub used_by: Vec<String>,
    pub from: Entry,
    pub to: Entry,
    /// Settings of the other target under which it would be as good as before: `profile = keda`.
    pub unless: Option<String>,
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Lost,
    /// Honoured in part, in preview, or emulated; an amount that may be smaller.
    Limited,
    Gained,
}

/// All that changes, or what changes for one stack, by kind and then in the order of rows. Both targets without any
/// settings.
pub fn between(from: &Table, to: &Table, stack: Option<&Stack>) -> Vec<Change> {
    let rows = match stack {
        Some(stack) => uses(stack),
        None => everything(),
    };
    let mut out: Vec<Change> = vec![];
    for ((key, mode), using) in rows {
        let (Some(a), Some(b)) = (at(from, mode, &[]), at(to, mode, &[])) else { continue };
        let [before, after] = [a, b].map(|place| judged(place.entry(key), &using.asked));
        let Some(kind) = kind(&before, &after, stack.is_none()) else { continue };
        let unless = if kind == Kind::Gained { None } else { unless(to, key, mode, &before, &using) };
        let alike = |c: &&mut Change| {
            c.key == key && c.kind == kind && c.unless == unless && same(&c.from, &before) && same(&c.to, &after)
        };
        match out.iter_mut().find(alike) {
            Some(change) if stack.is_none() => change.modes.push(mode),
            _ => out.push(Change {
                kind,
                key,
                modes: vec![mode],
                amounts: using.amounts(),
                used_by: using.by,
                from: before,
                to: after,
                unless,
            }),
        }
    }
    out.sort_by_key(|change| (change.kind, change.key));
    out
}

fn everything() -> BTreeMap<(Key, ModeKind), Using> {
    let each = |key| ModeKind::ALL.map(|mode| ((key, mode), Using::default()));
    whole::keys().flat_map(each).collect()
}

fn at<'t>(
    table: &'t Table,
    mode: ModeKind,
    settings: &[(std::sync::Arc<str>, std::sync::Arc<str>)],
) -> Option<Place<'t>> {
    Place::new(table, table.under(mode, settings)?, Some(mode))
}

/// `None` where nothing changes, or the change of what it is a part of says it.
fn kind(before: &Entry, after: &Entry, any_amount: bool) -> Option<Kind> {
    let (a, b) = (before.support?, after.support?);
    if any_amount && let (Some(before), Some(after)) = (&before.bound, &after.bound) {
        return match (takes_all(after, before), takes_all(before, after)) {
            (true, true) => None,
            (true, false) => Some(Kind::Gained),
            (false, _) => Some(Kind::Limited),
        };
    }
    match (a, b) {
        _ if a == b => None,
        (_, Support::No) => Some(Kind::Lost),
        _ if b > a => Some(Kind::Limited),
        _ => Some(Kind::Gained),
    }
}

/// Whether a bound lets through all that another does.
fn takes_all(wide: &Bound, narrow: &Bound) -> bool {
    let below = |a: Option<f64>, b: Option<f64>| a.is_none_or(|a| b.is_some_and(|b| b <= a));
    let above = |a: Option<f64>, b: Option<f64>| a.is_none_or(|a| b.is_some_and(|b| b >= a));
    let steps = wide.one_of.is_empty()
        || (!narrow.one_of.is_empty() && narrow.one_of.iter().all(|step| wide.one_of.contains(step)));
    let multiples = wide.step.is_none_or(|step| narrow.step.is_some_and(|own| own >= step));
    steps
        && multiples
        && below(wide.max, narrow.max.or(narrow.one_of.last().copied()))
        && above(wide.min, narrow.min.or(narrow.one_of.first().copied()))
        && below(wide.warn_above, narrow.warn_above.or(narrow.max))
}

/// But for its source.
fn same(a: &Entry, b: &Entry) -> bool {
    let facts = |e: &Entry| e.bound.as_ref().map(|b| (b.min, b.max, b.warn_above, b.step, b.one_of.clone()));
    a.support == b.support && a.because == b.because && a.instead == b.instead && facts(a) == facts(b)
}

/// The first settings under which nothing would be lost.
fn unless(table: &Table, key: Key, mode: ModeKind, before: &Entry, using: &Using) -> Option<String> {
    let settings = table.settings().into_iter().find(|settings| {
        let place = at(table, mode, settings).filter(|_| !settings.is_empty());
        let after = place.map(|place| judged(place.entry(key), &using.asked));
        after.is_some_and(|after| {
            after.support.is_some()
                && !matches!(kind(before, &after, using.asked.is_empty()), Some(Kind::Lost | Kind::Limited))
        })
    })?;
    let words = settings.iter().map(|(name, value)| format!("{name} = {value}"));
    Some(words.collect::<Vec<_>>().join(", "))
}
