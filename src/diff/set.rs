//! Lists that are sets: which declared item is which live one, in whatever order they stand.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::canonical::canonical;
use super::compare::{Compared, Context, compare_at, value};

/// Above this many unmatched items on a side the list is reported whole: pairing them costs their product.
const PAIRED: usize = 64;

/// Compares two sets. An item that changed is paired with the live item that it differs least from and reported at its
/// own place in the declared list; an item that came or went reports the whole list.
pub(super) fn compare(declared: &[Value], live: &[Value], at: &mut Context<'_>) -> Value {
    let wanted = distinct(declared);
    let there = distinct(live);
    let pairs = matches(&wanted, &there, at);
    let taken: BTreeSet<usize> = pairs.values().copied().collect();
    let free: Vec<usize> = (0..there.len()).filter(|j| !taken.contains(j)).collect();
    let lonely: Vec<usize> = (0..wanted.len()).filter(|i| !pairs.contains_key(i)).collect();
    if lonely.len() != free.len() || lonely.len() > PAIRED {
        at.report(Some(&live.to_vec().into()), Some(&declared.to_vec().into()));
        let kept = pairs.keys().filter_map(|i| wanted.get(*i)).map(|(_, item)| (*item).clone());
        let rest = free.iter().filter_map(|j| there.get(*j)).map(|(_, item)| (*item).clone());
        return kept.chain(rest).collect::<Vec<_>>().into();
    }
    let mut seen = declared.to_vec();
    for (i, j) in nearest(&wanted, &there, &lonely, free, at) {
        let (Some((place, item)), Some((_, live))) = (wanted.get(i), there.get(j)) else { continue };
        at.path.push(place.to_string());
        let value = value(item, live, at);
        at.path.pop();
        if let Some(slot) = seen.get_mut(*place) {
            *slot = value;
        }
    }
    seen.into()
}

/// Each different item once, with its place, in an order that the list's own order has no part in.
fn distinct(items: &[Value]) -> Vec<(usize, &Value)> {
    let mut once: BTreeMap<String, (usize, &Value)> = BTreeMap::new();
    for (i, item) in items.iter().enumerate() {
        once.entry(canonical(item)).or_insert((i, item));
    }
    once.into_values().collect()
}

/// Which declared item (by position) is which live one. As many as can be at once: a declared item may fit several live
/// ones that hold more, so taking the first would leave others out.
fn matches(wanted: &[(usize, &Value)], there: &[(usize, &Value)], at: &mut Context<'_>) -> BTreeMap<usize, usize> {
    let mut owner: Vec<Option<usize>> = vec![None; there.len()];
    let exact: BTreeMap<String, usize> = there.iter().enumerate().map(|(j, (_, v))| (canonical(v), j)).collect();
    let mut open = vec![];
    for (i, (_, item)) in wanted.iter().enumerate() {
        match exact.get(&canonical(item)).and_then(|j| owner.get_mut(*j)) {
            Some(slot) => *slot = Some(i),
            None => open.push(i),
        }
    }
    let free: Vec<usize> = owner.iter().enumerate().filter(|(_, o)| o.is_none()).map(|(j, _)| j).collect();
    let mut fits: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for i in &open {
        let fitting = free
            .iter()
            .copied()
            .filter(|j| between(wanted, there, *i, *j, at).is_some_and(|c| c.differences.is_empty()));
        fits.insert(*i, fitting.collect());
    }
    for i in open {
        augment(i, &fits, &mut owner, &mut BTreeSet::new());
    }
    owner.into_iter().enumerate().filter_map(|(j, i)| Some((i?, j))).collect()
}

/// One augmenting path of bipartite matching.
fn augment(
    i: usize,
    fits: &BTreeMap<usize, Vec<usize>>,
    owner: &mut [Option<usize>],
    tried: &mut BTreeSet<usize>,
) -> bool {
    for j in fits.get(&i).into_iter().flatten() {
        if !tried.insert(*j) {
            continue;
        }
        let holder = owner.get(*j).copied().flatten();
        if holder.is_none_or(|holder| augment(holder, fits, owner, tried)) {
            if let Some(slot) = owner.get_mut(*j) {
                *slot = Some(i);
            }
            return true;
        }
    }
    false
}

/// Pairs what is left, each with the live item that differs least.
fn nearest(
    wanted: &[(usize, &Value)],
    there: &[(usize, &Value)],
    lonely: &[usize],
    mut free: Vec<usize>,
    at: &mut Context<'_>,
) -> Vec<(usize, usize)> {
    let mut pairs = vec![];
    for i in lonely {
        let cost = |j: &usize, at: &mut Context<'_>| between(wanted, there, *i, *j, at).map(|c| c.differences.len());
        let best = free.iter().copied().min_by_key(|j| cost(j, at));
        if let Some(j) = best {
            free.retain(|other| *other != j);
            pairs.push((*i, j));
        }
    }
    pairs
}

fn between(
    wanted: &[(usize, &Value)],
    there: &[(usize, &Value)],
    i: usize,
    j: usize,
    at: &mut Context<'_>,
) -> Option<Compared> {
    let ((place, item), (_, live)) = (wanted.get(i)?, there.get(j)?);
    at.path.push(place.to_string());
    let compared = compare_at(item, live, at.lens, at.path);
    at.path.pop();
    Some(compared)
}
