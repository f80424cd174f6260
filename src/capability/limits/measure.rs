//! Every amount of a stack that a platform may bound, with where it stands.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::source::{Span, Spanned};
use crate::stack::endpoint::ModeKind;
use crate::stack::{
    Artifact, Callee, Endpoint, Member, Mode, Model, Origin, Policy, Servable, Stack, ValueKind, Variant,
};

use super::super::demand::{Subject, is_chain};
use super::{Limit, payload};

/// One amount of one thing, in the unit of its limit.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    pub limit: Limit,
    pub mode: ModeKind,
    pub subject: Subject,
    pub amount: f64,
    /// A part of it is not known.
    pub at_least: bool,
    /// Where to point, and the amount of it that is there; never empty.
    pub places: Vec<(Span, f64)>,
    /// Where the amount is written out, for a fix: `None` where it is computed or a default.
    pub written: Option<Span>,
}

/// Of endpoints and jobs in source order, each followed by the models that it serves.
pub fn measures(stack: &Stack) -> Vec<Measure> {
    let mut all = Gather { stack, out: vec![], done: BTreeSet::new() };
    for endpoint in &stack.endpoints {
        of_endpoint(endpoint, &mut all);
    }
    for job in &stack.jobs {
        let mode = job.mode.value.kind();
        let subject = Subject { kind: "job", name: job.name.clone() };
        all.count(Limit::NameChars, mode, &subject, job.name.chars().count(), job.span);
        of_servable(&job.run.value, mode, &mut all);
    }
    of_tags(&mut all);
    all.out
}

struct Gather<'s> {
    stack: &'s Stack,
    out: Vec<Measure>,
    done: BTreeSet<(ModeKind, Arc<str>)>,
}

impl Gather<'_> {
    /// An amount that is written where it stands.
    fn put(&mut self, limit: Limit, mode: ModeKind, subject: &Subject, amount: Spanned<f64>, written: bool) {
        self.out.push(Measure {
            limit,
            mode,
            subject: subject.clone(),
            amount: amount.value,
            at_least: false,
            places: vec![(amount.span, amount.value)],
            written: written.then_some(amount.span),
        });
    }

    /// A number of things.
    fn count(&mut self, limit: Limit, mode: ModeKind, subject: &Subject, count: usize, span: Span) {
        self.put(limit, mode, subject, Spanned::new(count as f64, span), false);
    }
}

fn of_endpoint(endpoint: &Endpoint, all: &mut Gather) {
    let (mode, stack) = (endpoint.mode.value.kind(), all.stack);
    let subject = &Subject { kind: "endpoint", name: endpoint.name.clone() };
    of_mode(&endpoint.mode, mode, subject, all);
    all.count(Limit::NameChars, mode, subject, endpoint.name.chars().count(), endpoint.span);
    of_variants(endpoint, mode, subject, all);
    let scale = &endpoint.scale.value;
    // Serverless workers are no replicas: `max_concurrency` bounds them.
    if mode != ModeKind::Serverless {
        all.put(Limit::Replicas, mode, subject, Spanned::new(f64::from(scale.max), scale.high), true);
    }
    for policy in &scale.policies {
        let Policy::Track(track) = &policy.value else { continue };
        if let Some(cooldown) = &track.cooldown {
            all.put(Limit::Cooldown, mode, subject, seconds(cooldown), true);
        }
    }
    of_rollout(endpoint, mode, subject, all);
    for (limit, size) in payload::of(&endpoint.serve.value, stack) {
        all.out.push(Measure {
            limit,
            mode,
            subject: subject.clone(),
            amount: size.bytes,
            at_least: !size.whole,
            places: size.ports,
            written: None,
        });
        // Without a port there is nowhere to point: then nothing is known either.
        if let Some(last) = all.out.last_mut()
            && last.places.is_empty()
        {
            last.places.push((endpoint.serve.span, size.bytes));
        }
    }
    for variant in &endpoint.variants {
        of_servable(&variant.serve, mode, all);
    }
}

fn of_mode(mode: &Spanned<Mode>, kind: ModeKind, subject: &Subject, all: &mut Gather) {
    // What is filled in by default has the span of the whole mode.
    let written = |span: Span| span != mode.span;
    if let Some(timeout) = mode.value.timeout() {
        all.put(Limit::Timeout, kind, subject, seconds(&timeout), written(timeout.span));
    }
    match &mode.value {
        Mode::Serverless { memory, max_concurrency } => {
            if let Some(memory) = memory {
                let bytes = Spanned::new(memory.value as f64, memory.span);
                all.put(Limit::ServerlessMemory, kind, subject, bytes, true);
            }
            if let Some(calls) = max_concurrency {
                all.put(Limit::ServerlessConcurrency, kind, subject, number(calls), true);
            }
        }
        Mode::Async { max_in_flight: Some(calls), .. } => {
            all.put(Limit::AsyncInFlight, kind, subject, number(calls), true);
        }
        Mode::Realtime { .. } | Mode::Streaming { .. } | Mode::Async { .. } | Mode::Batch { .. } => {}
    }
}

