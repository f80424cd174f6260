//! Targets: what a checked stack becomes on one platform. The pure half lowers and emits; the live half observes and
//! acts. The one static list of targets is here, and nowhere else is a target named.

mod live;
pub mod local;

pub use live::{Action, BoxFuture, Failure, Guard, Live, Progress};

use crate::capability::{Fitted, Table};
use crate::diff::Rules;
use crate::resource::{Artifact, Desired};
pub use crate::stack::Setting;

/// The pure half of a target.
pub trait Target: Sync {
    /// As after `on` in a stack.
    fn name(&self) -> &'static str;

    fn settings(&self) -> &'static [Setting];

    /// What it can and can't do, from its data folder.
    fn table(&self) -> &'static Table;

    /// How live objects are compared, from its data folder.
    fn rules(&self) -> &'static Rules;

    /// Can't fail: what is fitted can be expressed.
    fn lower(&self, fitted: &Fitted) -> Desired;

    /// The files that `build` writes; byte-stable.
    fn files(&self, desired: &Desired) -> Vec<Artifact>;
}

/// Every target there is.
pub static ALL: &[&dyn Target] = &[&local::Local];

/// A target by its name.
pub fn find(name: &str) -> Option<&'static dyn Target> {
    ALL.iter().copied().find(|t| t.name() == name)
}
