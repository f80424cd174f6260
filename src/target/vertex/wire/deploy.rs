//! Models on an endpoint: machines, replicas, and how calls are shared out among them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The API's version that knows what is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Api {
    V1,
    /// Of what is in preview.
    V1Beta1,
}

impl Api {
    pub fn word(self) -> &'static str {
        match self {
            Api::V1 => "v1",
            Api::V1Beta1 => "v1beta1",
        }
    }
}

/// The body of a resource of kind `deployment`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    /// The endpoint's id.
    pub endpoint: String,
    pub api: Api,
    pub deployed_model: DeployedModel,
    /// How it takes the place of the one before it, where replicas are replaced one by one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rolling: Option<Rolling>,
}

/// What [`RolloutOptions`] will say when there is something to replace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rolling {
    pub max_surge_percentage: u32,
    pub max_unavailable_percentage: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeployedModel {
    /// Ten digits of a hash over what can't be changed in place.
    pub id: String,
    /// The variant's name, as in the source.
    pub display_name: String,
    pub model: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dedicated_resources: Option<DedicatedResources>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared_resources: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_account: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enable_access_logging: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disable_container_logging: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollout_options: Option<RolloutOptions>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RolloutOptions {
    pub previous_deployed_model: String,
    pub max_surge_percentage: u32,
    pub max_unavailable_percentage: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DedicatedResources {
    pub machine_spec: MachineSpec,
    #[serde(default)]
    pub min_replica_count: u32,
    #[serde(default)]
    pub max_replica_count: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initial_replica_count: Option<u32>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub autoscaling_metric_specs: Vec<AutoscalingMetricSpec>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale_to_zero_spec: Option<ScaleToZero>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MachineSpec {
    pub machine_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accelerator_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accelerator_count: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AutoscalingMetricSpec {
    pub metric_name: String,
    pub target: u32,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub monitored_resource_labels: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScaleToZero {
    pub idle_scaledown_period: String,
    pub min_scaleup_period: String,
}

/// The body of a resource of kind `traffic`: who of an endpoint's deployed models gets which part of the calls.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Split {
    /// The endpoint's id.
    pub endpoint: String,
    /// Percents by the ids of deployed models; they sum to 100.
    pub traffic_split: Shares,
    /// Names of variants by the ids of deployed models.
    pub variants: BTreeMap<String, String>,
    /// The parts in which calls go over to what is new, each a percent, the last 100.
    pub parts: Vec<u32>,
    /// How long each part is watched before the next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bake: Option<String>,
    /// What takes the calls back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub abort_on: Vec<Watched>,
}

/// Percents by id.
pub type Shares = BTreeMap<String, u32>;

/// A condition, as a query of Cloud Monitoring.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Watched {
    /// As it is written: `errors > 1%`.
    pub words: String,
    /// In PromQL.
    pub query: String,
    pub op: String,
    pub bound: f64,
}
