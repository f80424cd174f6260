//! The live half of a target: what reads and changes the world. Kept apart from [`super::Target`], which is pure.

use std::future::Future;
use std::pin::Pin;

use serde_json::Value;

use crate::report::Diagnostic;

use crate::resource::{Address, Observed, Resource};

pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Why something live did not work: a diagnostic of pass E08, ready to show. Boxed, since it is large and rare.
pub type Failure = Box<Diagnostic>;

/// What `apply` asks a target to do to one object.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    Create(Resource),
    /// In place, from what was observed.
    Update {
        resource: Resource,
        before: Value,
    },
    Delete {
        address: Address,
        before: Value,
    },
}

/// Told what happens while a step runs, in a few words: `waiting for /ping`.
pub trait Progress: Send + Sync {
    fn say(&self, address: &Address, words: &str);

    /// Told once for each step that was started, when it ended: what it did (`created`, or `create failed`), and how
    /// long it took.
    fn ended(&self, _address: &Address, _words: &str, _took: std::time::Duration) {}
}

/// Held while a stack is changed; dropping it releases the lock.
pub trait Guard: Send {}

/// Reads and changes what one stack owns on one target.
pub trait Live: Send + Sync {
    /// How many steps it bears at once. One, unless its calls may overlap.
    fn width(&self) -> usize {
        1
    }

    /// All that the stack owns now, wanted or not.
    fn observe<'a>(&'a self) -> BoxFuture<'a, Result<Observed, Failure>>;

    /// Take the stack's lock, or say who holds it, since when, and how to release it.
    fn lock<'a>(&'a self) -> BoxFuture<'a, Result<Box<dyn Guard>, Failure>>;

    /// Do one thing and wait until it is done. Idempotent: doing it again after an interrupt goes on.
    fn act<'a>(&'a self, action: &'a Action, progress: &'a dyn Progress) -> BoxFuture<'a, Result<(), Failure>>;

    /// Ask the platform what it really serves and compare it with what was asked.
    fn verify<'a>(&'a self, resource: &'a Resource) -> BoxFuture<'a, Result<(), Failure>>;
}
