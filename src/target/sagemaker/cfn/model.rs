//! `AWS::SageMaker::Model`: containers and their files. Immutable but for its tags.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Tag, Text, properties};

/// A model: one container, or a row of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Model {
    pub model_name: String,
    pub execution_role_arn: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_container: Option<Container>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub containers: Vec<Container>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inference_execution_config: Option<ExecutionMode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc_config: Option<Vpc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_network_isolation: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

properties!(Model, "AWS::SageMaker::Model");

/// One container.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Container {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_hostname: Option<String>,
    pub image: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_config: Option<ImageConfig>,
    /// `MultiModel`, where it loads models as they are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_data_url: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_data_source: Option<DataSource>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub multi_model_config: Option<MultiModel>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, Text>,
}

/// Where an image that is not in ECR is pulled from.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ImageConfig {
    pub repository_access_mode: &'static str,
}

/// Files that are no archive.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DataSource {
    #[serde(rename = "S3DataSource")]
    pub s3_data_source: S3Data,
}

/// A prefix or an object of S3.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct S3Data {
    #[serde(rename = "S3Uri")]
    pub s3_uri: Text,
    #[serde(rename = "S3DataType")]
    pub s3_data_type: &'static str,
    pub compression_type: &'static str,
}

/// Whether models stay loaded.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct MultiModel {
    pub model_cache_setting: &'static str,
}

/// `Serial` or `Direct`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ExecutionMode {
    pub mode: &'static str,
}

/// Where something is attached to a network.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Vpc {
    pub security_group_ids: Vec<String>,
    pub subnets: Vec<String>,
}
