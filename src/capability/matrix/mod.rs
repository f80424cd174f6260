//! Tables as people compare them: a row for each feature, limit and metric, a column for each way in which a target
//! serves. Whole, narrowed to what a stack uses, or as what changes between two targets. Judges nothing anew.

mod cell;
mod change;
pub mod show;
mod used;
mod whole;

use std::sync::Arc;

use serde::Serialize;

use crate::stack::endpoint::ModeKind;
use crate::stack::metric::Metric;

use super::{Bound, Feature, Limit, Source, Support};

pub use change::{Change, Kind, between};
pub use used::used;
pub use whole::whole;

/// One comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// The stack that it is narrowed to, as "stack `prod` on …".
    pub stack: Option<String>,
    pub heads: Vec<Head>,
    /// Features by subject, then limits, then metrics.
    pub rows: Vec<Row>,
}

/// A column: of a table, or a target under some settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub target: Arc<str>,
    /// The column's id in its table; or the settings as they are written; or nothing.
    pub id: Arc<str>,
    /// For people: "SageMaker real-time". Empty for a target under settings.
    pub title: Arc<str>,
    /// Empty for a target under settings, where each row says its mode.
    pub modes: Vec<ModeKind>,
    /// Settings of the stack that it needs.
    pub wants: Vec<(Arc<str>, Arc<str>)>,
}

/// What a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Key {
    Feature(Feature),
    Limit(Limit),
    Metric(Metric),
}

impl Key {
    /// What it belongs to, as a heading.
    pub fn subject(self) -> &'static str {
        match self {
            Key::Feature(feature) => feature.subject(),
            Key::Limit(_) => "limits",
            Key::Metric(_) => "metrics to scale by",
        }
    }

    /// As a diagnostic says it.
    pub fn words(self) -> String {
        match self {
            Key::Feature(feature) => feature.words().to_owned(),
            Key::Limit(limit) => limit.words().to_owned(),
            Key::Metric(metric) => format!("`{}`", metric.word()),
        }
    }
}

/// One thing that can be asked, and what each column says.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub key: Key,
    /// The mode in which a stack uses it; `None` in a whole table.
    pub mode: Option<ModeKind>,
    /// The least and the most that a stack asks for, in the unit of the limit.
    pub amounts: Option<(f64, f64)>,
    /// Who uses it: "endpoint `search`".
    pub used_by: Vec<String>,
    /// In the order of the heads.
    pub cells: Vec<Entry>,
}

/// What one column says of one row.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// `None` where there is nothing to say: what it is a part of, or the column's mode, is refused.
    pub support: Option<Support>,
    /// Of a limit.
    pub bound: Option<Bound>,
    /// Of a metric: its exact identifier on the platform.
    pub id: Option<Arc<str>>,
    pub because: Arc<str>,
    pub instead: Arc<str>,
    /// `None` only where no table has the cell.
    pub source: Option<Source>,
}
