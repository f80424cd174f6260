//! What several tests need.

pub mod live;
pub mod onnx;
pub mod stacks;
pub mod valid;
