//! How calls find the variants: a route of the Gateway API, with weights, and copies for shadows.

use crate::stack::Endpoint;

use super::super::api::{
    Backend, BackendRef, Kind as _, Mirror, ParentRef, PathMatch, Rewrite, RewritePath, RouteFilter, RouteMatch,
    RouteRule, RouteSpec, RouteTimeouts,
};
use super::Ctx;
use super::made::{From, Made};
use super::served::Served;
use super::values::gateway_time;

/// A Service that a share of the calls, or a copy of each, goes to.
#[derive(Debug, Clone)]
pub struct To {
    pub name: String,
    pub namespace: Option<String>,
    pub port: u32,
    pub weight: u32,
    pub shadow: bool,
}

impl To {
    pub fn service(served: &Served, name: &str, port: u32) -> Self {
        Self { name: name.to_owned(), namespace: None, port, weight: served.weight, shadow: served.shadow }
    }
}

/// The route of an endpoint: where a gateway leads to it, or several variants share its calls.
pub fn route(ctx: &Ctx, endpoint: &Endpoint, all: &[Served], to: &[To], made: &mut Made) {
    with_host(ctx, endpoint, all, to, None, made);
}

/// The same, with calls sent on under another host name.
pub fn with_host(ctx: &Ctx, endpoint: &Endpoint, all: &[Served], to: &[To], host: Option<String>, made: &mut Made) {
    let Some(first) = all.first() else { return };
    let name = ctx.name(&[&endpoint.name]);
    let gateway = ctx.settings.gateway.as_ref().filter(|_| !first.is_private());
    if gateway.is_none() && to.len() < 2 {
        return;
    }
    let path = format!("/{}/{}", ctx.stack.name, endpoint.name);
    let matches = gateway.map(|_| RouteMatch { path: PathMatch { kind: "PathPrefix", value: path } });
    let rewritten = gateway.map(|_| RewritePath { kind: "ReplacePrefixMatch", replace_prefix_match: "/".to_owned() });
    let changes = rewritten.is_some() || host.is_some();
    let url_rewrite = changes.then_some(Rewrite { hostname: host, path: rewritten });
    let rewrite =
        url_rewrite.map(|rewrite| RouteFilter { kind: "URLRewrite", url_rewrite: Some(rewrite), request_mirror: None });
    let mirrors = to.iter().filter(|to| to.shadow).map(|to| RouteFilter {
        kind: "RequestMirror",
        url_rewrite: None,
        request_mirror: Some(Mirror {
            backend_ref: BackendRef { name: to.name.clone(), namespace: to.namespace.clone(), port: to.port },
        }),
    });
    let answering = to.iter().filter(|to| !to.shadow);
    let backends = answering.map(|to| Backend {
        name: to.name.clone(),
        namespace: to.namespace.clone(),
        port: to.port,
        weight: Some(to.weight),
    });
    let timeout = first.timeout.map(gateway_time);
    let rule = RouteRule {
        matches: matches.into_iter().collect(),
        filters: rewrite.into_iter().chain(mirrors).collect(),
        backend_refs: backends.collect(),
        timeouts: timeout.map(|timeout| RouteTimeouts { request: timeout.clone(), backend_request: timeout }),
    };
    let spec = RouteSpec {
        parent_refs: vec![parent(ctx, gateway, &name, made, endpoint)],
        hostnames: gateway.and(ctx.settings.host.clone()).into_iter().collect(),
        rules: vec![rule],
    };
    let variants = endpoint.variants.iter().filter(|variant| !variant.shadow).enumerate();
    let from = From::new(endpoint.span).at("/spec/rules/0/timeouts", Some(endpoint.mode.span));
    let from = variants
        .fold(from, |from, (i, variant)| from.at(&format!("/spec/rules/0/backendRefs/{i}"), Some(variant.span)));
    let shadow = endpoint.variants.iter().find(|variant| variant.shadow).map(|variant| variant.span);
    let from = from.at("/spec/rules/0/filters", shadow);
    let labels = Served { variant: None, ..first.clone() }.labels(ctx);
    made.put(&spec.named(ctx.metadata(name, &labels)), from);
}

/// The gateway; without one, the endpoint's own Service, whose calls a mesh shares out.
fn parent(
    ctx: &Ctx,
    gateway: Option<&(Option<String>, String)>,
    service: &str,
    made: &mut Made,
    endpoint: &Endpoint,
) -> ParentRef {
    match gateway {
        Some((namespace, name)) => ParentRef {
            group: "gateway.networking.k8s.io",
            kind: "Gateway",
            name: name.clone(),
            namespace: namespace.clone().filter(|namespace| *namespace != ctx.settings.namespace),
            port: None,
        },
        None => {
            made.note(format!(
                "endpoint `{}` shares its calls out by a route of its own Service, which a mesh of the cluster must \
                 follow (`gateway = \"namespace/name\"` in the stack hangs it on a Gateway)",
                endpoint.name
            ));
            ParentRef { group: "", kind: "Service", name: service.to_owned(), namespace: None, port: Some(80) }
        }
    }
}
