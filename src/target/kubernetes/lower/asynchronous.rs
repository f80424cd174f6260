//! An async endpoint: calls are taken and queued by one workload, answered by another, and the answers put where callers
//! were told to look. KEDA keeps as many workers as calls wait.

use crate::resource::Address;
use crate::stack::{Endpoint, Mode};

use super::super::api::{
    Container, ContainerPort, DeploymentSpec, JobSpec, Kind as _, PodTemplate, Resources, ScaledJobSpec,
    ScalingStrategy, Selector, TemplateMetadata,
};
use super::super::facts::facts;
use super::made::{From, Made};
use super::pod::{self, PORT, Serving};
use super::served::{Served, Server};
use super::values::{seconds, topic};
use super::{Ctx, alarm, keda, place, policy, probe, queue, rollout, scale, spec, workload};

/// Pods that take calls, whatever the workers do.
const DOORS: u32 = 2;

pub fn endpoint(ctx: &Ctx, endpoint: &Endpoint, made: &mut Made) {
    let all = Served::of_endpoint(ctx, endpoint);
    let Some(served) = all.first() else { return };
    let queue = queue::put(ctx, endpoint, made);
    door(ctx, served, endpoint, &queue, made);
    workers(ctx, &served.part(ctx, "worker", served.serve.clone()), endpoint, &queue, made);
    policy::policy(ctx, &all, made);
    alarm::alarms(ctx, endpoint, made);
}

/// Where answers are put: as written, or beside the stack's other files.
fn output(ctx: &Ctx, endpoint: &Endpoint) -> String {
    let written = match &endpoint.mode.value {
        Mode::Async { output, .. } => output.as_ref().map(|output| output.value.to_string()),
        Mode::Realtime { .. } | Mode::Streaming { .. } | Mode::Serverless { .. } | Mode::Batch { .. } => None,
    };
    let prefix = ctx.settings.artifacts.as_deref().unwrap_or_default();
    written.unwrap_or_else(|| format!("{prefix}/{}/answers/{}/", ctx.stack.name, endpoint.name))
}

/// What the runtime is told beside its spec.
fn arguments(ctx: &Ctx, endpoint: &Endpoint, command: &str) -> Vec<String> {
    let mut words = spec::arguments(command);
    words.extend(["--queue".to_owned(), queue::uri(ctx, endpoint), "--output".to_owned(), output(ctx, endpoint)]);
    words
}

/// The workload that takes calls, and the endpoint's address.
fn door(ctx: &Ctx, served: &Served, endpoint: &Endpoint, queue: &[Address], made: &mut Made) {
    let door = served.part(ctx, "door", served.serve.clone());
    workload::service(ctx, &door, &ctx.name(&[&endpoint.name]), &door.selector(ctx), made);
    let config = spec::put(ctx, &door, made);
    let (volume, mount) = spec::volume(&config);
    let probes = probe::of_runtime(&[]);
    let mut arguments = arguments(ctx, endpoint, "accept");
    arguments.extend(["--host", "0.0.0.0", "--port", "8080"].map(str::to_owned));
    let (requests, limits) = queue::amounts("250m", "256Mi");
    let container = Container {
        name: "server".to_owned(),
        image: Some(ctx.settings.runtime_image.clone()),
        args: arguments,
        ports: vec![ContainerPort { name: Some("http"), container_port: PORT, protocol: Some("TCP") }],
        resources: Some(Resources { requests, limits }),
        startup_probe: Some(probes.startup),
        readiness_probe: Some(probes.readiness),
        liveness_probe: Some(probes.liveness),
        security_context: Some(pod::locked(true)),
        volume_mounts: vec![mount],
        ..Container::default()
    };
    let needs = [config.address].into_iter().chain(queue.iter().cloned()).collect();
    let serving = Serving { container, init: vec![], volumes: vec![volume], needs };
    let mut pod = pod::around(ctx, &door, serving, made);
    // It holds no model: any node will do.
    pod.template.spec.affinity = None;
    pod.template.spec.tolerations.clear();
    pod.template.spec.node_selector.clear();
    pod.template.spec.termination_grace_period_seconds = Some(30);
    pod.template.spec.security_context = Some(pod::own_security());
    let spec = DeploymentSpec {
        replicas: Some(DOORS),
        selector: Selector { match_labels: door.selector(ctx) },
        strategy: Some(rollout::strategy(None)),
        template: pod.template,
        ..DeploymentSpec::default()
    };
    let from = From::new(served.origin).needs(pod.needs);
    made.put(&spec.named(ctx.metadata(door.name.clone(), &door.labels(ctx))), from);
    workload::disruption(
        ctx,
        &Served { replicas: crate::cost::Replicas { ceiling: DOORS, ..door.replicas }, ..door },
        made,
    );
}

