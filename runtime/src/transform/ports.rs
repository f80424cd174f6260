//! Taking typed values from a step's inputs, and giving its outputs.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::value::{Data, Tensor, Value};

use super::{Outputs, Reject};

/// A step's inputs by port name.
pub struct Inputs<'a>(pub &'a BTreeMap<String, Value>);

/// A borrowed tensor whose data is known to fill its shape.
pub struct View<'a, T, const RANK: usize> {
    pub shape: [usize; RANK],
    pub data: &'a [T],
}

/// Element types that transforms read.
pub trait Element: Sized {
    const NAME: &'static str;
    fn of(data: &Data) -> Option<&[Self]>;
}

impl Element for f32 {
    const NAME: &'static str = "f32";
    fn of(data: &Data) -> Option<&[f32]> {
        if let Data::F32(data) = data { Some(data) } else { None }
    }
}

impl Element for u8 {
    const NAME: &'static str = "u8";
    fn of(data: &Data) -> Option<&[u8]> {
        if let Data::U8(data) = data { Some(data) } else { None }
    }
}

impl Element for i64 {
    const NAME: &'static str = "i64";
    fn of(data: &Data) -> Option<&[i64]> {
        if let Data::I64(data) = data { Some(data) } else { None }
    }
}

impl<'a> Inputs<'a> {
    fn get(&self, port: &str) -> Result<&'a Value, Reject> {
        self.0.get(port).ok_or_else(|| Reject(format!("`{port}` is missing")))
    }

    /// A tensor of element type `T` and `RANK` dimensions.
    pub fn tensor<T: Element, const RANK: usize>(&self, port: &str) -> Result<View<'a, T, RANK>, Reject> {
        let Value::Tensor(tensor) = self.get(port)? else {
            return Err(Reject(format!("`{port}` is not a tensor")));
        };
        let shape = &tensor.shape;
        let data = T::of(&tensor.data).ok_or_else(|| Reject(format!("`{port}` is not a tensor of {}", T::NAME)))?;
        let sizes: [usize; RANK] = shape
            .as_slice()
            .try_into()
            .map_err(|_| Reject(format!("`{port}` has {} dimensions, not {RANK}", shape.len())))?;
        let filled = sizes.iter().try_fold(1_usize, |n, size| n.checked_mul(*size)) == Some(data.len());
        if !filled {
            return Err(Reject(format!("`{port}` holds {} elements, not {shape:?}", data.len())));
        }
        Ok(View { shape: sizes, data })
    }

    pub fn bytes(&self, port: &str) -> Result<&'a [u8], Reject> {
        let Value::Bytes(bytes) = self.get(port)? else {
            return Err(Reject(format!("`{port}` is not bytes")));
        };
        Ok(bytes)
    }

    /// A `text`, or a JSON string.
    pub fn text(&self, port: &str) -> Result<&'a str, Reject> {
        let value = self.get(port)?;
        if let Value::Text(text) = value {
            return Ok(text);
        }
        let json = if let Value::Json(json) = value { json.as_str() } else { None };
        json.ok_or_else(|| Reject(format!("`{port}` is not text")))
    }

    /// A list of strings.
    pub fn texts(&self, port: &str) -> Result<Vec<&'a str>, Reject> {
        let value = self.get(port)?;
        let list = if let Value::Json(json) = value { json.as_array() } else { None };
        list.and_then(|list| list.iter().map(Json::as_str).collect())
            .ok_or_else(|| Reject(format!("`{port}` is not a list of strings")))
    }
}

impl<'a, T> View<'a, T, 2> {
    /// Row by row; rows of no columns are still rows.
    pub fn rows(&self) -> impl Iterator<Item = &'a [T]> {
        let [rows, columns] = self.shape;
        let data = self.data;
        (0..rows).map(move |row| data.get(row * columns..(row + 1) * columns).unwrap_or_default())
    }
}

/// A tensor as a value.
pub fn tensor(shape: Vec<usize>, data: Data) -> Value {
    Value::Tensor(Arc::new(Tensor { shape, data }))
}

/// JSON as a value.
pub fn json(value: Json) -> Value {
    Value::Json(Arc::new(value))
}

/// A number in the fewest digits that read back as the same `f32`.
pub fn number(value: f32) -> Json {
    Json::from(value.to_string().parse::<f64>().unwrap_or_else(|_| value.into()))
}

/// Text as a value.
pub fn text(value: &str) -> Value {
    Value::Text(Arc::from(value))
}

/// Outputs by port name.
pub fn outputs<const N: usize>(ports: [(&str, Value); N]) -> Outputs {
    Ok(ports.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}
