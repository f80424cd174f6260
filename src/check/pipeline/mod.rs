//! A pipeline's body: which value flows where, and whether it fits. Names outside of the body are the scope's business.

mod body;
mod call;
mod constant;
mod edge;
mod fresh;
mod output;
mod typing;
mod uses;

use std::sync::Arc;

use crate::report::Sink;
use crate::source::Span;
use crate::stack::{Argument, Callee, Pipeline, Port, Type, Value};
use crate::syntax::ast;

/// What a callee takes and gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Signature {
    pub name: Arc<str>,
    pub kind: SignatureKind,
    pub inputs: Vec<Port>,
    pub params: Vec<ParamSig>,
    pub outputs: Vec<Port>,
    /// The declaration.
    pub span: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureKind {
    Model,
    Transform,
}

/// A parameter of a transform: a constant. An integer one may stand as a dim in the ports' types.
#[derive(Debug, Clone, PartialEq)]
pub struct ParamSig {
    pub name: Arc<str>,
    pub ty: Type,
    pub default: Option<Value>,
    pub span: Span,
}

/// What a name outside of the pipeline stands for.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    Signature(Signature, Callee),
    /// Something else, with its word (`endpoint`, `parameter`) and its place.
    NotCallable(&'static str, Span),
    /// Nothing. As a callee it is reported already; as a value it is reported here, since only here it is known which
    /// values a pipeline has.
    Unknown,
}

/// The world around a pipeline.
pub trait Scope {
    /// What a name means; reports one that means nothing. Asked for callees, and, with a sink that is thrown away, for
    /// names of values that the pipeline itself does not have.
    fn callee(&mut self, name: &ast::Name, sink: &mut Sink) -> Found;
    /// A name in scope that is spelt nearly like this one.
    fn suggest(&self, name: &str) -> Option<Arc<str>>;
    /// Evaluates a parameter's expression and checks its type; reports its own errors and then is
    /// [`crate::stack::ValueKind::Unknown`].
    fn constant(&mut self, expr: &ast::Expr, expected: &Type, sink: &mut Sink) -> Value;
    /// The file that a parameter of type `uri<file>` names.
    fn asset(&mut self, value: &Value, sink: &mut Sink) -> Argument;
}

/// Types a pipeline. Its steps stand in an order in which each follows what it needs, otherwise as in the source. What
/// was wrong is reported, and then the result is incomplete.
pub fn pipeline(name: &ast::Name, body: &ast::Block, scope: &mut dyn Scope, sink: &mut Sink) -> Pipeline {
    let before = sink.as_slice().len();
    let body = body::read(name, body, sink);
    typing::run(name, body, before, scope, sink)
}

impl SignatureKind {
    /// Its word in messages.
    pub fn word(self) -> &'static str {
        match self {
            SignatureKind::Model => "model",
            SignatureKind::Transform => "transform",
        }
    }
}

/// As in `detector(pixels: tensor<f32>[batch, 3, 640, 640]) -> tensor<f32>[batch, n, 4]`; parameters with a default are
/// left out.
impl std::fmt::Display for Signature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ports = |ports: &[Port]| ports.iter().map(|p| format!("{}: {}", p.name, p.ty)).collect::<Vec<_>>();
        let mut taken = ports(&self.inputs);
        taken.extend(self.params.iter().filter(|p| p.default.is_none()).map(|p| format!("{}: {}", p.name, p.ty)));
        if self.params.iter().any(|p| p.default.is_some()) {
            taken.push("…".to_owned());
        }
        write!(f, "{}({}) -> ", self.name, taken.join(", "))?;
        match self.outputs.as_slice() {
            [only] => write!(f, "{}", only.ty),
            _ => write!(f, "({})", ports(&self.outputs).join(", ")),
        }
    }
}
