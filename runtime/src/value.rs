//! What flows along a graph's edges at run time. Shapes and element types are checked where values enter
//! (requests) and where they leave a model; transforms check what they need themselves.

use std::sync::Arc;

/// One value. Cloning is cheap: large contents are shared.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Tensor(Arc<Tensor>),
    /// Encoded images and audio, and plain bytes.
    Bytes(Arc<[u8]>),
    Text(Arc<str>),
    /// `json`, `bool`, `int`, `float`, `string`, lists and records.
    Json(Arc<serde_json::Value>),
}

/// A dense tensor, row-major.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    pub shape: Vec<usize>,
    pub data: Data,
}

/// Elements of a tensor. 16-bit floats are carried as `F32` and narrowed at an engine's edge.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    Bool(Vec<bool>),
    I8(Vec<i8>),
    I16(Vec<i16>),
    I32(Vec<i32>),
    I64(Vec<i64>),
    U8(Vec<u8>),
    U16(Vec<u16>),
    U32(Vec<u32>),
    U64(Vec<u64>),
    F32(Vec<f32>),
    F64(Vec<f64>),
    String(Vec<String>),
}
