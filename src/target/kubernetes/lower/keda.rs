//! Scaling by KEDA: by what is measured, by the clock, and from zero, with calls held until a pod runs.

use std::sync::Arc;

use crate::resource::Address;
use crate::stack::{Endpoint, Metric, Policy};

use super::super::api::{
    Advanced, AutoscalerConfig, HttpConcurrency, HttpMetric, HttpRate, HttpReplicas, HttpScaledObjectSpec, HttpTarget,
    HttpTimeouts, KedaTarget, Kind as _, Map, ScaledObjectSpec, ServicePort, ServiceSpec, Trigger, port,
};
use super::super::facts::facts;
use super::made::{From, Made};
use super::pod;
use super::route::{self, To};
use super::served::{Served, Server};
use super::values::{percent, plain, seconds, whole};
use super::{Ctx, probe, queue, scale, workload};

/// The ScaledObject of a Deployment.
pub fn scaled(ctx: &Ctx, served: &Served, endpoint: &Endpoint, deployment: &Address, made: &mut Made) {
    let scale = &endpoint.scale.value;
    let mut triggers = triggers(ctx, served, endpoint, made);
    if scale.min == 0 && !queue::is_async(endpoint) {
        triggers.insert(0, waiting(served));
    }
    let cooldown = scale::cooldown(endpoint).map(seconds);
    let floor = if scale.min == 0 { 0 } else { served.replicas.floor };
    let spec = ScaledObjectSpec {
        scale_target_ref: KedaTarget { api_version: "apps/v1", kind: "Deployment", name: served.name.clone() },
        polling_interval: Some(15),
        cooldown_period: cooldown.filter(|_| scale.min == 0),
        min_replica_count: floor,
        max_replica_count: served.replicas.ceiling.max(1),
        advanced: scale::behavior(endpoint)
            .map(|behavior| Advanced { horizontal_pod_autoscaler_config: AutoscalerConfig { behavior } }),
        triggers,
    };
    let from = From::new(endpoint.scale.span)
        .needs([deployment.clone()])
        .at("/spec/minReplicaCount", Some(scale.low))
        .at("/spec/maxReplicaCount", Some(scale.high))
        .at("/spec/triggers", scale.policies.first().map(|policy| policy.span));
    made.put(&spec.named(ctx.metadata(served.name.clone(), &served.labels(ctx))), from);
}

/// What an endpoint's policies say, as KEDA's triggers, in their order.
pub fn triggers(ctx: &Ctx, served: &Served, endpoint: &Endpoint, made: &mut Made) -> Vec<Trigger> {
    let tracked = scale::tracks(endpoint);
    let mut triggers: Vec<Trigger> =
        tracked.iter().map(|(metric, target, ..)| tracking(ctx, served, endpoint, *metric, *target, made)).collect();
    triggers.extend(clock(served, endpoint));
    // Nothing else wakes what has no pod.
    let wakes = tracked.iter().any(|(metric, ..)| *metric == Metric::BacklogPerReplica);
    if queue::is_async(endpoint) && !wakes && (triggers.is_empty() || endpoint.scale.value.min == 0) {
        triggers.insert(0, queue::trigger(ctx, endpoint, 1.0));
    }
    triggers
}

