//! How a target's objects are compared: data from `targets/<name>/rules.json`, by resource kind and path.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Rules of one target, by resource kind.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(transparent)]
pub struct Rules {
    pub kinds: BTreeMap<String, KindRules>,
}

/// Paths are JSON pointers in which `*` stands for one step: `/variants/*/weight`.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KindRules {
    /// A change here makes a new object in the old one's place.
    pub immutable: Vec<String>,
    /// The platform's own: never a difference.
    pub computed: Vec<String>,
    /// Lists that are sets.
    pub unordered: Vec<String>,
    /// Shown as a hash only.
    pub sensitive: Vec<String>,
    /// What the platform fills in where nothing is declared.
    pub defaulted: BTreeMap<String, serde_json::Value>,
    /// What callers notice when a path changes in place; the key `` stands for any other path.
    pub notice: BTreeMap<String, Notice>,
}

/// What the callers of a service notice of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    None,
    ColdStart,
    BriefErrors,
    Outage,
}
