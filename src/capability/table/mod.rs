//! A target's capability table: dated, sourced data, total over modes, features, limits and metrics, or it does not load.

mod load;
mod own;

use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::stack::endpoint::ModeKind;
use crate::stack::metric::Metric;
use crate::stack::{Stack, ValueKind};

use super::{Feature, Limit};

pub use own::{Own, OwnTables};

/// What one target says of everything that can be asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    columns: Vec<Column>,
    /// By feature in the order of `ALL`, then by column.
    features: Vec<Vec<Cell>>,
    limits: Vec<Vec<Bound>>,
    metrics: Vec<Vec<MetricCell>>,
    /// By column.
    reserved_env: Vec<ReservedEnv>,
    regions: Option<Regions>,
    exclusions: Vec<Exclusion>,
}

/// A way in which a target serves: a mode, or several, perhaps under a setting of the stack.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    pub id: Arc<str>,
    /// For people: "SageMaker real-time".
    pub title: Arc<str>,
    pub modes: Vec<ModeKind>,
    /// Settings of the stack that it needs: `profile` is `keda`.
    pub wants: Vec<(Arc<str>, Arc<str>)>,
}

/// One sourced fact.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    pub support: Support,
    /// Why not, or how far; what the user reads. Never empty but for a plain yes.
    pub because: Arc<str>,
    /// The nearest legal form, in words.
    pub instead: Arc<str>,
    /// The same as an edit.
    pub way: Way,
    pub source: Source,
}

/// What makes refused text legal, as far as an edit can: the first that can be had.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Way {
    /// A setting of the stack, and its value.
    pub set: Option<(Arc<str>, Arc<str>)>,
    /// Another mode for the endpoint that asks.
    pub mode: Option<ModeKind>,
    /// What to put in place of the refused text.
    pub replace: Option<Arc<str>>,
    /// What to put in place of the whole entry: a field by its name.
    pub entry: Option<Arc<str>>,
    /// An entry to add beside it.
    pub beside: Option<Arc<str>>,
    /// To leave it out, with what then is so; that may be empty.
    pub out: Option<Arc<str>>,
}

/// How far a target honours a feature, from the best to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Support {
    Yes,
    /// Honoured in part: a warning says how far.
    Limited,
    /// Needs `allow = [preview]`.
    Preview,
    /// Needs `allow = [emulation]`.
    Emulated,
    No,
    /// Never asked alone: another cell, such as that of the mode, has said it, and this one says nothing more.
    Moot,
}

impl Support {
    pub fn word(self) -> &'static str {
        match self {
            Support::Yes => "yes",
            Support::Limited => "limited",
            Support::Preview => "preview",
            Support::Emulated => "emulated",
            Support::No => "no",
            Support::Moot => "–",
        }
    }
}

/// Who says so, and on which day.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// The table's own keys, or free text: "BC, FAQ".
    pub keys: Arc<str>,
    /// The documents in full.
    pub title: Arc<str>,
    pub as_of: Date,
    /// The user's own file that the fact stands in.
    pub file: Option<Arc<str>>,
}

impl Source {
    /// As a note of a diagnostic.
    pub fn note(&self) -> String {
        match &self.file {
            Some(file) => format!("source: your own table `{file}`: {}, as of {}", self.title, self.as_of),
            None => format!("source: {}, as of {}", self.title, self.as_of),
        }
    }
}

/// The bounds of one amount; all absent where the platform sets none.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    pub min: Option<f64>,
    pub max: Option<f64>,
    /// Above it, sources disagree, or it is unwise: a warning.
    pub warn_above: Option<f64>,
    /// What amounts are whole multiples of; others are rounded: a warning.
    pub step: Option<f64>,
    /// The only amounts there are, ascending; empty for any.
    pub one_of: Vec<f64>,
    pub because: Arc<str>,
    pub source: Source,
}

/// How a target knows a metric.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricCell {
    pub cell: Cell,
    /// Its exact identifier there.
    pub id: Option<Arc<str>>,
}

/// Features that one endpoint can't have together, though each alone is honoured: a platform would drop one of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Exclusion {
    columns: Vec<ColumnId>,
    /// All of them are used.
    pub uses: Vec<Feature>,
    /// None of them is used.
    pub lacks: Vec<Feature>,
    /// It holds for pinned machines of this prefix alone, such as `ml.inf1.`.
    pub machine: Option<Arc<str>>,
    pub because: Arc<str>,
    pub instead: Arc<str>,
    /// What makes one of the features legal.
    pub way: Option<(Feature, Way)>,
    pub source: Source,
}

