//! The protocol's names for types, and a graph's signature in them.

use serde_json::json;
use serve_spec::{Dim, Dtype, Type};

/// The datatype that a value of this type travels as.
#[must_use]
pub fn datatype(ty: &Type) -> &'static str {
    match ty {
        Type::Tensor(tensor) => of_dtype(tensor.dtype),
        Type::Bool => "BOOL",
        Type::Int => "INT64",
        Type::Float => "FP64",
        Type::Image(_)
        | Type::Audio(_)
        | Type::Text
        | Type::Bytes
        | Type::Json
        | Type::String
        | Type::List(_)
        | Type::Record(_) => "BYTES",
    }
}

pub fn of_dtype(dtype: Dtype) -> &'static str {
    match dtype {
        Dtype::Bool => "BOOL",
        Dtype::I8 => "INT8",
        Dtype::I16 => "INT16",
        Dtype::I32 => "INT32",
        Dtype::I64 => "INT64",
        Dtype::U8 => "UINT8",
        Dtype::U16 => "UINT16",
        Dtype::U32 => "UINT32",
        Dtype::U64 => "UINT64",
        Dtype::F16 => "FP16",
        Dtype::Bf16 => "BF16",
        Dtype::F32 => "FP32",
        Dtype::F64 => "FP64",
        Dtype::String => "BYTES",
    }
}

/// One input or output as model metadata has it; -1 is a size that may vary.
#[must_use]
pub fn metadata(name: &str, ty: &Type) -> serde_json::Value {
    let shape: Vec<i64> = if let Type::Tensor(tensor) = ty {
        let sizes = tensor.dims.iter().map(|dim| match dim {
            Dim::Fixed(size) => i64::try_from(*size).unwrap_or(i64::MAX),
            Dim::Symbol(_) => -1,
        });
        sizes.collect()
    } else {
        vec![1]
    };
    json!({ "name": name, "datatype": datatype(ty), "shape": shape })
}
