//! Deployments, Jobs, Services, and how many pods may be away at once.

use super::{IntOrText, Map, PodTemplate, Selector, shapes};

shapes! {
    DeploymentSpec {
        /// None where an autoscaler has the count.
        replicas: Option<u32>,
        revision_history_limit: Option<u32>,
        progress_deadline_seconds: Option<u64>,
        min_ready_seconds: Option<u64>,
        selector: Selector,
        strategy: Option<Strategy>,
        template: PodTemplate,
    }

    Strategy {
        #[serde(rename = "type")]
        kind: &'static str,
        rolling_update: Option<RollingUpdate>,
    }

    RollingUpdate {
        max_surge: IntOrText,
        max_unavailable: IntOrText,
    }

    JobSpec {
        backoff_limit: u32,
        completions: Option<u32>,
        parallelism: Option<u32>,
        active_deadline_seconds: Option<u64>,
        template: PodTemplate,
    }

    ServiceSpec {
        #[serde(rename = "type")]
        kind: &'static str,
        external_name: Option<String>,
        selector: Map,
        ports: Vec<ServicePort>,
    }

    ServicePort {
        name: &'static str,
        port: u32,
        target_port: IntOrText,
        protocol: &'static str,
    }

    DisruptionSpec {
        max_unavailable: IntOrText,
        selector: Selector,
    }
}
