//! On which nodes pods run, and what they get of them.

use crate::catalog::{Gpus, Need};

use super::super::api::{
    Affinity, Map, NodeAffinity, NodeExpression, NodeSelector, NodeTerm, PreferredNodes, Resources, Selector, Spread,
    Toleration, bytes, cores,
};
use super::super::facts::{Cloud, facts};
use super::super::settings::Profile;
use super::Ctx;
use super::served::Served;

/// Where pods may run.
#[derive(Debug, Default)]
pub struct Place {
    pub node_selector: Map,
    pub affinity: Option<Affinity>,
    pub tolerations: Vec<Toleration>,
}

pub fn of(ctx: &Ctx, served: &Served, need: &Need) -> Place {
    let cloud = ctx.settings.cloud;
    let machine = served.machine.map(|machine| (cloud.machine_label.clone(), machine.value.to_string()));
    let required = need.gpus.as_ref().map(|gpus| expressions(cloud, gpus)).filter(|found| !found.is_empty());
    let streamed = cloud.image_streaming_label.as_ref().map(|label| PreferredNodes {
        weight: 10,
        preference: NodeTerm { match_expressions: vec![among(label, vec!["true".to_owned()])] },
    });
    let nodes = NodeAffinity {
        required_during_scheduling_ignored_during_execution: required
            .map(|match_expressions| NodeSelector { node_selector_terms: vec![NodeTerm { match_expressions }] }),
        preferred_during_scheduling_ignored_during_execution: streamed.into_iter().collect(),
    };
    let affinity =
        (nodes != NodeAffinity::default()).then_some(Affinity { node_affinity: Some(nodes), pod_affinity: None });
    Place {
        node_selector: machine.into_iter().collect(),
        affinity,
        tolerations: if need.gpus.is_some() { tolerations(cloud) } else { vec![] },
    }
}

/// Nodes with one of the accelerators that are large enough, or, where none is known, by what they say of their memory.
#[allow(clippy::cast_precision_loss, reason = "memory is far below 2^53 bytes")]
fn expressions(cloud: &Cloud, gpus: &Gpus) -> Vec<NodeExpression> {
    if gpus.kinds.is_empty() && gpus.memory.is_none() {
        return vec![];
    }
    let gib = gpus.memory.map_or(0.0, |memory| memory as f64 / f64::from(1 << 30));
    let fits = cloud.gpus.iter().filter(|gpu| gpu.memory_gib >= gib);
    // `a100` is either size of it.
    let asked = |kind: &str| gpus.kinds.iter().all(|want| kind == &**want || kind.starts_with(&format!("{want}-")));
    let values: Vec<String> = fits.filter(|gpu| asked(&gpu.kind)).flat_map(|gpu| gpu.values.clone()).collect();
    if !values.is_empty() {
        return vec![among(&cloud.gpu_label, values)];
    }
    let kinds = gpus.kinds.iter().map(|kind| among(&cloud.gpu_label, vec![kind.to_string()]));
    let memory = gpus.memory.map(|memory| NodeExpression {
        key: cloud.gpu_memory_label.clone(),
        operator: "Gt",
        values: vec![(memory.div_ceil(1 << 20).saturating_sub(1)).to_string()],
    });
    kinds.chain(memory).collect()
}

fn among(key: &str, values: Vec<String>) -> NodeExpression {
    NodeExpression { key: key.to_owned(), operator: "In", values }
}

fn tolerations(cloud: &Cloud) -> Vec<Toleration> {
    let one = |taint: &super::super::facts::Taint| Toleration {
        key: taint.key.clone(),
        operator: if taint.operator == "Equal" { "Equal" } else { "Exists" },
        value: taint.value.clone(),
        effect: if taint.effect == "NoExecute" { "NoExecute" } else { "NoSchedule" },
    };
    cloud.tolerations.iter().map(one).collect()
}

/// What one replica gets: its memory is what it may use at most, its cores are what it has at least.
pub fn resources(ctx: &Ctx, served: &Served, need: &Need) -> Resources {
    let defaults = &facts().defaults;
    let memory = bytes(need.memory.map_or(defaults.memory, |memory| memory.max(1 << 20)));
    let mut requests =
        Map::from([("cpu".to_owned(), cores(need.cpu.unwrap_or(defaults.cpu))), ("memory".to_owned(), memory.clone())]);
    let mut limits = Map::from([("memory".to_owned(), memory)]);
    let disk = served.models(ctx).iter().filter_map(|model| model.disk.as_ref().map(|disk| disk.value)).max();
    // Elsewhere the files have a volume of their own.
    let on_node = ctx.settings.cloud.storage_class.is_none() || ctx.settings.profile == Profile::Kserve;
    if let Some(disk) = disk.filter(|_| on_node) {
        requests.insert("ephemeral-storage".to_owned(), bytes(disk));
        limits.insert("ephemeral-storage".to_owned(), bytes(disk));
    }
    if let Some(gpus) = &need.gpus {
        let count = gpus.count.max(1).to_string();
        requests.insert(ctx.settings.cloud.gpu_resource.clone(), count.clone());
        limits.insert(ctx.settings.cloud.gpu_resource.clone(), count);
    }
    Resources { requests, limits }
}

/// Of a container of which nothing is said.
pub fn least() -> Resources {
    let defaults = &facts().defaults;
    let memory = ("memory".to_owned(), bytes(defaults.memory));
    let requests = Map::from([("cpu".to_owned(), cores(defaults.cpu)), memory.clone()]);
    Resources { requests, limits: Map::from([memory]) }
}

/// Replicas apart, as far as nodes and zones allow.
pub fn spread(selector: &Map) -> Vec<Spread> {
    let over = |topology_key| Spread {
        max_skew: 1,
        topology_key,
        when_unsatisfiable: "ScheduleAnyway",
        label_selector: Selector { match_labels: selector.clone() },
    };
    vec![over("topology.kubernetes.io/zone"), over("kubernetes.io/hostname")]
}
