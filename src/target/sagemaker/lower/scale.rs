//! Application Auto Scaling: bounds of each variant or component, and what moves it between them.

use crate::catalog::Machine;
use crate::resource::Address;
use crate::source::{Span, Spanned};
use crate::stack::{Endpoint, Metric, Mode, Policy, Scale, Track};

use super::super::cfn::{
    Alarm, Customized, Dimension, Predefined, ScalableTarget, ScalingPolicy, ScheduledAction, Step, StepScaling,
    TargetAction, Text, Tracking,
};
use super::super::facts::{FACTS, Times, Tracked, Units, Waking};
use super::component::Placed;
use super::cx::{Cx, shares};
use super::endpoint::{dimension, least, of_variant};
use super::made::{Made, Spans};
use super::names::{At, plain};
use super::{cron, step};

pub const SERVICE: &str = "sagemaker";

/// What is scaled: a variant or a component.
pub struct Unit {
    /// Within the endpoint: a variant, and a member where it has components.
    pub parts: Vec<String>,
    pub resource_id: String,
    pub dimension: &'static str,
    pub dimensions: Vec<Dimension>,
    pub endpoint: String,
    pub is_component: bool,
    machine: Option<&'static Machine>,
    /// The variant's place, whose share of the replicas it has; none for a component, which has them all.
    variant: Option<usize>,
}

/// Whether anything moves the count.
pub fn moves(scale: &Scale) -> bool {
    scale.min != scale.max || !scale.policies.is_empty()
}

pub fn put(cx: &Cx, made: &mut Made, endpoint: &Endpoint, name: &str, components: &[Placed], deployed: &Address) {
    let scale = &endpoint.scale.value;
    if !moves(scale) || matches!(endpoint.mode.value, Mode::Serverless { .. }) {
        return;
    }
    let units = units(cx, endpoint, name, components);
    for (unit, needs) in &units {
        let before = needs.as_ref().unwrap_or(deployed);
        let target = target(cx, made, endpoint, unit, before);
        for policy in &scale.policies {
            match &policy.value {
                Policy::Track(track) => tracking(made, endpoint, unit, track, policy, &target),
                Policy::Step { name, fields } => {
                    step::put(cx, made, endpoint, unit, name, fields, policy.span, &target);
                }
                // Stands with the bounds.
                Policy::Schedule { .. } => {}
            }
        }
        if least(endpoint) == 0 {
            wake(cx, made, endpoint, unit, &target);
        }
    }
}

fn units(cx: &Cx, endpoint: &Endpoint, name: &str, components: &[Placed]) -> Vec<(Unit, Option<Address>)> {
    let of_component = |of: &Placed| {
        let unit = Unit {
            parts: of.parts.clone(),
            resource_id: format!("inference-component/{}", of.name),
            dimension: "sagemaker:inference-component:DesiredCopyCount",
            dimensions: vec![dimension("InferenceComponentName", &of.name)],
            endpoint: name.to_owned(),
            is_component: true,
            machine: of.machine,
            variant: None,
        };
        (unit, Some(of.address.clone()))
    };
    if !components.is_empty() {
        return components.iter().map(of_component).collect();
    }
    // A shadow answers nobody: it keeps the count that it starts with.
    let answering = endpoint.variants.iter().enumerate().filter(|(_, variant)| !variant.shadow);
    let units = answering.map(|(i, variant)| {
        let unit = Unit {
            parts: vec![variant.name.to_string()],
            resource_id: format!("endpoint/{name}/variant/{}", plain(&variant.name)),
            dimension: "sagemaker:variant:DesiredInstanceCount",
            dimensions: of_variant(name, &variant.name),
            endpoint: name.to_owned(),
            is_component: false,
            machine: cx.machine(endpoint, variant),
            variant: Some(i),
        };
        (unit, None)
    });
    units.collect()
}

impl Unit {
    /// A place of the endpoint that is of this unit.
    pub fn at(&self, kind: &'static str, endpoint: &Endpoint, more: &[&str]) -> At {
        let own = self.parts.iter().map(String::as_str);
        let parts: Vec<&str> = [&*endpoint.name].into_iter().chain(own).chain(more.iter().copied()).collect();
        At::new(kind, &parts)
    }

