//! An endpoint with all that stands around it: models, configuration, components, scaling, alarms.

use std::collections::BTreeMap;

use crate::resource::Address;
use crate::source::Span;
use crate::stack::{Endpoint, ModeKind, Policy, Servable, Stack, Value};

use super::super::cfn::{self, AlarmName, Dimension, Excluded, Rollback};
use super::config::{self, Runs};
use super::cx::{Cx, MODE_TAG};
use super::made::{Made, Spans};
use super::model::{self, Named};
use super::names::{At, plain};
use super::owner::Owner;
use super::read::{self, Condition};
use super::{alarm, component, role, rollout, scale, topic};

/// How the parts of an endpoint run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Each variant is a model on machines of its own.
    Variants,
    /// Components on machines that may go to zero, or that several share.
    Components,
}

/// Whether an endpoint needs inference components: calls wait for nobody, and still no machine is kept; or several models
/// share machines in containers of their own.
pub fn kind(endpoint: &Endpoint, stack: &Stack) -> Kind {
    let waits = matches!(endpoint.mode.value.kind(), ModeKind::Realtime | ModeKind::Streaming);
    let shared = endpoint.variants.iter().any(|variant| match &variant.serve {
        Servable::Pool(name) => stack.pools.get(name).is_some_and(|pool| {
            pool.share_instance && !model::is_direct(pool, &|name| stack.models.get(name).cloned())
        }),
        Servable::Model(_) | Servable::Pipeline(_) => false,
    });
    if waits && (least(endpoint) == 0 || shared) { Kind::Components } else { Kind::Variants }
}

/// The fewest replicas that the scale or a schedule of it allows.
pub fn least(endpoint: &Endpoint) -> u32 {
    let scale = &endpoint.scale.value;
    let scheduled = scale.policies.iter().filter_map(|policy| match &policy.value {
        Policy::Schedule { min, .. } => *min,
        Policy::Track(_) | Policy::Step { .. } => None,
    });
    scheduled.fold(scale.min, u32::min)
}

pub fn lower(cx: &Cx, made: &mut Made, endpoint: &Endpoint) {
    let mut owner = Owner::endpoint(endpoint, made);
    let kind = kind(endpoint, cx.stack);
    let mut models: BTreeMap<&Servable, Option<Named>> = BTreeMap::new();
    let mut runs = vec![];
    for variant in &endpoint.variants {
        if kind == Kind::Components {
            runs.push(Runs::Components);
            continue;
        }
        // Variants that serve the same thing share its model.
        let named =
            models.entry(&variant.serve).or_insert_with(|| Some(model::whole(cx, made, &mut owner, &variant.serve)));
        if let Some(Named { name, address }) = named {
            runs.push(Runs::Model(Named { name: name.clone(), address: address.clone() }));
        }
    }
    let config = config::put(cx, made, &mut owner, endpoint, &runs);
    let name = made.names.fixed(&[&endpoint.name]);
    let components = if kind == Kind::Components { component::plan(cx, made, &mut owner, endpoint) } else { vec![] };
    let parts = parts(endpoint, &name, &components);
    let guards = guards(cx, made, endpoint, &name, &parts);
    let deployed = put(cx, made, endpoint, &name, &config, &guards, kind);
    let placed = component::put(cx, made, endpoint, &name, components, &guards, &deployed);
    scale::put(cx, made, endpoint, &name, &placed, &deployed);
    alarms(cx, made, endpoint, &name, &parts);
    role::put(cx, made, &owner);
}

/// The dimensions of everything that answers.
fn parts(endpoint: &Endpoint, name: &str, components: &[component::Planned]) -> Vec<Vec<Dimension>> {
    if !components.is_empty() {
        return components.iter().map(|of| vec![dimension("InferenceComponentName", &of.name)]).collect();
    }
    let answering = endpoint.variants.iter().filter(|variant| !variant.shadow);
    answering.map(|variant| of_variant(name, &variant.name)).collect()
}

/// The dimensions of a variant.
pub fn of_variant(endpoint: &str, variant: &str) -> Vec<Dimension> {
    vec![dimension("EndpointName", endpoint), dimension("VariantName", &plain(variant))]
}

pub fn dimension(name: &'static str, value: &str) -> Dimension {
    Dimension { name, value: value.to_owned() }
}

