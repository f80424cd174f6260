//! How a target's objects are compared: data from `targets/<name>/rules.json`, by resource kind and path.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Rules of one target, by resource kind.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Rules {
    pub kinds: BTreeMap<String, KindRules>,
}

/// Paths are JSON pointers in which `*` stands for one step: `/variants/*/weight`. A path stands for all below it.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct KindRules {
    /// A change here makes a new object in the old one's place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub immutable: Vec<String>,
    /// The platform's own: never a difference.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub computed: Vec<String>,
    /// Lists that are sets.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unordered: Vec<String>,
    /// Amounts that are written in several ways: `1500m` is `1.5`, `1Gi` is 1073741824.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quantities: Vec<String>,
    /// Shown as a hash only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sensitive: Vec<String>,
    /// What the platform fills in where nothing is declared: a declared default is no difference from nothing, and
    /// a live value that is not the default is a difference where nothing is declared any more.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub defaulted: BTreeMap<String, serde_json::Value>,
    /// What callers notice when a path changes in place; the key `` stands for any other path.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub notice: BTreeMap<String, Notice>,
}

/// What the callers of a service notice of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    None,
    ColdStart,
    BriefErrors,
    Outage,
}

impl Notice {
    /// For people: `cold start`.
    pub fn words(self) -> &'static str {
        match self {
            Notice::None => "nothing",
            Notice::ColdStart => "a cold start",
            Notice::BriefErrors => "brief errors",
            Notice::Outage => "an outage",
        }
    }
}
