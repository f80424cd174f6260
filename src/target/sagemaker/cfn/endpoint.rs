//! `AWS::SageMaker::Endpoint`: the address that callers use, and how a change reaches them.

use serde::Serialize;

use super::{Tag, properties};

/// An endpoint.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Endpoint {
    pub endpoint_name: String,
    pub endpoint_config_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment_config: Option<Deployment>,
    /// Keeps the counts that autoscaling chose.
    pub retain_all_variant_properties: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclude_retained_variant_properties: Vec<Excluded>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

properties!(Endpoint, "AWS::SageMaker::Endpoint");

/// What an update sets all the same.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Excluded {
    pub variant_property_type: &'static str,
}

/// How a change goes over.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Deployment {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blue_green_update_policy: Option<BlueGreen>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rolling_update_policy: Option<Rolling>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_rollback_configuration: Option<Rollback>,
}

/// A second fleet, and a switch.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct BlueGreen {
    pub traffic_routing_configuration: Traffic,
    pub termination_wait_in_seconds: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum_execution_timeout_in_seconds: Option<u64>,
}

/// How calls go over to the second fleet.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Traffic {
    #[serde(rename = "Type")]
    pub r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canary_size: Option<Capacity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linear_step_size: Option<Capacity>,
    pub wait_interval_in_seconds: u64,
}

/// Machine by machine.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Rolling {
    pub maximum_batch_size: Capacity,
    pub wait_interval_in_seconds: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum_execution_timeout_in_seconds: Option<u64>,
}

/// A part of a fleet.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Capacity {
    #[serde(rename = "Type")]
    pub r#type: &'static str,
    pub value: u32,
}

/// What takes a change back.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Rollback {
    pub alarms: Vec<AlarmName>,
}

/// An alarm by name.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AlarmName {
    pub alarm_name: String,
}
