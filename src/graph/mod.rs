//! What depends on what in a stack, as a petgraph DAG: building it, its order, its cycles, ways to show it. Decides
//! nothing about what is served.

mod build;
pub mod export;

use std::sync::Arc;

use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::order::arrange;
use crate::report::{Code, Diagnostic, Sink};
use crate::source::Span;

pub use build::build;

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

impl NodeKind {
    pub fn word(self) -> &'static str {
        match self {
            NodeKind::Artifact => "artifact",
            NodeKind::Model => "model",
            NodeKind::Transform => "transform",
            NodeKind::Pipeline => "pipeline",
            NodeKind::Pool => "pool",
            NodeKind::Endpoint => "endpoint",
            NodeKind::Job => "job",
            NodeKind::Stack => "stack",
        }
    }
}

impl Dag {
    /// Takes a graph in; a cycle is reported as a path, and then there is none.
    pub fn new(graph: DiGraph<Node, ()>, sink: &mut Sink) -> Option<Dag> {
        let order = arrange(&needs(&graph));
        for cycle in &order.cycles {
            let nodes: Vec<&Node> =
                cycle.iter().chain(cycle.first()).filter_map(|i| graph.node_weight(NodeIndex::new(*i))).collect();
            let path: Vec<String> = nodes.iter().map(|n| format!("`{} {}`", n.kind.word(), n.name)).collect();
            let mut error =
                Diagnostic::error(Code::DependencyCycle, format!("these need each other: {}", path.join(" → ")));
            for (from, to) in nodes.iter().zip(nodes.iter().skip(1)) {
                error = error.label(from.span, format!("`{}` needs `{}`", from.name, to.name));
            }
            sink.push(error.help("one of them has to do without the next"));
        }
        order.cycles.is_empty().then_some(Dag { graph })
    }

    /// All nodes, each after what it needs; else in the order in which they were declared. Deletion goes the other way.
    pub fn order(&self) -> Vec<NodeIndex> {
        arrange(&needs(&self.graph)).sorted.into_iter().map(NodeIndex::new).collect()
    }

    /// What a node needs itself, ascending.
    pub fn needs(&self, node: NodeIndex) -> Vec<NodeIndex> {
        neighbours(&self.graph, node, Direction::Outgoing)
    }

    /// What needs a node itself, ascending.
    pub fn needed_by(&self, node: NodeIndex) -> Vec<NodeIndex> {
        neighbours(&self.graph, node, Direction::Incoming)
    }

    pub fn find(&self, kind: NodeKind, name: &str) -> Option<NodeIndex> {
        self.graph
            .node_indices()
            .find(|i| self.graph.node_weight(*i).is_some_and(|n| n.kind == kind && *n.name == *name))
    }
}

fn needs(graph: &DiGraph<Node, ()>) -> Vec<Vec<usize>> {
    graph
        .node_indices()
        .map(|node| neighbours(graph, node, Direction::Outgoing).into_iter().map(NodeIndex::index).collect())
        .collect()
}

fn neighbours(graph: &DiGraph<Node, ()>, node: NodeIndex, direction: Direction) -> Vec<NodeIndex> {
    let mut found: Vec<NodeIndex> = graph.neighbors_directed(node, direction).collect();
    found.sort();
    found.dedup();
    found
}
