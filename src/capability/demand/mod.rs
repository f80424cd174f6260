//! What a stack asks of its target: every feature it uses, in which mode, with the thing that uses it and where. Judges
//! nothing.

mod endpoint;
mod servable;

pub(crate) use servable::is_chain;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::source::Span;
use crate::stack::endpoint::ModeKind;
use crate::stack::metric::Metric;
use crate::stack::{Callee, Endpoint, Stack};

use super::Feature;

/// One thing that uses one feature in one mode.
#[derive(Debug, Clone, PartialEq)]
pub struct Demand {
    pub feature: Feature,
    /// Of the endpoint or job that asks, or that what asks is served by.
    pub mode: ModeKind,
    pub subject: Subject,
    /// Everywhere that it is used by this thing; never empty.
    pub spans: Vec<Span>,
}

/// One metric that one endpoint's scaling is to follow.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricDemand {
    pub metric: Metric,
    pub mode: ModeKind,
    pub subject: Subject,
    pub span: Span,
}

/// Who asks, as a diagnostic names it: "endpoint `search`".
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    pub kind: &'static str,
    pub name: Arc<str>,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`", self.kind, self.name)
    }
}

/// All that a stack asks.
#[derive(Debug, Default)]
pub struct Demands {
    /// Endpoints and jobs in source order, each followed by what it serves; a model that is served twice in one mode
    /// asks once.
    pub features: Vec<Demand>,
    pub metrics: Vec<MetricDemand>,
}

/// What a stack asks. A feature that one thing uses in several places is one demand.
pub fn demands(stack: &Stack) -> Demands {
    let mut all = Gather::new(stack);
    for endpoint in &stack.endpoints {
        all.about("endpoint", &endpoint.name, endpoint.mode.value.kind());
        endpoint::of_endpoint(endpoint, &mut all);
        for variant in &endpoint.variants {
            servable::of(&variant.serve, &mut all);
        }
    }
    for job in &stack.jobs {
        all.about("job", &job.name, job.mode.value.kind());
        endpoint::of_job(job, &mut all);
        servable::of(&job.run.value, &mut all);
    }
    if let Some(mode) = stack.first_mode() {
        all.about("stack", &stack.name, mode);
        stack.tags.values().for_each(|tag| all.uses(Feature::Tags, tag.span));
    }
    all.demands
}

/// What single endpoints use, with all that they serve.
pub(super) struct Each<'s>(Gather<'s>);

impl<'s> Each<'s> {
    pub(super) fn new(stack: &'s Stack) -> Self {
        Self(Gather::new(stack))
    }

    /// Each feature that an endpoint uses by itself or through what it serves, with the first place.
    pub(super) fn of(&mut self, endpoint: &Endpoint) -> BTreeMap<Feature, Span> {
        let all = &mut self.0;
        all.demands = Demands::default();
        all.done.clear();
        all.about("endpoint", &endpoint.name, endpoint.mode.value.kind());
        endpoint::of_endpoint(endpoint, all);
        for variant in &endpoint.variants {
            servable::of(&variant.serve, all);
        }
        let mut used = BTreeMap::new();
        for demand in &all.demands.features {
            if let Some(span) = demand.spans.first() {
                used.entry(demand.feature).or_insert(*span);
            }
        }
        used
    }
}

/// Collects demands about one subject after another.
struct Gather<'s> {
    stack: &'s Stack,
    demands: Demands,
    subject: Subject,
    mode: ModeKind,
    /// Where the subject's demands begin.
    begins: usize,
    /// What was asked about, by mode, kind and name.
    done: BTreeMap<(ModeKind, &'static str, Arc<str>), ()>,
    /// Where each transform is called: one of the standard library stands in a file that is not the user's.
    calls: BTreeMap<&'s Arc<str>, Vec<Span>>,
}

impl<'s> Gather<'s> {
    fn new(stack: &'s Stack) -> Self {
        let mut calls: BTreeMap<&'s Arc<str>, Vec<Span>> = BTreeMap::new();
        for step in stack.pipelines.values().flat_map(|p| &p.steps) {
            if let Callee::Transform(name) = &step.callee {
                calls.entry(name).or_default().push(step.span);
            }
        }
        Self {
            stack,
            demands: Demands::default(),
            subject: Subject { kind: "stack", name: stack.name.clone() },
            mode: ModeKind::Realtime,
            begins: 0,
            done: BTreeMap::new(),
            calls,
        }
    }

    fn about(&mut self, kind: &'static str, name: &Arc<str>, mode: ModeKind) {
        self.subject = Subject { kind, name: name.clone() };
        self.mode = mode;
        self.begins = self.demands.features.len();
    }

    /// The same for a part of what was asked about; `false` when it was asked already in this mode.
    fn part(&mut self, kind: &'static str, name: &Arc<str>) -> bool {
        let first = self.done.insert((self.mode, kind, name.clone()), ()).is_none();
        if first {
            self.about(kind, name, self.mode);
        }
        first
    }

    fn may(&mut self, feature: Feature, span: Option<Span>) {
        if let Some(span) = span {
            self.uses(feature, span);
        }
    }

    fn uses(&mut self, feature: Feature, span: Span) {
        let same = self.demands.features.iter_mut().skip(self.begins).find(|d| d.feature == feature);
        match same {
            Some(demand) if demand.spans.contains(&span) => {}
            Some(demand) => demand.spans.push(span),
            None => self.demands.features.push(Demand {
                feature,
                mode: self.mode,
                subject: self.subject.clone(),
                spans: vec![span],
            }),
        }
    }

    fn follows(&mut self, metric: Metric, span: Span) {
        let (mode, subject) = (self.mode, self.subject.clone());
        self.demands.metrics.push(MetricDemand { metric, mode, subject, span });
    }
}
