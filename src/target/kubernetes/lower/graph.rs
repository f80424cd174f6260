//! A pipeline whose steps need containers of their own, as an InferenceGraph: each step, and each run of steps between
//! them that servec's runtime can do, is an inference service, and the graph hands one body from one to the next.

use std::collections::BTreeSet;
use std::sync::Arc;

use serve_spec::{Arg, Call, Graph, Output, Port, Ref};

use crate::resource::Address;
use crate::stack::{Callee, Endpoint, Handler, Member, Origin, Pipeline, Pool, Servable, Step};
use crate::target::spec as specs;

use super::super::api::{
    Container, ContainerPort, GraphNode, GraphStep, InferenceGraphSpec, InferenceServiceSpec, Kind as _, Map,
    Predictor, TrainedModel, TrainedModelSpec, bytes,
};
use super::super::facts::facts;
use super::kserve::{self, Deployed};
use super::made::{From, Made};
use super::pod::{self, PORT};
use super::served::Served;
use super::values::seconds;
use super::{Ctx, account, fetch, place, spec};

/// What one node of the graph does.
enum Part<'s> {
    /// A transform in a container.
    Container { name: &'s Arc<str>, image: &'s Arc<str> },
    /// A model that servec's runtime does not serve.
    Model(&'s Arc<str>),
    /// Steps that it does, by their place in the pipeline.
    Runtime(Vec<usize>),
}

fn pipeline<'s>(ctx: &Ctx<'s>, served: &Served) -> Option<&'s Pipeline> {
    match &served.serve {
        Servable::Pipeline(name) => ctx.stack.pipelines.get(name),
        Servable::Model(_) | Servable::Pool(_) => None,
    }
}

/// Whether a pipeline has a step that servec's runtime does not do itself.
pub fn is_cut(ctx: &Ctx, served: &Served) -> bool {
    pipeline(ctx, served).is_some_and(|pipeline| pipeline.steps.iter().any(|step| alone(ctx, step).is_some()))
}

/// A step in a container of its own.
fn alone<'s>(ctx: &Ctx<'s>, step: &'s Step) -> Option<Part<'s>> {
    match &step.callee {
        Callee::Model(name) => match &ctx.stack.models.get(name)?.origin {
            Origin::Framework { framework, .. } if &*framework.value.name == "onnx" => None,
            Origin::Framework { .. } | Origin::Image { .. } => Some(Part::Model(name)),
        },
        Callee::Transform(name) => match &ctx.stack.transforms.get(name)?.handler {
            Handler::Container(image) => Some(Part::Container { name, image }),
            Handler::Builtin(_) | Handler::Python(_) => None,
        },
    }
}

fn parts<'s>(ctx: &Ctx<'s>, pipeline: &'s Pipeline) -> Vec<Part<'s>> {
    let mut parts: Vec<Part> = vec![];
    for (i, step) in pipeline.steps.iter().enumerate() {
        match (alone(ctx, step), parts.last_mut()) {
            (Some(part), _) => parts.push(part),
            (None, Some(Part::Runtime(steps))) => steps.push(i),
            (None, _) => parts.push(Part::Runtime(vec![i])),
        }
    }
    parts
}

