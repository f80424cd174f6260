//! What only a cluster refuses: rules that no cell of the table can say.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::models_of;
use crate::report::{Code, Diagnostic, Sink};
use crate::source::Span;
use crate::stack::{
    Argument, Artifact, Callee, Endpoint, Metric, Mode, Model, Origin, Policy, Servable, Stack, Value, ValueKind,
};

use super::lower::{field, read_queue, text};
use super::name::{is_dns_label, is_label_value, is_qualified};
use super::settings::{Profile, Settings};

/// Each rule is one function; all look at everything.
pub fn refuse(stack: &Stack, sink: &mut Sink) {
    let settings = Settings::of(stack);
    files_have_a_place_that_pods_read(stack, &settings, sink);
    settings_name_what_a_cluster_can_have(stack, sink);
    tags_are_labels(stack, sink);
    shares_and_accounts_are_names(stack, &settings, sink);
    a_queue_has_a_known_form(stack, sink);
    for endpoint in &stack.endpoints {
        answers_have_a_place(endpoint, &settings, sink);
        schedules_end(endpoint, &settings, sink);
        one_metric_moves_a_revision(endpoint, &settings, sink);
        a_runtime_calls_no_container(stack, endpoint, &settings, sink);
        a_pool_has_a_server_that_loads_many(stack, endpoint, &settings, sink);
        for variant in &endpoint.variants {
            models_in_one_container_agree(stack, &variant.serve, sink);
        }
    }
}

const PREFIX: &str = "set `artifacts = \"s3://bucket/models\"` (or `gs://…`) in the stack: files are copied there";

fn files_have_a_place_that_pods_read(stack: &Stack, settings: &Settings, sink: &mut Sink) {
    if settings.artifacts.is_some() {
        return;
    }
    let models = stack.models.values().filter_map(|model| match &model.origin {
        Origin::Framework { artifact, .. } => Some(artifact),
        Origin::Image { artifact, .. } => artifact.as_ref(),
    });
    let arguments = stack.pipelines.values().flat_map(|pipeline| &pipeline.steps).flat_map(|step| step.args.values());
    let assets = arguments.filter_map(|argument| match argument {
        Argument::Asset(asset) => Some(asset),
        Argument::Ref(_) | Argument::Const(_) => None,
    });
    let mut said: BTreeSet<Span> = BTreeSet::new();
    for artifact in models.chain(assets) {
        let Artifact::File { path, .. } = &artifact.value else { continue };
        if said.insert(artifact.span) {
            let message = format!("pods can't read `{path}`, which is a file of this machine");
            let error = Diagnostic::error(Code::NoStore, message).label(artifact.span, "only here");
            sink.push(error.help(format!("{PREFIX}, or copy the file to a bucket and write its address here")));
        }
    }
}

fn answers_have_a_place(endpoint: &Endpoint, settings: &Settings, sink: &mut Sink) {
    let Mode::Async { output: None, .. } = &endpoint.mode.value else { return };
    if settings.artifacts.is_none() && settings.profile == Profile::Keda {
        let message = format!("the answers of async endpoint `{}` have no place", endpoint.name);
        let help = "write `output = \"s3://bucket/answers/\"` in the mode, or `artifacts = \"s3://bucket/models\"` in the stack";
        sink.push(Diagnostic::error(Code::NoStore, message).label(endpoint.mode.span, "no `output`").help(help));
    }
}

fn settings_name_what_a_cluster_can_have(stack: &Stack, sink: &mut Sink) {
    let mut each = |setting: &str, fits: &dyn Fn(&str) -> bool| {
        let Some(value) = stack.settings.get(setting) else { return };
        if let Some(name) = text(value).filter(|name| !fits(name)) {
            sink.push(no_name(value.span, name, &format!("`{setting}` of stack `{}`", stack.name), NAME));
        }
    };
    each("namespace", &is_dns_label);
    each("gateway", &|name| name.split('/').count() <= 2 && name.split('/').all(is_dns_label));
    each("host", &|name| name.split('.').all(is_dns_label));
}

const NAME: &str = "write lower-case letters, digits and `-`, 63 at most, a letter or digit at both ends";

fn no_name(span: Span, name: &str, what: &str, help: &str) -> Diagnostic {
    let message = format!("{what} is `{name}`, which a cluster does not take as a name");
    Diagnostic::error(Code::NotAName, message).label(span, "not a name there").help(help)
}

