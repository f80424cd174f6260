//! Who reaches an endpoint's pods, and what they reach.

use super::super::api::{
    Egress, Ingress, IntOrText, Kind as _, Map, NetworkPolicySpec, Peer, PolicyPort, Selector, port,
};
use super::made::{From, Made, own};
use super::served::Served;
use super::{Ctx, fetch};

pub fn policy(ctx: &Ctx, all: &[Served], made: &mut Made) {
    let Some(first) = all.first() else { return };
    let mut selector = first.selector(ctx);
    selector.remove(&own("variant"));
    let isolated = first.is_isolated();
    let http = |port| PolicyPort { protocol: "TCP", port };
    // Any pod of the cluster; anybody at all, where it is not private.
    let from = if first.is_private() { vec![everywhere()] } else { vec![] };
    let mut egress = vec![];
    if isolated {
        // Names are found, and the model's files fetched; nothing else.
        let dns = ["UDP", "TCP"].map(|protocol| PolicyPort { protocol, port: IntOrText::Int(53) });
        egress.push(Egress { to: vec![], ports: dns.to_vec() });
        if all.iter().any(|served| !fetch::all(ctx, served).is_empty()) {
            egress.push(Egress { to: vec![], ports: vec![http(IntOrText::Int(443))] });
        }
    }
    let spec = NetworkPolicySpec {
        pod_selector: Selector { match_labels: selector },
        policy_types: if isolated { vec!["Ingress", "Egress"] } else { vec!["Ingress"] },
        ingress: vec![Ingress { from, ports: vec![http(port("http"))] }],
        egress,
    };
    let whole = Served { variant: None, ..first.clone() };
    let from = From::new(first.origin).at("/spec", first.network.map(|network| network.span));
    made.put(&spec.named(ctx.metadata(ctx.name(&[first.of]), &whole.labels(ctx))), from);
}

/// Pods of the same namespace, with these labels.
pub fn pods(labels: Map) -> Peer {
    Peer { pod_selector: Some(Selector { match_labels: labels }), namespace_selector: None }
}

/// Every pod of the cluster, and nobody outside it.
fn everywhere() -> Peer {
    Peer { pod_selector: None, namespace_selector: Some(Selector::default()) }
}

/// Everything in another namespace.
pub fn namespace(name: &str) -> Peer {
    let labels = Map::from([("kubernetes.io/metadata.name".to_owned(), name.to_owned())]);
    Peer { pod_selector: None, namespace_selector: Some(Selector { match_labels: labels }) }
}
