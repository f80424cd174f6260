//! What models, pipelines, pools and transforms ask, in the mode of what serves them.

use std::sync::Arc;

use crate::stack::{Argument, Framework};
use crate::stack::{
    Artifact, Callee, Handler, Member, Model, Origin, Pipeline, PipelineOutput, Pool, Servable, Step, Transform,
    ValueRef,
};

use super::{Feature, Gather};

/// Under the endpoint or job that was asked about last.
pub(super) fn of(servable: &Servable, all: &mut Gather) {
    let stack = all.stack;
    match servable {
        Servable::Model(name) => {
            let Some(model) = stack.models.get(name) else { return };
            if all.part("model", name) {
                all.uses(Feature::ServeModel, model.span);
                of_model(model, false, all);
            }
        }
        Servable::Pipeline(name) => {
            let Some(pipeline) = stack.pipelines.get(name) else { return };
            if all.part("pipeline", name) {
                let chain = is_chain(pipeline);
                all.uses(if chain { Feature::PipelineChain } else { Feature::PipelineDag }, pipeline.span);
                pipeline.steps.iter().for_each(|step| of_callee(&step.callee, all));
            }
        }
        Servable::Pool(name) => {
            let Some(pool) = stack.pools.get(name) else { return };
            if all.part("pool", name) {
                of_pool(pool, all);
            }
        }
    }
}

fn of_callee(callee: &Callee, all: &mut Gather) {
    let stack = all.stack;
    match callee {
        Callee::Model(name) => {
            if let Some(model) = stack.models.get(name)
                && all.part("model", name)
            {
                of_model(model, false, all);
            }
        }
        Callee::Transform(name) => {
            if let Some(transform) = stack.transforms.get(name)
                && all.part("transform", name)
            {
                of_transform(transform, name, all);
            }
        }
    }
}

/// Whether the steps form one line: each takes from the one before it alone, the first from the inputs, and the
/// outputs come from the last.
pub(crate) fn is_chain(pipeline: &Pipeline) -> bool {
    let mut before: Option<&Arc<str>> = None;
    for step in &pipeline.steps {
        if !takes(step).all(|source| source == before) {
            return false;
        }
        before = Some(&step.id);
    }
    pipeline.outputs.iter().all(|PipelineOutput { value, .. }| source(value) == before)
}

/// Where a step's values come from: a step, or `None` for an input of the pipeline.
fn takes(step: &Step) -> impl Iterator<Item = Option<&Arc<str>>> {
    step.args.values().filter_map(|argument| match argument {
        Argument::Ref(value) => Some(source(value)),
        Argument::Const(_) | Argument::Asset(_) => None,
    })
}

fn source(value: &ValueRef) -> Option<&Arc<str>> {
    match value {
        ValueRef::Input(_) => None,
        ValueRef::Step { step, .. } => Some(step),
    }
}

fn of_pool(pool: &Pool, all: &mut Gather) {
    let stack = all.stack;
    let at = pool.members.span;
    let members: Vec<&Model> = match &pool.members.value {
        Member::Named(names) => names.iter().filter_map(|name| stack.models.get(name)).collect(),
        Member::Prefix { shape, .. } => vec![&**shape],
    };
    let feature = match &pool.members.value {
        _ if pool.share_instance => Feature::PoolInstance,
        Member::Named(_) => Feature::PoolNamed,
        Member::Prefix { .. } => Feature::PoolPrefix,
    };
    all.uses(feature, pool.share_at.filter(|_| pool.share_instance).unwrap_or(at));
    if !pool.share_instance {
        for model in members.iter().filter(|m| m.accelerator.is_some()) {
            let triton =
                matches!(&model.origin, Origin::Framework { framework, .. } if &*framework.value.name == "triton");
            let feature = if triton { Feature::PoolGpuTriton } else { Feature::PoolGpu };
            all.may(feature, model.accelerator.as_ref().map(|a| a.span));
        }
    }
    if !pool.cache {
        all.uses(Feature::PoolCacheOff, pool.cache_at.unwrap_or(pool.span));
    }
    match &pool.members.value {
        Member::Named(names) => names.iter().for_each(|name| of_callee(&Callee::Model(name.clone()), all)),
        Member::Prefix { shape, .. } => of_model(shape, true, all),
    }
}

/// `in_pool`: its artifact is a prefix that holds one archive for each member.
fn of_model(model: &Model, in_pool: bool, all: &mut Gather) {
    let artifact = match &model.origin {
        Origin::Framework { framework, artifact } => {
            all.uses(of_framework(&framework.value), framework.span);
            Some(artifact)
        }
        Origin::Image { image, artifact } => {
            all.uses(Feature::Image, image.span);
            artifact.as_ref()
        }
    };
    if let Some(artifact) = artifact {
        all.uses(place(&artifact.value, in_pool), artifact.span);
    }
    if let Some(accelerator) = &model.accelerator {
        all.uses(Feature::Accelerator, accelerator.span);
        if accelerator.value.count > 1 {
            all.uses(Feature::AcceleratorMany, accelerator.span);
        }
    }
    all.may(Feature::Resources, model.cpu.as_ref().map(|x| x.span));
    all.may(Feature::Resources, model.memory.as_ref().map(|x| x.span));
    all.may(Feature::Disk, model.disk.as_ref().map(|x| x.span));
    model.env.values().for_each(|value| all.uses(Feature::Environment, value.span));
    if let Some(health) = &model.health {
        all.may(Feature::HealthPath, health.path_at);
        all.may(Feature::HealthTimeout, health.timeout_at);
    }
    model.volumes.values().for_each(|volume| all.uses(Feature::SharedFiles, volume.span));
    all.may(Feature::Batching, model.batching.as_ref().map(|b| b.span));
}

fn of_framework(framework: &Framework) -> Feature {
    match &*framework.name {
        "onnx" => Feature::FrameworkOnnx,
        "pytorch" => Feature::FrameworkPytorch,
        "tensorflow" => Feature::FrameworkTensorflow,
        "xgboost" => Feature::FrameworkXgboost,
        "sklearn" => Feature::FrameworkSklearn,
        "huggingface" => Feature::FrameworkHuggingface,
        "triton" => Feature::FrameworkTriton,
        // The schema has no other.
        _ => Feature::FrameworkVllm,
    }
}

fn of_transform(transform: &Transform, key: &Arc<str>, all: &mut Gather) {
    let feature = match &transform.handler {
        Handler::Builtin(_) => Feature::HandlerBuiltin,
        Handler::Python(_) => Feature::HandlerPython,
        Handler::Container(_) => Feature::HandlerContainer,
    };
    let calls = all.calls.get(key).cloned().unwrap_or_default();
    if calls.is_empty() {
        all.uses(feature, transform.span);
    }
    calls.into_iter().for_each(|span| all.uses(feature, span));
}

fn place(artifact: &Artifact, in_pool: bool) -> Feature {
    let uri = match artifact {
        Artifact::File { .. } => return Feature::ArtifactFile,
        Artifact::Remote { uri } => uri,
    };
    match uri.split_once("://").map_or("", |(scheme, _)| scheme) {
        "s3" if in_pool || uri.ends_with(".tar.gz") => Feature::ArtifactS3,
        "s3" => Feature::ArtifactS3Plain,
        "gs" => Feature::ArtifactGs,
        "hf" => Feature::ArtifactHf,
        "oci" => Feature::ArtifactOci,
        // The checker lets no other scheme through.
        _ => Feature::ArtifactHttp,
    }
}