fn tracking(ctx: &Ctx, served: &Served, endpoint: &Endpoint, metric: Metric, target: f64, made: &mut Made) -> Trigger {
    let pods = format!("namespace=\"{}\",pod=~\"{}-[^-]+-[^-]+\"", ctx.settings.namespace, served.name);
    let asked = |query: String, threshold: String, kind: &'static str| Trigger {
        kind: "prometheus",
        name: Some(metric.word().replace('_', "-")),
        metric_type: Some(kind),
        metadata: Map::from([
            ("serverAddress".to_owned(), ctx.settings.prometheus.clone()),
            ("query".to_owned(), query),
            ("threshold".to_owned(), threshold),
        ]),
        authentication_ref: None,
    };
    let busy = |kind: &'static str| Trigger {
        kind,
        metric_type: Some("Utilization"),
        metadata: Map::from([("value".to_owned(), percent(target).to_string())]),
        ..Trigger::default()
    };
    if let (Metric::RequestsPerReplica | Metric::ConcurrencyPerReplica, Server::Image { model, .. }) =
        (metric, served.server(ctx))
    {
        made.note(format!(
            "KEDA counts the calls of model `{}` by `servec_requests_total` and `servec_in_flight`, which its image must \
             have at `/metrics`",
            model.name
        ));
    }
    let gpu = &facts().gpu_metrics;
    match metric {
        Metric::Cpu => busy("cpu"),
        Metric::Memory => busy("memory"),
        Metric::RequestsPerReplica => {
            asked(format!("sum(rate(servec_requests_total{{{pods}}}[1m]))"), plain(target), "AverageValue")
        }
        Metric::ConcurrencyPerReplica => {
            asked(format!("sum(servec_in_flight{{{pods}}})"), plain(target), "AverageValue")
        }
        // Of all pods' mean: dividing it by their count again would say less the more there are.
        Metric::Gpu => asked(gpu.busy.replace("SELECTOR", &pods), plain(target * 100.0), "Value"),
        Metric::GpuMemory => asked(gpu.memory.replace("SELECTOR", &pods), plain(target * 100.0), "Value"),
        Metric::BacklogPerReplica => queue::trigger(ctx, endpoint, target),
    }
}

/// Name, times, zone, and the least number of replicas.
type Schedule<'e> = (&'e Arc<str>, &'e Arc<str>, &'e Option<Arc<str>>, Option<u32>);

/// Schedules: each holds from its own time until the next of another one.
fn clock(served: &Served, endpoint: &Endpoint) -> Vec<Trigger> {
    let schedules: Vec<Schedule> = endpoint
        .scale
        .value
        .policies
        .iter()
        .filter_map(|policy| match &policy.value {
            Policy::Schedule { name, cron, zone, min, .. } => Some((name, cron, zone, *min)),
            Policy::Track(_) | Policy::Step { .. } => None,
        })
        .collect();
    let crons: Vec<_> = schedules.iter().map(|(_, cron, zone, _)| (&***cron, zone.as_deref())).collect();
    let one = |(i, schedule): (usize, &Schedule)| {
        let (name, cron, zone, min) = schedule;
        let ends = crate::cost::followed_by(&crons, i).and_then(|next| schedules.get(next));
        let replicas = min.unwrap_or(endpoint.scale.value.min);
        let replicas = served.variant.map_or(replicas, |variant| crate::cost::share_of(endpoint, variant, replicas));
        Trigger {
            kind: "cron",
            name: Some(name.replace('_', "-")),
            metric_type: None,
            metadata: Map::from([
                ("timezone".to_owned(), zone.as_deref().unwrap_or("Etc/UTC").to_owned()),
                ("start".to_owned(), cron.to_string()),
                ("end".to_owned(), ends.map_or_else(|| cron.to_string(), |(_, cron, ..)| cron.to_string())),
                ("desiredReplicas".to_owned(), replicas.to_string()),
            ]),
            authentication_ref: None,
        }
    };
    schedules.iter().enumerate().map(one).collect()
}

/// Calls that the add-on holds.
fn waiting(served: &Served) -> Trigger {
    let interceptor = &facts().interceptor;
    Trigger {
        kind: "external-push",
        name: Some("calls".to_owned()),
        metric_type: None,
        metadata: Map::from([
            ("scalerAddress".to_owned(), interceptor.scaler.clone()),
            ("httpScaledObject".to_owned(), served.name.clone()),
        ]),
        authentication_ref: None,
    }
}

/// A workload that may have no pod: calls go to the add-on, which wakes it.
pub fn held(ctx: &Ctx, served: &Served, endpoint: &Endpoint, made: &mut Made) {
    let pods = ctx.name(&[served.of, "pods"]);
    let pod = pod::of(ctx, served, made);
    workload::service(ctx, served, &pods, &served.selector(ctx), made);
    let deployment = workload::deployment(ctx, served, endpoint, workload::Count::Scaled, pod, made);
    let http = intercepted(ctx, served, endpoint, &pods, &deployment, made);
    scale::scaler(ctx, served, endpoint, &http, made);
    workload::disruption(ctx, served, made);
    let interceptor = &facts().interceptor;
    let spec = ServiceSpec {
        kind: "ExternalName",
        external_name: Some(format!("{}.{}.svc.cluster.local", interceptor.service, interceptor.namespace)),
        selector: Map::new(),
        ports: vec![ServicePort { name: "http", port: interceptor.port, target_port: port("http"), protocol: "TCP" }],
    };
    made.put(&spec.named(ctx.metadata(served.name.clone(), &served.labels(ctx))), From::new(served.origin));
    made.note(format!(
        "endpoint `{}` is called inside the cluster at `http://{}.{}:{}`, where KEDA's HTTP add-on holds calls until a pod \
         runs",
        endpoint.name, served.name, ctx.settings.namespace, interceptor.port
    ));
}

