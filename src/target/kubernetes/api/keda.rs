//! KEDA and its HTTP add-on.

use super::{Behavior, JobSpec, Map, shapes};

shapes! {
    ScaledObjectSpec {
        scale_target_ref: KedaTarget,
        polling_interval: Option<u64>,
        cooldown_period: Option<u64>,
        min_replica_count: u32,
        max_replica_count: u32,
        advanced: Option<Advanced>,
        triggers: Vec<Trigger>,
    }

    KedaTarget {
        api_version: &'static str,
        kind: &'static str,
        name: String,
    }

    Advanced {
        horizontal_pod_autoscaler_config: AutoscalerConfig,
    }

    AutoscalerConfig {
        behavior: Behavior,
    }

    Trigger {
        #[serde(rename = "type")]
        kind: &'static str,
        name: Option<String>,
        metric_type: Option<&'static str>,
        metadata: Map,
        authentication_ref: Option<Named>,
    }

    Named {
        name: String,
    }

    ScaledJobSpec {
        job_target_ref: JobSpec,
        polling_interval: Option<u64>,
        min_replica_count: u32,
        max_replica_count: u32,
        scaling_strategy: Option<ScalingStrategy>,
        triggers: Vec<Trigger>,
    }

    ScalingStrategy {
        strategy: &'static str,
    }

    TriggerAuthenticationSpec {
        pod_identity: Option<PodIdentity>,
        secret_target_ref: Vec<SecretTarget>,
    }

    PodIdentity {
        provider: String,
    }

    SecretTarget {
        parameter: &'static str,
        name: String,
        key: String,
    }

    HttpScaledObjectSpec {
        hosts: Vec<String>,
        scale_target_ref: HttpTarget,
        replicas: HttpReplicas,
        scaledown_period: Option<u64>,
        scaling_metric: HttpMetric,
        timeouts: Option<HttpTimeouts>,
    }

    HttpTarget {
        api_version: &'static str,
        kind: &'static str,
        name: String,
        service: String,
        port: u32,
    }

    HttpReplicas {
        min: u32,
        max: u32,
    }

    HttpMetric {
        concurrency: Option<HttpConcurrency>,
        request_rate: Option<HttpRate>,
    }

    HttpConcurrency {
        target_value: u32,
    }

    HttpRate {
        target_value: u32,
        window: &'static str,
        granularity: &'static str,
    }

    HttpTimeouts {
        condition_wait: String,
        response_header: String,
    }
}
