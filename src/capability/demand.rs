//! What a stack asks of its target: every feature it uses, with the thing that uses it and where. Judges nothing.

use crate::source::Span;
use crate::stack::{
    Artifact, Callee, Endpoint, Handler, Job, Member, Mode, Model, Origin, Policy, Servable, Stack, Transform,
};

use super::Feature;

/// One thing that uses one feature.
#[derive(Debug, Clone, PartialEq)]
pub struct Demand {
    pub feature: Feature,
    /// As a diagnostic names it: "endpoint `search`".
    pub subject: String,
    /// Everywhere that it is used by this thing; never empty.
    pub spans: Vec<Span>,
}

/// All demands: endpoints and jobs in source order, then models, pools and transforms by name. A feature that one thing uses in
/// several places is one demand.
pub fn demands(stack: &Stack) -> Vec<Demand> {
    let mut all = Gather::default();
    for endpoint in &stack.endpoints {
        all.about(format!("endpoint `{}`", endpoint.name));
        of_endpoint(endpoint, &mut all);
    }
    for job in &stack.jobs {
        all.about(format!("job `{}`", job.name));
        of_job(job, &mut all);
    }
    for model in stack.models.values() {
        all.about(format!("model `{}`", model.name));
        of_model(model, &mut all);
    }
    for pool in stack.pools.values() {
        if let Member::Prefix { shape, .. } = &pool.members.value {
            all.about(format!("pool `{}`", pool.name));
            of_model(shape, &mut all);
        }
    }
    for transform in stack.transforms.values() {
        all.about(format!("transform `{}`", transform.name));
        of_transform(transform, stack, &mut all);
    }
    all.demands
}

fn of_endpoint(endpoint: &Endpoint, all: &mut Gather) {
    all.uses(serving(&endpoint.serve.value), endpoint.serve.span);
    all.uses(mode(&endpoint.mode.value), endpoint.mode.span);
    let scale = &endpoint.scale;
    all.uses(if scale.value.max > 1 { Feature::ManyReplicas } else { Feature::OneReplica }, scale.span);
    if scale.value.min == 0 {
        all.uses(Feature::ScaleToZero, scale.span);
    }
    for policy in &scale.value.policies {
        let feature = match policy.value {
            Policy::Track(_) => Feature::ScaleTrack,
            Policy::Step { .. } => Feature::ScaleStep,
            Policy::Schedule { .. } => Feature::ScaleSchedule,
        };
        all.uses(feature, policy.span);
    }
    let answering = endpoint.variants.iter().filter(|v| !v.shadow);
    if answering.clone().count() > 1 {
        answering.for_each(|v| all.uses(Feature::VariantWeights, v.span));
    }
    endpoint.variants.iter().filter(|v| v.shadow).for_each(|v| all.uses(Feature::VariantShadow, v.span));
    all.may(Feature::Rollout, endpoint.rollout.as_ref().map(|x| x.span));
    all.may(Feature::Slo, endpoint.slo.as_ref().map(|x| x.span));
    all.may(Feature::Budget, endpoint.budget.as_ref().map(|x| x.span));
    all.may(Feature::Capture, endpoint.capture.as_ref().map(|x| x.span));
    all.may(Feature::Network, endpoint.network.as_ref().map(|x| x.span));
    all.may(Feature::Encrypt, endpoint.encrypt.as_ref().map(|x| x.span));
    all.may(Feature::Identity, endpoint.identity.as_ref().map(|x| x.span));
    endpoint.alarms.values().for_each(|alarm| all.uses(Feature::Alarm, alarm.span));
    all.may(Feature::Sample, endpoint.sample.as_ref().map(|x| x.span));
    all.may(Feature::Machine, endpoint.machine.as_ref().map(|x| x.span));
}

/// A job asks for batch prediction; whether what it runs could be an endpoint is no question then.
fn of_job(job: &Job, all: &mut Gather) {
    all.uses(mode(&job.mode.value), job.mode.span);
}

fn of_model(model: &Model, all: &mut Gather) {
    let artifact = match &model.origin {
        Origin::Framework { framework, artifact } => {
            let onnx = &*framework.value.name == "onnx";
            all.uses(if onnx { Feature::FrameworkOnnx } else { Feature::FrameworkOther }, framework.span);
            Some(artifact)
        }
        Origin::Image { image, artifact } => {
            all.uses(Feature::Image, image.span);
            artifact.as_ref()
        }
    };
    if let Some(artifact) = artifact {
        all.uses(place(&artifact.value), artifact.span);
    }
    all.may(Feature::Accelerator, model.accelerator.as_ref().map(|x| x.span));
    all.may(Feature::Resources, model.cpu.as_ref().map(|x| x.span));
    all.may(Feature::Resources, model.memory.as_ref().map(|x| x.span));
    all.may(Feature::Resources, model.disk.as_ref().map(|x| x.span));
    model.env.values().for_each(|value| all.uses(Feature::Environment, value.span));
    all.may(Feature::HealthCheck, model.health.as_ref().map(|_| model.span));
    all.may(Feature::Batching, model.batching.as_ref().map(|_| model.span));
}

fn of_transform(transform: &Transform, stack: &Stack, all: &mut Gather) {
    let feature = match &transform.handler {
        Handler::Builtin(_) => Feature::HandlerBuiltin,
        Handler::Python(_) => Feature::HandlerPython,
        Handler::Container(_) => Feature::HandlerContainer,
    };
    // A transform of the standard library stands in a file that is not the user's: point at the calls.
    let calls = stack.pipelines.values().flat_map(|p| &p.steps);
    let calls = calls.filter(|s| s.callee == Callee::Transform(transform.name.clone())).map(|s| s.span);
    let before = all.demands.len();
    calls.for_each(|span| all.uses(feature, span));
    if all.demands.len() == before {
        all.uses(feature, transform.span);
    }
}

fn serving(servable: &Servable) -> Feature {
    match servable {
        Servable::Model(_) => Feature::ServeModel,
        Servable::Pipeline(_) => Feature::ServePipeline,
        Servable::Pool(_) => Feature::ServePool,
    }
}

fn mode(mode: &Mode) -> Feature {
    match mode {
        Mode::Realtime { .. } => Feature::Realtime,
        Mode::Streaming { .. } => Feature::Streaming,
        Mode::Serverless { .. } => Feature::Serverless,
        Mode::Async { .. } => Feature::Async,
        Mode::Batch { .. } => Feature::Batch,
    }
}

fn place(artifact: &Artifact) -> Feature {
    match artifact {
        Artifact::File { .. } => Feature::ArtifactFile,
        Artifact::Remote { .. } => Feature::ArtifactRemote,
    }
}

#[derive(Default)]
struct Gather {
    demands: Vec<Demand>,
    subject: String,
    /// Where the subject's demands begin.
    begins: usize,
}

impl Gather {
    fn about(&mut self, subject: String) {
        self.subject = subject;
        self.begins = self.demands.len();
    }

    fn may(&mut self, feature: Feature, span: Option<Span>) {
        if let Some(span) = span {
            self.uses(feature, span);
        }
    }

    fn uses(&mut self, feature: Feature, span: Span) {
        let same = self.demands.iter_mut().skip(self.begins).find(|d| d.feature == feature);
        match same {
            Some(demand) => demand.spans.push(span),
            None => self.demands.push(Demand { feature, subject: self.subject.clone(), spans: vec![span] }),
        }
    }
}
