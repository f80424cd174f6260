//! An endpoint: a stable address, and what is kept of its calls.

use serde::{Deserialize, Serialize};

use super::{Encryption, Labels};

/// The body of a resource of kind `endpoint`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewEndpoint {
    pub endpoint_id: String,
    pub endpoint: Endpoint,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Endpoint {
    /// The endpoint's name, as in the source.
    pub display_name: String,
    #[serde(default)]
    pub labels: Labels,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dedicated_endpoint_enabled: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_service_connect_config: Option<PrivateService>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_connection_config: Option<Connection>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predict_request_response_logging_config: Option<Logging>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encryption_spec: Option<Encryption>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PrivateService {
    pub enable_private_service_connect: bool,
    #[serde(default)]
    pub project_allowlist: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    pub inference_timeout: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Logging {
    pub enabled: bool,
    /// A fraction of calls.
    pub sampling_rate: f64,
    pub bigquery_destination: BigQuery,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BigQuery {
    pub output_uri: String,
}
