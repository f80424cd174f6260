//! A target's capability table: data, total over [`Feature`], or it does not load.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Feature;

/// What one target says of every feature.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "BTreeMap<Feature, Cell>")]
pub struct Table(BTreeMap<Feature, Cell>);

/// One sourced fact.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    pub support: Support,
    /// Why not, or how far; what the user reads. Needed for all but a plain yes.
    #[serde(default)]
    pub because: String,
    /// What to write instead.
    #[serde(default)]
    pub instead: String,
    pub source: String,
    /// The day on which the source said so.
    pub as_of: jiff::civil::Date,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
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
}

/// A table that leaves a feature out, or a "no" without a reason.
#[derive(Debug, PartialEq)]
pub struct NotTotal(String);

impl std::fmt::Display for NotTotal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<BTreeMap<Feature, Cell>> for Table {
    type Error = NotTotal;

    fn try_from(cells: BTreeMap<Feature, Cell>) -> Result<Self, NotTotal> {
        for feature in Feature::ALL {
            match cells.get(feature) {
                None => return Err(NotTotal(format!("no cell for {}", feature.words()))),
                Some(cell) if cell.support != Support::Yes && cell.because.is_empty() => {
                    return Err(NotTotal(format!("no reason for {}", feature.words())));
                }
                Some(_) => {}
            }
        }
        Ok(Self(cells))
    }
}

impl Table {
    /// A target's table from its text of JSON.
    ///
    /// # Errors
    /// In serde's words, when a cell is missing, unknown or without its reason.
    pub fn load(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// `None` never happens for a loaded table.
    pub fn cell(&self, feature: Feature) -> Option<&Cell> {
        self.0.get(&feature)
    }
}
