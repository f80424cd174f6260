//! The checked model: what one stack serves, with every name resolved, every parameter filled in and every override
//! merged. Plain data with spans; nothing is optional that the checker has ruled out.

pub mod endpoint;
pub mod metric;
pub mod ports;
pub mod servable;
pub mod value;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::source::Span;

pub use endpoint::{
    Batching, Budget, Capture, Endpoint, Health, Job, Mode, ModeKind, Policy, Rollout, Sample, Scale, Slo, Track,
    Variant,
};
pub use metric::{Measure, Metric};
pub use ports::{Dim, Layout, Port, TensorType, Type};
pub use servable::{
    Accelerator, Argument, Artifact, Callee, Framework, Handler, Member, Model, Origin, Pipeline, PipelineOutput, Pool,
    Servable, Step, Transform, ValueRef,
};
pub use value::{Fields, Money, Quantity, Value, ValueKind};

/// One stack: what `plan` and `apply` address.
#[derive(Debug, Clone, PartialEq)]
pub struct Stack {
    pub name: Arc<str>,
    /// A name of the one list of targets.
    pub target: Arc<str>,
    /// The target's own settings (`region`, `namespace`), evaluated and type-checked against what the target declares.
    pub settings: BTreeMap<Arc<str>, Value>,
    /// What the stack accepts: preview features, emulations.
    pub allow_preview: bool,
    pub allow_emulation: bool,
    /// The value of `allow`, where one is written.
    pub allow: Option<Span>,
    /// The empty span after the stack's `{`, where a field can be added.
    pub inside: Span,
    /// Refuse to destroy or replace what holds an address.
    pub protect: bool,
    /// What everything that the stack makes is marked with: strings, by key.
    pub tags: BTreeMap<Arc<str>, Value>,
    /// In source order of the `deploy`s.
    pub endpoints: Vec<Endpoint>,
    pub jobs: Vec<Job>,
    /// Only what the endpoints and jobs reach, by name; a variant's `with` makes a pipeline of its own, named
    /// `pipeline@variant`.
    pub models: BTreeMap<Arc<str>, Model>,
    pub transforms: BTreeMap<Arc<str>, Transform>,
    pub pipelines: BTreeMap<Arc<str>, Pipeline>,
    pub pools: BTreeMap<Arc<str>, Pool>,
    /// Old name to new name, of endpoints, models, pools and jobs.
    pub moved: BTreeMap<Arc<str>, Arc<str>>,
    /// Names of parameters whose values are secret, with the values: for redaction, never for output.
    pub secrets: Secrets,
    pub span: Span,
}

/// Secret values of a program. Its `Debug` shows names only.
#[derive(Clone, PartialEq, Default)]
pub struct Secrets(pub BTreeMap<Arc<str>, Arc<str>>);

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// A setting that a stack on some target may have: `region`, `namespace`.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    pub name: &'static str,
    pub ty: Type,
    pub required: bool,
    pub doc: &'static str,
}

impl Stack {
    /// The target's own settings as text, for what reads them without the program: a saved plan, a live half.
    pub fn settings_as_text(&self) -> BTreeMap<String, String> {
        let text = |value: &Value| match &value.kind {
            ValueKind::String(text) | ValueKind::Word(text) => Some(text.to_string()),
            ValueKind::Bool(truth) => Some(truth.to_string()),
            ValueKind::Int(number) => Some(number.to_string()),
            ValueKind::Quantity(Quantity::Size(bytes)) => Some(bytes.to_string()),
            ValueKind::Float(_)
            | ValueKind::Quantity(_)
            | ValueKind::Range { .. }
            | ValueKind::List(_)
            | ValueKind::Record(_)
            | ValueKind::Construct { .. }
            | ValueKind::Condition { .. }
            | ValueKind::Ref { .. }
            | ValueKind::Secret(_)
            | ValueKind::Unknown => None,
        };
        self.settings.iter().filter_map(|(name, value)| Some((name.to_string(), text(value)?))).collect()
    }

    /// The mode of what it deploys first, for what is of the stack as a whole; `None` where it deploys nothing.
    pub fn first_mode(&self) -> Option<ModeKind> {
        let endpoints = self.endpoints.iter().map(|endpoint| endpoint.mode.value.kind());
        endpoints.chain(self.jobs.iter().map(|job| job.mode.value.kind())).next()
    }
}
