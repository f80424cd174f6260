//! Rules about endpoints and their variants.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crate::report::{Code, Diagnostic, Sink};
use crate::stack::{Endpoint, Port, Servable, Stack};

fn timeout(endpoint: &Endpoint) -> Option<Duration> {
    endpoint.mode.value.timeout().map(|t| t.value)
}

pub fn a_timeout_is_longer_than_nothing(endpoint: &Endpoint, sink: &mut Sink) {
    if timeout(endpoint) == Some(Duration::ZERO) {
        sink.push(
            Diagnostic::error(Code::NoTime, format!("endpoint `{}` gives its calls no time", endpoint.name))
                .label(endpoint.mode.span, "a timeout of nothing")
                .help("write how long one call may take, such as `timeout = 5s`"),
        );
    }
}

pub fn variant_names_differ(endpoint: &Endpoint, sink: &mut Sink) {
    let mut seen = BTreeMap::new();
    for variant in &endpoint.variants {
        if let Some(first) = seen.insert(&variant.name, variant.span) {
            sink.push(
                Diagnostic::error(Code::VariantTwice, format!("the variant `{}` is declared twice", variant.name))
                    .label(variant.span, "declared again here")
                    .label(first, "first declared here")
                    .help("rename one of them"),
            );
        }
    }
}

pub fn some_variant_answers(endpoint: &Endpoint, sink: &mut Sink) {
    if endpoint.variants.iter().all(|v| v.shadow || v.weight == 0) {
        let mut d =
            Diagnostic::error(Code::NobodyAnswers, format!("no variant of endpoint `{}` answers", endpoint.name));
        for variant in &endpoint.variants {
            let why = if variant.shadow { "a shadow's answer is thrown away" } else { "gets no calls" };
            d = d.label(variant.span, why);
        }
        sink.push(d.help("give one variant a weight"));
    }
}

pub fn a_shadow_has_no_weight(endpoint: &Endpoint, sink: &mut Sink) {
    for variant in endpoint.variants.iter().filter(|v| v.shadow && v.weight != 0) {
        sink.push(
            Diagnostic::error(Code::ShadowWeight, format!("the shadow `{}` can't have a weight", variant.name))
                .label(variant.span, "gets a copy of every call")
                .help("remove `weight`, or `shadow = true`"),
        );
    }
}

pub fn a_tolerance_is_not_negative(endpoint: &Endpoint, sink: &mut Sink) {
    if let Some(sample) = endpoint.sample.as_ref().filter(|s| s.value.tolerance < 0.0) {
        sink.push(
            Diagnostic::error(Code::NegativeTolerance, "a tolerance can't be negative")
                .label(sample.span, "no answer could be near enough"),
        );
    }
}

type PortNames = BTreeSet<Arc<str>>;

/// The names of what something takes and gives; none for a container, which keeps that to itself.
fn ports(stack: &Stack, servable: &Servable) -> Option<(PortNames, PortNames)> {
    let (inputs, outputs): (PortNames, PortNames) = match servable {
        Servable::Model(name) => {
            let model = stack.models.get(name)?;
            (names(&model.inputs), names(&model.outputs))
        }
        Servable::Pipeline(name) => {
            let pipeline = stack.pipelines.get(name)?;
            (names(&pipeline.inputs), pipeline.outputs.iter().map(|o| o.port.name.clone()).collect())
        }
        Servable::Pool(_) => return None,
    };
    (!inputs.is_empty() && !outputs.is_empty()).then_some((inputs, outputs))
}

fn names(ports: &[Port]) -> PortNames {
    ports.iter().map(|p| p.name.clone()).collect()
}

/// A caller does not choose its variant, so each must understand the same request; a shadow's answer nobody reads.
pub fn variants_take_and_give_the_same(stack: &Stack, endpoint: &Endpoint, sink: &mut Sink) {
    let Some(first) = endpoint.variants.iter().find(|v| !v.shadow) else { return };
    let Some((inputs, outputs)) = ports(stack, &first.serve) else { return };
    for variant in endpoint.variants.iter().filter(|v| v.name != first.name) {
        let Some((takes, gives)) = ports(stack, &variant.serve) else { continue };
        let (what, here, there) = if takes != inputs {
            ("takes", &takes, &inputs)
        } else if gives != outputs && !variant.shadow {
            ("gives", &gives, &outputs)
        } else {
            continue;
        };
        let list = |names: &PortNames| names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
        sink.push(
            Diagnostic::error(
                Code::VariantsDiffer,
                format!("the variants `{}` and `{}` can't stand for each other", first.name, variant.name),
            )
            .label(variant.span, format!("{what} {}", list(here)))
            .label(first.span, format!("{what} {}", list(there)))
            .help("give the ports of both the same names; `from \"…\"` maps them to an artifact's own"),
        );
    }
}

/// A variant that names its own takes the endpoint's place; where all do, what the endpoint names runs nowhere.
pub fn what_an_endpoint_names_is_served(endpoint: &Endpoint, sink: &mut Sink) {
    let own = &endpoint.serve.value;
    if endpoint.variants.iter().any(|variant| variant.serve == *own) {
        return;
    }
    let (Servable::Model(name) | Servable::Pipeline(name) | Servable::Pool(name)) = own;
    let message = format!("no variant of endpoint `{}` serves `{name}`", endpoint.name);
    let d = Diagnostic::warning(Code::ServedByNone, message).label(endpoint.serve.span, "runs nowhere");
    let d = endpoint.variants.iter().fold(d, |d, variant| d.label(variant.span, "serves something else"));
    sink.push(d.help("leave `serve` out of the variant that is meant to serve it"));
}