    /// The platform's name of something of this unit, within the endpoint.
    pub fn named(&self, name: &str) -> String {
        let parts: Vec<String> = self.parts.iter().map(|part| plain(part)).collect();
        format!("{}-{name}", parts.join("-"))
    }

    /// Its share of the endpoint's replicas.
    fn share(&self, endpoint: &Endpoint, replicas: u32) -> u32 {
        match self.variant {
            Some(i) => shares(endpoint, replicas).get(i).copied().unwrap_or(replicas),
            None => replicas,
        }
    }

    /// The metric that AWS keeps of it.
    pub fn metric<'f>(&self, of: &'f Units<Tracked>, metric: Metric) -> Option<&'f Tracked> {
        if self.is_component { of.component.get(&metric) } else { of.variant.get(&metric) }
    }

    /// A value of the language in the metric's own measure.
    pub fn value(&self, tracked: &Tracked, value: f64) -> f64 {
        let gpus = self.machine.and_then(|machine| machine.accelerators.as_ref()).map_or(1, |has| has.count);
        let times = match tracked.times {
            Times::One => 1.0,
            Times::Minute => 60.0,
            Times::Percent => 100.0,
            Times::PercentOfCores => 100.0 * f64::from(self.machine.map_or(1, |machine| machine.cpu)),
            Times::PercentOfGpus => 100.0 * f64::from(gpus),
        };
        // Written with few digits, it is meant so: 0.7 times 100 is 70.
        (value * times * 1e6).round() / 1e6
    }

    /// By what the metric is kept.
    pub fn dimensions(&self, tracked: &Tracked) -> Vec<Dimension> {
        if tracked.of_endpoint { vec![dimension("EndpointName", &self.endpoint)] } else { self.dimensions.clone() }
    }
}

fn target(cx: &Cx, made: &mut Made, endpoint: &Endpoint, unit: &Unit, before: &Address) -> Address {
    let scale = &endpoint.scale.value;
    let mut spans = Spans::default();
    spans.put("/MinCapacity", scale.low);
    spans.put("/MaxCapacity", scale.high);
    let mut actions = vec![];
    for policy in &scale.policies {
        let Policy::Schedule { name, cron, zone, min, max } = &policy.value else { continue };
        let schedules = cron::schedules(cron);
        for (i, schedule) in schedules.iter().enumerate() {
            spans.put(&format!("/ScheduledActions/{}", actions.len()), policy.span);
            let number = if schedules.len() > 1 { format!("-{i}") } else { String::new() };
            actions.push(ScheduledAction {
                scheduled_action_name: format!("{name}{number}"),
                schedule: schedule.clone(),
                timezone: zone.as_ref().map(ToString::to_string),
                // What a schedule does not name goes back to the scale's own.
                scalable_target_action: TargetAction {
                    min_capacity: unit.share(endpoint, min.unwrap_or(scale.min)),
                    max_capacity: unit.share(endpoint, max.unwrap_or(scale.max)),
                },
            });
        }
    }
    let target = ScalableTarget {
        service_namespace: SERVICE,
        resource_id: unit.resource_id.clone(),
        scalable_dimension: unit.dimension,
        min_capacity: unit.share(endpoint, scale.min),
        max_capacity: unit.share(endpoint, scale.max),
        scheduled_actions: actions,
        tags: cx.tags(Some(&endpoint.name), &[]),
    };
    spans.may("/Tags", cx.tags_at());
    let at = unit.at("bounds", endpoint, &[]);
    made.add(&at, &target, std::slice::from_ref(before), endpoint.scale.span, spans)
}

