//! A stack narrowed to one endpoint with all that it serves, so that trying a change of it costs little.

use std::collections::BTreeMap;

use crate::check::models_of;
use crate::stack::{Callee, Endpoint, ModeKind, Secrets, Servable, Stack};

use super::super::demand::Subject;

/// The stack with this endpoint alone, which may differ from its own.
pub(super) fn to(stack: &Stack, endpoint: Endpoint) -> Stack {
    let mut small = Stack {
        name: stack.name.clone(),
        target: stack.target.clone(),
        settings: stack.settings.clone(),
        allow_preview: stack.allow_preview,
        allow_emulation: stack.allow_emulation,
        allow: stack.allow,
        inside: stack.inside,
        protect: stack.protect,
        tags: stack.tags.clone(),
        endpoints: vec![],
        jobs: vec![],
        models: BTreeMap::new(),
        transforms: BTreeMap::new(),
        pipelines: BTreeMap::new(),
        pools: BTreeMap::new(),
        moved: BTreeMap::new(),
        secrets: Secrets::default(),
        span: stack.span,
    };
    for servable in served(&endpoint) {
        take(stack, servable, &mut small);
    }
    small.endpoints.push(endpoint);
    small
}

/// The endpoints of a mode that ask for what a subject does: itself, or those that serve it.
pub(super) fn asking<'s>(
    stack: &'s Stack,
    subject: &'s Subject,
    mode: ModeKind,
) -> impl Iterator<Item = &'s Endpoint> + 's {
    let of_mode = stack.endpoints.iter().filter(move |endpoint| endpoint.mode.value.kind() == mode);
    of_mode.filter(move |endpoint| match subject.kind {
        "endpoint" => endpoint.name == subject.name,
        _ => served(endpoint).any(|servable| serves(stack, servable, subject)),
    })
}

fn served(endpoint: &Endpoint) -> impl Iterator<Item = &Servable> {
    endpoint.variants.iter().map(|variant| &variant.serve).chain([&endpoint.serve.value])
}

fn serves(stack: &Stack, servable: &Servable, subject: &Subject) -> bool {
    match (subject.kind, servable) {
        ("pool", Servable::Pool(name)) | ("pipeline", Servable::Pipeline(name)) => *name == subject.name,
        ("model", servable) => models_of(stack, servable).iter().any(|model| model.name == subject.name),
        ("transform", Servable::Pipeline(name)) => stack.pipelines.get(name).is_some_and(|pipeline| {
            let called = |callee: &Callee| matches!(callee, Callee::Transform(name) if *name == subject.name);
            pipeline.steps.iter().any(|step| called(&step.callee))
        }),
        _ => false,
    }
}

fn take(stack: &Stack, servable: &Servable, into: &mut Stack) {
    for model in models_of(stack, servable) {
        into.models.insert(model.name.clone(), model.clone());
    }
    match servable {
        Servable::Model(_) => {}
        Servable::Pool(name) => into.pools.extend(stack.pools.get_key_value(name).map(|(k, v)| (k.clone(), v.clone()))),
        Servable::Pipeline(name) => {
            let Some(pipeline) = stack.pipelines.get(name) else { return };
            for step in &pipeline.steps {
                if let Callee::Transform(name) = &step.callee {
                    let transform = stack.transforms.get_key_value(name);
                    into.transforms.extend(transform.map(|(k, v)| (k.clone(), v.clone())));
                }
            }
            into.pipelines.insert(name.clone(), pipeline.clone());
        }
    }
}
