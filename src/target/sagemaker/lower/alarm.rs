//! `AWS::CloudWatch::Alarm`s: of calls as their callers know them, over every part of an endpoint that answers.

use std::time::Duration;

use crate::resource::Address;
use crate::source::Span;
use crate::stack::value::Comparison;

use super::super::cfn::{Alarm, Dimension, MathQuery, Metric, MetricStat, Text};
use super::super::facts::FACTS;
use super::cx::Cx;
use super::made::{Made, Spans};
use super::names::At;
use super::read::Condition;

/// Seconds over which calls are counted.
const PERIOD: u64 = 60;
/// The same for what must hold for longer than a day: an alarm looks back a day by the minute, and a week by the hour.
const LONG_PERIOD: u64 = 3600;
const DAY: u64 = 86_400;

/// What is watched: the dimensions by which the metrics of each answering part are kept.
pub type Parts<'p> = &'p [Vec<Dimension>];

/// An alarm that is to be made.
pub struct Wanted<'w> {
    pub at: At,
    pub name: String,
    pub about: String,
    pub condition: &'w Condition,
    /// How long it must hold.
    pub lasting: Option<Duration>,
    pub actions: Vec<Text>,
}

/// An alarm of calls; its name.
pub fn of_calls(
    cx: &Cx,
    made: &mut Made,
    wanted: Wanted,
    parts: Parts,
    needs: &[Address],
    span: Span,
    mut spans: Spans,
) -> (String, Address) {
    let lasting = wanted.lasting.map_or(PERIOD, |lasting| lasting.as_secs().max(1));
    let period = if lasting > DAY { LONG_PERIOD } else { PERIOD };
    let periods = lasting.div_ceil(period);
    let condition = wanted.condition;
    let threshold = match &*condition.metric {
        "errors" => condition.bound,
        _ => condition.bound * FACTS.calls.latency_per_second,
    };
    let mut alarm = Alarm {
        alarm_name: wanted.name.clone(),
        alarm_description: wanted.about,
        namespace: None,
        metric_name: None,
        dimensions: vec![],
        statistic: None,
        extended_statistic: None,
        period: None,
        metrics: vec![],
        evaluation_periods: periods,
        datapoints_to_alarm: periods,
        threshold,
        comparison_operator: operator(condition.op).unwrap_or("GreaterThanOrEqualToThreshold"),
        // No calls are no reason to wake anyone.
        treat_missing_data: "notBreaching",
        alarm_actions: wanted.actions,
        tags: cx.tags(None, &[]),
    };
    let math = measured(condition, parts, period);
    match (parts, operator(condition.op), &*condition.metric) {
        ([dimensions], Some(_), metric) if metric != "errors" => {
            alarm.namespace = Some(FACTS.calls.namespace.clone());
            alarm.metric_name = Some(FACTS.calls.latency.clone());
            alarm.dimensions.clone_from(dimensions);
            let stat = stat(metric);
            if stat.starts_with('p') {
                alarm.extended_statistic = Some(stat)
            } else {
                alarm.statistic = Some(stat)
            };
            alarm.period = Some(period);
        }
        (_, Some(_), _) => alarm.metrics = math,
        // No alarm asks for equality: whether it holds is 1 or 0.
        (_, None, _) => {
            let sign = if condition.op == Comparison::Equal { "==" } else { "!=" };
            alarm.metrics = math;
            if let Some(last) = alarm.metrics.last_mut() {
                last.return_data = false;
            }
            alarm.metrics.push(expression("holds", format!("IF(all {sign} {threshold}, 1, 0)"), true));
            alarm.threshold = 1.0;
        }
    }
    spans.may("/Tags", cx.tags_at());
    let address = made.add(&wanted.at, &alarm, needs, span, spans);
    (wanted.name, address)
}

fn operator(op: Comparison) -> Option<&'static str> {
    match op {
        Comparison::Greater => Some("GreaterThanThreshold"),
        Comparison::GreaterEqual => Some("GreaterThanOrEqualToThreshold"),
        Comparison::Less => Some("LessThanThreshold"),
        Comparison::LessEqual => Some("LessThanOrEqualToThreshold"),
        Comparison::Equal | Comparison::NotEqual => None,
    }
}

fn stat(metric: &str) -> String {
    if metric.starts_with('p') { metric.to_owned() } else { "Average".to_owned() }
}

/// The metric over all parts, as `all`: the share of calls that failed, or the slowest part's latency.
fn measured(condition: &Condition, parts: Parts, period: u64) -> Vec<MathQuery> {
    let calls = &FACTS.calls;
    let mut out = vec![];
    if &*condition.metric == "errors" {
        for (i, dimensions) in parts.iter().enumerate() {
            out.push(query(&format!("failed{i}"), &calls.failed, "Sum", dimensions, period));
            out.push(query(&format!("calls{i}"), &calls.calls, "Sum", dimensions, period));
        }
        let sum = |what: &str| (0..parts.len()).map(|i| format!("FILL({what}{i}, 0)")).collect::<Vec<_>>().join(" + ");
        out.push(expression("all", format!("({}) / ({})", sum("failed"), sum("calls")), true));
        return out;
    }
    for (i, dimensions) in parts.iter().enumerate() {
        out.push(query(&format!("latency{i}"), &calls.latency, &stat(&condition.metric), dimensions, period));
    }
    let list: Vec<String> = (0..parts.len()).map(|i| format!("latency{i}")).collect();
    out.push(expression("all", format!("MAX([{}])", list.join(", ")), true));
    out
}

fn query(id: &str, name: &str, stat: &str, dimensions: &[Dimension], period: u64) -> MathQuery {
    let namespace = FACTS.calls.namespace.clone();
    let metric = Metric { namespace, metric_name: name.to_owned(), dimensions: dimensions.to_vec() };
    let metric_stat = Some(MetricStat { metric, period, stat: stat.to_owned() });
    MathQuery { id: id.to_owned(), expression: None, metric_stat, return_data: false }
}

fn expression(id: &str, expression: String, return_data: bool) -> MathQuery {
    MathQuery { id: id.to_owned(), expression: Some(expression), metric_stat: None, return_data }
}
