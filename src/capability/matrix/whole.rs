//! Everything that the tables say.

use std::sync::Arc;

use crate::stack::metric::Metric;

use super::super::{Feature, Limit, Table};
use super::cell::Place;
use super::{Grid, Head, Key, Row};

/// Every row, and every column of these tables in their order.
pub fn whole(tables: &[(&str, &Table)]) -> Grid {
    let places: Vec<(Head, Place)> = tables.iter().flat_map(|(name, table)| columns(name, table)).collect();
    let row = |key: Key| Row {
        key,
        mode: None,
        amounts: None,
        used_by: vec![],
        cells: places.iter().map(|(_, place)| place.entry(key)).collect(),
    };
    let rows = keys().map(row).collect();
    Grid { stack: None, heads: places.into_iter().map(|(head, _)| head).collect(), rows }
}

/// Every row that there can be.
pub(super) fn keys() -> impl Iterator<Item = Key> {
    let features = Feature::ALL.iter().copied().map(Key::Feature);
    let limits = Limit::ALL.iter().copied().map(Key::Limit);
    features.chain(limits).chain(Metric::ALL.iter().copied().map(Key::Metric))
}

fn columns<'t>(name: &str, table: &'t Table) -> Vec<(Head, Place<'t>)> {
    let target: Arc<str> = name.into();
    let places = table.columns().filter_map(|(id, column)| {
        let head = Head {
            target: target.clone(),
            id: column.id.clone(),
            title: column.title.clone(),
            modes: column.modes.clone(),
            wants: column.wants.clone(),
        };
        Some((head, Place::new(table, id, None)?))
    });
    places.collect()
}
