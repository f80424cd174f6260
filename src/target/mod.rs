//! Targets: what a checked stack becomes on one platform. The pure half lowers and emits; the live half observes and
//! acts. The one static list of targets is here, and nowhere else is a target named.

mod access;
mod catalogs;
mod data;
pub mod kubernetes;
mod live;
pub mod local;
pub mod sagemaker;
mod spec;
mod tables;
pub mod vertex;

pub use access::{Access, Answer, Call, Drifted, Lines, Place, Running, Share};
pub use catalogs::{catalog_of, catalogs};
pub use live::{Action, BoxFuture, Failure, Guard, Live, Progress};

use crate::capability::{Fitted, Table};
use crate::catalog::Catalog;
use crate::diff::Rules;
use crate::report::{Code, Diagnostic, Sink};
use crate::resource::{Artifact, Desired};
pub use crate::stack::Setting;
use crate::stack::Stack;
pub use tables::Tables;

/// The pure half of a target.
pub trait Target: Sync {
    /// As after `on` in a stack.
    fn name(&self) -> &'static str;

    fn settings(&self) -> &'static [Setting];

    /// What it can and can't do, from its data folder.
    fn table(&self) -> &'static Table;

    /// The machines, prices and images that it rents out, from its data folder; `None` where machines are the user's own.
    fn catalog(&self) -> Option<&'static Catalog> {
        None
    }

    /// Rules of its own that no table can say: what can't be expressed there, though each part of it can.
    fn hold(&self, _stack: &Stack, _sink: &mut Sink) {}

    /// What makes its documents; `None` for a target that this version checks and does not emit yet.
    fn emitter(&self) -> Option<&'static dyn Emitter>;

    /// The live half of a stack.
    ///
    /// # Errors
    /// When this version has none for the target, or it can't be used here.
    fn connect(&self, _place: &Place) -> Result<Box<dyn Access>, Failure> {
        let message = format!("this version writes files for `{}` and can't reach it yet", self.name());
        let help = "`servec build` writes what would be deployed";
        Err(Box::new(Diagnostic::error(Code::NotLocal, message).help(help)))
    }
}

/// From a fitted stack to a target's documents.
pub trait Emitter: Sync {
    /// How live objects are compared, from the target's data folder.
    fn rules(&self) -> &'static Rules;

    /// Can't fail: what is fitted can be expressed.
    fn lower(&self, fitted: &Fitted) -> Desired;

    /// The files that `build` writes; byte-stable.
    fn files(&self, desired: &Desired) -> Vec<Artifact>;

    /// What whoever applies this must be allowed, and nothing else, as the platform's own document; `None` where it has
    /// none.
    fn permissions(&self, _stack: &Stack, _desired: &Desired) -> Option<serde_json::Value> {
        None
    }
}

/// Every target there is.
pub static ALL: &[&dyn Target] = &[&sagemaker::SageMaker, &vertex::Vertex, &kubernetes::Kubernetes, &local::Local];

/// A target by its name.
pub fn find(name: &str) -> Option<&'static dyn Target> {
    ALL.iter().copied().find(|t| t.name() == name)
}

/// Whether a target serves on this machine, for what is tried here.
pub fn is_here(name: &str) -> bool {
    name == local::Local.name()
}
