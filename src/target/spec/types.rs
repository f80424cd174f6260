//! The language's types and values as the runtime reads them.

use serde_json::{Map, Number, Value as Json, json};
use serve_spec::{Dim, Port, Tensor, Type};

use crate::stack::{self, Quantity, Value, ValueKind};

pub fn port(port: &stack::Port) -> Port {
    Port { name: port.name.to_string(), ty: ty(&port.ty), from: port.from.as_ref().map(ToString::to_string) }
}

/// Units are gone at run time: durations are seconds, sizes bytes, all as numbers.
pub fn ty(ty: &stack::Type) -> Type {
    use stack::Type as T;
    match ty {
        T::Tensor(tensor) => Type::Tensor(Tensor { dtype: tensor.dtype, dims: tensor.dims.iter().map(dim).collect() }),
        T::Image(formats) => Type::Image(formats.iter().map(ToString::to_string).collect()),
        T::Audio(formats) => Type::Audio(formats.iter().map(ToString::to_string).collect()),
        T::Text => Type::Text,
        T::Bytes => Type::Bytes,
        T::Bool => Type::Bool,
        T::Int | T::Size => Type::Int,
        T::Float | T::Duration | T::Percent | T::Rate | T::Money => Type::Float,
        T::String | T::Uri(_) | T::Enum(_) => Type::String,
        T::List(inner) => Type::List(Box::new(self::ty(inner))),
        T::Record(fields) => {
            Type::Record(fields.iter().map(|(name, inner)| (name.to_string(), self::ty(inner))).collect())
        }
        T::Json | T::Range(_) | T::Model | T::Pipeline | T::Pool | T::Transform | T::Unknown => Type::Json,
    }
}

fn dim(dim: &stack::Dim) -> Dim {
    match dim {
        stack::Dim::Fixed(n) => Dim::Fixed(*n),
        stack::Dim::Symbol(name) => Dim::Symbol(name.to_string()),
        stack::Dim::Any => Dim::Symbol("?".to_owned()),
    }
}

/// A constant parameter. A secret stays a reference: its value is never in a body.
pub fn constant(value: &Value) -> Json {
    match &value.kind {
        ValueKind::Bool(x) => json!(x),
        ValueKind::Int(n) => json!(n),
        ValueKind::Float(x) => float(*x),
        ValueKind::String(text) | ValueKind::Word(text) => json!(&**text),
        ValueKind::Quantity(quantity) => quantity_of(*quantity),
        ValueKind::Range { low, high, .. } => json!([constant(low), constant(high)]),
        ValueKind::List(items) => Json::Array(items.iter().map(constant).collect()),
        ValueKind::Record(fields) => record(fields),
        ValueKind::Construct { kind, fields, .. } => json!({ &**kind: record(fields) }),
        ValueKind::Condition { metric, bound, .. } => json!({ &**metric: constant(bound) }),
        ValueKind::Ref { name, .. } => json!(&**name),
        ValueKind::Secret(name) => json!({ "secret": &**name }),
        ValueKind::Unknown => Json::Null,
    }
}

fn record(fields: &indexmap::IndexMap<std::sync::Arc<str>, Value>) -> Json {
    Json::Object(fields.iter().map(|(name, value)| (name.to_string(), constant(value))).collect::<Map<_, _>>())
}

fn quantity_of(quantity: Quantity) -> Json {
    match quantity {
        Quantity::Duration(nanoseconds) => float(nanoseconds as f64 / 1e9),
        Quantity::Size(bytes) => json!(bytes),
        Quantity::Percent(x) | Quantity::Rate(x) => float(x),
        Quantity::Money(money) => float(money.cents_per_month as f64 / 100.0),
    }
}

/// JSON has no NaN and no infinity.
fn float(x: f64) -> Json {
    Number::from_f64(x).map_or(Json::Null, Json::Number)
}
