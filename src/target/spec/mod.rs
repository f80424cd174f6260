//! What servec's own runtime is told to serve: a [`Spec`] for an endpoint, or for a part of one, with the files it takes
//! along and the places in the source that each part comes from. Names no target; each says by [`Told`] what differs.

mod artifact;
mod graph;
mod places;
mod types;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;
use serve_spec::{Asset, Engine, Graph, Model, Spec, Variant};

use crate::source::Span;
use crate::stack::{self, Origin, Stack};

pub use artifact::{Copied, KIND, assets};
pub use graph::Files;
pub use places::Places;
pub use types::port;

/// What a spec is made for.
#[derive(Debug, Clone)]
pub struct Told<'a> {
    /// As callers know it.
    pub endpoint: &'a str,
    /// Longest time one request may take; none where the mode has no time of its own.
    pub timeout: Option<Duration>,
    /// Where the mode is written.
    pub mode: Span,
    /// What answers: all of an endpoint's variants, or the one that this container is.
    pub variants: &'a [stack::Variant],
    pub engine: Engine,
    pub max_request_bytes: u64,
}

/// Longest answer that is waited for where a mode has no time of its own.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The spec, and where its parts were written, by JSON pointer into it.
pub fn spec(told: &Told, stack: &Stack, files: &Files) -> (Spec, Places) {
    let mut places = Places::default();
    places.put("/timeout_ms", told.mode);
    let mut graphs: BTreeMap<String, Graph> = BTreeMap::new();
    let mut models: BTreeMap<Arc<str>, Model> = BTreeMap::new();
    let mut variants = vec![];
    for (i, variant) in told.variants.iter().enumerate() {
        places.put(&format!("/variants/{i}"), variant.span);
        let name = graph::name(&variant.serve);
        if let Some(lowered) = graph::of(&variant.serve, stack, files) {
            for model in graph::models(&variant.serve, stack) {
                models.insert(model.name.clone(), self::model(model, told.engine, files));
                places.of_model(model);
            }
            places.of_graph(&name, &variant.serve, stack);
            graphs.insert(name.clone(), lowered);
        }
        let (weight, shadow) = (variant.weight, variant.shadow);
        variants.push(Variant { name: variant.name.to_string(), weight, shadow, graph: name });
    }
    let spec = Spec {
        version: serve_spec::VERSION,
        endpoint: told.endpoint.to_owned(),
        timeout_ms: milliseconds(told.timeout.unwrap_or(TIMEOUT)),
        max_request_bytes: told.max_request_bytes,
        variants,
        graphs,
        models: models.into_iter().map(|(name, model)| (name.to_string(), model)).collect(),
    };
    (spec, places)
}

/// What is made of strings, numbers, lists and string-keyed maps always has a form in JSON.
pub fn json<T: serde::Serialize>(value: &T) -> Json {
    serde_json::to_value(value).unwrap_or(Json::Null)
}

fn model(model: &stack::Model, engine: Engine, files: &Files) -> Model {
    let artifact = match &model.origin {
        Origin::Framework { artifact, .. } => files.asset(&artifact.value),
        Origin::Image { .. } => None,
    };
    let threads = model.cpu.as_ref().map_or(1.0, |cpu| cpu.value.ceil().clamp(1.0, 256.0));
    Model {
        // What is fitted is an ONNX model with a file.
        artifact: artifact.unwrap_or(Asset { path: String::new(), sha256: String::new(), bytes: 0 }),
        framework: "onnx".to_owned(),
        engine,
        inputs: model.inputs.iter().map(types::port).collect(),
        outputs: model.outputs.iter().map(types::port).collect(),
        concurrency: model.concurrency.value.max(1),
        threads: threads as u32,
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX).max(1)
}
