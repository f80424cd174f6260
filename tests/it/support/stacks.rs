//! Checked stacks built by hand, for tests of what comes after the checker.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use camino::Utf8Path;
use servec::graph::Dag;
use servec::source::{FileId, Span, Spanned};
use servec::stack::{
    Artifact, Dim, Endpoint, Framework, Mode, Model, Origin, Port, Scale, Secrets, Servable, Stack, TensorType, Type,
    Variant,
};

pub fn span(start: u32) -> Span {
    Span::new(FileId(0), start, start + 1)
}

pub fn at<T>(value: T, start: u32) -> Spanned<T> {
    Spanned::new(value, span(start))
}

/// Models and pipelines here need no graph: nothing that is tested walks it.
pub fn dag() -> Dag {
    Dag { graph: petgraph::graph::DiGraph::new() }
}

pub fn port(name: &str) -> Port {
    let dims = vec![Dim::Symbol("batch".into()), Dim::Fixed(2)];
    let ty = Type::Tensor(TensorType { dtype: serve_spec::Dtype::F32, layout: None, dims });
    Port { name: name.into(), ty, from: None, span: span(1) }
}

/// `model NAME` of a file: one input `x`, one output `y`.
pub fn model(name: &str, path: &Utf8Path, sha256: &str, bytes: u64) -> Model {
    let artifact = Artifact::File { path: path.to_owned(), sha256: sha256.into(), bytes };
    let framework = Framework { name: "onnx".into(), version: None };
    Model {
        name: name.into(),
        origin: Origin::Framework { framework: at(framework, 10), artifact: at(artifact, 11) },
        inputs: vec![port("x")],
        outputs: vec![port("y")],
        accelerator: None,
        cpu: None,
        memory: None,
        disk: None,
        latency: None,
        concurrency: at(1, 12),
        load_time: None,
        env: BTreeMap::new(),
        volumes: BTreeMap::new(),
        health: None,
        batching: None,
        span: span(13),
    }
}

/// `endpoint NAME { serve = MODEL }`
pub fn endpoint(name: &str, model: &str) -> Endpoint {
    let serve = Servable::Model(model.into());
    Endpoint {
        name: name.into(),
        serve: at(serve.clone(), 20),
        mode: at(Mode::Realtime { timeout: at(Duration::from_secs(5), 21) }, 21),
        scale: at(Scale { min: 1, max: 1, low: span(22), high: span(22), policies: vec![] }, 22),
        variants: vec![Variant { name: "default".into(), weight: 1, shadow: false, serve, span: span(23) }],
        rollout: None,
        slo: None,
        budget: None,
        capture: None,
        network: None,
        encrypt: None,
        identity: None,
        alarms: BTreeMap::new(),
        sample: None,
        machine: None,
        span: span(24),
    }
}

/// `stack dev on local { deploy … }`
pub fn stack(endpoints: Vec<Endpoint>, models: Vec<Model>) -> Stack {
    Stack {
        name: "dev".into(),
        target: "local".into(),
        settings: BTreeMap::new(),
        allow_preview: false,
        allow_emulation: false,
        allow: None,
        inside: span(30),
        protect: false,
        tags: BTreeMap::new(),
        endpoints,
        jobs: vec![],
        models: models.into_iter().map(|m| (Arc::clone(&m.name), m)).collect(),
        transforms: BTreeMap::new(),
        pipelines: BTreeMap::new(),
        pools: BTreeMap::new(),
        moved: BTreeMap::new(),
        secrets: Secrets::default(),
        span: span(30),
    }
}
