//! The container that serves a model, a pipeline or a pool: which image, what it is told, and how its health is asked.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serve_spec::Engine;

use crate::catalog::{Found, Wanted};
use crate::check::models_of;
use crate::diff::sha256;
use crate::resource::Address;
use crate::source::{Span, Spanned};
use crate::stack::{Artifact, Framework, Member, Model, Origin, Pool, Servable, Stack, ValueKind, Variant};

use super::super::super::spec::{Places, Told, json, spec};
use super::super::catalog::CATALOG;
use super::super::settings::FACTS;
use super::super::wire::{Container, Encryption, Env, Port, Secret};
use super::bundle::{self, Bundle, Part};
use super::{Lowering, health};

/// What a container is made for.
pub struct For<'f> {
    /// The endpoint or job, as callers know it.
    pub name: &'f str,
    pub timeout: Option<Duration>,
    /// Where the mode is written.
    pub mode: Span,
    pub encryption: Option<&'f Encryption>,
    /// Variables of servec's own, beside the models'.
    pub env: Vec<Env>,
}

/// A container with what it takes along.
pub struct Contained {
    pub spec: Container,
    pub artifact_uri: Option<String>,
    pub uploads: Vec<Address>,
    pub secrets: Vec<Secret>,
    /// By JSON pointer into the model.
    pub places: Places,
}

/// Where servec's runtime answers calls, and says that it is ready.
const RUNTIME_PREDICT: &str = "/invocations";
pub const RUNTIME_HEALTH: &str = "/ping";
pub const PORT: u16 = 8080;

/// Of what one deployed model serves.
pub fn of(variant: &Variant, purpose: &For, all: &mut Lowering) -> Contained {
    let stack = all.stack;
    let servable = &variant.serve;
    let models = models_of(stack, servable);
    let mut out = match (servable, models.first().copied()) {
        (Servable::Model(_), Some(model)) if !is_onnx(model) => alone(model, purpose, all),
        (Servable::Pool(name), Some(model)) => match stack.pools.get(name) {
            Some(pool) => pooled(pool, model, purpose, all),
            None => by_runtime(vec![], servable, purpose, all),
        },
        (Servable::Model(_) | Servable::Pipeline(_) | Servable::Pool(_), _) => {
            let parts = vec![part(None, variant, purpose, stack, all)];
            by_runtime(parts, servable, purpose, all)
        }
    };
    environment(&models, purpose, stack, &mut out);
    health::of(&models, &mut out);
    out
}

fn is_onnx(model: &Model) -> bool {
    matches!(&model.origin, Origin::Framework { framework, .. } if &*framework.value.name == "onnx")
}

/// The members of a pool, each told by a spec of its own; or whatever lies under a prefix, all of one shape.
fn pooled(pool: &Pool, first: &Model, purpose: &For, all: &mut Lowering) -> Contained {
    let stack = all.stack;
    let servable = Servable::Pool(pool.name.clone());
    let cache = Env { name: "SERVEC_POOL_CACHE".to_owned(), value: if pool.cache { "on" } else { "off" }.to_owned() };
    let mut out = match &pool.members.value {
        Member::Named(names) if is_onnx(first) => {
            let members = names.iter().map(|name| {
                let serve = Servable::Model(name.clone());
                part(Some(name), &answering(name, serve, pool.span), purpose, stack, all)
            });
            let parts = members.collect();
            by_runtime(parts, &servable, purpose, all)
        }
        Member::Prefix { artifacts, shape } => {
            let mut out = if is_onnx(shape) {
                let mut with = stack.clone();
                with.models.insert(shape.name.clone(), (**shape).clone());
                let serve = Servable::Model(shape.name.clone());
                let told = part(None, &answering(&pool.name, serve, pool.span), purpose, &with, all);
                let shape = Env { name: "SERVEC_POOL_SHAPE".to_owned(), value: json(&told.spec).to_string() };
                let mut out = runtime(all);
                out.spec.env.push(shape);
                out
            } else {
                alone(shape, purpose, all)
            };
            out.artifact_uri = Some(artifacts.to_string());
            out.places.put("/artifactUri", pool.members.span);
            out
        }
        // Refused where the target holds its rules.
        Member::Named(_) => alone(first, purpose, all),
    };
    out.spec.env.push(cache);
    out.places.put("/containerSpec", pool.span);
    out
}