/// The alarms that take a change back: names, and what must exist before.
#[derive(Debug, Default)]
pub struct Guards {
    pub names: Vec<String>,
    pub needs: Vec<Address>,
}

impl Guards {
    pub fn rollback(&self) -> Option<Rollback> {
        let alarms: Vec<AlarmName> = self.names.iter().map(|name| AlarmName { alarm_name: name.clone() }).collect();
        (!alarms.is_empty()).then_some(Rollback { alarms })
    }
}

fn guards(cx: &Cx, made: &mut Made, endpoint: &Endpoint, name: &str, parts: &[Vec<Dimension>]) -> Guards {
    let mut guards = Guards::default();
    let conditions = endpoint.rollout.iter().flat_map(|rollout| &rollout.value.abort_on);
    for (i, condition) in conditions.enumerate() {
        let number = i.to_string();
        let Some(bound) = read::number(&condition.bound) else { continue };
        let wanted = alarm::Wanted {
            at: At::new("guard", &[&endpoint.name, &number]),
            name: format!("{name}-rollback-{i}"),
            about: format!("takes a change of endpoint {} back", endpoint.name),
            condition: &Condition { metric: condition.metric.clone(), op: condition.op, bound },
            lasting: None,
            actions: vec![],
        };
        let mut spans = Spans::default();
        spans.put("/Threshold", condition.bound.span);
        let (name, address) = alarm::of_calls(cx, made, wanted, parts, &[], condition.bound.span, spans);
        guards.names.push(name);
        guards.needs.push(address);
    }
    guards
}

fn put(
    cx: &Cx,
    made: &mut Made,
    endpoint: &Endpoint,
    name: &str,
    config: &Named,
    guards: &Guards,
    kind: Kind,
) -> Address {
    let mut spans = Spans::default();
    let scale = &endpoint.scale.value;
    // Autoscaling owns the counts then; what the program says of the rest is set with each update.
    let retains = kind == Kind::Variants && scale::moves(scale);
    let excluded = ["DesiredWeight", "DataCaptureConfig"].map(|what| Excluded { variant_property_type: what });
    let rollout = endpoint.rollout.as_ref().filter(|_| kind == Kind::Variants);
    let deployment_config = rollout.and_then(|rollout| {
        spans.put("/DeploymentConfig", rollout.span);
        rollout::of_variants(&rollout.value, guards.rollback())
    });
    let mode = endpoint.mode.value.kind().word();
    let properties = cfn::Endpoint {
        endpoint_name: name.to_owned(),
        endpoint_config_name: config.name.clone(),
        deployment_config,
        retain_all_variant_properties: retains,
        exclude_retained_variant_properties: if retains { excluded.to_vec() } else { vec![] },
        tags: cx.tags(Some(&endpoint.name), &[(MODE_TAG, mode)]),
    };
    spans.may("/Tags", cx.tags_at());
    let mut needs = vec![config.address.clone()];
    if kind == Kind::Variants {
        needs.extend(guards.needs.iter().cloned());
    }
    made.add(&At::new("endpoint", &[&endpoint.name]), &properties, &needs, endpoint.span, spans)
}

fn alarms(cx: &Cx, made: &mut Made, endpoint: &Endpoint, name: &str, parts: &[Vec<Dimension>]) {
    for (own, value) in &endpoint.alarms {
        let Some(condition) = read::field(value, "when").and_then(read::condition) else { continue };
        let mut needs = vec![];
        let notify = read::field(value, "notify");
        let told = notify.and_then(|notify| Some(topic::of(cx, made, read::topic(notify)?, notify.span, &mut needs)));
        let lasting = read::field(value, "for");
        let mut spans = Spans::default();
        let span = |field: &str| -> Option<Span> { read::field(value, field).map(Value::place) };
        spans.may("/Threshold", span("when"));
        spans.may("/ComparisonOperator", span("when"));
        spans.may("/EvaluationPeriods", span("for"));
        spans.may("/DatapointsToAlarm", span("for"));
        spans.may("/AlarmActions", span("notify"));
        let wanted = alarm::Wanted {
            at: At::new("alarm", &[&endpoint.name, own]),
            name: format!("{name}-{own}"),
            about: format!("alarm {own} of endpoint {}", endpoint.name),
            condition: &condition,
            lasting: lasting.and_then(read::duration),
            actions: told.into_iter().collect(),
        };
        alarm::of_calls(cx, made, wanted, parts, &needs, value.place(), spans);
    }
}
