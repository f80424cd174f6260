//! The text of a table to the table: sources in full, defaults of "*" filled in, and nothing left out.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::report::suggest::{nearest, one_of};

use crate::stack::endpoint::ModeKind;
use crate::stack::metric::Metric;

use super::{
    Bound, Cell, Column, ColumnId, Exclusion, Feature, Limit, MetricCell, Regions, ReservedEnv, Source, Support, Table,
    Way,
};

/// Every column that is not named.
pub(super) const REST: &str = "*";

/// Rows by feature, limit or metric; cells by column id.
pub(super) type Rows<K, V> = BTreeMap<K, BTreeMap<String, V>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    sources: Sources,
    columns: Vec<WrittenColumn>,
    features: Rows<Feature, WrittenCell>,
    limits: Rows<Limit, WrittenBound>,
    metrics: Rows<Metric, WrittenMetric>,
    reserved_env: BTreeMap<String, WrittenReserved>,
    regions: Option<WrittenRegions>,
    #[serde(default)]
    exclusions: Vec<WrittenExclusion>,
}

pub(super) type Sources = BTreeMap<String, Document>;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    title: String,
    as_of: Date,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenColumn {
    id: String,
    title: String,
    modes: Vec<ModeKind>,
    #[serde(default, rename = "where")]
    wants: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenCell {
    support: Support,
    #[serde(default)]
    because: String,
    #[serde(default)]
    instead: String,
    set: Option<BTreeMap<String, String>>,
    mode: Option<ModeKind>,
    replace: Option<String>,
    entry: Option<String>,
    out: Option<String>,
    source: String,
    as_of: Option<Date>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenBound {
    min: Option<f64>,
    max: Option<f64>,
    warn_above: Option<f64>,
    step: Option<f64>,
    #[serde(default)]
    one_of: Vec<f64>,
    #[serde(default)]
    because: String,
    source: String,
    as_of: Option<Date>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenMetric {
    support: Support,
    id: Option<String>,
    #[serde(default)]
    because: String,
    #[serde(default)]
    instead: String,
    set: Option<BTreeMap<String, String>>,
    mode: Option<ModeKind>,
    replace: Option<String>,
    entry: Option<String>,
    out: Option<String>,
    source: String,
    as_of: Option<Date>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenReserved {
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    because: String,
    source: String,
    as_of: Option<Date>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenExclusion {
    columns: Vec<String>,
    uses: Vec<Feature>,
    #[serde(default)]
    lacks: Vec<Feature>,
    machine: Option<String>,
    because: String,
    instead: String,
    way: Option<WrittenWay>,
    source: String,
    as_of: Option<Date>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenWay {
    of: Feature,
    replace: Option<String>,
    beside: Option<String>,
    out: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRegions {
    names: Vec<String>,
    source: String,
    as_of: Option<Date>,
}

pub(super) fn load(json: &str) -> Result<Table, String> {
    let written: Written = serde_json::from_str(json).map_err(|error| wrong(&error))?;
    let columns: Vec<Column> = written.columns.into_iter().map(column).collect();
    every_mode_has_a_column(&columns)?;
    let sources = &written.sources;
    Ok(Table {
        features: rows(Feature::ALL, &columns, &written.features, |cell| cell.read(sources, None))?,
        limits: rows(Limit::ALL, &columns, &written.limits, |bound| bound.read(sources, None))?,
        metrics: rows(Metric::ALL, &columns, &written.metrics, |metric| metric.read(sources, None))?,
        reserved_env: row("reserved_env", &columns, &written.reserved_env, |names| names.read(sources, None))?,
        regions: written.regions.map(|r| regions(r, sources)).transpose()?,
        exclusions: written
            .exclusions
            .into_iter()
            .map(|e| exclusion(e, &columns, sources))
            .collect::<Result<_, _>>()?,
        columns,
    })
}

/// As a file writes it: `scale_to_zero`.
pub(super) fn name(key: impl Serialize) -> String {
    serde_json::to_value(key).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// What serde says, without a list of all there is.
pub(super) fn wrong(error: &serde_json::Error) -> String {
    let text = error.to_string();
    if !error.is_data() {
        return format!("it is not JSON: {text}");
    }
    if !text.starts_with("unknown ") {
        return text;
    }
    let place = format!("at line {} column {}", error.line(), error.column());
    let mut words = text.split('`').skip(1).step_by(2);
    let unknown = words.next().unwrap_or_default();
    let known: Vec<&str> = words.collect();
    match nearest(unknown, known.iter().copied()) {
        Some(near) => format!("there is no `{unknown}`, {place}: did you mean `{near}`?"),
        None if known.len() < 10 => format!("there is no `{unknown}`, {place}: there is {}", one_of(known)),
        None => format!("there is no `{unknown}`, {place}: `servec capabilities --format json` has every `key`"),
    }
}

fn column(written: WrittenColumn) -> Column {
    let wants = written.wants.into_iter().map(|(name, value)| (name.into(), value.into()));
    Column { id: written.id.into(), title: written.title.into(), modes: written.modes, wants: wants.collect() }
}

/// Also where a stack sets nothing.
fn every_mode_has_a_column(columns: &[Column]) -> Result<(), String> {
    match ModeKind::ALL.into_iter().find(|m| !columns.iter().any(|c| c.wants.is_empty() && c.modes.contains(m))) {
        Some(mode) => Err(format!("no column without `where` has the mode `{}`", mode.word())),
        None => Ok(()),
    }
}

/// One row for every key, one cell for every column.
fn rows<K: Copy + Ord + Serialize, V, T>(
    all: &[K],
    columns: &[Column],
    written: &Rows<K, V>,
    read: impl Fn(&V) -> Result<T, String>,
) -> Result<Vec<Vec<T>>, String> {
    let mut table = vec![];
    for key in all {
        let cells = written.get(key).ok_or_else(|| format!("no row for `{}`", name(key)))?;
        table.push(row(&name(key), columns, cells, &read)?);
    }
    Ok(table)
}

/// One cell for every column.
fn row<V, T>(
    key: &str,
    columns: &[Column],
    cells: &BTreeMap<String, V>,
    read: impl Fn(&V) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    knows(cells.keys(), columns).map_err(|why| format!("`{key}`: {why}"))?;
    let row = columns.iter().map(|column| {
        let cell = cells.get(&*column.id).or_else(|| cells.get(REST));
        let cell = cell.ok_or_else(|| format!("`{key}` has no cell for `{}`", column.id))?;
        read(cell).map_err(|why| format!("`{key}`, `{}`: {why}", column.id))
    });
    row.collect()
}

/// Whether all column ids are ones of the table.
pub(super) fn knows<'a>(ids: impl Iterator<Item = &'a String>, columns: &[Column]) -> Result<(), String> {
    for id in ids {
        if id != REST && !columns.iter().any(|c| *c.id == **id) {
            return Err(format!("there is no column `{id}`"));
        }
    }
    Ok(())
}

/// Names of documents in full, and the oldest of their days; what is no name is a source itself and needs a day.
pub(super) fn source(
    keys: &str,
    as_of: Option<Date>,
    sources: &Sources,
    file: Option<&Arc<str>>,
) -> Result<Source, String> {
    if keys.trim().is_empty() {
        return Err("its `source` is empty".to_owned());
    }
    let named: Option<Vec<&Document>> = keys.split(',').map(|key| sources.get(key.trim())).collect();
    let (title, oldest) = match named {
        Some(documents) => {
            let titles: Vec<&str> = documents.iter().map(|d| d.title.as_str()).collect();
            (titles.join("; "), documents.iter().map(|d| d.as_of).min())
        }
        None => (keys.to_owned(), None),
    };
    let as_of = as_of.or(oldest).ok_or_else(|| format!("no `as_of` for the source `{keys}`"))?;
    Ok(Source { keys: keys.into(), title: title.into(), as_of, file: file.cloned() })
}

impl WrittenCell {
    pub(super) fn read(&self, sources: &Sources, file: Option<&Arc<str>>) -> Result<Cell, String> {
        if !matches!(self.support, Support::Yes | Support::Moot) && self.because.is_empty() {
            return Err(format!("`{}` needs a `because`", self.support.word()));
        }
        Ok(Cell {
            support: self.support,
            because: self.because.as_str().into(),
            instead: self.instead.as_str().into(),
            way: self.way()?,
            source: source(&self.source, self.as_of, sources, file)?,
        })
    }

    fn way(&self) -> Result<Way, String> {
        let set = match self.set.as_ref().map(|set| set.iter().collect::<Vec<_>>()).as_deref() {
            None => None,
            Some([(name, value)]) => Some((name.as_str().into(), value.as_str().into())),
            Some(_) => return Err("`set` has one setting".to_owned()),
        };
        let (replace, entry, out) = (text(&self.replace), text(&self.entry), text(&self.out));
        Ok(Way { set, mode: self.mode, replace, entry, beside: None, out })
    }
}

impl WrittenWay {
    fn read(&self) -> (Feature, Way) {
        let (replace, beside, out) = (text(&self.replace), text(&self.beside), text(&self.out));
        (self.of, Way { replace, beside, out, ..Way::default() })
    }
}

fn text(written: &Option<String>) -> Option<Arc<str>> {
    written.as_deref().map(Into::into)
}

impl WrittenBound {
    pub(super) fn read(&self, sources: &Sources, file: Option<&Arc<str>>) -> Result<Bound, String> {
        if let (Some(min), Some(max)) = (self.min, self.max)
            && min > max
        {
            return Err("`min` above `max`".to_owned());
        }
        if self.step.is_some_and(|step| step <= 0.0) {
            return Err("`step` is not above 0".to_owned());
        }
        if !self.one_of.is_sorted() {
            return Err("`one_of` is not in order".to_owned());
        }
        Ok(Bound {
            min: self.min,
            max: self.max,
            warn_above: self.warn_above,
            step: self.step,
            one_of: self.one_of.clone(),
            because: self.because.as_str().into(),
            source: source(&self.source, self.as_of, sources, file)?,
        })
    }
}

impl WrittenMetric {
    pub(super) fn read(&self, sources: &Sources, file: Option<&Arc<str>>) -> Result<MetricCell, String> {
        let cell = WrittenCell {
            support: self.support,
            because: self.because.clone(),
            instead: self.instead.clone(),
            set: self.set.clone(),
            mode: self.mode,
            replace: self.replace.clone(),
            entry: self.entry.clone(),
            out: self.out.clone(),
            source: self.source.clone(),
            as_of: self.as_of,
        };
        Ok(MetricCell { cell: cell.read(sources, file)?, id: self.id.as_deref().map(Into::into) })
    }
}

impl WrittenReserved {
    pub(super) fn read(&self, sources: &Sources, file: Option<&Arc<str>>) -> Result<ReservedEnv, String> {
        if !self.names.is_empty() && self.because.is_empty() {
            return Err("no reason".to_owned());
        }
        Ok(ReservedEnv {
            names: self.names.iter().map(|name| name.as_str().into()).collect(),
            because: self.because.as_str().into(),
            source: source(&self.source, self.as_of, sources, file)?,
        })
    }
}

fn regions(written: WrittenRegions, sources: &Sources) -> Result<Regions, String> {
    let source = source(&written.source, written.as_of, sources, None)?;
    Ok(Regions { names: written.names.into_iter().map(Into::into).collect(), source })
}

fn exclusion(written: WrittenExclusion, columns: &[Column], sources: &Sources) -> Result<Exclusion, String> {
    knows(written.columns.iter(), columns)?;
    let ids = columns.iter().enumerate().filter(|(_, c)| written.columns.iter().any(|id| *id == *c.id || id == REST));
    Ok(Exclusion {
        columns: ids.map(|(i, _)| ColumnId(i)).collect(),
        uses: written.uses,
        lacks: written.lacks,
        machine: written.machine.map(Into::into),
        because: written.because.into(),
        instead: written.instead.into(),
        way: written.way.map(|way| way.read()),
        source: source(&written.source, written.as_of, sources, None)?,
    })
}