/// A member as the one thing that a spec serves.
fn answering(name: &Arc<str>, serve: Servable, span: Span) -> Variant {
    Variant { name: name.clone(), weight: 1, shadow: false, serve, span }
}

fn part(folder: Option<&Arc<str>>, variant: &Variant, purpose: &For, stack: &Stack, all: &Lowering) -> Part {
    // Its name and its share of the calls are the endpoint's business: a change of them makes no new model.
    let only = [Variant { name: "default".into(), weight: 1, shadow: false, ..variant.clone() }];
    let told = Told {
        endpoint: purpose.name,
        timeout: purpose.timeout,
        mode: purpose.mode,
        variants: &only,
        engine: Engine::Auto,
        max_request_bytes: all.site.request_bytes(),
    };
    let (mut spec, places) = spec(&told, stack, &all.files);
    bundle::name_remote(&mut spec, stack);
    Part { folder: folder.map(ToString::to_string), spec, places }
}

fn runtime(all: &Lowering) -> Contained {
    let spec = Container {
        image_uri: all.site.runtime_image.clone(),
        ports: vec![Port { container_port: PORT }],
        predict_route: Some(RUNTIME_PREDICT.to_owned()),
        health_route: Some(RUNTIME_HEALTH.to_owned()),
        ..Container::default()
    };
    let mut places = Places::default();
    if let Some(image) = all.stack.settings.get("runtime_image") {
        places.put("/containerSpec/imageUri", image.span);
    }
    Contained { spec, artifact_uri: None, uploads: vec![], secrets: vec![], places }
}

/// servec's own runtime, told what to serve by what lies in its bundle.
fn by_runtime(parts: Vec<Part>, servable: &Servable, purpose: &For, all: &mut Lowering) -> Contained {
    let (Servable::Model(name) | Servable::Pipeline(name) | Servable::Pool(name)) = servable;
    let Bundle { uri, uploads } = bundle::of_specs(name, &parts, purpose.encryption, origin(servable, all.stack), all);
    let own = runtime(all);
    Contained { artifact_uri: Some(uri), uploads, ..own }
}

/// Where what is served is declared.
pub fn origin(servable: &Servable, stack: &Stack) -> Span {
    let span = match servable {
        Servable::Model(name) => stack.models.get(name).map(|model| model.span),
        Servable::Pipeline(name) => stack.pipelines.get(name).map(|pipeline| pipeline.span),
        Servable::Pool(name) => stack.pools.get(name).map(|pool| pool.span),
    };
    span.unwrap_or(stack.span)
}

/// A container of the user's own, or the platform's own image for a framework.
fn alone(model: &Model, purpose: &For, all: &mut Lowering) -> Contained {
    let (spec, artifact, span) = match &model.origin {
        Origin::Image { image, artifact } => {
            let spec = Container {
                image_uri: image.value.to_string(),
                ports: vec![Port { container_port: PORT }],
                predict_route: Some(RUNTIME_PREDICT.to_owned()),
                health_route: Some(RUNTIME_HEALTH.to_owned()),
                ..Container::default()
            };
            (spec, artifact.as_ref(), image.span)
        }
        Origin::Framework { framework, artifact } => {
            (of_framework(model, framework, &artifact.value, all), Some(artifact), framework.span)
        }
    };
    let mut places = Places::default();
    places.put("/containerSpec/imageUri", span);
    let (mut artifact_uri, mut uploads) = (None, vec![]);
    if let Some(artifact) = artifact {
        places.put("/artifactUri", artifact.span);
        match (&artifact.value, bundle::of_file(model, artifact, purpose.encryption, all)) {
            (_, Some(bundle)) => (artifact_uri, uploads) = (Some(bundle.uri), bundle.uploads),
            (Artifact::Remote { uri }, None) => artifact_uri = Some(bundle::folder(uri)),
            (Artifact::File { .. }, None) => {}
        }
    }
    Contained { spec, artifact_uri, uploads, secrets: vec![], places }
}

