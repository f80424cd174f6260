//! What happened, counted for Prometheus. The text format is version 0.0.4
//! (prometheus.io/docs/instrumenting/exposition_formats).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Upper bounds in seconds: half a millisecond to a minute.
const BOUNDS: [f64; 16] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// All counters of one process.
#[derive(Default)]
pub struct Metrics {
    in_flight: AtomicI64,
    tables: Mutex<Tables>,
}

#[derive(Default)]
struct Tables {
    /// By variant (empty where none was reached) and status code.
    requests: BTreeMap<(String, u16), u64>,
    latency: BTreeMap<String, Histogram>,
    /// By variant and step.
    steps: BTreeMap<(String, String), Histogram>,
    /// By variant and outcome: a status code, or `dropped`.
    shadows: BTreeMap<(String, String), u64>,
}

#[derive(Default, Clone)]
struct Histogram {
    counts: [u64; BOUNDS.len()],
    count: u64,
    seconds: f64,
}

/// Counts a request as in flight until it is dropped.
pub struct InFlight<'a>(&'a Metrics);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Metrics {
    /// A request came in.
    pub fn enter(&self) -> InFlight<'_> {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        InFlight(self)
    }

    /// A request was answered.
    pub fn answered(&self, variant: &str, status: u16, took: Duration) {
        let mut tables = self.tables();
        *tables.requests.entry((variant.to_owned(), status)).or_default() += 1;
        tables.latency.entry(variant.to_owned()).or_default().add(took);
    }

    /// A step computed.
    pub fn step(&self, variant: &str, step: &str, took: Duration) {
        self.tables().steps.entry((variant.to_owned(), step.to_owned())).or_default().add(took);
    }

    /// A shadow's copy of a request ended.
    pub fn shadow(&self, variant: &str, outcome: &str) {
        *self.tables().shadows.entry((variant.to_owned(), outcome.to_owned())).or_default() += 1;
    }

    /// Everything as Prometheus reads it.
    #[must_use]
    pub fn text(&self, endpoint: &str) -> String {
        let mut text = String::new();
        let endpoint = escaped(endpoint);
        let tables = self.tables();
        head(&mut text, "servec_in_flight", "gauge", "Requests that are being answered.");
        line(
            &mut text,
            "servec_in_flight",
            &format!("endpoint=\"{endpoint}\""),
            self.in_flight.load(Ordering::Relaxed),
        );
        head(&mut text, "servec_requests_total", "counter", "Requests by variant and HTTP status.");
        for ((variant, code), count) in &tables.requests {
            let variant = escaped(variant);
            let labels = format!("endpoint=\"{endpoint}\",variant=\"{variant}\",code=\"{code}\"");
            line(&mut text, "servec_requests_total", &labels, count);
        }
        head(&mut text, "servec_request_seconds", "histogram", "Time to answer a request.");
        for (variant, histogram) in &tables.latency {
            let labels = format!("endpoint=\"{endpoint}\",variant=\"{}\"", escaped(variant));
            histogram.write(&mut text, "servec_request_seconds", &labels);
        }
        head(&mut text, "servec_step_seconds", "histogram", "Time that a step computed, without waiting.");
        for ((variant, step), histogram) in &tables.steps {
            let (variant, step) = (escaped(variant), escaped(step));
            let labels = format!("endpoint=\"{endpoint}\",variant=\"{variant}\",step=\"{step}\"");
            histogram.write(&mut text, "servec_step_seconds", &labels);
        }
        head(&mut text, "servec_shadow_total", "counter", "Copies of requests given to shadow variants.");
        for ((variant, outcome), count) in &tables.shadows {
            let labels = format!("endpoint=\"{endpoint}\",variant=\"{}\",outcome=\"{outcome}\"", escaped(variant));
            line(&mut text, "servec_shadow_total", &labels, count);
        }
        text
    }

    fn tables(&self) -> std::sync::MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Histogram {
    fn add(&mut self, took: Duration) {
        let seconds = took.as_secs_f64();
        self.count += 1;
        self.seconds += seconds;
        for (count, bound) in self.counts.iter_mut().zip(BOUNDS) {
            if seconds <= bound {
                *count += 1;
            }
        }
    }

    fn write(&self, text: &mut String, name: &str, labels: &str) {
        let bucket = format!("{name}_bucket");
        for (count, bound) in self.counts.iter().zip(BOUNDS) {
            line(text, &bucket, &format!("{labels},le=\"{bound}\""), count);
        }
        line(text, &bucket, &format!("{labels},le=\"+Inf\""), self.count);
        line(text, &format!("{name}_sum"), labels, self.seconds);
        line(text, &format!("{name}_count"), labels, self.count);
    }
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    // Writing to a string can't fail.
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn line(text: &mut String, name: &str, labels: &str, value: impl std::fmt::Display) {
    let _ = writeln!(text, "{name}{{{labels}}} {value}");
}

fn escaped(label: &str) -> String {
    label.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_and_histograms_read_as_prometheus_wants() {
        let metrics = Metrics::default();
        let inside = metrics.enter();
        metrics.answered("blue", 200, Duration::from_millis(3));
        metrics.step("blue", "a\"b", Duration::from_millis(700));
        let text = metrics.text("e");
        for wanted in [
            "servec_in_flight{endpoint=\"e\"} 1\n",
            "servec_requests_total{endpoint=\"e\",variant=\"blue\",code=\"200\"} 1\n",
            "servec_request_seconds_bucket{endpoint=\"e\",variant=\"blue\",le=\"0.0025\"} 0\n",
            "servec_request_seconds_bucket{endpoint=\"e\",variant=\"blue\",le=\"0.005\"} 1\n",
            "servec_request_seconds_bucket{endpoint=\"e\",variant=\"blue\",le=\"+Inf\"} 1\n",
            "servec_request_seconds_sum{endpoint=\"e\",variant=\"blue\"} 0.003\n",
            "servec_step_seconds_count{endpoint=\"e\",variant=\"blue\",step=\"a\\\"b\"} 1\n",
        ] {
            assert!(text.contains(wanted), "{wanted} in {text}");
        }
        drop(inside);
        assert!(metrics.text("e").contains("servec_in_flight{endpoint=\"e\"} 0\n"));
    }
}
