//! What stands behind an endpoint, and how long its calls take by the models' own `latency`. For rules: says nothing
//! itself.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::stack::{Argument, Callee, Endpoint, Member, Model, Pipeline, Servable, Stack, ValueRef};

/// What an endpoint's variants serve, each once; a shadow's callers do not wait for it.
pub(super) fn served(endpoint: &Endpoint, shadows: bool) -> BTreeSet<&Servable> {
    endpoint.variants.iter().filter(|v| shadows || !v.shadow).map(|v| &v.serve).collect()
}

/// Every model behind something served, as often as one call runs it; of a pool every member, or the shape of all.
pub fn models<'s>(stack: &'s Stack, servable: &Servable) -> Vec<&'s Model> {
    match servable {
        Servable::Model(name) => stack.models.get(name).into_iter().collect(),
        Servable::Pipeline(name) => {
            let steps = stack.pipelines.get(name).map(|p| p.steps.as_slice()).unwrap_or_default();
            steps.iter().filter_map(|step| called(stack, &step.callee)).collect()
        }
        Servable::Pool(name) => match stack.pools.get(name).map(|pool| &pool.members.value) {
            Some(Member::Named(names)) => names.iter().filter_map(|name| stack.models.get(name)).collect(),
            Some(Member::Prefix { shape, .. }) => vec![shape],
            None => vec![],
        },
    }
}

fn called<'s>(stack: &'s Stack, callee: &Callee) -> Option<&'s Model> {
    match callee {
        Callee::Model(name) => stack.models.get(name),
        Callee::Transform(_) => None,
    }
}

/// A model as its user knows it: the shape of a pool's members has no name of its own.
pub(super) fn called_by_users(model: &Model) -> String {
    match model.name.strip_suffix(".member") {
        Some(pool) => format!("a member of `{pool}`"),
        None => format!("`{}`", model.name),
    }
}

/// Calls that one replica of a model works on together: a batch takes several at once.
pub(super) fn at_once(model: &Model) -> u32 {
    model.concurrency.value.max(model.batching.as_ref().map_or(0, |batching| batching.max_size))
}

/// A way of a call through what is served: the models that it waits for one after the other, with their latencies.
/// Models of unknown latency and transforms count nothing, so that times are the least there can be.
#[derive(Debug, Clone, Default)]
pub(super) struct Way<'s>(pub Vec<(&'s Model, Duration)>);

impl<'s> Way<'s> {
    /// How long a call takes while nobody else calls.
    pub fn alone(&self) -> Duration {
        self.0.iter().map(|(_, latency)| *latency).sum()
    }

    /// How long the second of two callers takes that come together, and the model in front of which it waits.
    ///
    /// Each step takes calls in turn, so the second is behind by the slowest model that serves one call at a time.
    /// What such a model does twice in a call holds the second up twice, less what the first does in between.
    pub fn second(&self) -> Option<(Duration, &'s Model)> {
        let slowest = self.0.iter().filter(|(model, _)| at_once(model) == 1).map(|(model, latency)| {
            let uses = || self.0.iter().enumerate().filter(|(_, (other, _))| other.name == model.name);
            let own: Duration = uses().map(|(_, (_, latency))| *latency).sum();
            let first = uses().map(|(at, _)| at).next().unwrap_or(0);
            let last = uses().map(|(at, _)| at).next_back().unwrap_or(0);
            let whole: Duration = self.0.iter().skip(first).take(last - first + 1).map(|(_, latency)| *latency).sum();
            let between = whole.saturating_sub(own);
            (own.saturating_sub(between).max(*latency), *model)
        });
        let (wait, model) = slowest.max_by_key(|(wait, _)| *wait)?;
        Some((self.alone() + wait, model))
    }
}

/// The slowest way through a model or a pipeline, or each way of a pool: its caller names the member.
pub(super) fn ways<'s>(stack: &'s Stack, servable: &Servable) -> Vec<Way<'s>> {
    match servable {
        Servable::Pipeline(name) => stack.pipelines.get(name).map(|p| slowest(stack, p)).into_iter().collect(),
        Servable::Model(_) | Servable::Pool(_) => {
            let models = models(stack, servable).into_iter();
            models.filter_map(|model| Some(Way(vec![(model, model.latency.as_ref()?.value)]))).collect()
        }
    }
}

/// Steps stand behind what they need, so one pass finds the longest way to each.
fn slowest<'s>(stack: &'s Stack, pipeline: &Pipeline) -> Way<'s> {
    let mut to: BTreeMap<&str, Way<'s>> = BTreeMap::new();
    for step in &pipeline.steps {
        let before = step.args.values().filter_map(|arg| match arg {
            Argument::Ref(ValueRef::Step { step, .. }) => to.get(&**step),
            Argument::Ref(ValueRef::Input(_)) | Argument::Const(_) | Argument::Asset(_) => None,
        });
        let mut way = before.max_by_key(|way| way.alone()).cloned().unwrap_or_default();
        if let Some(model) = called(stack, &step.callee)
            && let Some(latency) = &model.latency
        {
            way.0.push((model, latency.value));
        }
        to.insert(&step.id, way);
    }
    let ends = pipeline.outputs.iter().filter_map(|output| match &output.value {
        ValueRef::Step { step, .. } => to.get(&**step),
        ValueRef::Input(_) => None,
    });
    ends.max_by_key(|way| way.alone()).cloned().unwrap_or_default()
}
