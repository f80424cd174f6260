//! From a stack to its graph: the stack needs its endpoints and jobs, these what they serve, that its artifacts.

use std::collections::BTreeMap;
use std::sync::Arc;

use petgraph::graph::{DiGraph, NodeIndex};

use crate::report::Sink;
use crate::source::Span;
use crate::stack::{Artifact, Callee, Member, Model, Origin, Pipeline, Pool, Servable, Stack};

use super::{Dag, Node, NodeKind};

/// A stack's graph; none where things need each other, which is reported. Nodes stand in the order in which the stack
/// reaches them.
pub fn build(stack: &Stack, sink: &mut Sink) -> Option<Dag> {
    let mut builder = Builder { stack, graph: DiGraph::new(), nodes: BTreeMap::new() };
    builder.stack();
    Dag::new(builder.graph, sink)
}

struct Builder<'a> {
    stack: &'a Stack,
    graph: DiGraph<Node, ()>,
    nodes: BTreeMap<(NodeKind, Arc<str>), NodeIndex>,
}

impl Builder<'_> {
    fn stack(&mut self) {
        let stack = self.stack;
        let (root, _) = self.node(NodeKind::Stack, &stack.name, stack.span);
        for endpoint in &stack.endpoints {
            let (node, _) = self.node(NodeKind::Endpoint, &endpoint.name, endpoint.span);
            self.edge(root, node);
            let variants = endpoint.variants.iter().map(|v| &v.serve);
            for served in std::iter::once(&endpoint.serve.value).chain(variants) {
                self.servable(node, served);
            }
        }
        for job in &stack.jobs {
            let (node, _) = self.node(NodeKind::Job, &job.name, job.span);
            self.edge(root, node);
            self.servable(node, &job.run.value);
        }
    }

    /// A node, and whether it is new.
    fn node(&mut self, kind: NodeKind, name: &Arc<str>, span: Span) -> (NodeIndex, bool) {
        let key = (kind, Arc::clone(name));
        if let Some(node) = self.nodes.get(&key) {
            return (*node, false);
        }
        let node = self.graph.add_node(Node { kind, name: Arc::clone(name), span });
        self.nodes.insert(key, node);
        (node, true)
    }

    fn edge(&mut self, from: NodeIndex, to: NodeIndex) {
        self.graph.update_edge(from, to, ());
    }

    fn servable(&mut self, user: NodeIndex, served: &Servable) {
        match served {
            Servable::Model(name) => self.model(user, name),
            Servable::Pipeline(name) => {
                if let Some(pipeline) = self.stack.pipelines.get(name) {
                    self.pipeline(user, name, pipeline);
                }
            }
            Servable::Pool(name) => {
                if let Some(pool) = self.stack.pools.get(name) {
                    self.pool(user, name, pool);
                }
            }
        }
    }

    fn model(&mut self, user: NodeIndex, name: &Arc<str>) {
        let Some(model) = self.stack.models.get(name) else { return };
        let (node, new) = self.node(NodeKind::Model, name, model.span);
        self.edge(user, node);
        if new {
            self.artifact(node, model);
        }
    }

    fn artifact(&mut self, user: NodeIndex, model: &Model) {
        let artifact = match &model.origin {
            Origin::Framework { artifact, .. } => Some(artifact),
            Origin::Image { artifact, .. } => artifact.as_ref(),
        };
        let Some(artifact) = artifact else { return };
        let name: Arc<str> = match &artifact.value {
            Artifact::File { path, .. } => path.as_str().into(),
            Artifact::Remote { uri } => Arc::clone(uri),
        };
        let (node, _) = self.node(NodeKind::Artifact, &name, artifact.span);
        self.edge(user, node);
    }

    fn pipeline(&mut self, user: NodeIndex, name: &Arc<str>, pipeline: &Pipeline) {
        let (node, new) = self.node(NodeKind::Pipeline, name, pipeline.span);
        self.edge(user, node);
        if !new {
            return;
        }
        for step in &pipeline.steps {
            match &step.callee {
                Callee::Model(name) => self.model(node, name),
                Callee::Transform(name) => {
                    if let Some(transform) = self.stack.transforms.get(name) {
                        let (callee, _) = self.node(NodeKind::Transform, name, transform.span);
                        self.edge(node, callee);
                    }
                }
            }
        }
    }

    fn pool(&mut self, user: NodeIndex, name: &Arc<str>, pool: &Pool) {
        let (node, new) = self.node(NodeKind::Pool, name, pool.span);
        self.edge(user, node);
        match &pool.members.value {
            Member::Named(models) if new => models.iter().for_each(|model| self.model(node, model)),
            Member::Prefix { artifacts, .. } if new => {
                let (artifacts, _) = self.node(NodeKind::Artifact, artifacts, pool.members.span);
                self.edge(node, artifacts);
            }
            Member::Named(_) | Member::Prefix { .. } => {}
        }
    }
}
