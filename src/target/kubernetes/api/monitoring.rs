//! The Prometheus operator: what is scraped, and when somebody is told.

use super::{Map, Selector, shapes};

shapes! {
    PrometheusRuleSpec {
        groups: Vec<RuleGroup>,
    }

    RuleGroup {
        name: String,
        rules: Vec<AlertRule>,
    }

    AlertRule {
        alert: String,
        expr: String,
        #[serde(rename = "for")]
        lasting: Option<String>,
        labels: Map,
        annotations: Map,
    }

    ServiceMonitorSpec {
        selector: Selector,
        endpoints: Vec<Scraped>,
    }

    Scraped {
        port: &'static str,
        path: &'static str,
        interval: &'static str,
    }
}
