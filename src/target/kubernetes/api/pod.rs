//! Pods: containers, probes, resources, volumes, and where they run.

use super::{IntOrText, Map, Selector, TemplateMetadata, shapes};

shapes! {
    PodTemplate {
        metadata: TemplateMetadata,
        spec: PodSpec,
    }

    PodSpec {
        service_account_name: Option<String>,
        automount_service_account_token: Option<bool>,
        security_context: Option<PodSecurity>,
        node_selector: Map,
        affinity: Option<Affinity>,
        tolerations: Vec<Toleration>,
        topology_spread_constraints: Vec<Spread>,
        init_containers: Vec<Container>,
        containers: Vec<Container>,
        volumes: Vec<Volume>,
        restart_policy: Option<&'static str>,
        /// Seconds from SIGTERM to SIGKILL.
        termination_grace_period_seconds: Option<u64>,
    }

    PodSecurity {
        run_as_non_root: bool,
        run_as_user: Option<u32>,
        run_as_group: Option<u32>,
        fs_group: Option<u32>,
        seccomp_profile: Seccomp,
    }

    Seccomp {
        #[serde(rename = "type")]
        kind: &'static str,
    }

    Container {
        name: String,
        image: Option<String>,
        command: Vec<String>,
        args: Vec<String>,
        /// Of an init container that runs on beside the others: `Always`.
        restart_policy: Option<&'static str>,
        ports: Vec<ContainerPort>,
        env: Vec<EnvVar>,
        resources: Option<Resources>,
        startup_probe: Option<Probe>,
        readiness_probe: Option<Probe>,
        liveness_probe: Option<Probe>,
        lifecycle: Option<Lifecycle>,
        security_context: Option<Security>,
        volume_mounts: Vec<Mount>,
    }

    ContainerPort {
        name: Option<&'static str>,
        container_port: u32,
        protocol: Option<&'static str>,
    }

    EnvVar {
        name: String,
        value: Option<String>,
        value_from: Option<EnvSource>,
    }

    EnvSource {
        secret_key_ref: KeyRef,
    }

    KeyRef {
        name: String,
        key: String,
    }

    Resources {
        requests: Map,
        limits: Map,
    }

    Probe {
        http_get: Option<HttpGet>,
        tcp_socket: Option<TcpSocket>,
        period_seconds: Option<u64>,
        timeout_seconds: Option<u64>,
        failure_threshold: Option<u64>,
    }

    HttpGet {
        path: String,
        port: IntOrText,
    }

    TcpSocket {
        port: IntOrText,
    }

    Lifecycle {
        pre_stop: Handler,
    }

    Handler {
        sleep: Sleep,
    }

    Sleep {
        seconds: u64,
    }

    Security {
        allow_privilege_escalation: bool,
        run_as_non_root: bool,
        read_only_root_filesystem: Option<bool>,
        capabilities: Capabilities,
    }

    Capabilities {
        drop: Vec<&'static str>,
    }

    Mount {
        name: String,
        mount_path: String,
        read_only: Option<bool>,
    }

    Volume {
        name: String,
        config_map: Option<ConfigMapVolume>,
        empty_dir: Option<EmptyDir>,
        ephemeral: Option<Ephemeral>,
        persistent_volume_claim: Option<ClaimVolume>,
        image: Option<ImageVolume>,
    }

    ConfigMapVolume {
        name: String,
    }

    EmptyDir {
        medium: Option<&'static str>,
        size_limit: Option<String>,
    }

    Ephemeral {
        volume_claim_template: ClaimTemplate,
    }

    ClaimTemplate {
        spec: ClaimSpec,
    }

    ClaimSpec {
        access_modes: Vec<&'static str>,
        storage_class_name: Option<String>,
        resources: Resources,
    }

    ClaimVolume {
        claim_name: String,
    }

    ImageVolume {
        reference: String,
    }

    Affinity {
        node_affinity: Option<NodeAffinity>,
        pod_affinity: Option<PodAffinity>,
    }

    NodeAffinity {
        required_during_scheduling_ignored_during_execution: Option<NodeSelector>,
        preferred_during_scheduling_ignored_during_execution: Vec<PreferredNodes>,
    }

    NodeSelector {
        node_selector_terms: Vec<NodeTerm>,
    }

    NodeTerm {
        match_expressions: Vec<NodeExpression>,
    }

    NodeExpression {
        key: String,
        operator: &'static str,
        values: Vec<String>,
    }

    PreferredNodes {
        weight: u32,
        preference: NodeTerm,
    }

    PodAffinity {
        required_during_scheduling_ignored_during_execution: Vec<PodTerm>,
        preferred_during_scheduling_ignored_during_execution: Vec<PreferredPods>,
    }

    PodTerm {
        label_selector: Selector,
        topology_key: &'static str,
    }

    PreferredPods {
        weight: u32,
        pod_affinity_term: PodTerm,
    }

    Toleration {
        key: String,
        operator: &'static str,
        value: Option<String>,
        effect: &'static str,
    }

    Spread {
        max_skew: u32,
        topology_key: &'static str,
        when_unsatisfiable: &'static str,
        label_selector: Selector,
    }
}

/// The port of a container by its name.
pub fn port(name: &str) -> IntOrText {
    IntOrText::Text(name.to_owned())
}

/// As the API writes an amount of memory: in the largest unit of 1024 in which it is whole.
pub fn bytes(amount: u64) -> String {
    let units = ["", "Ki", "Mi", "Gi", "Ti"];
    let (mut amount, mut unit) = (amount, 0);
    while amount > 0 && amount.is_multiple_of(1024) && unit + 1 < units.len() {
        amount /= 1024;
        unit += 1;
    }
    format!("{amount}{}", units.get(unit).copied().unwrap_or_default())
}

/// As the API writes cores: whole, or in thousandths.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "cores are few and above nothing")]
pub fn cores(amount: f64) -> String {
    let thousandths = (amount * 1000.0).ceil() as u64;
    if thousandths.is_multiple_of(1000) { (thousandths / 1000).to_string() } else { format!("{thousandths}m") }
}
