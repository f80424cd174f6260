//! The pods of an inference service: servec's runtime, a serving runtime of KServe's, or the user's own container, with
//! how many there are and what moves their count.

use crate::resource::Address;
use crate::stack::{Endpoint, Framework, Member, Metric, Mode, Model, Origin, Servable};

use super::super::api::{
    Batcher, Container, ContainerPort, HttpGet, IntOrText, Kind as _, Logger, LoggerStorage, Map, ModelFormat,
    ModelSpec, Predictor, Probe, ServingRuntimeSpec, StorageUri, SupportedFormat, TcpSocket,
};
use super::super::facts::facts;
use super::kserve::Deployed;
use super::made::{From, Made};
use super::pod::{self, PORT, Serving};
use super::served::{Served, Server};
use super::values::{percent, plain, seconds, whole};
use super::{Ctx, account, fetch, place, pool, scale};

/// The container that KServe takes for the model's own.
pub const CONTAINER: &str = "kserve-container";

/// The format of what servec's runtime serves.
const FORMAT: &str = "servec";

/// The pods of one service, and what must exist before it.
pub fn predictor(
    ctx: &Ctx,
    served: &Served,
    endpoint: &Endpoint,
    deployed: Deployed,
    made: &mut Made,
) -> (Predictor, Vec<Address>) {
    let (account, needed) = account::of(ctx, served, made);
    let need = served.need(ctx);
    let place = place::of(ctx, served, &need);
    let models = served.models(ctx);
    let serving = if pool::declared(ctx, served).is_some() && is_runtime(ctx, served) {
        pool::serving(ctx, served, made)
    } else {
        pod::serving(ctx, served, made)
    };
    let mut needs: Vec<Address> = serving.needs.iter().cloned().chain(needed).collect();
    let mut predictor = Predictor {
        service_account_name: Some(account),
        labels: pod::labels(ctx, served),
        annotations: pod::annotations(served, &need),
        security_context: Some(pod::security(ctx, served)),
        node_selector: place.node_selector,
        affinity: place.affinity,
        tolerations: place.tolerations,
        timeout: served.timeout.map(seconds),
        batcher: batcher(&models, served),
        logger: logger(endpoint, served),
        termination_grace_period_seconds: Some(served.timeout.map_or(60, seconds) + 15),
        ..Predictor::default()
    };
    if deployed == Deployed::Knative {
        predictor.container_concurrency = models.iter().map(|model| model.concurrency.value).min();
    }
    scaling(served, endpoint, deployed, &mut predictor);
    serve(ctx, served, serving, &mut predictor, &mut needs, made);
    (predictor, needs)
}

