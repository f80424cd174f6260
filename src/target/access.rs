//! What people do with a stack that runs: look at it, call it, read its log. Each target has its own way; the commands
//! know only this.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use serde::Serialize;

use crate::resource::{Address, Health};

use super::{BoxFuture, Failure, Live};

/// What a target's live half needs to know of where it is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Where a target that keeps files on this machine keeps them; each stack has a folder of its own there.
    pub data: Utf8PathBuf,
    pub stack: String,
    /// The stack's settings, as text: its region, its namespace.
    pub settings: BTreeMap<String, String>,
    /// As the lock names it: `apply`.
    pub command: String,
}

/// One request to an endpoint.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Call {
    pub endpoint: String,
    pub body: Vec<u8>,
    /// None leaves it to the endpoint to read the body by its input's type.
    pub content_type: Option<String>,
    /// The variant that is to answer; else the shares decide.
    pub variant: Option<String>,
}

/// What an endpoint answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// As in HTTP.
    pub status: u16,
    pub content_type: String,
    pub body: Vec<u8>,
    /// The variant that answered, where the target says it.
    pub variant: Option<String>,
}

impl Answer {
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// One endpoint as it is now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Running {
    pub endpoint: String,
    /// Where it is called; none when it can't be.
    pub url: Option<String>,
    pub health: Health,
    pub replicas: u32,
    /// The platform's own name of what serves it: `process 4711`.
    pub served_by: String,
    pub variants: Vec<Share>,
    /// Requests answered since it started, by status; empty where the target does not say.
    pub requests: BTreeMap<u16, u64>,
    /// What runs each model.
    pub engines: BTreeMap<String, String>,
}

/// A variant's share of an endpoint.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Share {
    pub variant: String,
    /// Of all requests, from 0 to 1.
    pub share: f64,
    pub shadow: bool,
}

/// Something that is no longer as it was last applied.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drifted {
    pub address: Address,
    pub why: String,
}

/// Takes lines of a log as they come.
pub type Lines<'a> = &'a (dyn Fn(&str) + Send + Sync);

/// A stack's live half, with what people do with it.
pub trait Access: Live {
    /// Every endpoint that the stack has now, by name.
    fn running<'a>(&'a self) -> BoxFuture<'a, Result<Vec<Running>, Failure>>;

    /// What is no longer as it was last applied, whatever the program says now.
    fn drift<'a>(&'a self) -> BoxFuture<'a, Result<Vec<Drifted>, Failure>>;

    /// Call an endpoint with the target's own protocol. An answer that is no success is an answer, not a failure.
    fn call<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, Failure>>;

    /// The same call as lines to paste into a shell; `data` is how its body is named there: `@photo.jpg`.
    fn recipe<'a>(&'a self, call: &'a Call, data: &'a str) -> BoxFuture<'a, Result<Vec<String>, Failure>>;

    /// An endpoint's log, oldest line first; with `follow`, what is written from then on too, until it is dropped.
    fn logs<'a>(&'a self, endpoint: &'a str, follow: bool, to: Lines<'a>) -> BoxFuture<'a, Result<(), Failure>>;
}
