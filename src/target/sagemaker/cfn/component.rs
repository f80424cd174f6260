//! `AWS::SageMaker::InferenceComponent`: copies of one model on machines that several may share.

use serde::Serialize;

use super::endpoint::Rollback;
use super::{Tag, properties};

/// A model in copies.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct InferenceComponent {
    pub inference_component_name: String,
    pub endpoint_name: String,
    pub variant_name: String,
    pub specification: Specification,
    pub runtime_config: Runtime,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment_config: Option<ComponentDeployment>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

properties!(InferenceComponent, "AWS::SageMaker::InferenceComponent");

/// What a copy is.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Specification {
    pub model_name: String,
    pub compute_resource_requirements: ComponentNeeds,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub startup_parameters: Option<Startup>,
}

/// What a copy takes of its machine.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ComponentNeeds {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number_of_cpu_cores_required: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number_of_accelerator_devices_required: Option<u32>,
    pub min_memory_required_in_mb: u64,
}

/// How long a copy may take to start.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Startup {
    pub container_startup_health_check_timeout_in_seconds: u64,
    pub model_data_download_timeout_in_seconds: u64,
}

/// How many copies there are at first.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Runtime {
    pub copy_count: u32,
}

/// How a change reaches the copies.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ComponentDeployment {
    pub rolling_update_policy: ComponentRolling,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_rollback_configuration: Option<Rollback>,
}

/// Some copies after others.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ComponentRolling {
    pub maximum_batch_size: Size,
    pub wait_interval_in_seconds: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum_execution_timeout_in_seconds: Option<u64>,
}

/// A part of the copies.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Size {
    #[serde(rename = "Type")]
    pub r#type: &'static str,
    pub value: u32,
}
