//! Values as bytes on the wire: the JSON forms of `/invocations`, and Open Inference Protocol v2. Checks types only as
//! far as reading needs; shapes are the graph's business.

pub mod answer;
pub mod body;
pub mod oip;
mod room;
mod tensor;
mod value;
