//! One page for a stack that promises or watches something: calls, failures and latencies of each endpoint, with the promised
//! bounds as lines.

use serde_json::{Value as Json, json};

use crate::stack::{Endpoint, Slo};

use super::super::super::spec;
use super::super::cfn::{Annotation, Annotations, Body, Dashboard, Dimension, Shown, Text, Widget};
use super::super::facts::FACTS;
use super::cx::Cx;
use super::endpoint::of_variant;
use super::made::{Made, Spans};
use super::names::At;

/// A page is 24 wide; each endpoint has a row of three charts.
const WIDTH: u32 = 8;
const HEIGHT: u32 = 6;

/// Made where an endpoint has an `slo` or an `alarm`: a page costs something, and nobody asked for it elsewhere.
pub fn put(cx: &Cx, made: &mut Made) {
    let watched: Vec<&Endpoint> =
        cx.stack.endpoints.iter().filter(|endpoint| endpoint.slo.is_some() || !endpoint.alarms.is_empty()).collect();
    if watched.is_empty() {
        return;
    }
    let mut widgets = vec![];
    for (row, endpoint) in watched.iter().enumerate() {
        widgets.extend(row_of(cx, made, endpoint, u32::try_from(row).unwrap_or(u32::MAX)));
    }
    let body = spec::json(&Body { widgets }).to_string();
    let dashboard = Dashboard { dashboard_name: made.names.fixed(&["servec"]), dashboard_body: Text::Plain(body) };
    let mut spans = Spans::default();
    let first = watched.iter().find_map(|endpoint| endpoint.slo.as_ref().map(|slo| slo.span));
    spans.may("/DashboardBody", first);
    made.add(&At::new("page", &["stack"]), &dashboard, &[], cx.stack.span, spans);
}

fn row_of(cx: &Cx, made: &Made, endpoint: &Endpoint, row: u32) -> Vec<Widget> {
    let name = made.names.fixed(&[&endpoint.name]);
    let calls = &FACTS.calls;
    let parts: Vec<Vec<Dimension>> = endpoint
        .variants
        .iter()
        .filter(|variant| !variant.shadow)
        .map(|variant| of_variant(&name, &variant.name))
        .collect();
    let slo = endpoint.slo.as_ref().map(|slo| &slo.value);
    let line = |metric: &str, stat: &str, parts: &[Vec<Dimension>]| -> Vec<Vec<Json>> {
        parts.iter().map(|dimensions| series(metric, stat, dimensions)).collect()
    };
    let latencies = ["p50", "p99"].iter().flat_map(|stat| line(&calls.latency, stat, &parts)).collect();
    let charts = [
        ("calls", line(&calls.calls, "Sum", &parts), None),
        ("failed", line(&calls.failed, "Average", &parts), slo.and_then(failures)),
        ("latency", latencies, slo.and_then(latency)),
    ];
    let widget = |(i, chart): (usize, Chart)| Widget {
        r#type: "metric",
        x: u32::try_from(i).unwrap_or(0) * WIDTH,
        y: row.saturating_mul(HEIGHT),
        width: WIDTH,
        height: HEIGHT,
        properties: Shown {
            title: format!("{}: {}", endpoint.name, chart.0),
            region: cx.region.to_string(),
            view: "timeSeries",
            period: 60,
            metrics: chart.1,
            annotations: chart.2,
        },
    };
    charts.into_iter().enumerate().map(widget).collect()
}

/// What it shows, its series, and its lines.
type Chart<'c> = (&'c str, Vec<Vec<Json>>, Option<Annotations>);

fn series(metric: &str, stat: &str, dimensions: &[Dimension]) -> Vec<Json> {
    let mut out = vec![json!(FACTS.calls.namespace), json!(metric)];
    out.extend(dimensions.iter().flat_map(|dimension| [json!(dimension.name), json!(dimension.value)]));
    out.push(json!({ "stat": stat }));
    out
}

fn lines(lines: Vec<Annotation>) -> Option<Annotations> {
    (!lines.is_empty()).then_some(Annotations { horizontal: lines })
}

fn failures(slo: &Slo) -> Option<Annotations> {
    lines(slo.errors.map(|value| Annotation { label: "promised".to_owned(), value }).into_iter().collect())
}

fn latency(slo: &Slo) -> Option<Annotations> {
    let promised = [("p50", slo.p50), ("p99", slo.p99), ("cold start", slo.cold_start)];
    let of = |(what, time): (&str, Option<std::time::Duration>)| {
        let value = time?.as_secs_f64() * FACTS.calls.latency_per_second;
        Some(Annotation { label: format!("{what} promised"), value })
    };
    lines(promised.into_iter().filter_map(of).collect())
}
