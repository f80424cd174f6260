//! What emission needs to know of AWS: names of metrics, actions of roles, defaults. Data of `targets/sagemaker/emit.json`,
//! each part with its source.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::stack::Metric;

use super::super::data::{self, Lazy};

pub static FACTS: Lazy<Facts> = Lazy::new(|| data::json(include_str!("../../../targets/sagemaker/emit.json")));

#[derive(Debug, Deserialize)]
pub struct Facts {
    pub defaults: Defaults,
    pub toolkit: Toolkit,
    pub gpu_amis: Amis,
    pub own_disk: OwnDisk,
    pub tracking: Units<Tracked>,
    pub stepping: Units<Tracked>,
    pub wake: Wake,
    pub calls: Calls,
    pub role: Actions,
}

#[derive(Debug, Deserialize)]
pub struct Defaults {
    /// Of servec's own image, without its tag.
    pub runtime_image: String,
    /// A bucket, without the stack.
    pub artifacts: String,
    /// Where neither the mode nor the model says a memory.
    pub serverless_memory_mb: u64,
    pub serverless_concurrency: u32,
}

/// Environment of the servers that AWS's images share.
#[derive(Debug, Deserialize)]
pub struct Toolkit {
    pub frameworks: Vec<String>,
    /// Seconds.
    pub timeout: String,
    pub workers: String,
}

#[derive(Debug, Deserialize)]
pub struct Amis {
    /// What an image for a newer CUDA needs of its machine.
    pub by_framework: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
pub struct OwnDisk {
    pub families: Vec<String>,
    pub because: String,
}

/// A fact of variants and of inference components.
#[derive(Debug, Deserialize)]
pub struct Units<T> {
    pub variant: BTreeMap<Metric, T>,
    pub component: BTreeMap<Metric, T>,
}

/// How a metric of the language is found on AWS.
#[derive(Debug, Clone, Deserialize)]
pub struct Tracked {
    pub predefined: Option<String>,
    #[serde(default)]
    pub namespace: String,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub stat: String,
    pub times: Times,
    /// Kept by endpoint alone.
    #[serde(default)]
    pub of_endpoint: bool,
}

/// What a value of the language is multiplied by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Times {
    One,
    /// Calls a second as calls a minute.
    Minute,
    /// A fraction as a percentage.
    Percent,
    /// The same of each core, added up.
    PercentOfCores,
    PercentOfGpus,
}

/// What is seen when a call comes and nothing runs.
#[derive(Debug, Deserialize)]
pub struct Wake {
    pub r#async: Waking,
    pub component: Waking,
}

#[derive(Debug, Deserialize)]
pub struct Waking {
    pub namespace: String,
    pub name: String,
    pub stat: String,
    /// Seconds.
    pub period: u64,
    pub periods: u64,
}

/// Metrics of calls.
#[derive(Debug, Deserialize)]
pub struct Calls {
    pub namespace: String,
    pub calls: String,
    pub failed: String,
    pub latency: String,
    pub latency_per_second: f64,
}

/// What the containers' role is allowed, by what they use.
#[derive(Debug, Deserialize)]
pub struct Actions {
    pub principal: String,
    pub logs: Vec<String>,
    pub log_groups: String,
    pub metrics: Vec<String>,
    pub metric_namespaces: Vec<String>,
    pub registry: Vec<String>,
    pub images: Vec<String>,
    pub read: Vec<String>,
    pub write: Vec<String>,
    pub list: Vec<String>,
    pub key: Vec<String>,
    pub publish: Vec<String>,
    pub network: Vec<String>,
}
