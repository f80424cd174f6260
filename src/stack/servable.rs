//! What an endpoint can serve: models, transforms, pipelines, pools.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use camino::Utf8PathBuf;

use crate::report::amount;
use crate::source::{Span, Spanned};

use super::endpoint::{Batching, Health};
use super::{Port, Value};

/// What an endpoint serves: a key into its stack's map of that kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Servable {
    Model(Arc<str>),
    Pipeline(Arc<str>),
    Pool(Arc<str>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    pub name: Arc<str>,
    pub origin: Origin,
    pub inputs: Vec<Port>,
    pub outputs: Vec<Port>,
    pub accelerator: Option<Spanned<Accelerator>>,
    /// Cores; fractions are allowed.
    pub cpu: Option<Spanned<f64>>,
    /// Bytes.
    pub memory: Option<Spanned<u64>>,
    /// Bytes.
    pub disk: Option<Spanned<u64>>,
    /// One call's median.
    pub latency: Option<Spanned<Duration>>,
    /// Calls that one replica serves at once; 1 unless said.
    pub concurrency: Spanned<u32>,
    pub load_time: Option<Spanned<Duration>>,
    /// Values are strings or secrets.
    pub env: BTreeMap<Arc<str>, Value>,
    /// Shared file systems that are mounted, by name, evaluated as written.
    pub volumes: BTreeMap<Arc<str>, Value>,
    pub health: Option<Health>,
    pub batching: Option<Batching>,
    pub span: Span,
}

/// Where a model's code comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Origin {
    Framework { framework: Spanned<Framework>, artifact: Spanned<Artifact> },
    Image { image: Spanned<Arc<str>>, artifact: Option<Spanned<Artifact>> },
}

/// `onnx("1.20")`
#[derive(Debug, Clone, PartialEq)]
pub struct Framework {
    pub name: Arc<str>,
    pub version: Option<Arc<str>>,
}

/// A model's files.
#[derive(Debug, Clone, PartialEq)]
pub enum Artifact {
    /// A file on this machine: as written, resolved against the source file's folder, with what it holds.
    File { path: Utf8PathBuf, sha256: Arc<str>, bytes: u64 },
    /// `s3://…`, `gs://…`, `hf://…`, `https://…`, `oci://…`.
    Remote { uri: Arc<str> },
}

#[derive(Debug, Clone, PartialEq)]
pub struct Accelerator {
    /// Bytes for each; at least.
    pub memory: Option<u64>,
    /// A kind by name, such as `a100`.
    pub kind: Option<Arc<str>>,
    pub count: u32,
}

impl Accelerator {
    /// As it would be written; `None` where its memory is no whole amount of a unit.
    pub fn written(&self) -> Option<String> {
        let memory = match self.memory {
            Some(bytes) => Some(format!("memory = {}", amount::size_literal(bytes as f64)?)),
            None => None,
        };
        let kind = self.kind.as_ref().map(|kind| format!("kind = \"{kind}\""));
        let count = (self.count > 1).then(|| format!("count = {}", self.count));
        let fields: Vec<String> = [kind, memory, count].into_iter().flatten().collect();
        Some(if fields.is_empty() { "gpu".to_owned() } else { format!("gpu {{ {} }}", fields.join(", ")) })
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Transform {
    pub name: Arc<str>,
    pub handler: Handler,
    pub inputs: Vec<Port>,
    pub outputs: Vec<Port>,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Handler {
    /// A step that the runtime implements, such as `images.resize`.
    Builtin(Arc<str>),
    /// `python("./steps.py:normalise")`
    Python(Arc<str>),
    /// `container("image")`
    Container(Arc<str>),
}

/// A typed DAG of calls; steps stand in an order in which each follows what it needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Pipeline {
    pub name: Arc<str>,
    pub inputs: Vec<Port>,
    pub steps: Vec<Step>,
    pub outputs: Vec<PipelineOutput>,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The binding's name; for a call nested in one, `binding.N`.
    pub id: Arc<str>,
    pub callee: Callee,
    /// By port or parameter name of the callee.
    pub args: BTreeMap<Arc<str>, Argument>,
    /// The callee's outputs under its names, with dims as they unified here.
    pub outputs: Vec<Port>,
    /// The call expression.
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Callee {
    /// Key into the stack's models.
    Model(Arc<str>),
    /// Key into the stack's transforms.
    Transform(Arc<str>),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Argument {
    Ref(ValueRef),
    /// A constant parameter, evaluated.
    Const(Value),
    /// A file beside the source that travels along.
    Asset(Spanned<Artifact>),
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ValueRef {
    /// An input of the pipeline.
    Input(Arc<str>),
    /// A step's output.
    Step { step: Arc<str>, output: Arc<str> },
}

#[derive(Debug, Clone, PartialEq)]
pub struct PipelineOutput {
    pub port: Port,
    pub value: ValueRef,
}

/// Many models that share hardware.
#[derive(Debug, Clone, PartialEq)]
pub struct Pool {
    pub name: Arc<str>,
    pub members: Spanned<Member>,
    /// Keep members loaded until memory runs short.
    pub cache: bool,
    /// Where `cache` is written.
    pub cache_at: Option<Span>,
    /// `share = instance`: members in containers of their own on one machine.
    pub share_instance: bool,
    /// Where `share` is written.
    pub share_at: Option<Span>,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Member {
    /// Declared models, keys into the stack's models.
    Named(Vec<Arc<str>>),
    /// Everything below a prefix, all of one shape.
    Prefix { artifacts: Arc<str>, shape: Box<Model> },
}
