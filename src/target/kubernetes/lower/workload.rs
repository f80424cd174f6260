//! A workload that is called: its Deployment, its Service, and how many of its pods may be away at once.

use crate::resource::Address;
use crate::stack::Endpoint;

use super::super::api::{
    DeploymentSpec, DisruptionSpec, IntOrText, Kind as _, Map, Selector, ServicePort, ServiceSpec, port,
};
use super::made::{From, Made, own};
use super::pod::{self, Pod};
use super::served::Served;
use super::{Ctx, probe, rollout, scale};

/// How the count of replicas is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    Fixed(u32),
    /// An autoscaler has it, and it is never said here.
    Scaled,
}

/// Old ReplicaSets that are kept to go back to.
const HISTORY: u32 = 5;

/// A Deployment of pods.
pub fn deployment(ctx: &Ctx, served: &Served, endpoint: &Endpoint, count: Count, pod: Pod, made: &mut Made) -> Address {
    let rollout = endpoint.rollout.as_ref();
    let ready = rollout::ready_seconds(rollout);
    let spec = DeploymentSpec {
        replicas: match count {
            Count::Fixed(count) => Some(count),
            Count::Scaled => None,
        },
        revision_history_limit: Some(HISTORY),
        progress_deadline_seconds: Some(probe::start_seconds(&served.models(ctx)) + ready.unwrap_or(0) + 120),
        min_ready_seconds: ready,
        selector: Selector { match_labels: served.selector(ctx) },
        strategy: Some(rollout::strategy(rollout)),
        template: pod.template,
    };
    let mut metadata = ctx.metadata(served.name.clone(), &served.labels(ctx));
    if let Some(parts) = rollout.filter(|rollout| matches!(&*rollout.value.kind, "canary" | "linear")) {
        made.note(format!(
            "the files alone replace the pods of endpoint `{}` one by one: the parts of `rollout = {}` stand in annotation \
             `{}`",
            endpoint.name,
            parts.value.kind,
            own("rollout")
        ));
    }
    metadata.annotations.extend(rollout.map(|rollout| (own("rollout"), rollout::words(&rollout.value))));
    let models = served.models(ctx);
    let model = models.first();
    let server = "/spec/template/spec/containers/0";
    let artifact = model.map(|model| model.span);
    let from = From::new(served.origin)
        .needs(pod.needs)
        .at("/spec/replicas", Some(endpoint.scale.span))
        .at("/spec/strategy", rollout.map(|rollout| rollout.span))
        .at("/spec/minReadySeconds", rollout.and_then(|rollout| rollout.value.bake.as_ref()).map(|bake| bake.span))
        .at("/metadata/annotations", rollout.map(|rollout| rollout.span))
        .at("/spec/template/spec/terminationGracePeriodSeconds", Some(served.mode))
        .at("/spec/template/spec/nodeSelector", served.machine.map(|machine| machine.span))
        .at("/spec/template/spec/affinity", model.and_then(|m| m.accelerator.as_ref()).map(|a| a.span))
        .at("/spec/template/spec/serviceAccountName", served.identity.map(|identity| identity.span))
        .at("/spec/template/spec/initContainers", artifact)
        .at(server, artifact)
        .at(&format!("{server}/resources/requests/cpu"), model.and_then(|m| m.cpu.as_ref()).map(|cpu| cpu.span))
        .at(&format!("{server}/resources/requests/memory"), model.and_then(|m| m.memory.as_ref()).map(|x| x.span))
        .at(&format!("{server}/resources/limits/memory"), model.and_then(|m| m.memory.as_ref()).map(|x| x.span))
        .at(&format!("{server}/readinessProbe"), model.and_then(|m| m.health.as_ref()).map(|health| health.span))
        .at(&format!("{server}/startupProbe"), model.and_then(|m| m.load_time.as_ref()).map(|load| load.span));
    let from = model
        .into_iter()
        .flat_map(|model| model.env.iter())
        .enumerate()
        .fold(from, |from, (i, (_, value))| from.at(&format!("{server}/env/{i}"), Some(value.span)));
    made.put(&spec.named(metadata), from)
}

/// All that one workload is: pods, count, address, and what keeps enough of them.
pub fn whole(ctx: &Ctx, served: &Served, endpoint: &Endpoint, made: &mut Made) -> Address {
    let pod = pod::of(ctx, served, made);
    let count = scale::count(ctx, served, endpoint);
    let service = service(ctx, served, &served.name, &served.selector(ctx), made);
    let deployment = deployment(ctx, served, endpoint, count, pod, made);
    scale::scaler(ctx, served, endpoint, &deployment, made);
    disruption(ctx, served, made);
    service
}

/// A Service over pods.
pub fn service(ctx: &Ctx, served: &Served, name: &str, selector: &Map, made: &mut Made) -> Address {
    let spec = ServiceSpec {
        kind: "ClusterIP",
        external_name: None,
        selector: selector.clone(),
        ports: vec![ServicePort { name: "http", port: 80, target_port: port("http"), protocol: "TCP" }],
    };
    made.put(&spec.named(ctx.metadata(name.to_owned(), &served.labels(ctx))), From::new(served.origin))
}

/// One pod at a time may be taken away, where there is more than one.
pub fn disruption(ctx: &Ctx, served: &Served, made: &mut Made) {
    if served.replicas.ceiling < 2 {
        return;
    }
    let selector = Selector { match_labels: served.selector(ctx) };
    let spec = DisruptionSpec { max_unavailable: IntOrText::Int(1), selector };
    made.put(&spec.named(ctx.metadata(served.name.clone(), &served.labels(ctx))), From::new(served.origin));
}
