//! What several tests need.

pub mod live;
pub mod onnx;
pub mod program;
pub mod python;
pub mod stacks;
pub mod valid;
pub mod written;