/// What runs: servec's runtime, a serving runtime of KServe's, or the user's own container.
fn serve(
    ctx: &Ctx,
    served: &Served,
    serving: Serving,
    predictor: &mut Predictor,
    needs: &mut Vec<Address>,
    made: &mut Made,
) {
    let Serving { mut container, volumes, .. } = serving;
    let fetched = fetch::all(ctx, served);
    // KServe fetches files itself.
    let own_volume = |name: &str| name == "models" || fetched.iter().any(|fetched| fetched.name == *name);
    container.volume_mounts.retain(|mount| !own_volume(&mount.name));
    predictor.volumes = volumes.into_iter().filter(|volume| !own_volume(&volume.name)).collect();
    let uris =
        || fetched.iter().map(|one| StorageUri { uri: one.uri.clone(), mount_path: one.folder.clone() }).collect();
    match (format(ctx, served), served.server(ctx)) {
        (Some((framework, model)), _) => {
            predictor.volumes.retain(|volume| volume.persistent_volume_claim.is_some());
            container.volume_mounts.retain(|mount| predictor.volumes.iter().any(|volume| volume.name == mount.name));
            let models = served.models(ctx);
            let says = |what: fn(&Model) -> bool| models.iter().any(|model| what(model));
            let fact = facts().formats.get(&*framework.name);
            let members = pool::declared(ctx, served).filter(|pool| matches!(pool.members.value, Member::Named(_)));
            let runtime = members.map(|_| runtime(ctx, served, made));
            needs.extend(runtime.clone().map(|(_, address)| address));
            let unused =
                needs.iter().filter(|need| need.as_str().starts_with("configmap.")).cloned().collect::<Vec<_>>();
            needs.retain(|need| !unused.contains(need));
            unused.iter().for_each(|address| {
                made.resources.remove(address);
            });
            predictor.security_context = None;
            predictor.model = Some(ModelSpec {
                model_format: ModelFormat {
                    name: fact.map_or_else(|| framework.name.to_string(), |format| format.name.clone()),
                    version: None,
                },
                runtime: runtime.map(|(name, _)| name),
                storage_uri: storage(ctx, served, model),
                env: container.env,
                resources: container.resources,
                // The serving runtime has its own, unless the model says how it is asked.
                readiness_probe: container.readiness_probe.filter(|_| says(|model| model.health.is_some())),
                startup_probe: container
                    .startup_probe
                    .filter(|_| says(|model| model.load_time.is_some() || model.health.is_some())),
                volume_mounts: container.volume_mounts,
                ..ModelSpec::default()
            });
        }
        (None, Server::Runtime) => {
            let (name, address) = runtime(ctx, served, made);
            needs.push(address);
            predictor.storage_uris = uris();
            predictor.model = Some(ModelSpec {
                name: None,
                model_format: ModelFormat { name: FORMAT.to_owned(), version: Some("1".to_owned()) },
                runtime: Some(name),
                protocol_version: Some("v2"),
                storage_uri: None,
                args: container.args,
                env: container.env,
                resources: container.resources,
                startup_probe: container.startup_probe,
                readiness_probe: container.readiness_probe.map(unnamed),
                security_context: container.security_context,
                volume_mounts: container.volume_mounts,
            });
            if let Some(model) = &mut predictor.model {
                model.startup_probe = model.startup_probe.take().map(unnamed);
            }
        }
        (None, Server::Image { .. }) => {
            predictor.storage_uris = uris();
            container.env.retain(|variable| variable.name != "PORT");
            predictor.containers = vec![Container {
                name: CONTAINER.to_owned(),
                ports: vec![ContainerPort { name: None, container_port: PORT, protocol: Some("TCP") }],
                startup_probe: container.startup_probe.map(unnamed),
                readiness_probe: container.readiness_probe.map(unnamed),
                liveness_probe: container.liveness_probe.map(unnamed),
                lifecycle: None,
                ..container
            }];
        }
    }
}

/// Where a serving runtime finds its model: for a pool, the whole prefix; named members are told to it one by one.
fn storage(ctx: &Ctx, served: &Served, model: &Model) -> Option<String> {
    match pool::declared(ctx, served).map(|pool| &pool.members.value) {
        None => fetch::uri(ctx, model),
        Some(Member::Prefix { artifacts, .. }) => Some(artifacts.to_string()),
        Some(Member::Named(_)) => None,
    }
}

/// Probes of Knative name no port: it has one only.
fn unnamed(probe: Probe) -> Probe {
    let number = || IntOrText::Int(u64::from(PORT));
    Probe {
        http_get: probe.http_get.map(|get| HttpGet { port: number(), ..get }),
        tcp_socket: probe.tcp_socket.map(|_| TcpSocket { port: number() }),
        ..probe
    }
}

/// The framework that a serving runtime of KServe's runs, and the model; none where servec's runtime or the user's own
/// container serves.
pub fn format<'s>(ctx: &Ctx<'s>, served: &Served) -> Option<(&'s Framework, &'s Model)> {
    let model = match &served.serve {
        Servable::Model(name) => ctx.stack.models.get(name)?,
        Servable::Pool(_) => *served.models(ctx).first()?,
        Servable::Pipeline(_) => return None,
    };
    match &model.origin {
        Origin::Framework { framework, .. } if &*framework.value.name != "onnx" => Some((&framework.value, model)),
        Origin::Framework { .. } | Origin::Image { .. } => None,
    }
}

fn is_runtime(ctx: &Ctx, served: &Served) -> bool {
    format(ctx, served).is_none()
}

