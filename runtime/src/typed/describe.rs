//! Types and values in the words of the language, for messages.

use serve_spec::{Dim, Dtype, Type};

use crate::value::{Data, Tensor, Value};

/// A type as the source would write it: `tensor<f32>[batch, 4]`.
#[must_use]
pub fn type_name(ty: &Type) -> String {
    match ty {
        Type::Tensor(tensor) => {
            let dims: Vec<String> = tensor
                .dims
                .iter()
                .map(|dim| match dim {
                    Dim::Fixed(size) => size.to_string(),
                    Dim::Symbol(name) => name.clone(),
                })
                .collect();
            format!("tensor<{}>[{}]", tensor.dtype.name(), dims.join(", "))
        }
        Type::Image(formats) => media_name("image", formats),
        Type::Audio(formats) => media_name("audio", formats),
        Type::Text => "text".to_owned(),
        Type::Bytes => "bytes".to_owned(),
        Type::Json => "json".to_owned(),
        Type::Bool => "bool".to_owned(),
        Type::Int => "int".to_owned(),
        Type::Float => "float".to_owned(),
        Type::String => "string".to_owned(),
        Type::List(inner) => format!("list<{}>", type_name(inner)),
        Type::Record(fields) => {
            let fields: Vec<String> = fields.iter().map(|(name, ty)| format!("{name}: {}", type_name(ty))).collect();
            format!("{{ {} }}", fields.join(", "))
        }
    }
}

/// What a value is, without its contents.
#[must_use]
pub fn value_name(value: &Value) -> String {
    match value {
        Value::Tensor(tensor) => tensor_name(tensor),
        Value::Bytes(bytes) => format!("{} bytes", bytes.len()),
        Value::Text(_) => "text".to_owned(),
        Value::Json(json) => json_name(json),
    }
}

pub(super) fn tensor_name(tensor: &Tensor) -> String {
    let dims: Vec<String> = tensor.shape.iter().map(usize::to_string).collect();
    format!("tensor<{}>[{}]", dtype_of(&tensor.data).name(), dims.join(", "))
}

pub(super) fn json_name(json: &serde_json::Value) -> String {
    match json {
        serde_json::Value::Null => "null",
        serde_json::Value::Bool(_) => "a boolean",
        serde_json::Value::Number(_) => "a number",
        serde_json::Value::String(_) => "a string",
        serde_json::Value::Array(_) => "an array",
        serde_json::Value::Object(_) => "an object",
    }
    .to_owned()
}

/// The element type as carried.
#[must_use]
pub fn dtype_of(data: &Data) -> Dtype {
    match data {
        Data::Bool(_) => Dtype::Bool,
        Data::I8(_) => Dtype::I8,
        Data::I16(_) => Dtype::I16,
        Data::I32(_) => Dtype::I32,
        Data::I64(_) => Dtype::I64,
        Data::U8(_) => Dtype::U8,
        Data::U16(_) => Dtype::U16,
        Data::U32(_) => Dtype::U32,
        Data::U64(_) => Dtype::U64,
        Data::F32(_) => Dtype::F32,
        Data::F64(_) => Dtype::F64,
        Data::String(_) => Dtype::String,
    }
}

/// How many elements there are.
#[must_use]
pub fn len_of(data: &Data) -> usize {
    match data {
        Data::Bool(v) => v.len(),
        Data::I8(v) => v.len(),
        Data::I16(v) => v.len(),
        Data::I32(v) => v.len(),
        Data::I64(v) => v.len(),
        Data::U8(v) => v.len(),
        Data::U16(v) => v.len(),
        Data::U32(v) => v.len(),
        Data::U64(v) => v.len(),
        Data::F32(v) => v.len(),
        Data::F64(v) => v.len(),
        Data::String(v) => v.len(),
    }
}

fn media_name(kind: &str, formats: &[String]) -> String {
    if formats.is_empty() { kind.to_owned() } else { format!("{kind}<{}>", formats.join(" | ")) }
}
