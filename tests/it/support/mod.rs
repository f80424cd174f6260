//! What several tests need.

pub mod onnx;
pub mod stacks;
