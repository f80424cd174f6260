//! A fitted stack as artifacts and processes: each endpoint's process is told its [`serve_spec::Spec`], and needs the files in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value as Json;
use serve_spec::Engine;

use crate::capability::Fitted;
use crate::resource::{Address, Artifact as File, Desired, Resource};
use crate::stack::{Endpoint, Quantity, Stack, ValueKind};

use super::super::spec::{self, Copied, Files, Told, json};

/// The kind of an endpoint.
pub const PROCESS: &str = "process";

/// Largest request body in bytes, unless the stack says otherwise: above what any of the clouds takes in one call
/// (SageMaker 25 MB, Vertex AI 10 MB), and small enough that a wrong file is refused at once.
pub const MAX_REQUEST_BYTES: u64 = 64 << 20;

pub fn lower(fitted: &Fitted) -> Desired {
    let stack = fitted.stack();
    let files = Files::of(stack, path_in_spec);
    let mut resources = BTreeMap::new();
    for endpoint in &stack.endpoints {
        let lowered = process(endpoint, stack, &files);
        resources.insert(lowered.address.clone(), lowered);
    }
    for (copied, span) in files.all() {
        let resource = Resource {
            address: copied.address(),
            kind: spec::KIND.into(),
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
        if &*resource.kind == spec::KIND {
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
    let told = Told {
        endpoint: &endpoint.name,
        timeout: endpoint.mode.value.timeout().map(|timeout| timeout.value),
        mode: endpoint.mode.span,
        variants: &endpoint.variants,
        engine: engine(stack),
        max_request_bytes: max_request(stack),
    };
    let (spec, places) = spec::spec(&told, stack, files);
    let needs: BTreeSet<Address> = spec::assets(&spec).map(|a| Copied::from_spec(a).address()).collect();
    Resource {
        address: address(&endpoint.name),
        kind: PROCESS.into(),
        body: json(&spec),
        needs: needs.into_iter().collect(),
        origin: endpoint.span,
        spans: places.0,
    }
}

/// As a spec names a file: relative to the folder of one endpoint.
fn path_in_spec(file: &Copied) -> String {
    format!("../../{}", file.place())
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
