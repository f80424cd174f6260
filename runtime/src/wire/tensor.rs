//! Nested JSON arrays to a tensor, in one pass and straight into the declared element type.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};
use serve_spec::Dtype;

use super::room::Room;
use crate::typed::len_of;
use crate::value::{Data, Tensor};

/// Reads one tensor.
pub struct TensorSeed<'a> {
    pub dtype: Dtype,
    pub room: &'a Room,
}

impl<'de> DeserializeSeed<'de> for TensorSeed<'_> {
    type Value = Tensor;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tensor, D::Error> {
        let TensorSeed { dtype, room } = self;
        let mut builder = Builder { data: empty(dtype), dtype, room, sizes: vec![], leaf: None };
        Level { builder: &mut builder, depth: 0 }.deserialize(deserializer)?;
        Ok(Tensor { shape: builder.sizes.into_iter().map(Option::unwrap_or_default).collect(), data: builder.data })
    }
}

struct Builder<'a> {
    data: Data,
    dtype: Dtype,
    room: &'a Room,
    /// By depth; `None` while the first array of that depth is still open.
    sizes: Vec<Option<usize>>,
    /// The depth at which the elements are.
    leaf: Option<usize>,
}

const RAGGED: &str = "the arrays of one depth differ in length";

impl Builder<'_> {
    fn open<E: Error>(&mut self, depth: usize) -> Result<(), E> {
        if self.leaf.is_some_and(|leaf| depth >= leaf) {
            return Err(E::custom(RAGGED));
        }
        if depth == self.sizes.len() {
            self.sizes.push(None);
        }
        Ok(())
    }

    fn close<E: Error>(&mut self, depth: usize, count: usize) -> Result<(), E> {
        match self.sizes.get_mut(depth) {
            Some(size @ None) => *size = Some(count),
            Some(Some(size)) if *size == count => {}
            Some(Some(_)) | None => return Err(E::custom(RAGGED)),
        }
        Ok(())
    }

    fn element<E: Error>(&mut self, depth: usize) -> Result<(), E> {
        let leaf = *self.leaf.get_or_insert(depth);
        if leaf == depth && depth == self.sizes.len() { Ok(()) } else { Err(E::custom(RAGGED)) }
    }

    fn integer<E: Error>(&mut self, n: i128) -> Result<(), E> {
        let unfit = || E::custom(format!("{n} does not fit {}", self.dtype.name()));
        match &mut self.data {
            Data::I8(v) => v.push(n.try_into().map_err(|_| unfit())?),
            Data::I16(v) => v.push(n.try_into().map_err(|_| unfit())?),
            Data::I32(v) => v.push(n.try_into().map_err(|_| unfit())?),
            Data::I64(v) => v.push(n.try_into().map_err(|_| unfit())?),
            Data::U8(v) => v.push(n.try_into().map_err(|_| unfit())?),
            Data::U16(v) => v.push(n.try_into().map_err(|_| unfit())?),
            Data::U32(v) => v.push(n.try_into().map_err(|_| unfit())?),
            Data::U64(v) => v.push(n.try_into().map_err(|_| unfit())?),
            #[expect(clippy::cast_precision_loss, reason = "a float was asked for; it gets the nearest one")]
            Data::F32(v) => v.push(n as f32),
            #[expect(clippy::cast_precision_loss, reason = "a float was asked for; it gets the nearest one")]
            Data::F64(v) => v.push(n as f64),
            Data::Bool(_) | Data::String(_) => return Err(self.wrong(&format!("the number {n}"))),
        }
        Ok(())
    }

    fn float<E: Error>(&mut self, x: f64) -> Result<(), E> {
        match &mut self.data {
            Data::F32(v) => {
                #[expect(clippy::cast_possible_truncation, reason = "overflow is checked below")]
                let narrow = x as f32;
                if !narrow.is_finite() {
                    return Err(E::custom(format!("{x} does not fit {}", self.dtype.name())));
                }
                v.push(narrow);
                Ok(())
            }
            Data::F64(v) => {
                v.push(x);
                Ok(())
            }
            Data::Bool(_)
            | Data::I8(_)
            | Data::I16(_)
            | Data::I32(_)
            | Data::I64(_)
            | Data::U8(_)
            | Data::U16(_)
            | Data::U32(_)
            | Data::U64(_)
            | Data::String(_) => Err(self.wrong(&format!("the number {x}"))),
        }
    }

    fn wrong<E: Error>(&self, got: &str) -> E {
        E::custom(format!("expected {}, got {got}", self.dtype.name()))
    }
}

struct Level<'a, 'b> {
    builder: &'a mut Builder<'b>,
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Level<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Level<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} or an array of them", self.builder.dtype.name())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.builder.open(self.depth)?;
        let mut count = 0;
        while items.next_element_seed(Level { builder: &mut *self.builder, depth: self.depth + 1 })?.is_some() {
            count += 1;
        }
        self.builder.close(self.depth, count)
    }

    fn visit_bool<E: Error>(self, x: bool) -> Result<(), E> {
        self.builder.element(self.depth)?;
        if let Data::Bool(v) = &mut self.builder.data {
            v.push(x);
            return Ok(());
        }
        Err(self.builder.wrong(if x { "true" } else { "false" }))
    }

    fn visit_i64<E: Error>(self, n: i64) -> Result<(), E> {
        self.builder.element(self.depth)?;
        self.builder.integer(n.into())
    }

    fn visit_u64<E: Error>(self, n: u64) -> Result<(), E> {
        self.builder.element(self.depth)?;
        self.builder.integer(n.into())
    }

    fn visit_f64<E: Error>(self, x: f64) -> Result<(), E> {
        self.builder.element(self.depth)?;
        self.builder.float(x)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.builder.element(self.depth)?;
        if let Data::String(v) = &mut self.builder.data {
            self.builder.room.take(1)?;
            v.push(text.to_owned());
            return Ok(());
        }
        Err(self.builder.wrong("a string"))
    }
}