fn of_framework(model: &Model, framework: &Spanned<Framework>, artifact: &Artifact, all: &Lowering) -> Container {
    let (name, version) = (&*framework.value.name, framework.value.version.as_deref());
    if name == "vllm" {
        return vllm(model, artifact);
    }
    let wanted = if model.accelerator.is_some() { Wanted::Gpu } else { Wanted::Cpu };
    let image_uri = match CATALOG.images().find(name, version, wanted, &all.site.at.region) {
        Found::Image { uri, .. } => uri,
        // The checker refused each of these: a user's own table alone lets them through.
        Found::Ended { .. } | Found::NoVersion { .. } | Found::NotThere { .. } | Found::NoFramework => {
            all.site.runtime_image.clone()
        }
    };
    // Google's images know their own port and paths.
    Container { image_uri, ..Container::default() }
}

fn vllm(model: &Model, artifact: &Artifact) -> Container {
    let facts = &FACTS.vllm;
    let count = model.accelerator.as_ref().map_or(1, |accelerator| accelerator.value.count).to_string();
    let place = match artifact {
        Artifact::Remote { uri } => uri.to_string(),
        // What is uploaded is copied to where this variable says.
        Artifact::File { .. } => "$(AIP_STORAGE_URI)".to_owned(),
    };
    let fill = |arg: &String| arg.replace("{artifact}", &place).replace("{count}", &count);
    Container {
        image_uri: facts.image.clone(),
        args: facts.args.iter().map(fill).collect(),
        ports: vec![Port { container_port: facts.port }],
        predict_route: Some(facts.predict_route.clone()),
        health_route: Some(facts.health_route.clone()),
        shared_memory_size_mb: Some(facts.shared_memory_mb.to_string()),
        ..Container::default()
    }
}

/// The variables of all models in the container, and servec's own.
fn environment(models: &[&Model], purpose: &For, stack: &Stack, out: &mut Contained) {
    let mut own: BTreeMap<&str, (String, Option<Secret>, Span)> = BTreeMap::new();
    for (name, value) in models.iter().flat_map(|model| &model.env) {
        let (text, secret) = match &value.kind {
            // The platform puts variables in where a text says `$(NAME)`, and reads `$$(` as `$(`.
            ValueKind::String(text) => (text.replace("$(", "$$("), None),
            ValueKind::Secret(parameter) => {
                let known = stack.secrets.0.get(parameter).map_or("", |secret| secret);
                let secret = Secret {
                    variable: name.to_string(),
                    parameter: parameter.to_string(),
                    sha256: sha256(known).get(..16).unwrap_or_default().to_owned(),
                };
                (String::new(), Some(secret))
            }
            ValueKind::Bool(_)
            | ValueKind::Int(_)
            | ValueKind::Float(_)
            | ValueKind::Quantity(_)
            | ValueKind::Range { .. }
            | ValueKind::List(_)
            | ValueKind::Record(_)
            | ValueKind::Construct { .. }
            | ValueKind::Word(_)
            | ValueKind::Condition { .. }
            | ValueKind::Ref { .. }
            | ValueKind::Unknown => continue,
        };
        own.insert(name, (text, secret, value.place()));
    }
    for (name, (value, secret, span)) in own {
        out.places.put(&format!("/containerSpec/env/{}", out.spec.env.len()), span);
        out.spec.env.push(Env { name: name.to_owned(), value });
        out.secrets.extend(secret);
    }
    out.spec.env.extend(purpose.env.iter().cloned());
}
