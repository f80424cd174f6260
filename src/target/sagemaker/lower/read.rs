//! Reads what the checker keeps as written: `network`, `encrypt`, `identity`, alarms, steps. Their shapes were checked.

use std::sync::Arc;
use std::time::Duration;

use crate::source::Span;
use crate::stack::value::Comparison;
use crate::stack::{Endpoint, Quantity, Value, ValueKind};

use super::super::cfn::Vpc;

/// A field of a block.
pub fn field<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    if let ValueKind::Construct { fields, .. } | ValueKind::Record(fields) = &value.kind {
        return fields.get(name);
    }
    None
}

pub fn text(value: &Value) -> Option<&Arc<str>> {
    if let ValueKind::String(text) | ValueKind::Word(text) = &value.kind { Some(text) } else { None }
}

pub fn duration(value: &Value) -> Option<Duration> {
    if let ValueKind::Quantity(Quantity::Duration(nanoseconds)) = &value.kind {
        return Some(Duration::from_nanos(*nanoseconds));
    }
    None
}

/// A number in the base unit: fractions, events a second, seconds.
pub fn number(value: &Value) -> Option<f64> {
    if let ValueKind::Int(n) = &value.kind {
        return Some(*n as f64);
    }
    if let ValueKind::Float(x) = &value.kind {
        return Some(*x);
    }
    let ValueKind::Quantity(quantity) = &value.kind else { return None };
    match quantity {
        Quantity::Percent(x) | Quantity::Rate(x) => Some(*x),
        Quantity::Duration(nanoseconds) => Some(*nanoseconds as f64 / 1e9),
        Quantity::Size(bytes) => Some(*bytes as f64),
        Quantity::Money(_) => None,
    }
}

/// `topic("oncall")`: its name, or its ARN.
pub fn topic(value: &Value) -> Option<&Arc<str>> {
    let ValueKind::Construct { fields, .. } = &value.kind else { return None };
    fields.values().next().and_then(text)
}

/// A metric against a bound.
#[derive(Debug, Clone)]
pub struct Condition {
    pub metric: Arc<str>,
    pub op: Comparison,
    /// A fraction, or seconds.
    pub bound: f64,
}

pub fn condition(value: &Value) -> Option<Condition> {
    let ValueKind::Condition { metric, op, bound } = &value.kind else { return None };
    Some(Condition { metric: metric.clone(), op: *op, bound: number(bound)? })
}

/// What the network of an endpoint says.
#[derive(Debug, Clone, Default)]
pub struct Network {
    pub isolated: Option<Span>,
    pub vpc: Option<(Vpc, Span)>,
}

pub fn network(endpoint: &Endpoint) -> Network {
    let Some(value) = &endpoint.network else { return Network::default() };
    let list = |name: &str| -> Vec<String> {
        let Some(ValueKind::List(items)) = field(value, name).map(|value| &value.kind) else { return vec![] };
        items.iter().filter_map(text).map(ToString::to_string).collect()
    };
    let isolated = field(value, "isolated").filter(|value| value.kind == ValueKind::Bool(true)).map(|value| value.span);
    let (subnets, security_group_ids) = (list("subnets"), list("security_groups"));
    // One without the other is refused.
    let vpc = (!subnets.is_empty() && !security_group_ids.is_empty()).then_some(Vpc { security_group_ids, subnets });
    Network { isolated, vpc: vpc.map(|vpc| (vpc, value.span)) }
}

/// The key of `encrypt`.
pub fn key(endpoint: &Endpoint) -> Option<(String, Span)> {
    let value = field(endpoint.encrypt.as_ref()?, "key")?;
    Some((text(value)?.to_string(), value.span))
}

/// The role of `identity`.
pub fn role(endpoint: &Endpoint) -> Option<(String, Span)> {
    let value = field(endpoint.identity.as_ref()?, "role")?;
    Some((text(value)?.to_string(), value.span))
}
