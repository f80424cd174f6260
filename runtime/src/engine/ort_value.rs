//! Values at ONNX Runtime's edge: tensors by their element type, sequences and maps (as sklearn's converters
//! write) as JSON.

use std::sync::Arc;

use half::{bf16, f16};
use ort::session::SessionInputValue;
use ort::value::{DynMapValueType, DynValue, Tensor as OrtTensor, TensorElementType, TensorRef, ValueType};
use serde_json::{Map, Value as Json};
use serve_spec::Dtype;

use super::Fed;
use crate::typed::dtype_of;
use crate::value::{Data, Tensor, Value};

/// A tensor as ONNX Runtime takes it; borrowed where the elements are carried as they are.
///
/// # Errors
/// When the elements are not of the declared type.
pub fn carry<'a>(input: &'a Fed<'_>) -> Result<SessionInputValue<'a>, String> {
    let shape = input.tensor.shape.as_slice();
    let text = |error: ort::Error| error.to_string();
    macro_rules! borrowed {
        ($v:expr) => {
            TensorRef::from_array_view((shape, $v.as_slice())).map(SessionInputValue::from).map_err(text)
        };
    }
    match (input.dtype, &input.tensor.data) {
        (Dtype::Bool, Data::Bool(v)) => borrowed!(v),
        (Dtype::I8, Data::I8(v)) => borrowed!(v),
        (Dtype::I16, Data::I16(v)) => borrowed!(v),
        (Dtype::I32, Data::I32(v)) => borrowed!(v),
        (Dtype::I64, Data::I64(v)) => borrowed!(v),
        (Dtype::U8, Data::U8(v)) => borrowed!(v),
        (Dtype::U16, Data::U16(v)) => borrowed!(v),
        (Dtype::U32, Data::U32(v)) => borrowed!(v),
        (Dtype::U64, Data::U64(v)) => borrowed!(v),
        (Dtype::F32, Data::F32(v)) => borrowed!(v),
        (Dtype::F64, Data::F64(v)) => borrowed!(v),
        (Dtype::F16, Data::F32(v)) => {
            let narrow: Vec<f16> = v.iter().map(|x| f16::from_f32(*x)).collect();
            OrtTensor::from_array((shape, narrow)).map(SessionInputValue::from).map_err(text)
        }
        (Dtype::Bf16, Data::F32(v)) => {
            let narrow: Vec<bf16> = v.iter().map(|x| bf16::from_f32(*x)).collect();
            OrtTensor::from_array((shape, narrow)).map(SessionInputValue::from).map_err(text)
        }
        (Dtype::String, Data::String(v)) => {
            OrtTensor::from_string_array((shape, v.as_slice())).map(SessionInputValue::from).map_err(text)
        }
        (dtype, data) => Err(format!("{} where the model takes {}", dtype_of(data).name(), dtype.name())),
    }
}

/// A value that ONNX Runtime gave, as declared: a tensor of that element type, or JSON.
///
/// # Errors
/// When the model gave something else.
pub fn uncarry(value: &DynValue, dtype: Option<Dtype>) -> Result<Value, String> {
    let Some(dtype) = dtype else {
        return json(value).map(|json| Value::Json(Arc::new(json)));
    };
    let tensor = tensor(value)?;
    if !crate::typed::carries(&tensor.data, dtype) {
        let got = dtype_of(&tensor.data).name();
        return Err(format!("the model gave {got} where {} is declared", dtype.name()));
    }
    Ok(Value::Tensor(Arc::new(tensor)))
}

fn tensor(value: &DynValue) -> Result<Tensor, String> {
    let text = |error: ort::Error| error.to_string();
    let kind = value.dtype().tensor_type().ok_or("the model gave no tensor")?;
    macro_rules! copied {
        ($t:ty, $variant:ident) => {{
            let (shape, data) = value.try_extract_tensor::<$t>().map_err(text)?;
            (shape, Data::$variant(data.to_vec()))
        }};
    }
    let (shape, data) = match kind {
        TensorElementType::Bool => copied!(bool, Bool),
        TensorElementType::Int8 => copied!(i8, I8),
        TensorElementType::Int16 => copied!(i16, I16),
        TensorElementType::Int32 => copied!(i32, I32),
        TensorElementType::Int64 => copied!(i64, I64),
        TensorElementType::Uint8 => copied!(u8, U8),
        TensorElementType::Uint16 => copied!(u16, U16),
        TensorElementType::Uint32 => copied!(u32, U32),
        TensorElementType::Uint64 => copied!(u64, U64),
        TensorElementType::Float32 => copied!(f32, F32),
        TensorElementType::Float64 => copied!(f64, F64),
        TensorElementType::Float16 => {
            let (shape, data) = value.try_extract_tensor::<f16>().map_err(text)?;
            (shape, Data::F32(data.iter().map(|x| x.to_f32()).collect()))
        }
        TensorElementType::Bfloat16 => {
            let (shape, data) = value.try_extract_tensor::<bf16>().map_err(text)?;
            (shape, Data::F32(data.iter().map(|x| x.to_f32()).collect()))
        }
        TensorElementType::String => {
            let (shape, data) = value.try_extract_strings().map_err(text)?;
            (shape, Data::String(data))
        }
        TensorElementType::Complex64
        | TensorElementType::Complex128
        | TensorElementType::Float8E4M3FN
        | TensorElementType::Float8E4M3FNUZ
        | TensorElementType::Float8E5M2
        | TensorElementType::Float8E5M2FNUZ
        | TensorElementType::Uint4
        | TensorElementType::Int4
        | TensorElementType::Float4E2M1
        | TensorElementType::Uint2
        | TensorElementType::Int2
        | TensorElementType::Float8E8M0
        | TensorElementType::Undefined
        | _ => return Err(format!("the model gave {kind}, which has no counterpart here")),
    };
    let shape = shape.iter().map(|dim| usize::try_from(*dim).map_err(|_| "a negative size".to_owned()));
    Ok(Tensor { shape: shape.collect::<Result<_, _>>()?, data })
}

fn json(value: &DynValue) -> Result<Json, String> {
    let text = |error: ort::Error| error.to_string();
    match value.dtype() {
        ValueType::Sequence(inner) if inner.is_map() => {
            let maps = value.try_extract_sequence::<DynMapValueType>().map_err(text)?;
            maps.iter().map(|map| map_json(&map.view().into_dyn())).collect::<Result<_, _>>().map(Json::Array)
        }
        ValueType::Map { .. } => map_json(value),
        ValueType::Sequence(_) | ValueType::Tensor { .. } | ValueType::Optional(_) => {
            Err(format!("the model gave {}, which has no form in JSON", value.dtype()))
        }
    }
}

/// Class probabilities, the one kind of map that converters write; classes are strings or integers.
fn map_json(value: &DynValue) -> Result<Json, String> {
    let text = |error: ort::Error| error.to_string();
    let pairs: Vec<(String, f32)> = if let ValueType::Map { key: TensorElementType::String, .. } = value.dtype() {
        value.try_extract_key_values::<String, f32>().map_err(text)?
    } else {
        let pairs = value.try_extract_key_values::<i64, f32>().map_err(text)?;
        pairs.into_iter().map(|(class, share)| (class.to_string(), share)).collect()
    };
    let number = |share: f32| serde_json::from_str(&share.to_string()).unwrap_or(Json::Null);
    Ok(Json::Object(pairs.into_iter().map(|(class, share)| (class, number(share))).collect::<Map<_, _>>()))
}
