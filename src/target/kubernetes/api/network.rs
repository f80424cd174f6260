//! Who reaches what: NetworkPolicies, and routes of the Gateway API.

use super::{IntOrText, Selector, shapes};

shapes! {
    NetworkPolicySpec {
        pod_selector: Selector,
        policy_types: Vec<&'static str>,
        ingress: Vec<Ingress>,
        egress: Vec<Egress>,
    }

    Ingress {
        from: Vec<Peer>,
        ports: Vec<PolicyPort>,
    }

    Egress {
        to: Vec<Peer>,
        ports: Vec<PolicyPort>,
    }

    Peer {
        pod_selector: Option<Selector>,
        namespace_selector: Option<Selector>,
    }

    PolicyPort {
        protocol: &'static str,
        port: IntOrText,
    }

    RouteSpec {
        parent_refs: Vec<ParentRef>,
        hostnames: Vec<String>,
        rules: Vec<RouteRule>,
    }

    ParentRef {
        group: &'static str,
        kind: &'static str,
        name: String,
        namespace: Option<String>,
        port: Option<u32>,
    }

    RouteRule {
        matches: Vec<RouteMatch>,
        filters: Vec<RouteFilter>,
        backend_refs: Vec<Backend>,
        timeouts: Option<RouteTimeouts>,
    }

    RouteMatch {
        path: PathMatch,
    }

    PathMatch {
        #[serde(rename = "type")]
        kind: &'static str,
        value: String,
    }

    RouteFilter {
        #[serde(rename = "type")]
        kind: &'static str,
        url_rewrite: Option<Rewrite>,
        request_mirror: Option<Mirror>,
    }

    Rewrite {
        hostname: Option<String>,
        path: Option<RewritePath>,
    }

    RewritePath {
        #[serde(rename = "type")]
        kind: &'static str,
        replace_prefix_match: String,
    }

    Mirror {
        backend_ref: BackendRef,
    }

    BackendRef {
        name: String,
        namespace: Option<String>,
        port: u32,
    }

    Backend {
        name: String,
        namespace: Option<String>,
        port: u32,
        weight: Option<u32>,
    }

    RouteTimeouts {
        request: String,
        backend_request: String,
    }
}
