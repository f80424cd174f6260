//! The one erased shape of everything that a target makes, so that diff, plan and apply are written once. Inside a
//! target everything is typed; here it is JSON.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::source::Span;

/// A resource's place within its stack: `endpoint.search`, `artifact.detector`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Address(pub Arc<str>);

impl Address {
    pub fn new(kind: &str, name: &str) -> Self {
        Self(format!("{kind}.{name}").into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One thing that should exist.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    pub address: Address,
    /// The target's own word for it: `process`, `AWS::SageMaker::Model`.
    pub kind: Arc<str>,
    /// What it must be. Only declared fields; what the platform adds is no concern of a diff. Secrets stand as
    /// references or hashes, never as values.
    pub body: Value,
    /// What must exist before it.
    pub needs: Vec<Address>,
    /// The declaration it comes from.
    pub origin: Span,
    /// Where single fields were written, by JSON pointer into `body`; the nearest prefix counts.
    pub spans: BTreeMap<String, Span>,
}

impl Resource {
    /// Where a field was written: the nearest span above the pointer, or the declaration.
    pub fn span_of(&self, pointer: &str) -> Span {
        let mut at = pointer;
        loop {
            if let Some(span) = self.spans.get(at) {
                return *span;
            }
            match at.rfind('/') {
                Some(cut) => at = at.get(..cut).unwrap_or(""),
                None => return self.origin,
            }
        }
    }
}

/// Everything a stack should be on its target.
#[derive(Debug, Clone, PartialEq)]
pub struct Desired {
    pub target: Arc<str>,
    pub stack: Arc<str>,
    pub resources: BTreeMap<Address, Resource>,
    /// Old address to new: the same thing under a new name.
    pub moved: BTreeMap<Address, Address>,
    /// Refuse plans that destroy or replace.
    pub protect: bool,
    /// What the target does differently from what was written, in words for the plan.
    pub notes: Vec<String>,
}

/// What exists now, of what the stack owns.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Observed {
    pub objects: BTreeMap<Address, Object>,
}

/// One thing that exists.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    pub kind: Arc<str>,
    /// In the shape of [`Resource::body`]; may hold more than was declared.
    pub body: Value,
    /// What it needed when it was made, so that deletion can go in the inverse order.
    pub needs: Vec<Address>,
    pub health: Health,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state", content = "reason")]
pub enum Health {
    Ready,
    /// Not ready yet, in the platform's words.
    Pending(String),
    /// Gone or broken, in the platform's words: drift, to be made again.
    Failed(String),
}

/// A file that `build` writes, relative to the stack's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    pub path: camino::Utf8PathBuf,
    pub contents: Vec<u8>,
    pub executable: bool,
}
