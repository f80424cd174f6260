//! The server as its callers see it: the real binary, tiny models, real HTTP.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stderr)]

mod basics;
mod engines;
mod forms;
mod hostile;
mod lifecycle;
mod mutants;
mod oip;
mod onnx;

mod server;
mod specs;
mod variants;
