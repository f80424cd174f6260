//! Values of the checked model that a target reads as they were written.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::stack::{Model, Quantity, Value, ValueKind};

use super::super::api::{EnvSource, EnvVar, KeyRef};
use super::Ctx;

/// A field of a block, such as `role` of `identity`.
pub fn field<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    if let ValueKind::Construct { fields, .. } | ValueKind::Record(fields) = &value.kind {
        fields.get(name)
    } else {
        None
    }
}

pub fn text(value: &Value) -> Option<&str> {
    if let ValueKind::String(text) | ValueKind::Word(text) = &value.kind { Some(text) } else { None }
}

pub fn is_on(value: &Value) -> bool {
    matches!(value.kind, ValueKind::Bool(true))
}

/// A number in the base unit of its kind: a fraction for a percent, seconds for a duration, events a second for a rate.
#[allow(clippy::cast_precision_loss, reason = "amounts are far below 2^53")]
pub fn number(value: &Value) -> Option<f64> {
    match &value.kind {
        ValueKind::Int(n) => Some(*n as f64),
        ValueKind::Float(x) => Some(*x),
        ValueKind::Quantity(Quantity::Percent(x) | Quantity::Rate(x)) => Some(*x),
        ValueKind::Quantity(Quantity::Duration(nanoseconds)) => Some(*nanoseconds as f64 / 1e9),
        ValueKind::Quantity(Quantity::Size(bytes)) => Some(*bytes as f64),
        ValueKind::Quantity(Quantity::Money(_))
        | ValueKind::Bool(_)
        | ValueKind::String(_)
        | ValueKind::Range { .. }
        | ValueKind::List(_)
        | ValueKind::Record(_)
        | ValueKind::Construct { .. }
        | ValueKind::Word(_)
        | ValueKind::Condition { .. }
        | ValueKind::Ref { .. }
        | ValueKind::Secret(_)
        | ValueKind::Unknown => None,
    }
}

/// The name of `topic("…")`.
pub fn topic(value: &Value) -> Option<&str> {
    field(value, "0").or_else(|| field(value, "name")).and_then(text)
}

/// Whole seconds, and at least so many.
pub fn seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

/// The Secret that holds the stack's secret parameters, by their names.
pub fn secret_name(ctx: &Ctx) -> String {
    ctx.name(&["secrets"])
}

/// Names of the secret parameters that pods read.
pub fn secrets_used(ctx: &Ctx) -> BTreeSet<String> {
    let pools = ctx.stack.pools.values().filter_map(|pool| match &pool.members.value {
        crate::stack::Member::Prefix { shape, .. } => Some(&**shape),
        crate::stack::Member::Named(_) => None,
    });
    let values = ctx.stack.models.values().chain(pools).flat_map(|model| model.env.values());
    values
        .filter_map(|value| if let ValueKind::Secret(name) = &value.kind { Some(name.to_string()) } else { None })
        .collect()
}

/// A model's environment; what is secret is read from the cluster's Secret.
pub fn env(ctx: &Ctx, model: &Model) -> Vec<EnvVar> {
    let one = |(name, value): (&std::sync::Arc<str>, &Value)| {
        let ValueKind::Secret(secret) = &value.kind else {
            return variable(name, text(value).unwrap_or_default());
        };
        let secret_key_ref = KeyRef { name: secret_name(ctx), key: secret.to_string() };
        EnvVar { name: name.to_string(), value: None, value_from: Some(EnvSource { secret_key_ref }) }
    };
    model.env.iter().map(one).collect()
}

pub fn variable(name: &str, value: &str) -> EnvVar {
    EnvVar { name: name.to_owned(), value: Some(value.to_owned()), value_from: None }
}

/// A number as text, without a fraction that is none: `2`, `0.5`.
pub fn plain(x: f64) -> String {
    let text = format!("{x:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A percent's whole number, and at least 1.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "percents are small and above nothing")]
pub fn percent(fraction: f64) -> u32 {
    (fraction * 100.0).round().max(1.0) as u32
}

/// The next whole number, and at least 1.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "targets are small and above nothing")]
pub fn whole(x: f64) -> u32 {
    x.ceil().max(1.0) as u32
}

/// A duration as the Gateway API writes it: `1m30s` is `90s`.
pub fn gateway_time(duration: Duration) -> String {
    // It takes five digits at most before a unit.
    let seconds = seconds(duration).max(1);
    if seconds <= 99_999 { format!("{seconds}s") } else { format!("{}m", seconds.div_ceil(60).min(99_999)) }
}