/// Names of environment variables that are the platform's own.
#[derive(Debug, Clone, PartialEq)]
pub struct ReservedEnv {
    /// Whole names, and prefixes that end in `*`; empty where none is known.
    pub names: Vec<Arc<str>>,
    pub because: Arc<str>,
    pub source: Source,
}

impl ReservedEnv {
    /// The name or prefix that a variable runs into.
    pub fn reserves(&self, variable: &str) -> Option<&str> {
        let meets = |name: &&Arc<str>| match name.strip_suffix('*') {
            Some(prefix) => variable.starts_with(prefix),
            None => variable == &***name,
        };
        self.names.iter().find(meets).map(|name| &**name)
    }
}

/// Where a target serves.
#[derive(Debug, Clone, PartialEq)]
pub struct Regions {
    pub names: Vec<Arc<str>>,
    pub source: Source,
}

/// The index of a column; only the table that gave it knows what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ColumnId(usize);

impl Table {
    /// From a target's text of JSON.
    ///
    /// # Errors
    /// In words, when it is not total, or has what no table has.
    pub fn load(json: &str) -> Result<Self, String> {
        load::load(json)
    }

    pub fn columns(&self) -> impl Iterator<Item = (ColumnId, &Column)> {
        self.columns.iter().enumerate().map(|(i, column)| (ColumnId(i), column))
    }

    /// `None` never happens for an id of this table.
    pub fn column(&self, id: ColumnId) -> Option<&Column> {
        self.columns.get(id.0)
    }

    /// The column of a mode in a stack: the first whose settings the stack has.
    pub fn of(&self, mode: ModeKind, stack: &Stack) -> Option<ColumnId> {
        self.first(mode, |name, value| match stack.settings.get(name).map(|v| &v.kind) {
            Some(ValueKind::String(word) | ValueKind::Word(word)) => **word == *value,
            _ => false,
        })
    }

    /// The column of a mode where nothing is set.
    pub fn plain(&self, mode: ModeKind) -> Option<ColumnId> {
        self.first(mode, |_, _| false)
    }

    /// The column of a mode under some settings.
    pub fn under(&self, mode: ModeKind, settings: &[(Arc<str>, Arc<str>)]) -> Option<ColumnId> {
        self.first(mode, |name, value| settings.iter().any(|(n, v)| **n == *name && **v == *value))
    }

    /// Every set of settings that some column wants: none first, then in the order of columns.
    pub fn settings(&self) -> Vec<&[(Arc<str>, Arc<str>)]> {
        let mut all: Vec<&[(Arc<str>, Arc<str>)]> = vec![&[]];
        for column in &self.columns {
            if !all.contains(&column.wants.as_slice()) {
                all.push(&column.wants);
            }
        }
        all
    }

    fn first(&self, mode: ModeKind, set: impl Fn(&str, &str) -> bool) -> Option<ColumnId> {
        let fits = |c: &Column| c.modes.contains(&mode) && c.wants.iter().all(|(name, value)| set(name, value));
        self.columns.iter().position(fits).map(ColumnId)
    }

    /// `None` never happens for an id of this table.
    pub fn cell(&self, feature: Feature, column: ColumnId) -> Option<&Cell> {
        self.features.get(feature as usize)?.get(column.0)
    }

    /// `None` never happens for an id of this table.
    pub fn bound(&self, limit: Limit, column: ColumnId) -> Option<&Bound> {
        self.limits.get(limit as usize)?.get(column.0)
    }

    /// `None` never happens for an id of this table.
    pub fn metric(&self, metric: Metric, column: ColumnId) -> Option<&MetricCell> {
        self.metrics.get(metric as usize)?.get(column.0)
    }

    /// What can't be had together in a column.
    pub fn exclusions(&self, column: ColumnId) -> impl Iterator<Item = &Exclusion> {
        self.exclusions.iter().filter(move |exclusion| exclusion.columns.contains(&column))
    }

    /// `None` never happens for an id of this table.
    pub fn reserved_env(&self, column: ColumnId) -> Option<&ReservedEnv> {
        self.reserved_env.get(column.0)
    }

    /// `None` where the target has no regions.
    pub fn regions(&self) -> Option<&Regions> {
        self.regions.as_ref()
    }
}