/// The graph, and a service for each of its nodes.
pub fn graph(ctx: &Ctx, served: &Served, endpoint: &Endpoint, deployed: Deployed, made: &mut Made) {
    let Some(pipeline) = pipeline(ctx, served) else { return };
    let (account, needed) = account::of(ctx, served, made);
    let mut needs: Vec<Address> = needed.into_iter().collect();
    let mut steps = vec![];
    for (i, part) in parts(ctx, pipeline).into_iter().enumerate() {
        let name = format!("step{}", i + 1);
        let node = match part {
            Part::Model(model) => {
                let node = served.part(ctx, &name, Servable::Model(model.clone()));
                needs.push(kserve::service(ctx, &node, endpoint, deployed, made));
                node
            }
            Part::Container { name: transform, image } => {
                let node = served.part(ctx, &name, served.serve.clone());
                needs.push(container(ctx, &node, transform, image, &account, deployed, made));
                node
            }
            Part::Runtime(run) => {
                let node = served.part(ctx, &name, served.serve.clone());
                needs.push(fused(ctx, &node, pipeline, &run, endpoint, deployed, made));
                node
            }
        };
        let data = (i > 0).then_some("$response");
        steps.push(GraphStep { name, service_name: node.name, data, dependency: Some("Hard") });
    }
    let root = GraphNode { router_type: "Sequence", steps };
    let spec = InferenceGraphSpec {
        min_replicas: Some(endpoint.scale.value.min.max(1)),
        max_replicas: Some(endpoint.scale.value.max.max(1)),
        timeout: served.timeout.map(seconds),
        service_account_name: Some(account),
        nodes: [("root".to_owned(), root)].into(),
    };
    let from = From::new(endpoint.span)
        .needs(needs)
        .at("/spec/nodes", Some(pipeline.span))
        .at("/spec/timeout", Some(endpoint.mode.span));
    let metadata = kserve::metadata(ctx, served, deployed);
    made.put(&spec.named(metadata), from);
}

/// A transform's own container.
fn container(
    ctx: &Ctx,
    node: &Served,
    transform: &str,
    image: &str,
    account: &str,
    deployed: Deployed,
    made: &mut Made,
) -> Address {
    let container = Container {
        name: "kserve-container".to_owned(),
        image: Some(image.to_owned()),
        ports: vec![ContainerPort { name: None, container_port: PORT, protocol: Some("TCP") }],
        resources: Some(place::least()),
        security_context: Some(pod::locked(false)),
        ..Container::default()
    };
    let predictor = Predictor {
        min_replicas: Some(node.replicas.floor),
        max_replicas: Some(node.replicas.ceiling.max(1)),
        timeout: node.timeout.map(seconds),
        service_account_name: Some(account.to_owned()),
        labels: pod::labels(ctx, node),
        containers: vec![container],
        ..Predictor::default()
    };
    let origin = ctx.stack.transforms.get(transform).map_or(node.origin, |transform| transform.span);
    let spec = InferenceServiceSpec { predictor, canary: vec![] };
    made.put(&spec.named(kserve::metadata(ctx, node, deployed)), From::new(origin))
}

/// Steps that servec's runtime does, as a service with a spec of their own.
fn fused(
    ctx: &Ctx,
    node: &Served,
    pipeline: &Pipeline,
    run: &[usize],
    endpoint: &Endpoint,
    deployed: Deployed,
    made: &mut Made,
) -> Address {
    let address = kserve::service(ctx, node, endpoint, deployed, made);
    let (mut whole, _) = spec::of(ctx, node);
    let inside: BTreeSet<&str> = run.iter().filter_map(|i| pipeline.steps.get(*i)).map(|step| &*step.id).collect();
    for graph in whole.graphs.values_mut() {
        *graph = cut(graph, &inside);
    }
    let called: BTreeSet<String> = whole
        .graphs
        .values()
        .flat_map(|graph| &graph.steps)
        .filter_map(|step| if let Call::Model(name) = &step.call { Some(name.clone()) } else { None })
        .collect();
    whole.models.retain(|name, _| called.contains(name));
    replace_spec(ctx, node, &specs::json(&whole), &address, made);
    address
}

