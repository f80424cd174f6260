use crate::report::Sink;
use crate::source::Span;
use crate::stack::*;
use crate::syntax::ast;
use std::sync::Arc;
pub struct Signature {
    pub name: Arc<str>,
    pub kind: SignatureKind,
    pub inputs: Vec<Port>,
    pub params: Vec<ParamSig>,
    pub outputs: Vec<Port>,
    pub span: Span,
}
pub enum SignatureKind {
    Model,
    Transform,
}
pub struct ParamSig {
    pub name: Arc<str>,
    pub ty: Type,
    pub default: Option<Value>,
    pub span: Span,
}
pub enum Found {
    Signature(Signature, Callee),
    NotCallable(&'static str, Span),
    Unknown,
}
pub trait Scope {
    fn callee(&mut self, name: &ast::Name, sink: &mut Sink) -> Found;
    fn suggest(&self, name: &str) -> Option<Arc<str>>;
    fn constant(&mut self, expr: &ast::Expr, expected: &Type, sink: &mut Sink) -> Value;
    fn asset(&mut self, value: &Value, sink: &mut Sink) -> Argument;
}
pub fn pipeline(name: &ast::Name, _: &ast::Block, _: &mut dyn Scope, _: &mut Sink) -> Pipeline {
    Pipeline { name: name.value.clone(), inputs: vec![], steps: vec![], outputs: vec![], span: name.span }
}