fn tags_are_labels(stack: &Stack, sink: &mut Sink) {
    for (key, value) in &stack.tags {
        let text = text(value).unwrap_or_default();
        let help = "write letters, digits, `-`, `_` and `.`, with a letter or digit at both ends: tags become labels";
        if !is_qualified(key) {
            sink.push(no_name(value.place(), key, "the key of a tag", help));
        } else if !is_label_value(text) {
            sink.push(no_name(value.span, text, &format!("the tag `{key}`"), help));
        }
    }
}

fn shares_and_accounts_are_names(stack: &Stack, settings: &Settings, sink: &mut Sink) {
    let named = |value: &Value, name: &str| {
        field(value, name).map(|value| (value.span, text(value).unwrap_or_default().to_owned()))
    };
    let subdomain = |name: &str| name.len() <= 253 && name.split('.').all(is_dns_label);
    let all: BTreeSet<&std::sync::Arc<str>> = stack.models.keys().collect();
    for volume in all.into_iter().filter_map(|name| stack.models.get(name)).flat_map(|model| model.volumes.values()) {
        if let Some((span, share)) = named(volume, "share").filter(|(_, share)| !subdomain(share)) {
            sink.push(no_name(span, &share, "the volume claim", NAME));
        }
    }
    if settings.cloud.identity_annotation.is_some() {
        return;
    }
    for identity in stack.endpoints.iter().filter_map(|endpoint| endpoint.identity.as_ref()) {
        if let Some((span, role)) = named(identity, "role").filter(|(_, role)| !subdomain(role)) {
            let help = "write the name of a ServiceAccount, or set `cloud` in the stack, whose role it then is";
            sink.push(no_name(span, &role, "the account", help));
        }
    }
}

fn a_queue_has_a_known_form(stack: &Stack, sink: &mut Sink) {
    let Some(value) = stack.settings.get("queue") else { return };
    let ValueKind::String(written) = &value.kind else { return };
    if read_queue(written).is_none() {
        let message = format!("`{written}` is no queue that async calls can wait in");
        let help = "write `redis://HOST:PORT`, `https://sqs.REGION.amazonaws.com/ACCOUNT/NAME`, \
                    `pubsub://PROJECT/SUBSCRIPTION` or `kafka://BROKER:PORT/TOPIC`";
        sink.push(Diagnostic::error(Code::NoQueue, message).label(value.span, "of no known form").help(help));
    }
}

/// KEDA's cron trigger has a start and an end.
fn schedules_end(endpoint: &Endpoint, settings: &Settings, sink: &mut Sink) {
    if settings.profile != Profile::Keda {
        return;
    }
    let schedules: Vec<_> = endpoint
        .scale
        .value
        .policies
        .iter()
        .filter_map(|policy| match &policy.value {
            Policy::Schedule { name, .. } => Some((name, policy.span)),
            Policy::Track(_) | Policy::Step { .. } => None,
        })
        .collect();
    if let [(name, span)] = schedules.as_slice() {
        let message = format!("nothing ends schedule `{name}` of endpoint `{}`", endpoint.name);
        let help = "add a second schedule that begins when this one ends: KEDA's cron trigger has a start and an end";
        sink.push(Diagnostic::error(Code::NotScaledSo, message).label(*span, "the only schedule").help(help));
    }
}

/// Knative scales a revision by one metric, and a Deployment of KServe's by processors or memory.
fn one_metric_moves_a_revision(endpoint: &Endpoint, settings: &Settings, sink: &mut Sink) {
    if settings.profile != Profile::Kserve {
        return;
    }
    let tracks: Vec<_> = endpoint
        .scale
        .value
        .policies
        .iter()
        .filter_map(|policy| match &policy.value {
            Policy::Track(track) => Some((Metric::parse(&track.metric)?, policy.span)),
            Policy::Step { .. } | Policy::Schedule { .. } => None,
        })
        .collect();
    if let [_, (_, second), ..] = tracks.as_slice() {
        let message =
            format!("endpoint `{}` follows {} metrics, and KServe scales by one", endpoint.name, tracks.len());
        let help = "keep the one that matters most, or write `profile = keda` in the stack";
        sink.push(Diagnostic::error(Code::NotScaledSo, message).label(*second, "one too many").help(help));
        return;
    }
    if let [(metric, span)] = tracks.as_slice()
        && endpoint.variants.len() > 1
        && !matches!(metric, Metric::Cpu | Metric::Memory)
    {
        let message = format!(
            "endpoint `{}` has several variants, which KServe runs as Deployments, and those are not scaled by `{}`",
            endpoint.name,
            metric.word()
        );
        let help = "write `track cpu { target = 60% }`, or keep one variant, which Knative scales by calls";
        sink.push(Diagnostic::error(Code::NotScaledSo, message).label(*span, "not followed there").help(help));
    }
}

