//! What depends on what in a stack, as a petgraph DAG.

use std::sync::Arc;

use petgraph::graph::DiGraph;

use crate::source::Span;

/// An acyclic graph; edges point from what needs to what is needed.
#[derive(Debug, Clone)]
pub struct Dag {
    pub graph: DiGraph<Node, ()>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Node {
    pub kind: NodeKind,
    pub name: Arc<str>,
    pub span: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NodeKind {
    Artifact,
    Model,
    Transform,
    Pipeline,
    Pool,
    Endpoint,
    Job,
    Stack,
}
pub fn build(_: &crate::stack::Stack, _: &mut crate::report::Sink) -> Option<Dag> {
    None
}
