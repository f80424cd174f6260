//! What `build` writes: a file for each object, in an order in which they can be applied, the same as one stream, and a
//! kustomization that names them.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use crate::resource::{Address, Artifact, Desired, Resource};
use crate::target::spec::KIND as ARTIFACT;

/// Kinds in the order in which they are applied; what is not named comes after the rest of its like.
const ORDER: &[&str] = &[
    "ServiceAccount",
    "ConfigMap",
    "NetworkPolicy",
    "Service",
    "ServingRuntime",
    "TriggerAuthentication",
    "Deployment",
    "Job",
    "InferenceService",
    "TrainedModel",
    "InferenceGraph",
    "PodDisruptionBudget",
    "HorizontalPodAutoscaler",
    "HTTPScaledObject",
    "ScaledObject",
    "ScaledJob",
    "HTTPRoute",
    "ServiceMonitor",
    "PrometheusRule",
];

pub fn files(desired: &Desired) -> Vec<Artifact> {
    let objects = ordered(desired);
    let mut out = vec![];
    let mut names = vec![];
    let mut stream = String::new();
    for (i, object) in objects.iter().enumerate() {
        let name = format!("{:02}-{}.yaml", i + 1, object.address.as_str().replacen('.', "-", 1));
        let text = yaml(&object.body);
        stream.push_str("---\n");
        stream.push_str(&text);
        out.push(file(&name, text));
        names.push(name);
    }
    out.push(file("all.yaml", stream));
    let kustomization =
        Kustomization { api_version: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization", resources: names };
    out.push(file("kustomization.yaml", yaml(&kustomization)));
    let artifacts: Vec<&Value> = desired.resources.values().filter(|r| &*r.kind == ARTIFACT).map(|r| &r.body).collect();
    if !artifacts.is_empty() {
        let list = crate::target::spec::json(&artifacts);
        out.push(file("artifacts.json", format!("{list:#}\n")));
    }
    out.sort_by(|a, b| a.path.cmp(&b.path));
    out
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Kustomization {
    api_version: &'static str,
    kind: &'static str,
    resources: Vec<String>,
}

/// By kind, and each after what it needs.
fn ordered(desired: &Desired) -> Vec<&Resource> {
    let mut left: Vec<&Resource> = desired.resources.values().filter(|r| &*r.kind != ARTIFACT).collect();
    let rank = |r: &Resource| ORDER.iter().position(|kind| *kind == &*r.kind).unwrap_or(ORDER.len());
    left.sort_by_key(|resource| (rank(resource), resource.address.clone()));
    let mut out: Vec<&Resource> = vec![];
    let mut done: BTreeSet<&Address> = BTreeSet::new();
    let known: BTreeSet<&Address> = left.iter().map(|resource| &resource.address).collect();
    while !left.is_empty() {
        let ready = |r: &&Resource| r.needs.iter().all(|need| done.contains(need) || !known.contains(need));
        // Nothing needs itself, so there is always one; were there none, the first would do.
        let at = left.iter().position(ready).unwrap_or(0);
        let next = left.remove(at);
        done.insert(&next.address);
        out.push(next);
    }
    out
}

fn file(path: &str, text: String) -> Artifact {
    Artifact { path: path.into(), contents: text.into_bytes(), executable: false }
}

/// What is made of strings, numbers, lists and string-keyed maps always has a form in YAML.
fn yaml<T: Serialize>(value: &T) -> String {
    serde_saphyr::to_string(value).unwrap_or_default()
}