fn of_variants(endpoint: &Endpoint, mode: ModeKind, subject: &Subject, all: &mut Gather) {
    let (shadows, answering): (Vec<_>, Vec<_>) = endpoint.variants.iter().partition(|v| v.shadow);
    let last = answering.last().map_or(endpoint.span, |v| v.span);
    all.count(Limit::Variants, mode, subject, answering.len(), last);
    let sum: u32 = answering.iter().map(|variant| variant.weight).sum();
    if sum > 0 && answering.len() > 1 {
        let share = |variant: &&Variant| (variant.span, f64::from(variant.weight) / f64::from(sum));
        let places: Vec<(Span, f64)> = answering.iter().filter(|variant| variant.weight > 0).map(share).collect();
        let amount = places.iter().map(|(_, share)| *share).fold(1.0, f64::min);
        let (limit, subject) = (Limit::VariantShare, subject.clone());
        all.out.push(Measure { limit, mode, subject, amount, at_least: false, places, written: None });
    }
    if let Some(shadow) = shadows.last() {
        all.count(Limit::Shadows, mode, subject, shadows.len(), shadow.span);
        all.count(Limit::VariantsBesideShadow, mode, subject, answering.len(), last);
    }
}

fn of_rollout(endpoint: &Endpoint, mode: ModeKind, subject: &Subject, all: &mut Gather) {
    let Some(rollout) = &endpoint.rollout else { return };
    let limit = match &*rollout.value.kind {
        "canary" => Some(Limit::CanaryFirst),
        "linear" => Some(Limit::LinearFirst),
        "rolling" => Some(Limit::RollingFirst),
        _ => None,
    };
    if let (Some(limit), Some(first)) = (limit, &rollout.value.first) {
        all.put(limit, mode, subject, *first, true);
    }
    if let Some(bake) = &rollout.value.bake {
        all.put(Limit::Bake, mode, subject, seconds(bake), true);
        if let Some(parts) = rollout.value.parts() {
            let whole = Spanned::new(bake.value.as_secs_f64() * f64::from(parts), bake.span);
            all.put(Limit::RolloutTime, mode, subject, whole, false);
        }
    }
    if let Some(last) = rollout.value.abort_on.last() {
        all.count(Limit::AbortAlarms, mode, subject, rollout.value.abort_on.len(), last.bound.span);
    }
}

fn of_servable(servable: &Servable, mode: ModeKind, all: &mut Gather) {
    let stack = all.stack;
    let models: Vec<&Model> = match servable {
        Servable::Model(name) => stack.models.get(name).into_iter().collect(),
        Servable::Pipeline(name) => {
            let Some(pipeline) = stack.pipelines.get(name) else { return };
            let called = pipeline.steps.iter().filter_map(|step| match &step.callee {
                Callee::Model(name) => stack.models.get(name),
                Callee::Transform(_) => None,
            });
            let called: Vec<&Model> = called.collect();
            // A chain of containers is what a platform bounds; anything else runs in one.
            if is_chain(pipeline) && called.len() > 1 {
                let subject = Subject { kind: "pipeline", name: name.clone() };
                all.count(Limit::Containers, mode, &subject, called.len(), pipeline.span);
            }
            called
        }
        Servable::Pool(name) => {
            let Some(pool) = stack.pools.get(name) else { return };
            match &pool.members.value {
                Member::Named(names) => {
                    if pool.share_instance {
                        let subject = Subject { kind: "pool", name: name.clone() };
                        all.count(Limit::Containers, mode, &subject, names.len(), pool.members.span);
                    }
                    names.iter().filter_map(|name| stack.models.get(name)).collect()
                }
                Member::Prefix { shape, .. } => vec![&**shape],
            }
        }
    };
    for model in models {
        if all.done.insert((mode, model.name.clone())) {
            of_model(model, mode, all);
        }
    }
}

fn of_model(model: &Model, mode: ModeKind, all: &mut Gather) {
    let subject = &Subject { kind: "model", name: model.name.clone() };
    if let Some(load) = &model.load_time {
        all.put(Limit::Start, mode, subject, seconds(load), false);
    }
    if let Some(disk) = &model.disk {
        all.put(Limit::Disk, mode, subject, Spanned::new(disk.value as f64, disk.span), true);
    }
    let artifact = match &model.origin {
        Origin::Framework { artifact, .. } => Some(artifact),
        Origin::Image { artifact, .. } => artifact.as_ref(),
    };
    if let Some(Spanned { value: Artifact::File { bytes, .. }, span }) = artifact {
        all.put(Limit::ArtifactBytes, mode, subject, Spanned::new(*bytes as f64, *span), false);
    }
    of_environment(model, mode, subject, all);
}

fn of_tags(all: &mut Gather) {
    let stack = all.stack;
    let (Some(mode), Some(last)) = (stack.first_mode(), stack.tags.values().max_by_key(|tag| tag.span.start)) else {
        return;
    };
    let subject = &Subject { kind: "stack", name: stack.name.clone() };
    all.count(Limit::Tags, mode, subject, stack.tags.len(), last.span);
    for (key, value) in &stack.tags {
        let ValueKind::String(text) = &value.kind else { continue };
        all.count(Limit::TagKeyChars, mode, subject, key.chars().count(), value.place());
        all.count(Limit::TagValueChars, mode, subject, text.chars().count(), value.span);
    }
}

fn of_environment(model: &Model, mode: ModeKind, subject: &Subject, all: &mut Gather) {
    let mut total = 0;
    for (name, value) in &model.env {
        // A secret's length is nobody's business.
        let ValueKind::String(text) = &value.kind else { continue };
        total += name.len() + text.len();
        all.count(Limit::EnvValueBytes, mode, subject, text.len(), value.span);
    }
    if let Some(last) = model.env.values().max_by_key(|value| value.span.start) {
        all.count(Limit::EnvEntries, mode, subject, model.env.len(), last.span);
        all.count(Limit::EnvTotalBytes, mode, subject, total, last.span);
    }
}

fn seconds(time: &Spanned<std::time::Duration>) -> Spanned<f64> {
    Spanned::new(time.value.as_secs_f64(), time.span)
}

fn number(count: &Spanned<u32>) -> Spanned<f64> {
    Spanned::new(f64::from(count.value), count.span)
}
