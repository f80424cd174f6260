//! The plan as text differences: what is live against what will be, object by object.

use owo_colors::Style;
use serde_json::Value;
use similar::TextDiff;

use crate::diff::canonical;

use super::Plan;
use super::text::Paint;

impl Plan {
    /// A unified difference of every object that changes, keys sorted, sensitive values as hashes. Empty when nothing
    /// changes.
    pub fn to_diff(&self, colour: bool) -> String {
        let paint = Paint { colour };
        let mut out = String::new();
        for step in &self.steps {
            let (before, after) = (pretty(step.before.as_ref()), pretty(step.after.as_ref()));
            let live = step.live.as_ref().map_or("/dev/null".to_owned(), |live| format!("live/{live}"));
            let next = step.after.as_ref().map_or("/dev/null".to_owned(), |_| format!("next/{}", step.address));
            let text = TextDiff::from_lines(&before, &after).unified_diff().header(&live, &next).to_string();
            if text.is_empty() {
                // The object is as declared and only broken.
                out.push_str(&format!("--- {live}\n+++ {next}\n"));
            }
            for line in text.lines() {
                out.push_str(&paint.of(line, style(line)));
                out.push('\n');
            }
        }
        out
    }
}

fn style(line: &str) -> Style {
    match line.chars().next() {
        Some('+') => Style::new().green(),
        Some('-') => Style::new().red(),
        Some('@') => Style::new().cyan(),
        _ => Style::new(),
    }
}

fn pretty(value: Option<&Value>) -> String {
    value.map(|value| format!("{:#}\n", sorted(value))).unwrap_or_default()
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().map(|(key, value)| (key.clone(), sorted(value))).collect();
            fields.sort_by(|a, b| a.0.cmp(&b.0));
            fields.into_iter().collect()
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        // `1.0` is shown as `1`, as everywhere.
        Value::Number(_) => serde_json::from_str(&canonical(value)).unwrap_or_else(|_| value.clone()),
        Value::Null | Value::Bool(_) | Value::String(_) => value.clone(),
    }
}
