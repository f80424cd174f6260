//! The cluster's own autoscaler.

use super::shapes;

shapes! {
    AutoscalerSpec {
        scale_target_ref: ScaleTarget,
        min_replicas: u32,
        max_replicas: u32,
        metrics: Vec<MetricSpec>,
        behavior: Option<Behavior>,
    }

    ScaleTarget {
        api_version: &'static str,
        kind: &'static str,
        name: String,
    }

    MetricSpec {
        #[serde(rename = "type")]
        kind: &'static str,
        resource: ResourceMetric,
    }

    ResourceMetric {
        name: &'static str,
        target: MetricTarget,
    }

    MetricTarget {
        #[serde(rename = "type")]
        kind: &'static str,
        average_utilization: u32,
    }

    Behavior {
        scale_up: Option<ScalingRules>,
        scale_down: Option<ScalingRules>,
    }

    ScalingRules {
        stabilization_window_seconds: u64,
    }
}
