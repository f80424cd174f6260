//! A pool without KServe: one runtime that loads members when they are called, or a workload for each member on one node.

use serde::Serialize;

use crate::stack::{Endpoint, Member, Model, Origin, Pool, Servable};
use crate::target::spec as specs;

use super::super::api::{Affinity, Map, PodAffinity, PodTerm, PreferredPods, Selector};
use super::made::Made;
use super::pod::{self, Serving};
use super::served::Served;
use super::{Ctx, fetch, probe, scale, spec, workload};

/// What a runtime that loads on demand is told: `pool.json`.
#[derive(Debug, Serialize)]
struct PoolFile {
    version: u32,
    endpoint: String,
    /// Whether members stay loaded until memory runs short.
    cache: bool,
    members: Members,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Members {
    /// By name: where the files are, and the file beside this one that says how it is served.
    Named(std::collections::BTreeMap<String, OneMember>),
    /// Every artifact under a prefix, each served as the file beside this one says.
    Under { prefix: String, spec: String },
}

#[derive(Debug, Serialize)]
struct OneMember {
    uri: String,
    spec: String,
}

pub fn pool(ctx: &Ctx, served: &Served, endpoint: &Endpoint, made: &mut Made) {
    if let Some(members) = apart(ctx, served) {
        for member in &members {
            alone(ctx, served, member, endpoint, made);
        }
        workload::service(ctx, served, &served.name, &served.selector(ctx), made);
        say_where(served, &members, made);
    } else {
        together(ctx, served, endpoint, made);
    }
}

/// The members of a pool that share a machine and no container.
pub fn apart<'a>(ctx: &Ctx, served: &Served<'a>) -> Option<Vec<Served<'a>>> {
    let pool = declared(ctx, served).filter(|pool| pool.share_instance)?;
    let Member::Named(names) = &pool.members.value else { return None };
    Some(names.iter().map(|name| served.part(ctx, name, Servable::Model(name.clone()))).collect())
}

/// A member's address is its own.
pub fn say_where(served: &Served, members: &[Served], made: &mut Made) {
    let names: Vec<String> = members.iter().map(|member| format!("`{}`", member.name)).collect();
    made.note(format!(
        "each member of pool `{}` is called at a Service of its own: {}",
        served.what(),
        names.join(", ")
    ));
}

pub fn declared<'s>(ctx: &Ctx<'s>, served: &Served) -> Option<&'s Pool> {
    match &served.serve {
        Servable::Pool(name) => ctx.stack.pools.get(name),
        Servable::Model(_) | Servable::Pipeline(_) => None,
    }
}

/// One member in a container of its own, beside the others where their node has room.
fn alone(ctx: &Ctx, whole: &Served, member: &Served, endpoint: &Endpoint, made: &mut Made) {
    let mut pod = pod::of(ctx, member, made);
    let siblings = PodTerm {
        label_selector: Selector { match_labels: whole.selector(ctx) },
        topology_key: "kubernetes.io/hostname",
    };
    let near = PodAffinity {
        required_during_scheduling_ignored_during_execution: vec![],
        preferred_during_scheduling_ignored_during_execution: vec![PreferredPods {
            weight: 100,
            pod_affinity_term: siblings,
        }],
    };
    let affinity = pod.template.spec.affinity.take().unwrap_or_default();
    pod.template.spec.affinity = Some(Affinity { pod_affinity: Some(near), ..affinity });
    workload::service(ctx, member, &member.name, &member.selector(ctx), made);
    let count = scale::count(ctx, member, endpoint);
    let deployment = workload::deployment(ctx, member, endpoint, count, pod, made);
    scale::scaler(ctx, member, endpoint, &deployment, made);
    workload::disruption(ctx, member, made);
}