fn tracking(
    made: &mut Made,
    endpoint: &Endpoint,
    unit: &Unit,
    track: &Track,
    policy: &Spanned<Policy>,
    target: &Address,
) {
    let Some(metric) = Metric::parse(&track.metric) else { return };
    let (Some(tracked), Some(value)) = (unit.metric(&FACTS.tracking, metric), super::read::number(&track.target))
    else {
        return;
    };
    let cooldown = track.cooldown.as_ref().map(|cooldown| cooldown.value.as_secs_f64().ceil() as u64);
    let customized = || Customized {
        namespace: tracked.namespace.clone(),
        metric_name: tracked.name.clone(),
        dimensions: unit.dimensions(tracked),
        statistic: tracked.stat.clone(),
    };
    let configuration = Tracking {
        target_value: unit.value(tracked, value),
        predefined_metric_specification: tracked
            .predefined
            .clone()
            .map(|predefined_metric_type| Predefined { predefined_metric_type }),
        customized_metric_specification: tracked.predefined.is_none().then(customized),
        scale_in_cooldown: cooldown,
        scale_out_cooldown: cooldown,
    };
    let mut spans = Spans::default();
    let at = "/TargetTrackingScalingPolicyConfiguration";
    spans.put(&format!("{at}/TargetValue"), track.target.span);
    spans.may(&format!("{at}/ScaleInCooldown"), track.cooldown.as_ref().map(|cooldown| cooldown.span));
    spans.may(&format!("{at}/ScaleOutCooldown"), track.cooldown.as_ref().map(|cooldown| cooldown.span));
    let policy_of = |name: &str| ScalingPolicy {
        target_tracking_scaling_policy_configuration: Some(configuration.clone()),
        ..empty(unit, name, "TargetTrackingScaling")
    };
    let at = unit.at("track", endpoint, &[metric.word()]);
    made.add(&at, &policy_of(metric.word()), std::slice::from_ref(target), policy.span, spans);
}

/// A policy of a unit, without what it does.
pub fn empty(unit: &Unit, name: &str, policy_type: &'static str) -> ScalingPolicy {
    ScalingPolicy {
        policy_name: unit.named(name),
        policy_type,
        service_namespace: SERVICE,
        resource_id: unit.resource_id.clone(),
        scalable_dimension: unit.dimension,
        target_tracking_scaling_policy_configuration: None,
        step_scaling_policy_configuration: None,
    }
}

/// What adds the first replica when a call comes and none is there.
fn wake(cx: &Cx, made: &mut Made, endpoint: &Endpoint, unit: &Unit, target: &Address) {
    let facts: &Waking = if unit.is_component { &FACTS.wake.component } else { &FACTS.wake.r#async };
    let span: Span = endpoint.scale.value.low;
    let policy = ScalingPolicy {
        step_scaling_policy_configuration: Some(StepScaling {
            adjustment_type: "ChangeInCapacity",
            metric_aggregation_type: "Maximum",
            cooldown: Some(facts.period),
            step_adjustments: vec![Step {
                metric_interval_lower_bound: Some(0.0),
                metric_interval_upper_bound: None,
                scaling_adjustment: 1,
            }],
        }),
        ..empty(unit, "wake", "StepScaling")
    };
    let at = unit.at("wake", endpoint, &[]);
    let address = made.add(&at, &policy, std::slice::from_ref(target), span, Spans::default());
    let dimensions =
        if unit.is_component { unit.dimensions.clone() } else { vec![dimension("EndpointName", &unit.endpoint)] };
    let alarm = Alarm {
        alarm_name: format!("{}-{}", unit.endpoint, unit.named("wake")),
        alarm_description: format!("endpoint {} is called and has no replica", endpoint.name),
        namespace: Some(facts.namespace.clone()),
        metric_name: Some(facts.name.clone()),
        dimensions,
        statistic: Some(facts.stat.clone()),
        extended_statistic: None,
        period: Some(facts.period),
        metrics: vec![],
        evaluation_periods: facts.periods,
        datapoints_to_alarm: facts.periods,
        threshold: 1.0,
        comparison_operator: "GreaterThanOrEqualToThreshold",
        treat_missing_data: "notBreaching",
        alarm_actions: vec![Text::Ref(made.names.logical(&at))],
        tags: cx.tags(Some(&endpoint.name), &[]),
    };
    let alarm_at = unit.at("waking", endpoint, &[]);
    made.add(&alarm_at, &alarm, &[address], span, Spans::default());
}
