//! What one container can hold: a deployed model has one, and one server runs in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::check::models_of;
use crate::report::{Code, Diagnostic, Sink};
use crate::source::Span;
use crate::stack::{Endpoint, Member, Model, Origin, Servable, Stack, Value};

use super::super::lower::{SHARED, shares_machines};

const ONNX: &str = "onnx";

/// What runs a model, as it is written.
fn server(model: &Model) -> (&str, Span) {
    match &model.origin {
        Origin::Framework { framework, .. } => (&framework.value.name, framework.span),
        Origin::Image { image, .. } => ("image", image.span),
    }
}

pub fn one_server_runs_it(stack: &Stack, servable: &Servable, sink: &mut Sink) {
    match servable {
        Servable::Model(_) => {}
        Servable::Pipeline(name) => {
            for model in models_of(stack, servable).into_iter().filter(|model| server(model).0 != ONNX) {
                let (server, span) = server(model);
                let message =
                    format!("pipeline `{name}` calls `{}`, which the container that runs it can't", model.name);
                let diagnostic = Diagnostic::error(Code::NotOneServer, message)
                    .label(span, format!("`{server}`, and a pipeline runs in servec's runtime image, which runs ONNX models"))
                    .help("export the model to ONNX and write `framework = onnx(\"1.20\")`, or give it an endpoint of its own");
                sink.push(diagnostic);
            }
        }
        Servable::Pool(name) => {
            let Some(pool) = stack.pools.get(name) else { return };
            let first = models_of(stack, servable).into_iter().next();
            let Some((server, span)) = first.map(server) else { return };
            let held = match &pool.members.value {
                Member::Named(_) => server == ONNX || server == SHARED,
                Member::Prefix { .. } => server == ONNX || server == "image",
            };
            if !held {
                let message = format!("no one server on Vertex AI holds the members of pool `{name}`");
                let diagnostic = Diagnostic::error(Code::NotOneServer, message)
                    .label(span, format!("`{server}`: its server holds one model"))
                    .label(pool.members.span, "all in one container")
                    .help("export the members to ONNX and write `framework = onnx(\"1.20\")`, or deploy an endpoint for each");
                sink.push(diagnostic);
            }
        }
    }
}

pub fn its_models_agree_on_variables(stack: &Stack, servable: &Servable, sink: &mut Sink) {
    let mut set: BTreeMap<&Arc<str>, (&Model, &Value)> = BTreeMap::new();
    for model in models_of(stack, servable) {
        for (variable, value) in &model.env {
            let (other, before) = *set.entry(variable).or_insert((model, value));
            if before == value {
                continue;
            }
            let message =
                format!("`{}` and `{}` run in one container and set `{variable}` differently", other.name, model.name);
            let diagnostic = Diagnostic::error(Code::NotOneServer, message)
                .label(value.place(), format!("of `{}`", model.name))
                .label(before.place(), format!("of `{}`", other.name))
                .help("give the variable the same value in both, or another name in one of them");
            sink.push(diagnostic);
        }
    }
}

pub fn its_models_agree_on_a_health_path(stack: &Stack, servable: &Servable, sink: &mut Sink) {
    let models = models_of(stack, servable);
    let mut asked = models.iter().filter_map(|model| {
        let health = model.health.as_ref()?;
        Some((model, health.path.as_ref()?, health.span))
    });
    let Some((first, path, span)) = asked.next() else { return };
    if let Some((other, _, there)) = asked.find(|(_, other, _)| *other != path) {
        let message =
            format!("`{}` and `{}` run in one container and name different health paths", first.name, other.name);
        let diagnostic = Diagnostic::error(Code::NotOneServer, message)
            .label(there, format!("of `{}`", other.name))
            .label(span, format!("of `{}`", first.name))
            .help("name one path in both");
        sink.push(diagnostic);
    }
}

/// Where each member has an endpoint of its own, there is nothing that a second variant could be a variant of.
pub fn a_pool_on_shared_machines_is_all_of_an_endpoint(stack: &Stack, endpoint: &Endpoint, sink: &mut Sink) {
    if !shares_machines(endpoint, stack) {
        return;
    }
    if let Some(second) = endpoint.variants.get(1) {
        let message =
            format!("endpoint `{}` serves a pool whose members each get an address, and has variants", endpoint.name);
        let diagnostic = Diagnostic::error(Code::NotOneServer, message)
            .label(second.span, "a second way to answer")
            .label(endpoint.serve.span, format!("models of `{SHARED}` share machines of Vertex AI"))
            .help("leave out the variants");
        sink.push(diagnostic);
    }
}
