//! Values, types and money in the language's own notation, short enough for an editor's margin.

use crate::capability::Unit;
use crate::check::pipeline::{ParamSig, Signature};
use crate::cost::{Figures, Item};
use crate::report::amount;
use crate::stack::value::Comparison;
use crate::stack::{Fields, Port, Quantity, Value, ValueKind};

/// Longer values end in `…`.
const MOST: usize = 120;

/// A value as it could be written, on one line.
pub fn value(value: &Value) -> String {
    let text = whole(value);
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or("")),
        None => text,
    }
}

fn whole(value: &Value) -> String {
    match &value.kind {
        ValueKind::Bool(b) => b.to_string(),
        ValueKind::Int(n) => n.to_string(),
        ValueKind::Float(n) => n.to_string(),
        ValueKind::String(text) => format!("{text:?}"),
        ValueKind::Quantity(quantity) => written(*quantity),
        ValueKind::Range { low, high, entries } => {
            let more = if entries.is_empty() { "" } else { " { … }" };
            format!("{}..{}{more}", whole(low), whole(high))
        }
        ValueKind::List(items) => format!("[{}]", items.iter().map(whole).collect::<Vec<_>>().join(", ")),
        ValueKind::Record(fields) => braces(fields),
        ValueKind::Construct { kind, fields, .. } if fields.keys().any(|k| k.parse::<usize>().is_ok()) => {
            format!("{kind}({})", fields.values().map(whole).collect::<Vec<_>>().join(", "))
        }
        ValueKind::Construct { kind, fields, .. } if fields.is_empty() => kind.to_string(),
        ValueKind::Construct { kind, fields, .. } => format!("{kind} {}", braces(fields)),
        ValueKind::Word(word) => word.to_string(),
        ValueKind::Condition { metric, op, bound } => format!("{metric} {} {}", sign(*op), whole(bound)),
        ValueKind::Ref { name, with, .. } if with.is_empty() => name.to_string(),
        ValueKind::Ref { name, with, .. } => format!("{name} with {}", braces(with)),
        ValueKind::Secret(_) => "***".to_owned(),
        ValueKind::Unknown => "?".to_owned(),
    }
}

fn braces(fields: &Fields) -> String {
    if fields.is_empty() {
        return "{}".to_owned();
    }
    let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name} = {}", whole(value))).collect();
    format!("{{ {} }}", fields.join(", "))
}

/// A number with its unit.
pub fn written(quantity: Quantity) -> String {
    match quantity {
        #[allow(clippy::cast_precision_loss, reason = "shown in its largest round unit")]
        Quantity::Duration(nanos) => {
            let seconds = nanos as f64 / 1e9;
            amount::duration_literal(seconds).unwrap_or_else(|| format!("{nanos}ns"))
        }
        #[allow(clippy::cast_precision_loss, reason = "shown in its largest round unit")]
        Quantity::Size(bytes) => amount::size_literal(bytes as f64).unwrap_or_else(|| format!("{bytes}B")),
        Quantity::Percent(share) => format!("{}%", amount::number(share * 100.0)),
        Quantity::Rate(rate) => format!("{}/s", amount::number(rate)),
        Quantity::Money(money) => {
            let currency = String::from_utf8_lossy(&money.currency).into_owned();
            #[allow(clippy::cast_precision_loss, reason = "shown to cents")]
            let amount = amount::number(money.cents_per_month as f64 / 100.0);
            format!("{amount} {currency}/month")
        }
    }
}

fn sign(op: Comparison) -> &'static str {
    match op {
        Comparison::Less => "<",
        Comparison::LessEqual => "<=",
        Comparison::Greater => ">",
        Comparison::GreaterEqual => ">=",
        Comparison::Equal => "==",
        Comparison::NotEqual => "!=",
    }
}

/// The kind of a value: `duration`, `model`.
pub fn kind(value: &Value) -> &'static str {
    match &value.kind {
        ValueKind::Bool(_) => "bool",
        ValueKind::Int(_) => "int",
        ValueKind::Float(_) => "float",
        ValueKind::String(_) => "string",
        ValueKind::Quantity(Quantity::Duration(_)) => "duration",
        ValueKind::Quantity(Quantity::Size(_)) => "size",
        ValueKind::Quantity(Quantity::Percent(_)) => "percent",
        ValueKind::Quantity(Quantity::Rate(_)) => "rate",
        ValueKind::Quantity(Quantity::Money(_)) => "money",
        ValueKind::Range { .. } => "range",
        ValueKind::List(_) => "list",
        ValueKind::Record(_) => "record",
        ValueKind::Construct { .. } | ValueKind::Word(_) => "word",
        ValueKind::Condition { .. } => "condition",
        ValueKind::Ref { .. } => "reference",
        ValueKind::Secret(_) => "secret",
        ValueKind::Unknown => "?",
    }
}

/// Each argument of a call as it is shown: inputs first, then parameters with their defaults.
pub fn arguments(signature: &Signature) -> Vec<String> {
    let inputs = signature.inputs.iter().map(|p| format!("{}: {}", p.name, p.ty));
    inputs.chain(signature.params.iter().map(param)).collect()
}

fn param(param: &ParamSig) -> String {
    match &param.default {
        Some(default) => format!("{}: {} = {}", param.name, param.ty, value(default)),
        None => format!("{}: {}", param.name, param.ty),
    }
}

/// What a call gives: the one output's type, or all by name.
pub fn outputs(ports: &[Port]) -> String {
    match ports {
        [only] => only.ty.to_string(),
        many => format!("({})", many.iter().map(|p| format!("{}: {}", p.name, p.ty)).collect::<Vec<_>>().join(", ")),
    }
}

/// `745.20 USD/month`, or from the least to the most where these differ.
pub fn month(figures: &Figures) -> String {
    if figures.floor == figures.ceiling {
        return format!("{} USD/month", figures.expected);
    }
    format!("{} USD/month ({} to {})", figures.expected, figures.floor, figures.ceiling)
}

/// The machines of an endpoint: `ml.g5.xlarge × 1..20`.
pub fn machines(item: &Item) -> Option<String> {
    let mut shown: Vec<String> = item.parts.iter().map(|part| part.machine.clone()).collect();
    shown.dedup();
    (!shown.is_empty()).then(|| shown.join(", "))
}

/// The bounds of an amount: `at most 60 s`, `1 GiB, 2 GiB or 3 GiB`.
pub fn bounds(min: Option<f64>, max: Option<f64>, one_of: &[f64], unit: Unit) -> Option<String> {
    if !one_of.is_empty() {
        return Some(one_of.iter().map(|n| unit.words(*n)).collect::<Vec<_>>().join(", "));
    }
    match (min, max) {
        (Some(min), Some(max)) => Some(format!("{} to {}", unit.words(min), unit.words(max))),
        (None, Some(max)) => Some(format!("at most {}", unit.words(max))),
        (Some(min), None) => Some(format!("at least {}", unit.words(min))),
        (None, None) => None,
    }
}

/// A declaration's keyword.
pub fn decl_word(kind: crate::syntax::ast::DeclKind) -> &'static str {
    crate::check::schema::decl_word(kind)
}
