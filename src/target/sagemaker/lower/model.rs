//! `AWS::SageMaker::Model`s: what is served, as containers. One for each thing that an endpoint or a job serves.

use std::sync::Arc;

use crate::resource::Address;
use crate::source::Span;
use crate::stack::{Artifact, Member, Model as Declared, Origin, Pool, Servable};

use super::super::super::spec;
use super::super::cfn::{Container, ExecutionMode, Model, MultiModel, Text};
use super::artifact::{Form, KIND, Part};
use super::chain::{self, Group};
use super::container::{self, Built, is_own};
use super::cx::Cx;
use super::made::{Made, Spans};
use super::names::{At, plain};
use super::owner::Owner;

/// The kind of one model of many that one server loads as it is asked.
pub const MEMBER: &str = "member";

/// A model by its name, and what must exist before it is used.
pub struct Named {
    pub name: String,
    pub address: Address,
}

/// The model of what is served as a whole.
pub fn whole(cx: &Cx, made: &mut Made, owner: &mut Owner, serve: &Servable) -> Named {
    let (built, mode, span) = match serve {
        Servable::Model(name) => {
            let model = cx.stack.models.get(name);
            let built = model.map(|model| Built::model(cx, made, owner, model));
            (built.into_iter().collect(), None, model.map(|model| model.span))
        }
        Servable::Pipeline(name) => {
            let pipeline = cx.stack.pipelines.get(name);
            let groups = pipeline.map(|pipeline| chain::groups(pipeline, cx.stack, &cx.region)).unwrap_or_default();
            let built: Vec<Built> = groups.iter().filter_map(|group| of_group(cx, made, owner, group)).collect();
            let mode = (built.len() > 1).then_some("Serial");
            (built, mode, pipeline.map(|pipeline| pipeline.span))
        }
        Servable::Pool(name) => {
            let pool = cx.stack.pools.get(name);
            let built = pool.map(|pool| of_pool(cx, made, owner, pool)).unwrap_or_default();
            let direct = pool.is_some_and(|pool| pool.share_instance);
            (built, direct.then_some("Direct"), pool.map(|pool| pool.span))
        }
    };
    let (Servable::Model(name) | Servable::Pipeline(name) | Servable::Pool(name)) = serve;
    put(cx, made, owner, name, built, mode, span)
}

/// The model of one declared model, for a component of its own.
pub fn of_member(cx: &Cx, made: &mut Made, owner: &mut Owner, model: &Declared) -> Named {
    let built = Built::model(cx, made, owner, model);
    put(cx, made, owner, &model.name, vec![built], None, Some(model.span))
}

fn of_group(cx: &Cx, made: &mut Made, owner: &mut Owner, group: &Group) -> Option<Built> {
    Some(match group {
        Group::Own { stack, serve, name } => Built::own(cx, made, owner, stack, serve, name),
        Group::Model(name) => Built::model(cx, made, owner, cx.stack.models.get(name)?),
        Group::Image(image) => {
            let built = Built::image(image);
            owner.uses.image(&built.container.image);
            built
        }
    })
}

fn of_pool(cx: &Cx, made: &mut Made, owner: &mut Owner, pool: &Pool) -> Vec<Built> {
    match &pool.members.value {
        Member::Named(names) if pool.share_instance => {
            let members = names.iter().filter_map(|name| cx.stack.models.get(name));
            let built = members.map(|model| {
                let mut built = Built::model(cx, made, owner, model);
                built.container.container_hostname = Some(plain(&model.name));
                built
            });
            built.collect()
        }
        Member::Named(names) => {
            let members: Vec<&Declared> = names.iter().filter_map(|name| cx.stack.models.get(name)).collect();
            let prefix = cx.artifacts.then(&format!("/pools/{}/{}/", plain(owner.name), plain(&pool.name)));
            let Some(first) = members.first() else { return vec![] };
            let mut built = Built::server_of(cx, first, owner);
            for model in &members {
                built.environment(cx, made, &model.env, owner);
                built.needs.push(member(cx, made, owner, pool, model, &prefix));
            }
            built.spans.push(("/ModelDataUrl".to_owned(), pool.members.span));
            vec![many(built, prefix, pool, owner)]
        }
        Member::Prefix { artifacts, shape } => {
            let mut built = Built::server_of(cx, shape, owner);
            built.environment(cx, made, &shape.env, owner);
            built.spans.push(("/ModelDataUrl".to_owned(), pool.members.span));
            let prefix = format!("{}/", artifacts.trim_end_matches('/'));
            vec![many(built, Text::plain(prefix), pool, owner)]
        }
    }
}

