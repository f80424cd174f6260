//! The server as its callers see it: the real binary, tiny models, real HTTP.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stderr)]

mod basics;
mod onnx;
mod server;
mod specs;
