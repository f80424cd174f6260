//! Kubernetes: plain Deployments, KEDA, or KServe, as manifests. Each object is a typed struct of `api`; `lower` says which
//! there are.

mod api;
mod facts;
mod files;
mod lower;
mod name;
mod refuse;
mod settings;

use crate::capability::{Fitted, Table};
use crate::diff::Rules;
use crate::report::Sink;
use crate::resource::{Artifact, Desired};
use crate::stack::Stack;

use super::data::{self, Lazy};
use super::{Emitter, Setting, Target};

/// The target.
#[derive(Debug)]
pub struct Kubernetes;

static TABLE: Lazy<Table> = Lazy::new(|| data::table(include_str!("../../../targets/kubernetes/capabilities.json")));
static RULES: Lazy<Rules> = Lazy::new(|| data::json(include_str!("../../../targets/kubernetes/rules.json")));

impl Target for Kubernetes {
    fn name(&self) -> &'static str {
        "kubernetes"
    }

    fn settings(&self) -> &'static [Setting] {
        &settings::ALL
    }

    fn table(&self) -> &'static Table {
        &TABLE
    }

    fn hold(&self, stack: &Stack, sink: &mut Sink) {
        refuse::refuse(stack, sink);
    }

    fn emitter(&self) -> Option<&'static dyn Emitter> {
        Some(&Kubernetes)
    }
}

impl Emitter for Kubernetes {
    fn rules(&self) -> &'static Rules {
        &RULES
    }

    fn lower(&self, fitted: &Fitted) -> Desired {
        lower::lower(fitted)
    }

    fn files(&self, desired: &Desired) -> Vec<Artifact> {
        files::files(desired)
    }
}
