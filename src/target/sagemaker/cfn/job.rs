//! A batch transform job: no CloudFormation type, so a call of SageMaker's API that `apply` makes. Immutable.

use serde::Serialize;

use super::{Tag, Text, properties};

/// The request of `CreateTransformJob`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TransformJob {
    pub transform_job_name: String,
    pub model_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_concurrent_transforms: Option<u32>,
    pub batch_strategy: &'static str,
    pub transform_input: Input,
    pub transform_output: Output,
    pub transform_resources: Transformers,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

properties!(TransformJob, "AWS::SageMaker::TransformJob");

/// What is read.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Input {
    pub data_source: Source,
    pub split_type: &'static str,
}

/// Where it lies.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Source {
    #[serde(rename = "S3DataSource")]
    pub s3_data_source: S3Input,
}

/// A prefix.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct S3Input {
    #[serde(rename = "S3DataType")]
    pub s3_data_type: &'static str,
    #[serde(rename = "S3Uri")]
    pub s3_uri: Text,
}

/// Where answers are put.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Output {
    #[serde(rename = "S3OutputPath")]
    pub s3_output_path: Text,
    pub assemble_with: &'static str,
}

/// The machines that work on it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Transformers {
    pub instance_type: String,
    pub instance_count: u32,
}
