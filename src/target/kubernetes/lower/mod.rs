//! A fitted stack as objects of a cluster. One file for each sort of thing that is made; this one walks the stack.

mod account;
mod alarm;
mod asynchronous;
mod endpoint;
mod fetch;
mod graph;
mod job;
mod keda;
mod kserve;
mod made;
mod place;
mod pod;
mod policy;
mod pool;
mod predictor;
mod probe;
mod queue;
mod rollout;
mod route;
mod scale;
mod served;
mod spec;
mod values;
mod workload;

use crate::capability::Fitted;
use crate::resource::{Desired, Resource};
use crate::source::Span;
use crate::stack::{Mode, Servable, Stack};
use crate::target::spec::{Files, KIND as ARTIFACT, json};

use super::api::Map;
use super::name::{self, LABEL};
use super::settings::{Profile, Settings};
use made::Made;

pub use queue::read as read_queue;
pub use values::{field, text};

/// What everything that is made of a stack has in common.
pub struct Ctx<'a> {
    pub stack: &'a Stack,
    pub settings: Settings,
    pub files: Files<'a>,
    /// The stack's name as a label's value.
    pub stack_label: String,
    pub tags: Map,
}

impl Ctx<'_> {
    /// The name of an object of the stack.
    pub fn name(&self, words: &[&str]) -> String {
        let words: Vec<&str> = [&*self.stack.name].into_iter().chain(words.iter().copied()).collect();
        name::name(&words, LABEL)
    }
}

pub fn lower(fitted: &Fitted) -> Desired {
    let stack = fitted.stack();
    let tag = |(key, value): (&std::sync::Arc<str>, &crate::stack::Value)| {
        Some((key.to_string(), values::text(value)?.to_owned()))
    };
    let ctx = Ctx {
        stack,
        settings: Settings::of(stack),
        files: Files::of(stack, fetch::placed),
        stack_label: name::name(&[&stack.name], LABEL),
        tags: stack.tags.iter().filter_map(tag).collect(),
    };
    let mut made = Made::default();
    artifacts(&ctx, &mut made);
    for endpoint in &stack.endpoints {
        match (&endpoint.mode.value, ctx.settings.profile) {
            (Mode::Async { .. }, _) => asynchronous::endpoint(&ctx, endpoint, &mut made),
            (_, Profile::Kserve) => kserve::endpoint(&ctx, endpoint, &mut made),
            (_, Profile::Plain | Profile::Keda) => endpoint::endpoint(&ctx, endpoint, &mut made),
        }
    }
    for job in &stack.jobs {
        job::job(&ctx, job, &mut made);
    }
    secrets(&ctx, &mut made);
    for (old, new) in &stack.moved {
        made.note(format!(
            "`{old}` is now `{new}`: a cluster can't rename, so the new one is made, then the old one goes"
        ));
    }
    Desired {
        target: stack.target.clone(),
        stack: stack.name.clone(),
        resources: made.resources,
        moved: std::collections::BTreeMap::new(),
        protect: stack.protect,
        notes: fitted.notes().iter().cloned().chain(made.notes).collect(),
    }
}

/// Files of this machine, to be copied under the setting `artifacts`.
fn artifacts(ctx: &Ctx, made: &mut Made) {
    for (copied, span) in ctx.files.all() {
        let mut body = json(copied);
        if let (Some(uri), Some(fields)) = (fetch::uploaded(ctx, copied), body.as_object_mut()) {
            fields.insert("uri".to_owned(), uri.into());
        }
        let resource = Resource {
            address: copied.address(),
            kind: ARTIFACT.into(),
            body,
            needs: vec![],
            origin: span,
            spans: std::collections::BTreeMap::new(),
        };
        made.resources.insert(resource.address.clone(), resource);
    }
}

/// Secrets are never part of what is emitted: the cluster holds them, and pods name them.
fn secrets(ctx: &Ctx, made: &mut Made) {
    let keys = values::secrets_used(ctx);
    if !keys.is_empty() {
        let keys: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
        let name = values::secret_name(ctx);
        made.note(format!("the pods read {} from Secret `{name}`, which must exist", keys.join(", ")));
    }
}

/// What is served, for labels and messages.
pub fn served_name(serve: &Servable) -> &str {
    let (Servable::Model(name) | Servable::Pipeline(name) | Servable::Pool(name)) = serve;
    name
}

/// The span of a model that stands in the stack.
fn span_of(stack: &Stack, serve: &Servable) -> Option<Span> {
    match serve {
        Servable::Model(name) => stack.models.get(name).map(|model| model.span),
        Servable::Pipeline(name) => stack.pipelines.get(name).map(|pipeline| pipeline.span),
        Servable::Pool(name) => stack.pools.get(name).map(|pool| pool.span),
    }
}