/// One runtime for all members.
fn together(ctx: &Ctx, served: &Served, endpoint: &Endpoint, made: &mut Made) {
    let serving = serving(ctx, served, made);
    let pod = pod::around(ctx, served, serving, made);
    workload::service(ctx, served, &served.name, &served.selector(ctx), made);
    let count = scale::count(ctx, served, endpoint);
    let deployment = workload::deployment(ctx, served, endpoint, count, pod, made);
    scale::scaler(ctx, served, endpoint, &deployment, made);
    workload::disruption(ctx, served, made);
}

/// The runtime's container, with what it is told of the members.
pub fn serving(ctx: &Ctx, served: &Served, made: &mut Made) -> Serving {
    let mut serving = pod::serving(ctx, served, made);
    let origin = super::span_of(ctx.stack, &served.serve).unwrap_or(served.origin);
    let config = spec::put_texts(ctx, served, texts(ctx, served), origin, made);
    let (volume, _) = spec::volume(&config);
    // In the stead of the one spec of what is no pool.
    let before = serving.volumes.iter().position(|known| known.name == volume.name);
    if let Some(known) = before.and_then(|at| serving.volumes.get_mut(at)) {
        let unused = known.config_map.take().map(|map| crate::resource::Address::new("configmap", &map.name));
        *known = volume;
        if let Some(unused) = unused {
            made.resources.remove(&unused);
            serving.needs.retain(|need| *need != unused);
        }
    }
    serving.needs.extend([config.address].into_iter().chain(member_files(ctx, served)));
    serving.container.args =
        ["serve", "--pool", "/etc/servec/pool.json", "--host", "0.0.0.0", "--port", "8080"].map(str::to_owned).to_vec();
    let probes = probe::of_runtime(&served.models(ctx));
    serving.container.startup_probe = Some(probes.startup);
    serving
}

/// Addresses of members that are files of this machine.
fn member_files(ctx: &Ctx, served: &Served) -> Vec<crate::resource::Address> {
    let models = served.models(ctx);
    let hashes: Vec<String> = models.iter().filter_map(|model| fetch::sha256(model)).collect();
    let here = ctx.files.all().filter(|(copied, _)| hashes.contains(&copied.sha256));
    here.map(|(copied, _)| copied.address()).collect()
}

fn texts(ctx: &Ctx, served: &Served) -> Map {
    let Some(pool) = declared(ctx, served) else { return Map::new() };
    let mut texts = Map::new();
    let shown = |value: &serde_json::Value| format!("{value:#}\n");
    let members = match &pool.members.value {
        Member::Named(names) => {
            let one = |name: &std::sync::Arc<str>| {
                let member = served.part(ctx, name, Servable::Model(name.clone()));
                let file = format!("{name}.json");
                texts.insert(file.clone(), shown(&specs::json(&spec::of(ctx, &member).0)));
                let uri = ctx.stack.models.get(name).and_then(|model| fetch::uri(ctx, model)).unwrap_or_default();
                (name.to_string(), OneMember { uri, spec: file })
            };
            Members::Named(names.iter().map(one).collect())
        }
        Member::Prefix { artifacts, shape } => {
            texts.insert("member.json".to_owned(), shown(&shape_of(shape)));
            Members::Under { prefix: artifacts.to_string(), spec: "member.json".to_owned() }
        }
    };
    let file = PoolFile { version: 1, endpoint: served.of.to_owned(), cache: pool.cache, members };
    texts.insert("pool.json".to_owned(), shown(&specs::json(&file)));
    texts
}

/// What is common to all members: their ports, framework and concurrency.
fn shape_of(shape: &Model) -> serde_json::Value {
    #[derive(Serialize)]
    struct Shape {
        framework: String,
        inputs: Vec<serve_spec::Port>,
        outputs: Vec<serve_spec::Port>,
        concurrency: u32,
    }
    let framework = match &shape.origin {
        Origin::Framework { framework, .. } => framework.value.name.to_string(),
        Origin::Image { .. } => String::new(),
    };
    let shape = Shape {
        framework,
        inputs: shape.inputs.iter().map(specs::port).collect(),
        outputs: shape.outputs.iter().map(specs::port).collect(),
        concurrency: shape.concurrency.value,
    };
    specs::json(&shape)
}
