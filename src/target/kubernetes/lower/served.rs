//! What one workload serves: a variant of an endpoint, or a job, with all that its pods must know.

use std::sync::Arc;
use std::time::Duration;

use crate::catalog::Need;
use crate::cost::Replicas;
use crate::source::{Span, Spanned};
use crate::stack::{self, Endpoint, Mode, Model, Origin, Servable, Value, Variant};

use super::super::api::Map;
use super::super::name::{self, LABEL};
use super::made::own;
use super::values::{field, is_on, text};
use super::{Ctx, served_name};

/// One workload.
#[derive(Debug, Clone)]
pub struct Served<'a> {
    /// The name of its objects.
    pub name: String,
    /// The endpoint or the job.
    pub of: &'a str,
    pub kind: &'static str,
    pub variant: Option<&'a str>,
    pub serve: Servable,
    /// Of a pool in whose stead it stands, or a step of a pipeline that runs in a container of its own.
    pub part: Option<String>,
    /// As the spec has them: what this workload answers with.
    pub variants: Vec<Variant>,
    pub shadow: bool,
    pub weight: u32,
    pub replicas: Replicas,
    pub timeout: Option<Duration>,
    /// Where the mode is written.
    pub mode: Span,
    pub machine: Option<&'a Spanned<Arc<str>>>,
    pub network: Option<&'a Value>,
    pub identity: Option<&'a Value>,
    /// Of `mode = serverless { memory = … }`.
    pub memory: Option<u64>,
    pub origin: Span,
}

/// What runs in a workload's main container.
#[derive(Debug, Clone, Copy)]
pub enum Server<'a> {
    /// servec's own runtime.
    Runtime,
    /// A container of the user's that serves the model itself.
    Image { model: &'a Model, image: &'a Arc<str> },
}

impl<'a> Served<'a> {
    /// Each variant of an endpoint, in order.
    pub fn of_endpoint(ctx: &Ctx, endpoint: &'a Endpoint) -> Vec<Self> {
        let alone = endpoint.variants.len() == 1;
        let replicas = crate::cost::per_variant(endpoint);
        let memory = match &endpoint.mode.value {
            Mode::Serverless { memory, .. } => memory.as_ref().map(|memory| memory.value),
            Mode::Realtime { .. } | Mode::Streaming { .. } | Mode::Async { .. } | Mode::Batch { .. } => None,
        };
        let one = |(variant, replicas): (&'a Variant, Replicas)| {
            let name = if alone { ctx.name(&[&endpoint.name]) } else { ctx.name(&[&endpoint.name, &variant.name]) };
            // What a router shares out, each workload answers alone.
            let answers = Variant { weight: 1, shadow: false, ..variant.clone() };
            Self {
                name,
                of: &endpoint.name,
                kind: "endpoint",
                variant: (!alone).then_some(&*variant.name),
                serve: variant.serve.clone(),
                part: None,
                variants: vec![answers],
                shadow: variant.shadow,
                weight: variant.weight,
                replicas,
                timeout: endpoint.mode.value.timeout().map(|timeout| timeout.value),
                mode: endpoint.mode.span,
                machine: endpoint.machine.as_ref(),
                network: endpoint.network.as_ref(),
                identity: endpoint.identity.as_ref(),
                memory,
                origin: endpoint.span,
            }
        };
        endpoint.variants.iter().zip(replicas).map(one).collect()
    }

    pub fn of_job(ctx: &Ctx, job: &'a stack::Job) -> Self {
        let variant = Variant {
            name: job.name.clone(),
            weight: 1,
            shadow: false,
            serve: job.run.value.clone(),
            span: job.run.span,
        };
        Self {
            name: ctx.name(&[&job.name]),
            of: &job.name,
            kind: "job",
            variant: None,
            serve: job.run.value.clone(),
            part: None,
            variants: vec![variant],
            shadow: false,
            weight: 1,
            replicas: Replicas { floor: 1, expected: 1.0, ceiling: 1 },
            timeout: None,
            mode: job.mode.span,
            machine: None,
            network: None,
            identity: None,
            memory: None,
            origin: job.span,
        }
    }

    /// The same of one model alone: a member, or a step that runs in a container of its own.
    pub fn part(&self, ctx: &Ctx, part: &str, serve: Servable) -> Self {
        let words: Vec<&str> = [self.of].into_iter().chain(self.variant).chain([part]).collect();
        let span = super::span_of(ctx.stack, &serve).unwrap_or(self.origin);
        let variant = Variant { name: part.into(), weight: 1, shadow: false, serve: serve.clone(), span };
        Self { name: ctx.name(&words), serve, part: Some(part.to_owned()), variants: vec![variant], ..self.clone() }
    }

    /// What picks out its pods, and never changes.
    pub fn selector(&self, ctx: &Ctx) -> Map {
        let mut labels =
            Map::from([(own("stack"), ctx.stack_label.clone()), (own(self.kind), name::name(&[self.of], LABEL))]);
        labels.extend(self.variant.map(|variant| (own("variant"), name::name(&[variant], LABEL))));
        labels.extend(self.part.as_ref().map(|part| (own("part"), name::name(&[part], LABEL))));
        labels
    }

    /// As the objects are marked.
    pub fn labels(&self, ctx: &Ctx) -> Map {
        let mut labels = self.selector(ctx);
        labels.insert("app.kubernetes.io/name".to_owned(), name::name(&[self.of], LABEL));
        labels
    }

    pub fn server<'s>(&self, ctx: &Ctx<'s>) -> Server<'s> {
        let model = match &self.serve {
            Servable::Model(name) => ctx.stack.models.get(name),
            Servable::Pipeline(_) | Servable::Pool(_) => None,
        };
        match model.map(|model| (model, &model.origin)) {
            Some((model, Origin::Image { image, .. })) => Server::Image { model, image: &image.value },
            Some((_, Origin::Framework { .. })) | None => Server::Runtime,
        }
    }

    /// The models that it loads.
    pub fn models<'s>(&self, ctx: &Ctx<'s>) -> Vec<&'s Model> {
        crate::check::models_of(ctx.stack, &self.serve)
    }

    /// What its node must have.
    pub fn need(&self, ctx: &Ctx) -> Need {
        let mut need = Need::of_servable(ctx.stack, &self.serve);
        need.memory = self.memory.or(need.memory);
        need
    }

    pub fn is_private(&self) -> bool {
        self.network.and_then(|network| field(network, "private")).is_some_and(is_on)
    }

    pub fn is_isolated(&self) -> bool {
        self.network.and_then(|network| field(network, "isolated")).is_some_and(is_on)
    }

    pub fn role(&self) -> Option<&'a str> {
        self.identity.and_then(|identity| field(identity, "role")).and_then(text)
    }

    pub fn what(&self) -> &str {
        served_name(&self.serve)
    }
}