/// The runtime that an inference service names: servec's own, once a stack, or, for a pool of another framework, one that
/// loads many models.
fn runtime(ctx: &Ctx, served: &Served, made: &mut Made) -> (String, Address) {
    let triton = format(ctx, served);
    let name = match &triton {
        Some((framework, _)) => ctx.name(&["runtime", &framework.name]),
        None => ctx.name(&["runtime", FORMAT]),
    };
    let fact = &facts().triton;
    let (format, image, args) = match &triton {
        Some((framework, _)) => (framework.name.to_string(), fact.image.clone(), fact.args.clone()),
        None => (FORMAT.to_owned(), ctx.settings.runtime_image.clone(), vec![]),
    };
    let container = Container {
        name: CONTAINER.to_owned(),
        image: Some(image),
        args,
        ports: vec![ContainerPort { name: None, container_port: PORT, protocol: Some("TCP") }],
        security_context: Some(pod::locked(triton.is_none())),
        ..Container::default()
    };
    let spec = ServingRuntimeSpec {
        supported_model_formats: vec![SupportedFormat {
            name: format,
            version: triton.is_none().then(|| "1".to_owned()),
            auto_select: None,
        }],
        protocol_versions: vec!["v2"],
        multi_model: triton.is_some().then_some(true),
        containers: vec![container],
        volumes: vec![],
    };
    let address = made.put(&spec.named(ctx.metadata(name.clone(), &Map::new())), From::new(ctx.stack.span));
    (name, address)
}

fn batcher(models: &[&Model], served: &Served) -> Option<Batcher> {
    let batching = models.iter().find_map(|model| model.batching.as_ref())?;
    Some(Batcher {
        max_batch_size: batching.max_size,
        max_latency: u64::try_from(batching.max_delay.as_millis()).unwrap_or(u64::MAX).max(1),
        timeout: served.timeout.map(seconds),
    })
}

fn logger(endpoint: &Endpoint, served: &Served) -> Option<Logger> {
    let capture = &endpoint.capture.as_ref()?.value;
    let storage = capture.output.as_ref().map(|output| LoggerStorage {
        path: output.to_string(),
        service_account_name: served.role().map(str::to_owned),
    });
    Some(Logger { mode: "all", url: None, storage })
}

/// How many replicas, and what moves their count.
fn scaling(served: &Served, endpoint: &Endpoint, deployed: Deployed, predictor: &mut Predictor) {
    let scale = &endpoint.scale.value;
    predictor.min_replicas = Some(served.replicas.floor);
    predictor.max_replicas = Some(served.replicas.ceiling.max(1));
    if let Mode::Serverless { max_concurrency, .. } = &endpoint.mode.value {
        predictor.min_replicas = Some(0);
        let each = predictor.container_concurrency.unwrap_or(1).max(1);
        let most = max_concurrency.as_ref().map(|most| most.value.div_ceil(each).max(1));
        predictor.max_replicas = most.or((scale.max > 1).then_some(scale.max));
    }
    let tracks = scale::tracks(endpoint);
    if let Some((metric, target, ..)) = tracks.first() {
        let (name, target, kind) = match metric {
            Metric::RequestsPerReplica => ("rps", *target, None),
            Metric::ConcurrencyPerReplica | Metric::BacklogPerReplica => ("concurrency", *target, None),
            Metric::Memory | Metric::GpuMemory => ("memory", f64::from(percent(*target)), Some("Utilization")),
            Metric::Cpu | Metric::Gpu => ("cpu", f64::from(percent(*target)), Some("Utilization")),
        };
        if target.fract() == 0.0 || deployed == Deployed::Standard {
            predictor.scale_metric = Some(name);
            predictor.scale_metric_type = kind.filter(|_| deployed == Deployed::Standard);
            predictor.scale_target = Some(whole(target));
        } else {
            // KServe's own field takes whole numbers only.
            predictor.annotations.insert("autoscaling.knative.dev/metric".to_owned(), name.to_owned());
            predictor.annotations.insert("autoscaling.knative.dev/target".to_owned(), plain(target));
        }
        if deployed == Deployed::Knative && kind.is_some() {
            let class = "hpa.autoscaling.knative.dev".to_owned();
            predictor.annotations.insert("autoscaling.knative.dev/class".to_owned(), class);
        }
    }
    if let Some(cooldown) = scale::cooldown(endpoint).filter(|_| deployed == Deployed::Knative) {
        let delay = format!("{}s", seconds(cooldown));
        predictor.annotations.insert("autoscaling.knative.dev/scale-down-delay".to_owned(), delay);
    }
    let gradual = endpoint.rollout.as_ref().filter(|rollout| matches!(&*rollout.value.kind, "canary" | "linear"));
    if let Some(rollout) = gradual.filter(|_| deployed == Deployed::Knative) {
        predictor.canary_traffic_percent = Some(rollout.value.first.as_ref().map_or(10, |first| percent(first.value)));
    }
}
