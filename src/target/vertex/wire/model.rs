//! An uploaded model: a container, the files that it takes, and how its health is asked.

use serde::{Deserialize, Serialize};

use super::{Encryption, Labels};

/// The body of a resource of kind `model`: a version of a registered model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewModel {
    pub model_id: String,
    pub model: Model,
    /// Variables whose values are secrets: they are filled in when the call is made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<Secret>,
}

/// A secret by its name, and a hash by which a change is seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Secret {
    pub variable: String,
    pub parameter: String,
    pub sha256: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Model {
    pub display_name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version_description: String,
    #[serde(default)]
    pub version_aliases: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_uri: Option<String>,
    pub container_spec: Container,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encryption_spec: Option<Encryption>,
    #[serde(default)]
    pub labels: Labels,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Container {
    pub image_uri: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<Env>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<Port>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predict_route: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health_route: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment_timeout: Option<String>,
    /// An integer of 64 bits, which the platform writes as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared_memory_size_mb: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub startup_probe: Option<Probe>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health_probe: Option<Probe>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Env {
    pub name: String,
    pub value: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Port {
    pub container_port: u16,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Probe {
    pub http_get: HttpGet,
    pub period_seconds: u32,
    pub timeout_seconds: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_threshold: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HttpGet {
    pub path: String,
    pub port: u16,
}
