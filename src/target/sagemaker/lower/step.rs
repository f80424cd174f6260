//! `step` policies: an alarm on the metric's lowest bound, and what is added in each range above it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::resource::Address;
use crate::source::Span;
use crate::stack::{Endpoint, Metric, Value, ValueKind};

use super::super::cfn::{Alarm, ScalingPolicy, Step, StepScaling, Text};
use super::super::facts::FACTS;
use super::cx::Cx;
use super::made::{Made, Spans};
use super::read;
use super::scale::{Unit, empty};

/// Seconds between two looks at the metric.
const PERIOD: u64 = 60;

#[allow(clippy::too_many_arguments, reason = "one call, of what a policy is made of")]
pub fn put(
    cx: &Cx,
    made: &mut Made,
    endpoint: &Endpoint,
    unit: &Unit,
    name: &str,
    fields: &BTreeMap<Arc<str>, Value>,
    span: Span,
    target: &Address,
) {
    let metric = fields.get("metric").and_then(read::text).and_then(|word| Metric::parse(word));
    let tracked =
        metric.and_then(|metric| unit.metric(&FACTS.stepping, metric).or_else(|| unit.metric(&FACTS.tracking, metric)));
    let Some(tracked) = tracked else { return };
    let mut ranges: Vec<(f64, i64)> = steps(fields.get("steps"));
    ranges.iter_mut().for_each(|(above, _)| *above = unit.value(tracked, *above));
    ranges.sort_by(|a, b| a.0.total_cmp(&b.0));
    let Some((lowest, _)) = ranges.first().copied() else { return };
    let uppers = ranges.iter().skip(1).map(|(above, _)| Some(above - lowest)).chain([None]);
    let adjustments = ranges.iter().zip(uppers).map(|((above, add), upper)| Step {
        metric_interval_lower_bound: Some(above - lowest),
        metric_interval_upper_bound: upper,
        scaling_adjustment: *add,
    });
    let cooldown = fields.get("cooldown").and_then(read::duration);
    let policy = ScalingPolicy {
        step_scaling_policy_configuration: Some(StepScaling {
            adjustment_type: "ChangeInCapacity",
            metric_aggregation_type: if tracked.stat == "Maximum" { "Maximum" } else { "Average" },
            cooldown: cooldown.map(|cooldown| cooldown.as_secs_f64().ceil() as u64),
            step_adjustments: adjustments.collect(),
        }),
        ..empty(unit, name, "StepScaling")
    };
    let place = |field: &str| fields.get(field).map(|value| value.span);
    let mut spans = Spans::default();
    let at = "/StepScalingPolicyConfiguration";
    spans.may(&format!("{at}/StepAdjustments"), place("steps"));
    spans.may(&format!("{at}/Cooldown"), place("cooldown"));
    let at = unit.at("step", endpoint, &[name]);
    let address = made.add(&at, &policy, std::slice::from_ref(target), span, spans);
    let alarm = Alarm {
        alarm_name: format!("{}-{}", unit.endpoint, unit.named(name)),
        alarm_description: format!("step {name} of endpoint {}", endpoint.name),
        namespace: Some(tracked.namespace.clone()),
        metric_name: Some(tracked.name.clone()),
        dimensions: unit.dimensions(tracked),
        statistic: Some(tracked.stat.clone()),
        extended_statistic: None,
        period: Some(PERIOD),
        metrics: vec![],
        evaluation_periods: 1,
        datapoints_to_alarm: 1,
        threshold: lowest,
        comparison_operator: "GreaterThanOrEqualToThreshold",
        treat_missing_data: "notBreaching",
        alarm_actions: vec![Text::Ref(made.names.logical(&at))],
        tags: cx.tags(Some(&endpoint.name), &[]),
    };
    let mut spans = Spans::default();
    spans.may("/Threshold", place("steps"));
    spans.may("/MetricName", place("metric"));
    made.add(&unit.at("stepping", endpoint, &[name]), &alarm, &[address], span, spans);
}

/// From which value on, how many more.
fn steps(value: Option<&Value>) -> Vec<(f64, i64)> {
    let Some(ValueKind::List(items)) = value.map(|value| &value.kind) else { return vec![] };
    let step = |item: &Value| {
        let ValueKind::Int(add) = read::field(item, "add")?.kind else { return None };
        Some((read::number(read::field(item, "above")?)?, add))
    };
    items.iter().filter_map(step).collect()
}
