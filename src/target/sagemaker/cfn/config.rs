//! `AWS::SageMaker::EndpointConfig`: what answers, on what, and what is kept. Immutable but for its tags.

use serde::Serialize;

use super::model::Vpc;
use super::{Tag, Text, properties};

/// What an endpoint runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct EndpointConfig {
    pub endpoint_config_name: String,
    /// Where inference components run: there the models bring none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution_role_arn: Option<Text>,
    pub production_variants: Vec<Variant>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shadow_production_variants: Vec<Variant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub async_inference_config: Option<Async>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_capture_config: Option<Capture>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc_config: Option<Vpc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_network_isolation: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

properties!(EndpointConfig, "AWS::SageMaker::EndpointConfig");

/// One variant.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Variant {
    pub variant_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial_instance_count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial_variant_weight: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serverless_config: Option<Serverless>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub managed_instance_scaling: Option<ManagedScaling>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routing_config: Option<Routing>,
    #[serde(rename = "VolumeSizeInGB", skip_serializing_if = "Option::is_none")]
    pub volume_size_in_gb: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_startup_health_check_timeout_in_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_data_download_timeout_in_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inference_ami_version: Option<String>,
}

/// Workers that SageMaker starts as calls come.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Serverless {
    #[serde(rename = "MemorySizeInMB")]
    pub memory_size_in_mb: u64,
    pub max_concurrency: u32,
}

/// How many machines inference components have.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ManagedScaling {
    pub status: &'static str,
    pub min_instance_count: u32,
    pub max_instance_count: u32,
}

/// Which machine a call goes to.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Routing {
    pub routing_strategy: &'static str,
}

/// A queue before the endpoint, and S3 behind it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Async {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_config: Option<AsyncClient>,
    pub output_config: AsyncOutput,
}

/// How many calls one machine works on.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AsyncClient {
    pub max_concurrent_invocations_per_instance: u32,
}

/// Where answers are put.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AsyncOutput {
    #[serde(rename = "S3OutputPath")]
    pub s3_output_path: Text,
    #[serde(rename = "S3FailurePath")]
    pub s3_failure_path: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notification_config: Option<AsyncNotice>,
}

/// Who is told.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AsyncNotice {
    pub success_topic: Text,
    pub error_topic: Text,
}

/// What is kept of calls.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Capture {
    pub enable_capture: bool,
    pub initial_sampling_percentage: u32,
    #[serde(rename = "DestinationS3Uri")]
    pub destination_s3_uri: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
    pub capture_options: Vec<CaptureOption>,
    pub capture_content_type_header: CaptureHeader,
}

/// One side of a call.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CaptureOption {
    pub capture_mode: &'static str,
}

/// Bodies of these types are kept as text.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CaptureHeader {
    pub json_content_types: Vec<&'static str>,
}