/// Where there is no InferenceGraph, servec's runtime does all of a pipeline.
fn a_runtime_calls_no_container(stack: &Stack, endpoint: &Endpoint, settings: &Settings, sink: &mut Sink) {
    if settings.profile == Profile::Kserve && !matches!(endpoint.mode.value, Mode::Async { .. }) {
        return;
    }
    let mut said = BTreeSet::new();
    for variant in &endpoint.variants {
        let Servable::Pipeline(name) = &variant.serve else { continue };
        let steps = stack.pipelines.get(name).into_iter().flat_map(|pipeline| &pipeline.steps);
        for step in steps {
            let Callee::Model(model) = &step.callee else { continue };
            let image = stack.models.get(model).filter(|model| is_image(model));
            if let Some(model) = image.filter(|_| said.insert(step.span)) {
                let message = format!(
                    "pipeline `{name}` calls model `{}`, which serves itself from an image: servec's runtime, which runs the \
                     pipeline, calls no other container",
                    model.name
                );
                let help = "write `profile = kserve` in the stack, which makes an InferenceGraph, or serve the model by itself";
                let error = Diagnostic::error(Code::NeedsGraph, message).label(step.span, "called here");
                sink.push(error.label(model.span, "has an `image`").help(help));
            }
        }
    }
}

/// On KServe, Triton and servec's own runtime load models while they run.
fn a_pool_has_a_server_that_loads_many(stack: &Stack, endpoint: &Endpoint, settings: &Settings, sink: &mut Sink) {
    if settings.profile != Profile::Kserve {
        return;
    }
    for variant in &endpoint.variants {
        let Servable::Pool(name) = &variant.serve else { continue };
        let Some(pool) = stack.pools.get(name).filter(|pool| !pool.share_instance) else { continue };
        let framework = models_of(stack, &variant.serve).first().map(|model| match &model.origin {
            Origin::Framework { framework, .. } => framework.value.name.to_string(),
            Origin::Image { .. } => "a container".to_owned(),
        });
        if let Some(framework) = framework.filter(|framework| !matches!(&**framework, "onnx" | "triton")) {
            let message =
                format!("no server of KServe's holds the members of pool `{name}`, whose framework is {framework}");
            let help = "add `share = instance`: each member gets a server of its own, on one machine";
            sink.push(
                Diagnostic::error(Code::NotPooledSo, message).label(pool.members.span, "one server each").help(help),
            );
        }
    }
}

/// A container has one environment, and is asked at one path whether it is ready.
fn models_in_one_container_agree(stack: &Stack, servable: &Servable, sink: &mut Sink) {
    if let Servable::Pool(name) = servable
        && stack.pools.get(name).is_some_and(|pool| pool.share_instance)
    {
        return;
    }
    let mut set: BTreeMap<&str, (&Model, &Value)> = BTreeMap::new();
    let mut paths: Vec<(&Model, Span, &str)> = vec![];
    for model in models_of(stack, servable).into_iter().filter(|model| !is_image(model)) {
        for (name, value) in &model.env {
            let (first, known) = *set.entry(name).or_insert((model, value));
            if known != value {
                let message = format!(
                    "models `{}` and `{}` run in one container and set `{name}` to different values",
                    first.name, model.name
                );
                let error = Diagnostic::error(Code::OneContainer, message).label(value.span, "one value here");
                sink.push(error.label(known.span, "another here").help("choose another name for one of them"));
            }
        }
        if let Some(health) = &model.health {
            paths.extend(health.path.as_ref().map(|path| (model, health.span, &**path)));
        }
    }
    if let Some(((first, at, _), (other, other_at, _))) =
        paths.first().zip(paths.iter().find(|(.., path)| paths.first().is_some_and(|(.., known)| known != path)))
    {
        let message = format!(
            "models `{}` and `{}` run in one container, which is asked at one path whether it is ready",
            first.name, other.name
        );
        let error = Diagnostic::error(Code::OneContainer, message).label(*other_at, "another path");
        sink.push(error.label(*at, "one path").help("write the same `path` for both, or leave one out"));
    }
}

fn is_image(model: &Model) -> bool {
    matches!(model.origin, Origin::Image { .. })
}