fn intercepted(
    ctx: &Ctx,
    served: &Served,
    endpoint: &Endpoint,
    pods: &str,
    deployment: &Address,
    made: &mut Made,
) -> Address {
    let tracks = scale::tracks(endpoint);
    let target = |metric| tracks.iter().find(|(known, ..)| *known == metric).map(|(_, target, ..)| whole(*target));
    let models = served.models(ctx);
    let concurrency = models.iter().map(|model| model.concurrency.value).min().unwrap_or(1).max(1);
    let scaling_metric = match (target(Metric::RequestsPerReplica), target(Metric::ConcurrencyPerReplica)) {
        (Some(target_value), None) => HttpMetric {
            request_rate: Some(HttpRate { target_value, window: "1m", granularity: "1s" }),
            concurrency: None,
        },
        (_, target_value) => HttpMetric {
            request_rate: None,
            concurrency: Some(HttpConcurrency { target_value: target_value.unwrap_or(concurrency) }),
        },
    };
    let spec = HttpScaledObjectSpec {
        hosts: hosts(ctx, served),
        scale_target_ref: HttpTarget {
            api_version: "apps/v1",
            kind: "Deployment",
            name: served.name.clone(),
            service: pods.to_owned(),
            port: 80,
        },
        replicas: HttpReplicas { min: 0, max: served.replicas.ceiling.max(1) },
        scaledown_period: scale::cooldown(endpoint).map(seconds),
        scaling_metric,
        timeouts: Some(HttpTimeouts {
            condition_wait: format!("{}s", probe::start_seconds(&models)),
            response_header: format!("{}s", served.timeout.map_or(60, seconds)),
        }),
    };
    let mut metadata = ctx.metadata(served.name.clone(), &served.labels(ctx));
    // The ScaledObject is made beside it, since it follows more than calls.
    let skip = "httpscaledobject.keda.sh/skip-scaledobject-creation";
    metadata.annotations.insert(skip.to_owned(), "true".to_owned());
    let from = From::new(endpoint.scale.span)
        .needs([deployment.clone()])
        .at("/spec/replicas/max", Some(endpoint.scale.value.high))
        .at("/spec/replicas/min", Some(endpoint.scale.value.low));
    made.put(&spec.named(metadata), from)
}

/// Every name under which the endpoint's Service is called, and the gateway's.
fn hosts(ctx: &Ctx, served: &Served) -> Vec<String> {
    let (name, namespace) = (&served.name, &ctx.settings.namespace);
    vec![
        name.clone(),
        format!("{name}.{namespace}"),
        format!("{name}.{namespace}.svc"),
        format!("{name}.{namespace}.svc.cluster.local"),
    ]
}

/// The route of an endpoint that may have no pod: to the add-on, under the endpoint's own name.
pub fn route(ctx: &Ctx, endpoint: &Endpoint, all: &[Served], made: &mut Made) {
    let Some(first) = all.first() else { return };
    let interceptor = &facts().interceptor;
    let to = To {
        name: interceptor.service.clone(),
        namespace: Some(interceptor.namespace.clone()),
        port: interceptor.port,
        weight: 1,
        shadow: false,
    };
    if ctx.settings.gateway.is_some() && !first.is_private() {
        made.note(format!(
            "the route of endpoint `{}` leads to namespace `{}`, which must grant it (ReferenceGrant)",
            endpoint.name, interceptor.namespace
        ));
    }
    let host = format!("{}.{}", first.name, ctx.settings.namespace);
    route::with_host(ctx, endpoint, all, &[to], Some(host), made);
}
