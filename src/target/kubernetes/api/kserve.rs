//! KServe: inference services, graphs, runtimes, and models that are loaded into one.

use std::collections::BTreeMap;

use super::{
    Affinity, Container, EnvVar, Map, Mount, PodSecurity, Probe, Resources, Security, Toleration, Volume, shapes,
};

shapes! {
    InferenceServiceSpec {
        predictor: Predictor,
        canary: Vec<Canary>,
    }

    /// Takes a share of the calls beside the predictor: of Standard mode alone, and without autoscaling.
    Canary {
        predictor: Predictor,
        traffic_percent: u32,
    }

    Predictor {
        min_replicas: Option<u32>,
        max_replicas: Option<u32>,
        scale_metric: Option<&'static str>,
        scale_metric_type: Option<&'static str>,
        scale_target: Option<u32>,
        container_concurrency: Option<u32>,
        /// Seconds.
        timeout: Option<u64>,
        /// Of Knative mode alone.
        canary_traffic_percent: Option<u32>,
        batcher: Option<Batcher>,
        logger: Option<Logger>,
        service_account_name: Option<String>,
        labels: Map,
        annotations: Map,
        security_context: Option<PodSecurity>,
        node_selector: Map,
        affinity: Option<Affinity>,
        tolerations: Vec<Toleration>,
        storage_uris: Vec<StorageUri>,
        model: Option<ModelSpec>,
        containers: Vec<Container>,
        volumes: Vec<Volume>,
        termination_grace_period_seconds: Option<u64>,
    }

    Batcher {
        max_batch_size: u32,
        /// Milliseconds.
        max_latency: u64,
        timeout: Option<u64>,
    }

    Logger {
        mode: &'static str,
        url: Option<String>,
        storage: Option<LoggerStorage>,
    }

    LoggerStorage {
        path: String,
        service_account_name: Option<String>,
    }

    StorageUri {
        uri: String,
        mount_path: String,
    }

    ModelSpec {
        /// Of a canary only, whose definition requires it.
        name: Option<&'static str>,
        model_format: ModelFormat,
        runtime: Option<String>,
        protocol_version: Option<&'static str>,
        storage_uri: Option<String>,
        args: Vec<String>,
        env: Vec<EnvVar>,
        resources: Option<Resources>,
        startup_probe: Option<Probe>,
        readiness_probe: Option<Probe>,
        security_context: Option<Security>,
        volume_mounts: Vec<Mount>,
    }

    ModelFormat {
        name: String,
        version: Option<String>,
    }

    ServingRuntimeSpec {
        supported_model_formats: Vec<SupportedFormat>,
        protocol_versions: Vec<&'static str>,
        multi_model: Option<bool>,
        containers: Vec<Container>,
        volumes: Vec<Volume>,
    }

    SupportedFormat {
        name: String,
        version: Option<String>,
        auto_select: Option<bool>,
    }

    InferenceGraphSpec {
        min_replicas: Option<u32>,
        max_replicas: Option<u32>,
        /// Seconds.
        timeout: Option<u64>,
        service_account_name: Option<String>,
        nodes: BTreeMap<String, GraphNode>,
    }

    GraphNode {
        router_type: &'static str,
        steps: Vec<GraphStep>,
    }

    GraphStep {
        name: String,
        service_name: String,
        data: Option<&'static str>,
        dependency: Option<&'static str>,
    }

    TrainedModelSpec {
        inference_service: String,
        model: TrainedModel,
    }

    TrainedModel {
        framework: String,
        storage_uri: String,
        memory: String,
    }
}
