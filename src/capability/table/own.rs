//! A user's own table file: cells that take the place of the built-in ones, without a rebuild.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::load::{REST, Rows, Sources, WrittenBound, WrittenCell, WrittenMetric, WrittenReserved, knows, name, wrong};
use super::{Column, Feature, Limit, Table};
use crate::stack::metric::Metric;

/// One file: parts of tables by target.
#[derive(Debug, Clone)]
pub struct OwnTables {
    file: Arc<str>,
    targets: BTreeMap<String, Own>,
}

/// What a file says of one target.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Own {
    #[serde(default)]
    sources: Sources,
    #[serde(default)]
    features: Rows<Feature, WrittenCell>,
    #[serde(default)]
    limits: Rows<Limit, WrittenBound>,
    #[serde(default)]
    metrics: Rows<Metric, WrittenMetric>,
    #[serde(default)]
    reserved_env: BTreeMap<String, WrittenReserved>,
}

impl OwnTables {
    /// From a file's text; `file` is its name for diagnostics.
    ///
    /// # Errors
    /// In words with the line, when it is not such a file.
    pub fn read(file: &str, json: &str) -> Result<Self, String> {
        let targets = serde_json::from_str(json).map_err(|error| wrong(&error))?;
        Ok(Self { file: file.into(), targets })
    }

    /// The targets that it speaks of.
    pub fn targets(&self) -> impl Iterator<Item = &str> {
        self.targets.keys().map(String::as_str)
    }

    /// A target's table with this file's cells in place of its own.
    ///
    /// # Errors
    /// In words, when a cell has no reason or source, or a column does not exist.
    pub fn over(&self, target: &str, table: &Table) -> Result<Table, String> {
        let mut next = table.clone();
        let Some(own) = self.targets.get(target) else { return Ok(next) };
        let (sources, file) = (&own.sources, Some(&self.file));
        let columns = next.columns.clone();
        put(&own.features, &columns, &mut next.features, |k| *k as usize, |cell| cell.read(sources, file))?;
        put(&own.limits, &columns, &mut next.limits, |k| *k as usize, |bound| bound.read(sources, file))?;
        put(&own.metrics, &columns, &mut next.metrics, |k| *k as usize, |metric| metric.read(sources, file))?;
        put_row("reserved_env", &own.reserved_env, &columns, &mut next.reserved_env, |names| {
            names.read(sources, file)
        })?;
        Ok(next)
    }
}

fn put<K: Serialize, V, T>(
    rows: &Rows<K, V>,
    columns: &[Column],
    into: &mut [Vec<T>],
    index: impl Fn(&K) -> usize,
    read: impl Fn(&V) -> Result<T, String>,
) -> Result<(), String> {
    for (key, cells) in rows {
        let Some(row) = into.get_mut(index(key)) else { continue };
        put_row(&name(key), cells, columns, row, &read)?;
    }
    Ok(())
}

fn put_row<V, T>(
    key: &str,
    cells: &BTreeMap<String, V>,
    columns: &[Column],
    into: &mut [T],
    read: impl Fn(&V) -> Result<T, String>,
) -> Result<(), String> {
    knows(cells.keys(), columns).map_err(|why| format!("`{key}`: {why}"))?;
    for (column, cell) in columns.iter().zip(into) {
        if let Some(written) = cells.get(&*column.id).or_else(|| cells.get(REST)) {
            *cell = read(written).map_err(|why| format!("`{key}`, `{}`: {why}", column.id))?;
        }
    }
    Ok(())
}
