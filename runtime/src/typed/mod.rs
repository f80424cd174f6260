//! Does a value have its declared type? Asked where values enter and leave graphs and models.
//! Converts nothing.

mod describe;
pub mod media;

use std::collections::BTreeMap;
use std::fmt;

use serve_spec::{Dim, Dtype, Tensor as TensorType, Type};

pub use describe::{dtype_of, len_of, type_name, value_name};

use crate::value::{Data, Tensor, Value};

/// What the symbols of one signature stand for in one call.
pub type Symbols = BTreeMap<String, usize>;

/// A value that is not of its declared type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The format of an image or a sound is wrong, rather than the type.
    pub media: bool,
    pub expected: String,
    pub got: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}, got {}", self.expected, self.got)
    }
}

/// Checks a value against a type. Symbols that are new are bound; known ones must agree.
///
/// # Errors
/// With both sides in the words of the language.
pub fn check(value: &Value, ty: &Type, symbols: &mut Symbols) -> Result<(), Mismatch> {
    let fits = match (ty, value) {
        (Type::Tensor(declared), Value::Tensor(tensor)) => return check_tensor(tensor, declared, symbols),
        (Type::Image(formats) | Type::Audio(formats), Value::Bytes(bytes)) => return check_media(bytes, ty, formats),
        (Type::Text, Value::Text(_)) | (Type::Bytes, Value::Bytes(_)) => true,
        (
            Type::Json | Type::Bool | Type::Int | Type::Float | Type::String | Type::List(_) | Type::Record(_),
            Value::Json(json),
        ) => return check_json(json, ty).map_err(|(place, mismatch)| mismatch.inside(&place)),
        (
            Type::Tensor(_)
            | Type::Image(_)
            | Type::Audio(_)
            | Type::Text
            | Type::Bytes
            | Type::Json
            | Type::Bool
            | Type::Int
            | Type::Float
            | Type::String
            | Type::List(_)
            | Type::Record(_),
            _,
        ) => false,
    };
    if fits { Ok(()) } else { Err(Mismatch::new(type_name(ty), value_name(value))) }
}

impl Mismatch {
    fn new(expected: impl Into<String>, got: impl Into<String>) -> Self {
        Mismatch { media: false, expected: expected.into(), got: got.into() }
    }

    fn inside(mut self, place: &str) -> Self {
        if !place.is_empty() {
            self.got = format!("{} at {place}", self.got);
        }
        self
    }
}

/// 16-bit floats are carried as `F32`.
#[must_use]
pub fn carries(data: &Data, dtype: Dtype) -> bool {
    match dtype {
        Dtype::F16 | Dtype::Bf16 | Dtype::F32 => matches!(data, Data::F32(_)),
        Dtype::Bool
        | Dtype::I8
        | Dtype::I16
        | Dtype::I32
        | Dtype::I64
        | Dtype::U8
        | Dtype::U16
        | Dtype::U32
        | Dtype::U64
        | Dtype::F64
        | Dtype::String => dtype_of(data) == dtype,
    }
}

fn check_tensor(tensor: &Tensor, declared: &TensorType, symbols: &mut Symbols) -> Result<(), Mismatch> {
    let ty = || type_name(&Type::Tensor(declared.clone()));
    let wrong = |expected: String| Err(Mismatch::new(expected, describe::tensor_name(tensor)));
    if !carries(&tensor.data, declared.dtype) || tensor.shape.len() != declared.dims.len() {
        return wrong(ty());
    }
    let count = tensor.shape.iter().try_fold(1_usize, |n, d| n.checked_mul(*d));
    if count != Some(len_of(&tensor.data)) {
        return Err(Mismatch::new(ty(), format!("{} elements for shape {:?}", len_of(&tensor.data), tensor.shape)));
    }
    for (size, dim) in tensor.shape.iter().zip(&declared.dims) {
        match dim {
            Dim::Fixed(fixed) if u64::try_from(*size) == Ok(*fixed) => {}
            Dim::Fixed(_) => return wrong(ty()),
            Dim::Symbol(name) if name == "?" => {}
            Dim::Symbol(name) => match symbols.get(name) {
                None => {
                    symbols.insert(name.clone(), *size);
                }
                Some(bound) if bound == size => {}
                Some(bound) => return wrong(format!("{} with {name} = {bound}", ty())),
            },
        }
    }
    Ok(())
}

fn check_media(bytes: &[u8], ty: &Type, formats: &[String]) -> Result<(), Mismatch> {
    if formats.is_empty() {
        return Ok(());
    }
    let found = media::sniff(bytes);
    if found.is_some_and(|format| formats.iter().any(|allowed| media::same(allowed, format))) {
        return Ok(());
    }
    Err(Mismatch {
        media: true,
        expected: type_name(ty),
        got: found.map_or_else(|| format!("{} bytes of an unknown format", bytes.len()), str::to_owned),
    })
}

/// The place inside the value comes back beside the mismatch, such as `[3].name`.
fn check_json(json: &serde_json::Value, ty: &Type) -> Result<(), (String, Mismatch)> {
    use serde_json::Value as J;
    let fits = match ty {
        Type::Json => true,
        Type::Bool => json.is_boolean(),
        Type::Int => json.is_i64() || json.is_u64(),
        Type::Float => json.is_number(),
        Type::String | Type::Text => json.is_string(),
        Type::List(inner) => {
            if let J::Array(items) = json {
                for (at, item) in items.iter().enumerate() {
                    check_json(item, inner).map_err(|(place, m)| (format!("[{at}]{place}"), m))?;
                }
                return Ok(());
            }
            false
        }
        Type::Record(fields) => {
            if let J::Object(found) = json {
                for (name, inner) in fields {
                    let field = found.get(name).unwrap_or(&J::Null);
                    check_json(field, inner).map_err(|(place, m)| (format!(".{name}{place}"), m))?;
                }
                return Ok(());
            }
            false
        }
        // Inside lists and records these stay as they were written; what takes them apart checks them.
        Type::Tensor(_) => json.is_array() || json.is_number() || json.is_boolean(),
        Type::Image(_) | Type::Audio(_) | Type::Bytes => json.is_string() || json.get("b64").is_some(),
    };
    if fits { Ok(()) } else { Err((String::new(), Mismatch::new(type_name(ty), describe::json_name(json)))) }
}

#[cfg(test)]
mod tests;
