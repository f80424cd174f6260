//! Graphs for people and tools: what is shown is a [`Drawing`], made from a stack's graph or from a pipeline, and each
//! format knows drawings only. Every output has one order.

mod dot;
mod json;
mod mermaid;
mod pipeline;
mod text;

use crate::stack::Stack;

use super::Dag;

pub use dot::dot;
pub use json::json;
pub use mermaid::mermaid;
pub use text::text;

/// A graph to be shown. Nodes and edges stand in the order in which they are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    /// `stack` or `pipeline`.
    pub kind: &'static str,
    pub name: String,
    pub nodes: Vec<Shape>,
    /// For a stack from what needs to what is needed; for a pipeline the way that values flow.
    pub edges: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// `model`, `artifact`, `input`, `step`, …
    pub kind: &'static str,
    pub name: String,
    /// What else there is to say: a step's callee, a port's type.
    pub detail: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Indices into [`Drawing::nodes`].
    pub from: usize,
    pub to: usize,
    /// What flows: `boxes: tensor<f32>[1, n, 4]`.
    pub label: Option<String>,
}

/// A stack's dependency graph, then each of its pipelines by name.
pub fn drawings(stack: &Stack, dag: &Dag) -> Vec<Drawing> {
    let mut all = vec![dependencies(stack, dag)];
    all.extend(stack.pipelines.values().map(pipeline::drawing));
    all
}

fn dependencies(stack: &Stack, dag: &Dag) -> Drawing {
    let nodes = dag.graph.node_weights().map(|node| Shape {
        kind: node.kind.word(),
        name: node.name.to_string(),
        detail: None,
    });
    let edges = dag.graph.node_indices().flat_map(|from| {
        let targets = dag.needs(from).into_iter();
        targets.map(move |to| Line { from: from.index(), to: to.index(), label: None })
    });
    Drawing { kind: "stack", name: stack.name.to_string(), nodes: nodes.collect(), edges: edges.collect() }
}

impl Drawing {
    /// The nodes that a node's edges lead to, in order.
    pub(super) fn targets(&self, from: usize) -> impl Iterator<Item = &Line> {
        self.edges.iter().filter(move |line| line.from == from)
    }
}
