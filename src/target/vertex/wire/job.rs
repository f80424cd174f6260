//! Batch prediction jobs, and machines that several models share.

use serde::{Deserialize, Serialize};

use super::{DedicatedResources, Encryption, Labels, MachineSpec};

/// The body of a resource of kind `job`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    pub display_name: String,
    pub model: String,
    pub input_config: Source,
    pub output_config: Target,
    pub dedicated_resources: Machines,
    #[serde(default)]
    pub labels: Labels,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    pub instances_format: String,
    pub gcs_source: Sources,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sources {
    pub uris: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    pub predictions_format: String,
    pub gcs_destination: Destination,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Destination {
    pub output_uri_prefix: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Machines {
    pub machine_spec: MachineSpec,
    pub starting_replica_count: u32,
    pub max_replica_count: u32,
}

/// The body of a resource of kind `pool`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewPool {
    pub deployment_resource_pool_id: String,
    pub deployment_resource_pool: Pool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pool {
    pub dedicated_resources: DedicatedResources,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_account: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encryption_spec: Option<Encryption>,
}
