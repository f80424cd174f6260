//! The contract between the compiler and the model server: what one `serve-runtime` process serves.
//!
//! Every target's lowering writes a [`Spec`] as JSON; the runtime reads it at start and answers it back at
//! `GET /servec/spec`, which is how `apply` proves what is served. Plain data.
//! Paths are relative to the folder that holds the spec file, or absolute.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The format's version; a runtime refuses a spec of another one.
pub const VERSION: u32 = 1;

/// One endpoint: its variants, and the graphs, models and assets behind them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// [`VERSION`].
    pub version: u32,
    /// The endpoint's name, as in the source.
    pub endpoint: String,
    /// Longest time one request may take, in milliseconds; 504 beyond it.
    pub timeout_ms: u64,
    /// Largest request body in bytes; 413 beyond it.
    pub max_request_bytes: u64,
    /// What answers, and how often. At least one; exactly one where no weight is given.
    pub variants: Vec<Variant>,
    /// Dataflow by name. A lone model is a graph of one step.
    pub graphs: BTreeMap<String, Graph>,
    /// Models by name.
    pub models: BTreeMap<String, Model>,
}

/// One way the endpoint may answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    pub name: String,
    /// Share of requests, relative to the sum over variants. Zero only for a shadow.
    pub weight: u32,
    /// A shadow gets a copy of each request, and its answer is thrown away.
    #[serde(default)]
    pub shadow: bool,
    /// Key into [`Spec::graphs`].
    pub graph: String,
}

/// A typed DAG of steps, in an order in which every step follows what it needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Graph {
    pub inputs: Vec<Port>,
    pub steps: Vec<Step>,
    pub outputs: Vec<Output>,
}

/// A named, typed end of a graph, a model or a transform.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Port {
    pub name: String,
    #[serde(rename = "type")]
    pub ty: Type,
    /// The name inside the artifact, where it differs (an ONNX graph's own input or output name).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
}

/// One result of a graph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Output {
    pub name: String,
    #[serde(rename = "type")]
    pub ty: Type,
    pub value: Ref,
}

/// One call in a graph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Unique in its graph: the source's binding, or `binding.N` for a call nested in one.
    pub id: String,
    pub call: Call,
    /// By the callee's port or parameter name.
    pub args: BTreeMap<String, Arg>,
    /// The callee's outputs, in its order, by its names.
    pub outputs: Vec<Port>,
}

/// What a step calls.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// Key into [`Spec::models`].
    Model(String),
    /// A step that the runtime itself implements, such as `images.resize`.
    Builtin(String),
}

/// What a step is given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arg {
    /// A value computed before, or an input of the graph.
    Ref(Ref),
    /// A constant parameter: durations in seconds, sizes in bytes, percents as fractions.
    Const(serde_json::Value),
    /// A file that travels with the spec, such as a list of labels.
    Asset(Asset),
}

/// A value of a graph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ref {
    /// A graph input's name.
    Input(String),
    /// A step's output.
    Step { id: String, output: String },
}

/// A file by place and content.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asset {
    pub path: String,
    /// Lower-case hex. The runtime checks it before it serves; empty for what the compiler never saw, which is fetched from
    /// elsewhere, and whose path may be a folder with one ONNX file in it.
    pub sha256: String,
    pub bytes: u64,
}

/// One model that this process loads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    pub artifact: Asset,
    /// `onnx` is the one framework that the runtime serves.
    pub framework: String,
    pub engine: Engine,
    pub inputs: Vec<Port>,
    pub outputs: Vec<Port>,
    /// Calls run at once; further ones wait their turn within the request's timeout.
    pub concurrency: u32,
    /// Threads inside one call.
    pub threads: u32,
}

/// Which engine runs a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    /// `rten` where it can load the model, else ONNX Runtime where its library is there.
    Auto,
    Rten,
    Ort,
}

/// What flows along an edge. The same types as the language's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Type {
    Tensor(Tensor),
    /// Encoded image bytes; the formats allowed: `jpeg`, `png`; empty for any.
    Image(Vec<String>),
    /// Encoded audio bytes, likewise: `wav`.
    Audio(Vec<String>),
    Text,
    Bytes,
    Json,
    Bool,
    Int,
    Float,
    String,
    List(Box<Type>),
    Record(BTreeMap<String, Type>),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tensor {
    pub dtype: Dtype,
    pub dims: Vec<Dim>,
}

/// One dimension of a tensor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Dim {
    Fixed(u64),
    /// A symbol: equal wherever it stands in one signature. `?` is any size, unrelated to any other.
    Symbol(String),
}

/// Element types, by ONNX's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dtype {
    Bool,
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    F16,
    Bf16,
    F32,
    F64,
    String,
}

impl Dtype {
    /// As in source and in JSON: `f32`.
    pub fn name(self) -> &'static str {
        match self {
            Dtype::Bool => "bool",
            Dtype::I8 => "i8",
            Dtype::I16 => "i16",
            Dtype::I32 => "i32",
            Dtype::I64 => "i64",
            Dtype::U8 => "u8",
            Dtype::U16 => "u16",
            Dtype::U32 => "u32",
            Dtype::U64 => "u64",
            Dtype::F16 => "f16",
            Dtype::Bf16 => "bf16",
            Dtype::F32 => "f32",
            Dtype::F64 => "f64",
            Dtype::String => "string",
        }
    }

    /// Bytes of one element; `None` for strings, which have no fixed size.
    pub fn bytes(self) -> Option<u32> {
        match self {
            Dtype::Bool | Dtype::I8 | Dtype::U8 => Some(1),
            Dtype::I16 | Dtype::U16 | Dtype::F16 | Dtype::Bf16 => Some(2),
            Dtype::I32 | Dtype::U32 | Dtype::F32 => Some(4),
            Dtype::I64 | Dtype::U64 | Dtype::F64 => Some(8),
            Dtype::String => None,
        }
    }
}

/// What `GET /servec/spec` answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Served {
    /// The runtime's own version.
    pub runtime: String,
    /// The process that answers, and the token it was started with (`--token`), so that a stale pid is never trusted.
    pub pid: u32,
    pub token: String,
    /// Which engine each model really runs on: `rten` or `ort`.
    pub engines: BTreeMap<String, String>,
    pub spec: Spec,
}
