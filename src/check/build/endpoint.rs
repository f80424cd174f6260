//! Endpoints and jobs from their checked fields.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::report::Sink;
use crate::source::{Span, Spanned};
use crate::stack::endpoint::Condition;
use crate::stack::{
    Budget, Capture, Endpoint, Fields, Job, Mode, Policy, Rollout, Sample, Scale, Slo, Track, Value, ValueKind, Variant,
};

use super::Builder;
use super::read::{Read, duration};

/// The name of the one variant of an endpoint that declares none.
const DEFAULT_VARIANT: &str = "default";

impl Builder<'_, '_> {
    /// `None` after a reported mistake.
    pub(super) fn endpoint(
        &mut self,
        name: &Arc<str>,
        fields: &Fields,
        span: Span,
        sink: &mut Sink,
    ) -> Option<Endpoint> {
        let read = Read(fields);
        let serve = self.servable(read.get("serve")?, None, sink)?;
        let mode = mode(read.get("mode")?)?;
        let scale = scale(read.get("scale")?)?;
        let mut variants = Vec::new();
        for (variant, value, r) in read.blocks("variant") {
            let shadow = r.bool("shadow").unwrap_or(false);
            let served = match r.get("serve") {
                Some(v) => self.servable(v, Some(&variant), sink)?.value,
                None => serve.value.clone(),
            };
            let weight = r.count("weight").map_or(u32::from(!shadow), |w| w.value);
            variants.push(Variant { name: variant, weight, shadow, serve: served, span: value.place() });
        }
        if variants.is_empty() {
            let serve = serve.value.clone();
            variants.push(Variant { name: DEFAULT_VARIANT.into(), weight: 1, shadow: false, serve, span });
        }
        Some(Endpoint {
            name: name.clone(),
            serve,
            mode,
            scale,
            variants,
            rollout: read.construct("rollout").map(|(kind, r)| rollout(kind, r)),
            slo: read.construct("slo").map(|(kind, r)| Spanned::new(slo(r), kind.span)),
            budget: read.money("budget").map(|m| Spanned::new(Budget(m.value), m.span)),
            capture: read.construct("capture").map(|(kind, r)| {
                let sample = r.percent("sample").map_or(1.0, |p| p.value);
                Spanned::new(Capture { sample, output: r.text("output").map(|t| t.value) }, kind.span)
            }),
            network: read.get("network").cloned(),
            encrypt: read.get("encrypt").cloned(),
            identity: read.get("identity").cloned(),
            alarms: read.blocks("alarm").map(|(name, value, _)| (name, value.clone())).collect(),
            sample: match read.construct("sample") {
                Some((kind, r)) => Some(Spanned::new(self.sample(r, sink)?, kind.span)),
                None => None,
            },
            machine: read.text("machine"),
            span,
        })
    }

    pub(super) fn job(&mut self, name: &Arc<str>, fields: &Fields, span: Span, sink: &mut Sink) -> Option<Job> {
        let read = Read(fields);
        let run = self.servable(read.get("run")?, None, sink)?;
        Some(Job { name: name.clone(), run, mode: mode(read.get("mode")?)?, span })
    }

    fn sample(&mut self, read: Read, sink: &mut Sink) -> Option<Sample> {
        let request = self.file(&read.path("request")?, sink)?;
        let expect = match read.path("expect") {
            Some(path) => Some(self.file(&path, sink)?),
            None => None,
        };
        Some(Sample { request, expect, tolerance: read.float("tolerance").map_or(0.0, |t| t.value) })
    }
}

fn mode(value: &Value) -> Option<Spanned<Mode>> {
    let ValueKind::Construct { kind, fields, .. } = &value.kind else { return None };
    let read = Read(fields);
    let mode = match &**kind {
        "realtime" => Mode::Realtime { timeout: read.duration("timeout")? },
        "streaming" => Mode::Streaming { timeout: read.duration("timeout")? },
        "serverless" => {
            Mode::Serverless { memory: read.size("memory"), max_concurrency: read.count("max_concurrency") }
        }
        "async" => Mode::Async {
            timeout: read.duration("timeout")?,
            output: read.text("output"),
            on_done: read.get("on_done").cloned(),
            max_in_flight: read.count("max_in_flight"),
        },
        "batch" => Mode::Batch { input: read.text("input")?, output: read.text("output")?, split: read.word("split") },
        _ => return None,
    };
    Some(Spanned::new(mode, value.span))
}

fn scale(value: &Value) -> Option<Spanned<Scale>> {
    let ValueKind::Range { low, high, entries } = &value.kind else { return None };
    let end = |v: &Value| if let ValueKind::Int(n) = v.kind { u32::try_from(n).ok() } else { None };
    let mut policies = Vec::new();
    for (kind, value) in entries {
        policies.push(Spanned::new(policy(kind, value)?, value.span));
    }
    Some(Spanned::new(Scale { min: end(low)?, max: end(high)?, low: low.span, high: high.span, policies }, value.span))
}

fn policy(kind: &str, value: &Value) -> Option<Policy> {
    let ValueKind::Construct { name: Some(name), fields, .. } = &value.kind else { return None };
    let read = Read(fields);
    match kind {
        "track" => Some(Policy::Track(Track {
            metric: name.clone(),
            target: read.get("target")?.clone(),
            cooldown: read.duration("cooldown"),
        })),
        "schedule" => Some(Policy::Schedule {
            name: name.clone(),
            cron: read.text("cron")?.value,
            zone: read.text("zone").map(|t| t.value),
            min: read.count("min").map(|c| c.value),
            max: read.count("max").map(|c| c.value),
        }),
        "step" => {
            let fields: BTreeMap<Arc<str>, Value> = fields.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
            Some(Policy::Step { name: name.clone(), fields })
        }
        _ => None,
    }
}

fn rollout(kind: Spanned<Arc<str>>, read: Read) -> Spanned<Rollout> {
    let abort_on = read.list("abort_on").iter().filter_map(|v| match &v.kind {
        ValueKind::Condition { metric, op, bound } => {
            Some(Condition { metric: metric.clone(), op: *op, bound: (**bound).clone() })
        }
        _ => None,
    });
    let rollout = Rollout {
        kind: kind.value,
        first: read.percent("first"),
        bake: read.duration("bake"),
        abort_on: abort_on.collect(),
    };
    Spanned::new(rollout, kind.span)
}

fn slo(read: Read) -> Slo {
    let time = |name: &str| read.get(name).and_then(|v| duration(&v.kind));
    Slo {
        p50: time("p50"),
        p99: time("p99"),
        errors: read.percent("errors").map(|p| p.value),
        cold_start: time("cold_start"),
    }
}
