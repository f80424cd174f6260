//! A fitted stack as artifacts and processes: each endpoint's process is told its [`Spec`], and needs the files in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;
use serve_spec::{Asset, Engine, Graph, Model, Spec, Variant};

use crate::capability::Fitted;
use crate::resource::{Address, Artifact as File, Desired, Resource};
use crate::source::Span;
use crate::stack::{self, Endpoint, Mode, Origin, Quantity, Servable, Stack, ValueKind};

use super::artifact::{self, Copied};
use super::graph::{self, Files};

/// The kind of an endpoint.
pub const PROCESS: &str = "process";

/// Largest request body in bytes, unless the stack says otherwise: above what any of the clouds takes in one call
/// (SageMaker 25 MB, Vertex AI 10 MB), and small enough that a wrong file is refused at once.
pub const MAX_REQUEST_BYTES: u64 = 64 << 20;

/// Longest answer that is waited for where a mode has no time of its own.
const TIMEOUT: Duration = Duration::from_secs(60);

pub fn lower(fitted: &Fitted) -> Desired {
    let stack = fitted.stack();
    let files = Files::of(stack);
    let mut resources = BTreeMap::new();
    for endpoint in &stack.endpoints {
        let lowered = process(endpoint, stack, &files);
        resources.insert(lowered.address.clone(), lowered);
    }
    for (copied, span) in files.all() {
        let resource = Resource {
            address: copied.address(),
            kind: artifact::KIND.into(),
            body: json(copied),
            needs: vec![],
            origin: span,
            spans: BTreeMap::new(),
        };
        resources.insert(resource.address.clone(), resource);
    }
    let names: BTreeSet<&Arc<str>> = stack.endpoints.iter().map(|e| &e.name).collect();
    let moved = stack.moved.iter().filter(|(_, next)| names.contains(next));
    Desired {
        target: stack.target.clone(),
        stack: stack.name.clone(),
        resources,
        moved: moved.map(|(previous, next)| (address(previous), address(next))).collect(),
        protect: stack.protect,
        notes: fitted.notes().to_vec(),
    }
}

/// The files that `build` writes: each endpoint's spec where it would lie, and the list of files to put beside them.
pub fn files(desired: &Desired) -> Vec<File> {
    let mut out = vec![];
    let mut artifacts = vec![];
    for resource in desired.resources.values() {
        if &*resource.kind == artifact::KIND {
            artifacts.push(resource.body.clone());
        } else if let Some(name) = resource.body.get("endpoint").and_then(Json::as_str) {
            out.push(text(format!("endpoints/{name}/spec.json"), &resource.body));
        }
    }
    out.push(text("artifacts.json".to_owned(), &Json::Array(artifacts)));
    out.sort_by(|a, b| a.path.cmp(&b.path));
    out
}

fn text(path: String, body: &Json) -> File {
    File { path: path.into(), contents: format!("{body:#}\n").into_bytes(), executable: false }
}

pub fn address(endpoint: &str) -> Address {
    Address::new("endpoint", endpoint)
}

fn process(endpoint: &Endpoint, stack: &Stack, files: &Files) -> Resource {
    let mut places = Places::default();
    places.put("/timeout_ms", endpoint.mode.span);
    let mut graphs: BTreeMap<String, Graph> = BTreeMap::new();
    let mut models: BTreeMap<Arc<str>, Model> = BTreeMap::new();
    let mut variants = vec![];
    for (i, variant) in endpoint.variants.iter().enumerate() {
        places.put(&format!("/variants/{i}"), variant.span);
        let name = graph::name(&variant.serve);
        if let Some(lowered) = graph::of(&variant.serve, stack, files) {
            for model in graph::models(&variant.serve, stack) {
                models.insert(model.name.clone(), self::model(model, stack, files));
                spans_of_model(model, &mut places);
            }
            spans_of_graph(&name, &variant.serve, stack, &mut places);
            graphs.insert(name.clone(), lowered);
        }
        let (weight, shadow) = (variant.weight, variant.shadow);
        variants.push(Variant { name: variant.name.to_string(), weight, shadow, graph: name });
    }
    let spec = Spec {
        version: serve_spec::VERSION,
        endpoint: endpoint.name.to_string(),
        timeout_ms: milliseconds(timeout(&endpoint.mode.value)),
        max_request_bytes: max_request(stack),
        variants,
        graphs,
        models: models.into_iter().map(|(name, model)| (name.to_string(), model)).collect(),
    };
    let needs: BTreeSet<Address> = artifact::assets(&spec).map(|a| Copied::from_spec(a).address()).collect();
    Resource {
        address: address(&endpoint.name),
        kind: PROCESS.into(),
        body: json(&spec),
        needs: needs.into_iter().collect(),
        origin: endpoint.span,
        spans: places.0,
    }
}