/// The workers: a Deployment, or, where a call takes longer than a pod can be waited for, a Job for each call.
fn workers(ctx: &Ctx, served: &Served, endpoint: &Endpoint, queue: &[Address], made: &mut Made) {
    let long = seconds(queue::longest(endpoint)) > facts().defaults.long_call_seconds;
    let mut arguments = arguments(ctx, endpoint, "work");
    if let Mode::Async { max_in_flight, on_done, .. } = &endpoint.mode.value {
        if let Some(most) = max_in_flight {
            arguments.extend(["--in-flight".to_owned(), most.value.to_string()]);
        }
        if let Some(name) = on_done.as_ref().and_then(topic) {
            arguments.extend(["--on-done".to_owned(), name.to_owned()]);
        }
    }
    if long {
        arguments.push("--once".to_owned());
    }
    let mut serving = working(ctx, served, arguments, made);
    serving.needs.extend(queue.iter().cloned());
    let pod = pod::around(ctx, served, serving, made);
    if long {
        jobs(ctx, served, endpoint, pod, made);
        return;
    }
    let count = scale::count(ctx, served, endpoint);
    let deployment = workload::deployment(ctx, served, endpoint, count, pod, made);
    scale::scaler(ctx, served, endpoint, &deployment, made);
    workload::disruption(ctx, served, made);
}

/// A container that works through a queue or a data set: the runtime, beside the user's own image where that serves.
pub fn working(ctx: &Ctx, served: &Served, mut arguments: Vec<String>, made: &mut Made) -> Serving {
    let mut serving = pod::serving(ctx, served, made);
    let own = matches!(served.server(ctx), Server::Runtime);
    if own {
        serving.container.args = arguments;
        serving.container.lifecycle = None;
        serving.container.ports.clear();
        (serving.container.startup_probe, serving.container.readiness_probe) = (None, None);
        serving.container.liveness_probe = None;
        return serving;
    }
    let config = spec::put(ctx, served, made);
    let (volume, mount) = spec::volume(&config);
    serving.volumes.push(volume);
    serving.needs.push(config.address);
    arguments.extend(["--upstream".to_owned(), format!("http://127.0.0.1:{PORT}")]);
    let (requests, limits) = queue::amounts("250m", "256Mi");
    let worker = Container {
        name: "worker".to_owned(),
        image: Some(ctx.settings.runtime_image.clone()),
        args: arguments,
        resources: Some(Resources { requests, limits }),
        security_context: Some(pod::locked(true)),
        volume_mounts: vec![mount],
        ..Container::default()
    };
    let mut model = std::mem::replace(&mut serving.container, worker);
    // Starts before the worker, and ends after it.
    model.restart_policy = Some("Always");
    model.lifecycle = None;
    serving.init.push(model);
    serving
}

fn jobs(ctx: &Ctx, served: &Served, endpoint: &Endpoint, pod: pod::Pod, made: &mut Made) {
    let triggers = keda::triggers(ctx, served, endpoint, made);
    let PodTemplate { metadata, mut spec } = pod.template;
    spec.restart_policy = Some("Never");
    spec.topology_spread_constraints = place::spread(&served.selector(ctx));
    let template = PodTemplate { metadata: TemplateMetadata { ..metadata }, spec };
    let job = JobSpec {
        backoff_limit: 2,
        completions: None,
        parallelism: Some(1),
        active_deadline_seconds: Some(seconds(queue::longest(endpoint)) + 600),
        template,
    };
    let spec = ScaledJobSpec {
        job_target_ref: job,
        polling_interval: Some(15),
        min_replica_count: endpoint.scale.value.min,
        max_replica_count: endpoint.scale.value.max.max(1),
        scaling_strategy: Some(ScalingStrategy { strategy: "accurate" }),
        triggers,
    };
    let from = From::new(served.origin)
        .needs(pod.needs)
        .at("/spec/minReplicaCount", Some(endpoint.scale.value.low))
        .at("/spec/maxReplicaCount", Some(endpoint.scale.value.high));
    made.put(&spec.named(ctx.metadata(served.name.clone(), &served.labels(ctx))), from);
}
