//! What one stack uses, and what every target would say of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::stack::Stack;
use crate::stack::endpoint::ModeKind;

use super::super::limits::{Held, held};
use super::super::{Support, Table, demands, measures};
use super::cell::Place;
use super::{Entry, Grid, Head, Key, Row};

/// A row for each thing that the stack uses in a mode, a column for each target under each of the settings that change
/// its answers.
pub fn used(stack: &Stack, tables: &[(&str, &Table)]) -> Grid {
    let uses = uses(stack);
    let columns = tables.iter().flat_map(|(name, table)| columns(name, table, &uses));
    let (heads, columns): (Vec<Head>, Vec<Vec<Entry>>) = columns.unzip();
    let rows = uses.into_iter().enumerate().map(|(i, ((key, mode), using))| Row {
        key,
        mode: Some(mode),
        amounts: using.amounts(),
        used_by: using.by,
        cells: columns.iter().filter_map(|column| column.get(i).cloned()).collect(),
    });
    Grid { stack: Some(format!("stack `{}` on {}", stack.name, stack.target)), rows: rows.collect(), heads }
}

/// Who uses one thing in one mode, and the amounts of it that are asked for.
#[derive(Debug, Default)]
pub(super) struct Using {
    pub by: Vec<String>,
    pub asked: Vec<f64>,
}

impl Using {
    pub fn amounts(&self) -> Option<(f64, f64)> {
        let least = self.asked.iter().copied().reduce(f64::min)?;
        Some((least, self.asked.iter().copied().reduce(f64::max)?))
    }

    fn add(&mut self, who: String) {
        // What one thing uses stands together.
        if self.by.last() != Some(&who) {
            self.by.push(who);
        }
    }
}

/// In the order of rows, then of modes.
pub(super) fn uses(stack: &Stack) -> BTreeMap<(Key, ModeKind), Using> {
    let mut out: BTreeMap<(Key, ModeKind), Using> = BTreeMap::new();
    let asked = demands(stack);
    for demand in &asked.features {
        out.entry((Key::Feature(demand.feature), demand.mode)).or_default().add(demand.subject.to_string());
    }
    for demand in &asked.metrics {
        out.entry((Key::Metric(demand.metric), demand.mode)).or_default().add(demand.subject.to_string());
    }
    for measure in measures(stack) {
        let using = out.entry((Key::Limit(measure.limit), measure.mode)).or_default();
        using.add(measure.subject.to_string());
        using.asked.push(measure.amount);
    }
    out
}

/// A target's answers without settings, and under each of its settings where those are others.
fn columns(name: &str, table: &Table, uses: &BTreeMap<(Key, ModeKind), Using>) -> Vec<(Head, Vec<Entry>)> {
    let target: Arc<str> = name.into();
    let mut out: Vec<(Head, Vec<Entry>)> = vec![];
    for wants in table.settings() {
        let answers = uses.iter().map(|((key, mode), using)| {
            let place = table.under(*mode, wants).and_then(|id| Place::new(table, id, Some(*mode)));
            place.map_or_else(Entry::none, |place| judged(place.entry(*key), &using.asked))
        });
        let answers: Vec<Entry> = answers.collect();
        let same =
            |(_, known): &(Head, Vec<Entry>)| known.iter().map(|e| e.support).eq(answers.iter().map(|e| e.support));
        if out.first().is_some_and(same) {
            continue;
        }
        let written: Vec<String> = wants.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        let id = written.join(", ").into();
        let head = Head { target: target.clone(), id, title: Arc::default(), modes: vec![], wants: wants.to_vec() };
        out.push((head, answers));
    }
    out
}

/// A limit answers for the amounts that are asked for.
pub(super) fn judged(entry: Entry, asked: &[f64]) -> Entry {
    let (Some(bound), Some(_)) = (&entry.bound, entry.support) else { return entry };
    let verdicts = asked.iter().map(|amount| match held(*amount, bound) {
        Held::Within => Support::Yes,
        Held::Unsure(_) => Support::Limited,
        Held::Above(_) | Held::Below(_) | Held::NoStep => Support::No,
    });
    Entry { support: verdicts.max(), ..entry }
}
