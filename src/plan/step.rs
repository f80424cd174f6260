//! One step of a plan: everything that apply does to one object, and why. Data only.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::diff::Notice;
use crate::resource::{Address, Resource};

/// What happens to one object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// In the program's words.
    pub address: Address,
    /// Where the object is live now; differs from `address` when it was moved. None when there is none yet.
    pub live: Option<Address>,
    pub kind: Arc<str>,
    pub action: Verb,
    /// What to make, addressed as the target knows it. None for a deletion.
    #[serde(with = "super::wire::option")]
    pub resource: Option<Resource>,
    /// Steps of this plan that must be done before, besides the rule that deletions come after everything else.
    pub needs: Vec<Address>,
    /// For people only: nothing acts on them.
    pub reasons: Vec<String>,
    pub changes: Vec<FieldChange>,
    /// The live body in the shape of the declared one; sensitive values are hashes.
    pub before: Option<Value>,
    /// The body that will be; sensitive values are hashes.
    pub after: Option<Value>,
    pub notice: Notice,
    pub risk: Risk,
    /// It repairs what broke outside of servec, so that it destroys nothing.
    pub repairs: bool,
    pub place: Option<Place>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    Create,
    /// In place.
    Update,
    /// Delete and create under the same address.
    Replace,
    Delete,
}

impl Verb {
    pub fn word(self) -> &'static str {
        match self {
            Verb::Create => "create",
            Verb::Update => "update",
            Verb::Replace => "replace",
            Verb::Delete => "delete",
        }
    }
}

/// How much a step can cost, whatever callers notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// Nothing that serves is disturbed.
    Safe,
    /// Callers may notice, nothing is lost.
    Disruptive,
    /// Something that works is removed.
    Destructive,
}

/// One field that changes in place or forces a replacement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldChange {
    /// JSON pointer into the body.
    pub path: String,
    /// None where nothing is live.
    pub before: Option<Value>,
    /// None where nothing is declared.
    pub after: Option<Value>,
    /// The rule that makes this a replacement, as in the target's data.
    pub forces: Option<String>,
    pub notice: Notice,
    /// The values are hashes.
    pub sensitive: bool,
    pub place: Option<Place>,
}

/// A place in the program, for people: both numbers from one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    pub file: String,
    pub line: u32,
    pub column: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}
