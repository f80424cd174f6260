//! Answers as JSON: an object by output name. Tensors are nested arrays, 32-bit floats in the fewest digits that read
//! back the same, and bytes `{"b64": "…"}`. JSON has no NaN and no infinity: they are `null`.

use base64::Engine as _;
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::value::BASE64;
use crate::graph::Values;
use crate::value::{Data, Tensor, Value};

/// One answer.
pub struct Answer<'a>(pub &'a Values);

/// `{"predictions": […]}`: one answer for each instance, in order.
pub struct Predictions<'a>(pub &'a [Values]);

impl Serialize for Answer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, Shown(value))))
    }
}

impl Serialize for Predictions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct All<'a>(&'a [Values]);
        impl Serialize for All<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_seq(self.0.iter().map(Answer))
            }
        }
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry("predictions", &All(self.0))?;
        map.end()
    }
}

/// One value.
pub struct Shown<'a>(pub &'a Value);

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Tensor(tensor) => shown_tensor(tensor, serializer),
            Value::Bytes(bytes) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("b64", &BASE64.encode(bytes))?;
                map.end()
            }
            Value::Text(text) => serializer.serialize_str(text),
            Value::Json(json) => json.serialize(serializer),
        }
    }
}

fn shown_tensor<S: Serializer>(tensor: &Tensor, serializer: S) -> Result<S::Ok, S::Error> {
    let shape = tensor.shape.as_slice();
    match &tensor.data {
        Data::Bool(v) => Nested { shape, items: v }.serialize(serializer),
        Data::I8(v) => Nested { shape, items: v }.serialize(serializer),
        Data::I16(v) => Nested { shape, items: v }.serialize(serializer),
        Data::I32(v) => Nested { shape, items: v }.serialize(serializer),
        Data::I64(v) => Nested { shape, items: v }.serialize(serializer),
        Data::U8(v) => Nested { shape, items: v }.serialize(serializer),
        Data::U16(v) => Nested { shape, items: v }.serialize(serializer),
        Data::U32(v) => Nested { shape, items: v }.serialize(serializer),
        Data::U64(v) => Nested { shape, items: v }.serialize(serializer),
        Data::F32(v) => Nested { shape, items: v }.serialize(serializer),
        Data::F64(v) => Nested { shape, items: v }.serialize(serializer),
        Data::String(v) => Nested { shape, items: v }.serialize(serializer),
    }
}

/// The elements of a tensor, flat, in row-major order.
pub struct Flat<'a>(pub &'a Data);

impl Serialize for Flat<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Data::Bool(v) => v.serialize(serializer),
            Data::I8(v) => v.serialize(serializer),
            Data::I16(v) => v.serialize(serializer),
            Data::I32(v) => v.serialize(serializer),
            Data::I64(v) => v.serialize(serializer),
            Data::U8(v) => v.serialize(serializer),
            Data::U16(v) => v.serialize(serializer),
            Data::U32(v) => v.serialize(serializer),
            Data::U64(v) => v.serialize(serializer),
            Data::F32(v) => v.serialize(serializer),
            Data::F64(v) => v.serialize(serializer),
            Data::String(v) => v.serialize(serializer),
        }
    }
}

struct Nested<'a, T> {
    shape: &'a [usize],
    items: &'a [T],
}

impl<T: Serialize> Serialize for Nested<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some((size, shape)) = self.shape.split_first() else {
            return match self.items.first() {
                Some(item) => item.serialize(serializer),
                None => serializer.serialize_unit(),
            };
        };
        let step = self.items.len().checked_div(*size).unwrap_or(0);
        let mut seq = serializer.serialize_seq(Some(*size))?;
        for at in 0..*size {
            let items = self.items.get(at * step..(at + 1) * step).unwrap_or_default();
            seq.serialize_element(&Nested { shape, items })?;
        }
        seq.end()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::Arc;

    use super::*;

    fn shown(shape: &[usize], data: Data) -> String {
        let value = Value::Tensor(Arc::new(Tensor { shape: shape.to_vec(), data }));
        serde_json::to_string(&Shown(&value)).unwrap()
    }

    #[test]
    fn tensors_are_nested_arrays() {
        assert_eq!(shown(&[2, 2], Data::I64(vec![1, 2, 3, 4])), "[[1,2],[3,4]]");
        assert_eq!(shown(&[], Data::Bool(vec![true])), "true");
        assert_eq!(shown(&[2, 0, 3], Data::F32(vec![])), "[[],[]]");
        assert_eq!(shown(&[0, 3], Data::F32(vec![])), "[]");
    }

    #[test]
    fn floats_are_short_and_what_json_lacks_is_null() {
        assert_eq!(shown(&[3], Data::F32(vec![0.1, f32::NAN, f32::INFINITY])), "[0.1,null,null]");
        assert_eq!(shown(&[1], Data::F64(vec![0.1])), "[0.1]");
    }
}