fn model(model: &stack::Model, stack: &Stack, files: &Files) -> Model {
    let artifact = match &model.origin {
        Origin::Framework { artifact, .. } => files.asset(&artifact.value),
        Origin::Image { .. } => None,
    };
    let threads = model.cpu.as_ref().map_or(1.0, |cpu| cpu.value.ceil().clamp(1.0, 256.0));
    Model {
        // What is fitted is an ONNX model of a file on this machine.
        artifact: artifact.unwrap_or(Asset { path: String::new(), sha256: String::new(), bytes: 0 }),
        framework: "onnx".to_owned(),
        engine: engine(stack),
        inputs: model.inputs.iter().map(super::types::port).collect(),
        outputs: model.outputs.iter().map(super::types::port).collect(),
        concurrency: model.concurrency.value.max(1),
        threads: threads as u32,
    }
}

fn engine(stack: &Stack) -> Engine {
    match stack.settings.get("engine").map(|value| &value.kind) {
        Some(ValueKind::String(word) | ValueKind::Word(word)) if &**word == "rten" => Engine::Rten,
        Some(ValueKind::String(word) | ValueKind::Word(word)) if &**word == "ort" => Engine::Ort,
        _ => Engine::Auto,
    }
}

fn max_request(stack: &Stack) -> u64 {
    match stack.settings.get("max_request").map(|value| &value.kind) {
        Some(ValueKind::Quantity(Quantity::Size(bytes))) => (*bytes).max(1),
        _ => MAX_REQUEST_BYTES,
    }
}

fn timeout(mode: &Mode) -> Duration {
    mode.timeout().map_or(TIMEOUT, |timeout| timeout.value)
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX).max(1)
}

/// Where fields were written, by JSON pointer.
#[derive(Default)]
struct Places(BTreeMap<String, Span>);

impl Places {
    fn put(&mut self, pointer: &str, span: Span) {
        self.0.insert(pointer.to_owned(), span);
    }
}

fn spans_of_model(model: &stack::Model, places: &mut Places) {
    let at = format!("/models/{}", escaped(&model.name));
    places.put(&at, model.span);
    if let Origin::Framework { artifact, framework } = &model.origin {
        places.put(&format!("{at}/artifact"), artifact.span);
        places.put(&format!("{at}/framework"), framework.span);
    }
    // A default stands where its model does.
    if model.concurrency.span != model.span {
        places.put(&format!("{at}/concurrency"), model.concurrency.span);
    }
    if let Some(cpu) = &model.cpu {
        places.put(&format!("{at}/threads"), cpu.span);
    }
    for (list, ports) in [("inputs", &model.inputs), ("outputs", &model.outputs)] {
        ports.iter().enumerate().for_each(|(i, port)| places.put(&format!("{at}/{list}/{i}"), port.span));
    }
}

fn spans_of_graph(name: &str, serve: &Servable, stack: &Stack, places: &mut Places) {
    let at = format!("/graphs/{}", escaped(name));
    let (Servable::Model(key) | Servable::Pipeline(key) | Servable::Pool(key)) = serve;
    if let Some(pipeline) = stack.pipelines.get(key).filter(|_| matches!(serve, Servable::Pipeline(_))) {
        places.put(&at, pipeline.span);
        let steps = pipeline.steps.iter().enumerate();
        steps.for_each(|(i, step)| places.put(&format!("{at}/steps/{i}"), step.span));
    } else if let Some(model) = stack.models.get(key) {
        places.put(&at, model.span);
    }
}

/// A name as one step of a JSON pointer.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// What is made of strings, numbers, lists and string-keyed maps always has a form in JSON.
fn json<T: serde::Serialize>(value: &T) -> Json {
    serde_json::to_value(value).unwrap_or(Json::Null)
}
