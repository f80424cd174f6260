//! Data of `targets/kubernetes/`: what clouds call things, and images, names and defaults of what is made. Each fact has
//! its source and day beside it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::data::{self, Lazy};

/// What one cloud, or any cluster, calls its nodes and devices.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cloud {
    #[allow(dead_code, reason = "read by people and by a test")]
    source: String,
    pub machine_label: String,
    pub gpu_resource: String,
    /// Its value is in MiB.
    pub gpu_memory_label: String,
    pub gpu_label: String,
    pub gpus: Vec<Gpu>,
    pub tolerations: Vec<Taint>,
    pub image_streaming_label: Option<String>,
    pub storage_class: Option<String>,
    /// As KEDA calls the way in which pods prove who they are.
    pub pod_identity: Option<String>,
    /// On a ServiceAccount: the role or account of the cloud that its pods act as.
    pub identity_annotation: Option<String>,
    /// On the pods, where the cloud wants a mark of those that do.
    pub identity_label: Option<String>,
}

/// An accelerator, and the label's values of nodes that have it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gpu {
    pub kind: String,
    pub memory_gib: f64,
    pub values: Vec<String>,
}

/// A mark of nodes that only pods that bear it are put on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Taint {
    pub key: String,
    pub operator: String,
    pub value: Option<String>,
    pub effect: String,
}

/// Images, names and defaults.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    #[allow(dead_code, reason = "read by people and by a test")]
    sources: BTreeMap<String, Document>,
    pub initializer: Initializer,
    pub redis: Redis,
    pub triton: Triton,
    pub interceptor: Interceptor,
    pub prometheus: Prometheus,
    pub gpu_metrics: GpuMetrics,
    pub defaults: Defaults,
    pub formats: BTreeMap<String, Format>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "read by people and by a test")]
pub struct Document {
    title: String,
    as_of: jiff::civil::Date,
}

macro_rules! facts {
    ($($(#[$outer:meta])* $name:ident { $($field:ident: $ty:ty),* $(,)? })*) => { $(
        $(#[$outer])*
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $(pub $field: $ty,)*
            #[allow(dead_code, reason = "read by people and by a test")]
            source: String,
        }
    )* };
}

facts! {
    /// Fetches a model's files into a folder, before the pod serves.
    Initializer { image: String, cpu: String, memory: String }
    Redis { image: String, user: u32 }
    /// A server that loads and unloads models while it runs.
    Triton { image: String, args: Vec<String> }
    /// Where the HTTP add-on takes calls, and where KEDA asks it how many wait.
    Interceptor { namespace: String, service: String, port: u32, scaler: String }
    Prometheus { address: String }
    /// Queries, with `SELECTOR` for the pods.
    GpuMetrics { busy: String, memory: String }
    /// What a replica gets where the program says nothing; beyond `long_call_seconds` each async call is a Job.
    Defaults { cpu: f64, memory: u64, start_seconds: u64, long_call_seconds: u64 }
    /// A framework as KServe's runtimes name its models.
    Format { name: String }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Clouds {
    #[allow(dead_code, reason = "read by people and by a test")]
    sources: BTreeMap<String, Document>,
    clouds: BTreeMap<String, Cloud>,
}

static CLOUDS: Lazy<Clouds> = Lazy::new(|| data::json(include_str!("../../../targets/kubernetes/clouds.json")));
static FACTS: Lazy<Facts> = Lazy::new(|| data::json(include_str!("../../../targets/kubernetes/facts.json")));

pub fn facts() -> &'static Facts {
    &FACTS
}

/// The clouds by name, without the one that stands for any cluster.
pub fn clouds() -> impl Iterator<Item = &'static str> {
    CLOUDS.clouds.keys().map(String::as_str).filter(|name| *name != ANY)
}

/// Of the setting `cloud`; any cluster where it is not set.
#[allow(clippy::panic, reason = "data that lacks what every cluster has is a broken build")]
pub fn cloud(name: Option<&str>) -> &'static Cloud {
    let found = name.and_then(|name| CLOUDS.clouds.get(name)).or_else(|| CLOUDS.clouds.get(ANY));
    found.unwrap_or_else(|| panic!("no cloud `{ANY}`"))
}

const ANY: &str = "any";
