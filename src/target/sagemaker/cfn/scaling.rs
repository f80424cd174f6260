//! Application Auto Scaling: what may be scaled between which counts, and what moves it.

use serde::Serialize;

use super::alarm::Dimension;
use super::{Tag, properties};

/// A count with its bounds.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ScalableTarget {
    pub service_namespace: &'static str,
    pub resource_id: String,
    pub scalable_dimension: &'static str,
    pub min_capacity: u32,
    pub max_capacity: u32,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scheduled_actions: Vec<ScheduledAction>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

properties!(ScalableTarget, "AWS::ApplicationAutoScaling::ScalableTarget");

/// Other bounds from a time on.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ScheduledAction {
    pub scheduled_action_name: String,
    pub schedule: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    pub scalable_target_action: TargetAction,
}

/// The bounds from then on.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TargetAction {
    pub min_capacity: u32,
    pub max_capacity: u32,
}

/// What moves a count.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Policy {
    pub policy_name: String,
    pub policy_type: &'static str,
    pub service_namespace: &'static str,
    pub resource_id: String,
    pub scalable_dimension: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_tracking_scaling_policy_configuration: Option<Tracking>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step_scaling_policy_configuration: Option<StepScaling>,
}

properties!(Policy, "AWS::ApplicationAutoScaling::ScalingPolicy");

/// Keeps a metric near a value.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tracking {
    pub target_value: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predefined_metric_specification: Option<Predefined>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customized_metric_specification: Option<Customized>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale_in_cooldown: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale_out_cooldown: Option<u64>,
}

/// A metric that Application Auto Scaling knows.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Predefined {
    pub predefined_metric_type: String,
}

/// A metric of CloudWatch.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Customized {
    pub namespace: String,
    pub metric_name: String,
    pub dimensions: Vec<Dimension>,
    pub statistic: String,
}

/// Adds by how far a metric is off.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct StepScaling {
    pub adjustment_type: &'static str,
    pub metric_aggregation_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cooldown: Option<u64>,
    pub step_adjustments: Vec<Step>,
}

/// A range of the metric, from the alarm's threshold on.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Step {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_interval_lower_bound: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_interval_upper_bound: Option<f64>,
    pub scaling_adjustment: i64,
}