/// The part of a graph that has these steps: what they are given from outside are its inputs, what others take from
/// them, and what the whole answers with, its outputs.
fn cut(graph: &Graph, inside: &BTreeSet<&str>) -> Graph {
    let steps: Vec<_> = graph.steps.iter().filter(|step| inside.contains(&*step.id)).cloned().collect();
    let find = |wanted: &Ref| -> Option<Port> {
        match wanted {
            Ref::Input(name) => graph.inputs.iter().find(|port| port.name == *name).cloned(),
            Ref::Step { id, output } => {
                let step = graph.steps.iter().find(|step| step.id == *id)?;
                step.outputs.iter().find(|port| port.name == *output).cloned()
            }
        }
    };
    let outside = |value: &Ref| !matches!(value, Ref::Step { id, .. } if inside.contains(&**id));
    let (mut inputs, mut cut): (Vec<Port>, _) = (vec![], steps);
    for arg in cut.iter_mut().flat_map(|step| step.args.values_mut()) {
        let Arg::Ref(value) = arg else { continue };
        if let Some(port) = find(value).filter(|_| outside(value)) {
            *value = Ref::Input(port.name.clone());
            if inputs.iter().all(|known| known.name != port.name) {
                inputs.push(Port { from: None, ..port });
            }
        }
    }
    let taken = graph.steps.iter().filter(|step| !inside.contains(&*step.id)).flat_map(|step| step.args.values());
    let taken = taken.filter_map(|arg| if let Arg::Ref(value) = arg { Some(value) } else { None });
    let answers = graph.outputs.iter().map(|output| (output.name.clone(), &output.value));
    let mut outputs: Vec<Output> = vec![];
    let named = |value: &Ref| match value {
        Ref::Input(name) => name.clone(),
        Ref::Step { output, .. } => output.clone(),
    };
    for (name, value) in taken.map(|value| (named(value), value)).chain(answers).filter(|(_, value)| !outside(value)) {
        if let Some(port) = find(value).filter(|_| outputs.iter().all(|known| known.name != name)) {
            outputs.push(Output { name, ty: port.ty, value: value.clone() });
        }
    }
    Graph { inputs, steps: cut, outputs }
}

/// Puts another spec in the place of the one that a service was made with.
fn replace_spec(ctx: &Ctx, node: &Served, whole: &serde_json::Value, service: &Address, made: &mut Made) {
    let texts = Map::from([("spec.json".to_owned(), format!("{whole:#}\n"))]);
    let config = spec::put_texts(ctx, node, texts, node.origin, made);
    let Some(resource) = made.resources.get_mut(service) else { return };
    let volumes = resource.body.pointer_mut("/spec/predictor/volumes").and_then(|volumes| volumes.as_array_mut());
    for volume in volumes.into_iter().flatten() {
        if let Some(name) = volume.pointer_mut("/configMap/name") {
            *name = config.name.clone().into();
        }
    }
    let before = resource.needs.iter().find(|need| need.as_str().starts_with("configmap.")).cloned();
    resource.needs.retain(|need| Some(need) != before.as_ref());
    resource.needs.push(config.address.clone());
    if let Some(before) = before.filter(|before| *before != config.address) {
        made.resources.remove(&before);
    }
}

/// The members of a pool, as models that a service loads.
pub fn members(ctx: &Ctx, served: &Served, pool: &Pool, service: &Address, made: &mut Made) {
    let Member::Named(names) = &pool.members.value else { return };
    for model in names.iter().filter_map(|name| ctx.stack.models.get(name)) {
        let framework = match &model.origin {
            Origin::Framework { framework, .. } => framework.value.name.to_string(),
            Origin::Image { .. } => continue,
        };
        let memory = model.memory.as_ref().map_or(facts().defaults.memory, |memory| memory.value);
        let spec = TrainedModelSpec {
            inference_service: served.name.clone(),
            model: TrainedModel {
                framework,
                storage_uri: fetch::uri(ctx, model).unwrap_or_default(),
                memory: bytes(memory),
            },
        };
        let metadata =
            ctx.metadata(served.part(ctx, &model.name, Servable::Model(model.name.clone())).name, &served.labels(ctx));
        let from = From::new(model.span)
            .needs([service.clone()])
            .at("/spec/model/memory", model.memory.as_ref().map(|memory| memory.span));
        made.put(&spec.named(metadata), from);
    }
}
