//! Values against types of the language, as parameters, constants and settings declare them.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::report::suggest::{nearest, one_of};
use crate::report::{Code, Diagnostic, Sink};
use crate::stack::{Fields, Quantity, Type, Value, ValueKind};

use super::eval::describe;
use super::uri;

/// A value against a type of the language, as a parameter or a constant declares it.
pub fn typed(value: Value, ty: &Type, label: &str, sink: &mut Sink) -> Value {
    let span = value.span;
    let ok = match (&value.kind, ty) {
        (ValueKind::Unknown | ValueKind::Secret(_), _) | (_, Type::Unknown) => return value,
        (ValueKind::Int(n), Type::Float) => return Value { kind: ValueKind::Float(*n as f64), ..value },
        (ValueKind::List(_), Type::List(inner)) => {
            let ValueKind::List(items) = value.kind else { return value };
            let each = format!("each item of {}", label.trim_start_matches("each item of "));
            let items = items.into_iter().map(|v| typed(v, inner, &each, sink)).collect();
            return Value {
                kind: ValueKind::List(items),
                ..Value { key: value.key, ..Value::new(ValueKind::Unknown, span) }
            };
        }
        (kind, ty) => is_of(kind, ty),
    };
    if ok {
        return value;
    }
    let mut d = Diagnostic::error(Code::Mismatch, format!("{label} is of type `{ty}`"))
        .label(span, format!("found {}", describe(&value.kind)));
    if let Some(from) = value.from.filter(|from| *from != span) {
        d = d.label(from, "declared here");
    }
    sink.push(match (&value.kind, ty) {
        (ValueKind::String(text), Type::Enum(words)) => {
            let d = d.help(format!("`{text}` is not one of {}", one_of(words.iter().map(|w| &**w))));
            match nearest(text, words.iter().map(|w| &**w)) {
                Some(near) => d.fix(format!("write \"{near}\""), span, format!("\"{near}\"")),
                None => d,
            }
        }
        (ValueKind::String(_), Type::Uri(schemes)) if !schemes.is_empty() => {
            let begins: Vec<String> = schemes.iter().map(|s| format!("{s}://")).collect();
            d.help(format!("it begins with {}", one_of(begins.iter().map(String::as_str))))
        }
        (ValueKind::Record(fields), Type::Record(types)) => match difference(fields, types) {
            Some(why) => d.help(why),
            None => d,
        },
        _ => d,
    });
    Value::unknown(span)
}

/// Whether a value is of a type, or can't be known to be of another.
pub fn fits(kind: &ValueKind, ty: &Type) -> bool {
    matches!((kind, ty), (ValueKind::Unknown | ValueKind::Secret(_), _) | (ValueKind::Int(_), Type::Float))
        || is_of(kind, ty)
}

/// Whether a value is secret where what is lowered would name it; reported. `env` alone takes secrets.
pub fn refuse_secret(value: &Value, what: &str, sink: &mut Sink) -> bool {
    let ValueKind::Secret(name) = &value.kind else { return false };
    let mut d = Diagnostic::error(Code::Mismatch, format!("{what} can't be secret"))
        .label(value.span, format!("found the secret `{name}`"));
    if let Some(from) = value.from.filter(|from| *from != value.span) {
        d = d.label(from, "declared here");
    }
    sink.push(d.help("a secret goes into `env` of a model; what else is written is shown in plans and kept in files"));
    true
}

/// What a record has too little, too much or otherwise.
fn difference(fields: &Fields, types: &BTreeMap<Arc<str>, Type>) -> Option<String> {
    if let Some(name) = types.keys().find(|name| !fields.contains_key(*name)) {
        return Some(format!("`{name}` is missing"));
    }
    if let Some(name) = fields.keys().find(|name| !types.contains_key(*name)) {
        return Some(format!("`{name}` is not one of its fields"));
    }
    let wrong = types.iter().find(|(name, ty)| fields.get(*name).is_some_and(|v| !is_of(&v.kind, ty)));
    wrong.map(|(name, ty)| format!("`{name}` is of type `{ty}`"))
}

fn is_of(kind: &ValueKind, ty: &Type) -> bool {
    match ty {
        Type::Bool => matches!(kind, ValueKind::Bool(_)),
        Type::Int => matches!(kind, ValueKind::Int(_)),
        Type::Float => matches!(kind, ValueKind::Float(_)),
        Type::String | Type::Text => matches!(kind, ValueKind::String(_)),
        Type::Duration => matches!(kind, ValueKind::Quantity(Quantity::Duration(_))),
        Type::Size => matches!(kind, ValueKind::Quantity(Quantity::Size(_))),
        Type::Percent => matches!(kind, ValueKind::Quantity(Quantity::Percent(_))),
        Type::Rate => matches!(kind, ValueKind::Quantity(Quantity::Rate(_))),
        Type::Money => matches!(kind, ValueKind::Quantity(Quantity::Money(_))),
        Type::Range(_) => matches!(kind, ValueKind::Range { .. }),
        Type::Uri(schemes) => {
            let schemes: Vec<&str> = schemes.iter().map(|s| &**s).collect();
            matches!(kind, ValueKind::String(s) if uri::allows(&schemes, s))
        }
        Type::Enum(words) => matches!(kind, ValueKind::String(s) if words.contains(s)),
        Type::Json => matches!(
            kind,
            ValueKind::Bool(_)
                | ValueKind::Int(_)
                | ValueKind::Float(_)
                | ValueKind::String(_)
                | ValueKind::List(_)
                | ValueKind::Record(_)
        ),
        Type::Record(types) => matches!(kind, ValueKind::Record(fields)
            if fields.len() == types.len()
                && types.iter().all(|(name, ty)| fields.get(name).is_some_and(|v| is_of(&v.kind, ty)))),
        Type::List(inner) => matches!(kind, ValueKind::List(items) if items.iter().all(|v| is_of(&v.kind, inner))),
        Type::Model | Type::Pipeline | Type::Pool | Type::Transform => matches!(kind, ValueKind::Ref { .. }),
        Type::Image(_) | Type::Audio(_) | Type::Bytes | Type::Tensor(_) => false,
        Type::Unknown => true,
    }
}
