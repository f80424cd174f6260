//! Alarms as rules of the Prometheus operator, and what it scrapes for them.

use crate::stack::{Endpoint, Value, ValueKind};

use super::super::api::{
    AlertRule, Kind as _, Map, PrometheusRuleSpec, RuleGroup, Scraped, Selector, ServiceMonitorSpec,
};
use super::Ctx;
use super::made::{From, Made, own};
use super::rollout::sign;
use super::served::Served;
use super::values::{field, number, plain, topic};

/// Of how long a time a rate is taken.
const WINDOW: &str = "5m";

pub fn alarms(ctx: &Ctx, endpoint: &Endpoint, made: &mut Made) {
    let all = Served::of_endpoint(ctx, endpoint);
    let (Some(first), false) = (all.first(), endpoint.alarms.is_empty()) else { return };
    let whole = Served { variant: None, ..first.clone() };
    let (name, labels) = (ctx.name(&[&endpoint.name]), whole.labels(ctx));
    let rules: Vec<AlertRule> =
        endpoint.alarms.iter().filter_map(|(alarm, value)| rule(ctx, endpoint, alarm, value)).collect();
    let spec = PrometheusRuleSpec { groups: vec![RuleGroup { name: name.clone(), rules }] };
    let from = endpoint.alarms.values().enumerate().fold(From::new(endpoint.span), |from, (i, alarm)| {
        from.at(&format!("/spec/groups/0/rules/{i}"), Some(alarm.span))
    });
    made.put(&spec.named(ctx.metadata(name.clone(), &labels)), from);
    let mut selected = whole.selector(ctx);
    selected.remove(&own("variant"));
    let scraped = ServiceMonitorSpec {
        selector: Selector { match_labels: selected },
        endpoints: vec![Scraped { port: "http", path: "/metrics", interval: "15s" }],
    };
    made.put(&scraped.named(ctx.metadata(name, &labels)), From::new(endpoint.span));
}

fn rule(ctx: &Ctx, endpoint: &Endpoint, alarm: &str, value: &Value) -> Option<AlertRule> {
    let ValueKind::Condition { metric, op, bound } = &field(value, "when")?.kind else { return None };
    let selector = format!("namespace=\"{}\",endpoint=\"{}\"", ctx.settings.namespace, endpoint.name);
    let measured = measured(metric, &selector);
    let lasting = field(value, "for").and_then(number);
    let mut labels = Map::from([
        (own("stack").replace(['.', '/'], "_"), ctx.stack.name.to_string()),
        ("endpoint".to_owned(), endpoint.name.to_string()),
    ]);
    labels.extend(field(value, "notify").and_then(topic).map(|topic| ("notify".to_owned(), topic.to_owned())));
    let summary = format!("endpoint {} of stack {}: {metric}", endpoint.name, ctx.stack.name);
    Some(AlertRule {
        alert: alarm.to_owned(),
        expr: format!("{measured} {} {}", sign(*op), plain(number(bound)?)),
        lasting: lasting.map(|seconds| format!("{}s", plain(seconds.ceil()))),
        labels,
        annotations: Map::from([("summary".to_owned(), summary)]),
    })
}

/// A metric of the runtime's own, as it names them at `/metrics`.
fn measured(metric: &str, selector: &str) -> String {
    let rate = |name: &str, more: &str| format!("sum(rate({name}{{{selector}{more}}}[{WINDOW}]))");
    let quantile = |part: &str| {
        format!("histogram_quantile({part}, sum by (le) (rate(servec_request_seconds_bucket{{{selector}}}[{WINDOW}])))")
    };
    match metric {
        "errors" => {
            let all = rate("servec_requests_total", "");
            format!("{} / {all}", rate("servec_requests_total", ",code=~\"5..\""))
        }
        "p50" => quantile("0.5"),
        "p90" => quantile("0.9"),
        "p99" => quantile("0.99"),
        _ => format!("{} / {}", rate("servec_request_seconds_sum", ""), rate("servec_request_seconds_count", "")),
    }
}