/// A container that loads models from below a prefix.
fn many(mut built: Built, prefix: Text, pool: &Pool, owner: &mut Owner) -> Built {
    owner.uses.reads.push(prefix.clone());
    let Container { mode, model_data_url, multi_model_config, .. } = &mut built.container;
    *mode = Some("MultiModel");
    *model_data_url = Some(prefix);
    let model_cache_setting = if pool.cache { "Enabled" } else { "Disabled" };
    *multi_model_config = Some(MultiModel { model_cache_setting });
    if let Some(span) = pool.cache_at {
        built.spans.push(("/MultiModelConfig/ModelCacheSetting".to_owned(), span));
    }
    built
}

/// One archive below a pool's prefix: put there, and taken away, without a change of the endpoint.
fn member(cx: &Cx, made: &mut Made, owner: &Owner, pool: &Pool, model: &Declared, prefix: &Text) -> Address {
    let mut spans = Spans::default();
    let uri = prefix.then(&format!("{}.tar.gz", plain(&model.name)));
    let artifact = match &model.origin {
        Origin::Framework { artifact, .. } => Some(artifact),
        Origin::Image { artifact, .. } => artifact.as_ref(),
    };
    let own = is_own(model, &cx.region);
    let (form, files) = match artifact.map(|artifact| &artifact.value) {
        _ if own => {
            let serve = Servable::Model(model.name.clone());
            let (files, places) = container::specified(cx, owner, cx.stack, &serve);
            spans.below("/files/0/spec", &places);
            (Form::Archive, files)
        }
        Some(Artifact::File { path, sha256, bytes }) => {
            let file = spec::Copied::new(path, sha256, *bytes);
            let form = if file.file.ends_with(".tar.gz") { Form::Object } else { Form::Archive };
            (form, vec![Part::of(&file, file.file.clone())])
        }
        Some(Artifact::Remote { uri }) => {
            let from = Some(uri.to_string());
            let path = format!("{}.tar.gz", plain(&model.name));
            (Form::Object, vec![Part { path, sha256: None, bytes: None, source: None, from, spec: None }])
        }
        None => (Form::Object, vec![]),
    };
    spans.may("/files", artifact.map(|artifact| artifact.span));
    let at = At::new(MEMBER, &[owner.name, &pool.name, &model.name]);
    let body = spec::json(&super::artifact::Upload { uri, form, files });
    made.put(&at, KIND, body, &[], model.span, spans)
}

fn put(
    cx: &Cx,
    made: &mut Made,
    owner: &Owner,
    name: &str,
    built: Vec<Built>,
    mode: Option<&'static str>,
    span: Option<Span>,
) -> Named {
    let (mut needs, mut spans, mut salt) = (vec![], Spans::default(), String::new());
    let single = mode.is_none();
    for (i, built) in built.iter().enumerate() {
        let at = if single { "/PrimaryContainer".to_owned() } else { format!("/Containers/{i}") };
        built.spans.iter().for_each(|(pointer, span)| spans.put(&format!("{at}{pointer}"), *span));
        needs.extend(built.needs.iter().cloned());
        salt.push_str(&built.salt);
    }
    let mut containers: Vec<Container> = built.into_iter().map(|built| built.container).collect();
    let primary_container = if single { containers.pop() } else { None };
    let at = At::new("model", &[owner.name, name]);
    let mut model = Model {
        model_name: String::new(),
        execution_role_arn: owner.role.clone(),
        primary_container,
        containers,
        inference_execution_config: mode.map(|mode| ExecutionMode { mode }),
        vpc_config: owner.network.vpc.as_ref().map(|(vpc, _)| vpc.clone()),
        enable_network_isolation: owner.network.isolated.map(|_| true),
        tags: vec![],
    };
    // Tags change in place, so they are no part of what the name stands for.
    model.model_name = made.names.hashed(&at, &spec::json(&model), &salt);
    model.tags = cx.tags(Some(owner.name), &[]);
    spans.may("/ExecutionRoleArn", owner.role_at);
    spans.may("/VpcConfig", owner.network.vpc.as_ref().map(|(_, span)| *span));
    spans.may("/EnableNetworkIsolation", owner.network.isolated);
    spans.may("/Tags", cx.tags_at());
    if let Some(role) = &owner.makes_role {
        needs.push(role.address());
    }
    let address = made.add(&at, &model, &needs, span.unwrap_or(owner.span), spans);
    Named { name: model.model_name, address }
}

/// Whether a pool's members are containers side by side that are called one by one: servers of different kinds, without an
/// accelerator, which such containers can't have.
pub fn is_direct(pool: &Pool, models: &dyn Fn(&Arc<str>) -> Option<Declared>) -> bool {
    let Member::Named(names) = &pool.members.value else { return false };
    let members: Vec<Declared> = names.iter().filter_map(models).collect();
    let server = |model: &Declared| match &model.origin {
        Origin::Framework { framework, .. } => framework.value.name.clone(),
        Origin::Image { image, .. } => image.value.clone(),
    };
    let mut servers: Vec<Arc<str>> = members.iter().map(server).collect();
    servers.sort();
    servers.dedup();
    pool.share_instance && servers.len() > 1 && members.iter().all(|model| model.accelerator.is_none())
}
