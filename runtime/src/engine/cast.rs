//! Element types at the engines' edges: what an engine lacks is carried in a wider or narrower one, and a value
//! that would not survive is an error, never a wrapped number.

use serve_spec::Dtype;

use crate::typed::dtype_of;
use crate::value::Data;

/// As 32-bit integers: `rten` carries booleans and every integer but `i8` and `u8` so.
///
/// # Errors
/// With the first element that does not fit.
pub fn to_i32(data: &Data) -> Result<Vec<i32>, String> {
    match data {
        Data::Bool(v) => Ok(v.iter().map(|x| i32::from(*x)).collect()),
        Data::I8(v) => Ok(v.iter().map(|x| i32::from(*x)).collect()),
        Data::I16(v) => Ok(v.iter().map(|x| i32::from(*x)).collect()),
        Data::I32(v) => Ok(v.clone()),
        Data::U8(v) => Ok(v.iter().map(|x| i32::from(*x)).collect()),
        Data::U16(v) => Ok(v.iter().map(|x| i32::from(*x)).collect()),
        Data::I64(v) => narrow(v, "32-bit integers"),
        Data::U32(v) => narrow(v, "32-bit integers"),
        Data::U64(v) => narrow(v, "32-bit integers"),
        Data::F32(_) | Data::F64(_) | Data::String(_) => Err(format!("{} as integers", dtype_of(data).name())),
    }
}

/// As 32-bit floats: `rten` carries every float so.
///
/// # Errors
/// When the elements are no floats.
pub fn to_f32(data: &Data) -> Result<Vec<f32>, String> {
    match data {
        Data::F32(v) => Ok(v.clone()),
        #[expect(clippy::cast_possible_truncation, reason = "the engine computes in 32 bits; only precision is lost")]
        Data::F64(v) => Ok(v.iter().map(|x| *x as f32).collect()),
        Data::Bool(_)
        | Data::I8(_)
        | Data::I16(_)
        | Data::I32(_)
        | Data::I64(_)
        | Data::U8(_)
        | Data::U16(_)
        | Data::U32(_)
        | Data::U64(_)
        | Data::String(_) => Err(format!("{} as floats", dtype_of(data).name())),
    }
}

/// 32-bit integers as the type declared.
///
/// # Errors
/// With the first element that does not fit, or when the declared type holds no integers.
pub fn from_i32(v: Vec<i32>, dtype: Dtype) -> Result<Data, String> {
    let name = dtype.name();
    Ok(match dtype {
        Dtype::Bool => Data::Bool(v.into_iter().map(|x| x != 0).collect()),
        Dtype::I8 => Data::I8(narrow(&v, name)?),
        Dtype::I16 => Data::I16(narrow(&v, name)?),
        Dtype::I32 => Data::I32(v),
        Dtype::I64 => Data::I64(v.into_iter().map(i64::from).collect()),
        Dtype::U8 => Data::U8(narrow(&v, name)?),
        Dtype::U16 => Data::U16(narrow(&v, name)?),
        Dtype::U32 => Data::U32(narrow(&v, name)?),
        Dtype::U64 => Data::U64(narrow(&v, name)?),
        Dtype::F16 | Dtype::Bf16 | Dtype::F32 | Dtype::F64 | Dtype::String => {
            return Err(format!("the engine gave integers where {name} is declared"));
        }
    })
}

/// 32-bit floats as the type declared.
///
/// # Errors
/// When the declared type holds no floats.
pub fn from_f32(v: Vec<f32>, dtype: Dtype) -> Result<Data, String> {
    match dtype {
        Dtype::F16 | Dtype::Bf16 | Dtype::F32 => Ok(Data::F32(v)),
        Dtype::F64 => Ok(Data::F64(v.into_iter().map(f64::from).collect())),
        Dtype::Bool
        | Dtype::I8
        | Dtype::I16
        | Dtype::I32
        | Dtype::I64
        | Dtype::U8
        | Dtype::U16
        | Dtype::U32
        | Dtype::U64
        | Dtype::String => Err(format!("the engine gave floats where {} is declared", dtype.name())),
    }
}

fn narrow<A, B>(values: &[A], into: &str) -> Result<Vec<B>, String>
where
    A: Copy + std::fmt::Display + TryInto<B>,
{
    values
        .iter()
        .enumerate()
        .map(|(at, x)| (*x).try_into().map_err(|_| format!("element {at} is {x}, which does not fit {into}")))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn an_integer_that_does_not_fit_is_named() {
        let wrong = to_i32(&Data::I64(vec![1, 5_000_000_000])).unwrap_err();
        assert_eq!(wrong, "element 1 is 5000000000, which does not fit 32-bit integers");
        assert_eq!(to_i32(&Data::I64(vec![-1, i64::from(i32::MAX)])).unwrap(), [-1, i32::MAX]);
    }

    #[test]
    fn a_declared_type_comes_back() {
        assert_eq!(from_i32(vec![0, 2], Dtype::Bool).unwrap(), Data::Bool(vec![false, true]));
        assert_eq!(from_i32(vec![-1], Dtype::I64).unwrap(), Data::I64(vec![-1]));
        assert!(from_i32(vec![-1], Dtype::U8).is_err());
        assert!(from_i32(vec![1], Dtype::F32).is_err());
        assert_eq!(from_f32(vec![0.5], Dtype::F64).unwrap(), Data::F64(vec![0.5]));
    }
}
