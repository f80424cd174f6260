//! What is written down about an endpoint: enough to find its process again, and nothing that the process itself can say.

use camino::Utf8Path;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::target::Failure;

use super::places::{read_json, write_json};

/// `record.json`. It is written before a process is started, so that no process is ever lost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The endpoint's port on 127.0.0.1, kept over restarts.
    pub port: u16,
    pub instance: Instance,
    /// A process that is tried beside it during an update.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub candidate: Option<Instance>,
}

/// One process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instance {
    /// Unique among all processes ever started; a number of a process is not.
    pub token: String,
    pub port: u16,
    /// The system's number for it; none while it is being started.
    pub pid: Option<u32>,
    pub since: Timestamp,
    /// Whether it was seen to serve.
    pub served: bool,
}

impl Instance {
    pub fn new(port: u16) -> Self {
        Self { token: token(), port, pid: None, since: Timestamp::now(), served: false }
    }
}

pub fn read(folder: &Utf8Path) -> Result<Option<Record>, Failure> {
    read_json(&folder.join("record.json"))
}

pub fn write(folder: &Utf8Path, record: &Record) -> Result<(), Failure> {
    write_json(&folder.join("record.json"), record)
}

/// Not a secret: it tells processes apart.
fn token() -> String {
    use std::hash::{BuildHasher as _, Hasher as _, RandomState};
    let random = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", random(), random())
}