/// Rows of a tensor without elements.
const MOST_EMPTY: u64 = 1 << 16;
/// Dimensions; those of nested arrays are bounded by how deep JSON may nest.
const MOST_DIMENSIONS: usize = 64;

/// Gives elements that came flat the shape that came beside them.
///
/// # Errors
/// When the shape does not hold exactly that many elements.
pub fn reshape(tensor: Tensor, shape: &[u64]) -> Result<Tensor, String> {
    if shape.len() > MOST_DIMENSIONS {
        return Err(format!("shape has {} dimensions, at most {MOST_DIMENSIONS} are possible", shape.len()));
    }
    let sizes: Option<Vec<usize>> = shape.iter().map(|size| usize::try_from(*size).ok()).collect();
    let count = sizes.as_ref().and_then(|sizes| sizes.iter().try_fold(1_usize, |n, size| n.checked_mul(*size)));
    let found = len_of(&tensor.data);
    // No elements and a huge size is a small request for a huge answer: rows of nothing.
    let rows = shape.iter().filter(|size| **size > 0).try_fold(1_u64, |n, size| n.checked_mul(*size));
    if found == 0 && rows.is_none_or(|rows| rows > MOST_EMPTY) {
        return Err(format!("shape {shape:?} is too large for no elements"));
    }
    match (sizes, count) {
        (Some(sizes), Some(count)) if count == found => Ok(Tensor { shape: sizes, data: tensor.data }),
        _ => Err(format!("shape {shape:?} does not hold the {found} elements of data")),
    }
}

fn empty(dtype: Dtype) -> Data {
    match dtype {
        Dtype::Bool => Data::Bool(vec![]),
        Dtype::I8 => Data::I8(vec![]),
        Dtype::I16 => Data::I16(vec![]),
        Dtype::I32 => Data::I32(vec![]),
        Dtype::I64 => Data::I64(vec![]),
        Dtype::U8 => Data::U8(vec![]),
        Dtype::U16 => Data::U16(vec![]),
        Dtype::U32 => Data::U32(vec![]),
        Dtype::U64 => Data::U64(vec![]),
        Dtype::F16 | Dtype::Bf16 | Dtype::F32 => Data::F32(vec![]),
        Dtype::F64 => Data::F64(vec![]),
        Dtype::String => Data::String(vec![]),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn read(dtype: Dtype, text: &str) -> Result<Tensor, String> {
        let mut json = serde_json::Deserializer::from_str(text);
        let seed = TensorSeed { dtype, room: &Room::default() };
        seed.deserialize(&mut json).map_err(|error| error.to_string())
    }

    #[test]
    fn nested_arrays_give_the_shape() {
        let tensor = read(Dtype::F32, "[[1, 2.5, -3e-2], [4, 5, 6]]").unwrap();
        assert_eq!(tensor.shape, [2, 3]);
        assert_eq!(tensor.data, Data::F32(vec![1.0, 2.5, -0.03, 4.0, 5.0, 6.0]));
        assert_eq!(read(Dtype::I64, "7").unwrap(), Tensor { shape: vec![], data: Data::I64(vec![7]) });
        assert_eq!(read(Dtype::I64, "[[], []]").unwrap().shape, [2, 0]);
    }

    #[test]
    fn ragged_arrays_are_refused() {
        for text in ["[[1, 2], [3]]", "[1, [2]]", "[[1], 2]", "[[], [1]]", "[[], 1]", "[[[1]], [1]]"] {
            assert!(read(Dtype::F32, text).unwrap_err().starts_with(RAGGED), "{text}");
        }
    }

    #[test]
    fn what_does_not_fit_the_element_type_is_refused() {
        for (dtype, text) in [
            (Dtype::U8, "[256]"),
            (Dtype::I8, "[-129]"),
            (Dtype::U64, "[-1]"),
            (Dtype::I64, "[1.5]"),
            (Dtype::F32, "[1e39]"),
            (Dtype::F64, "[1e999]"),
            (Dtype::Bool, "[1]"),
            (Dtype::F32, "[\"1\"]"),
            (Dtype::F32, "[null]"),
            (Dtype::F32, "[NaN]"),
            (Dtype::F32, "{}"),
            (Dtype::String, "[1]"),
        ] {
            assert!(read(dtype, text).is_err(), "{dtype:?} {text}");
        }
        assert_eq!(read(Dtype::U64, "[18446744073709551615]").unwrap().data, Data::U64(vec![u64::MAX]));
    }

    #[test]
    fn a_shape_holds_exactly_its_elements() {
        let flat = || read(Dtype::F32, "[1, 2, 3, 4, 5, 6]").unwrap();
        assert_eq!(reshape(flat(), &[2, 3]).unwrap().shape, [2, 3]);
        assert!(reshape(flat(), &[2, 2]).is_err());
        assert!(reshape(flat(), &[u64::MAX, u64::MAX]).is_err());
        let none = || read(Dtype::F32, "[]").unwrap();
        assert_eq!(reshape(none(), &[3, 0]).unwrap().shape, [3, 0]);
        assert!(reshape(none(), &[1 << 40, 0]).is_err());
        assert!(reshape(read(Dtype::F32, "1").unwrap(), &[1; 65]).is_err());
    }
}
