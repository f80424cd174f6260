//! The server as its callers see it: the real binary, tiny models, real HTTP.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stderr, clippy::print_stdout)]

mod basics;
mod engines;
mod forms;
mod hostile;
mod lifecycle;
mod mutants;
mod oip;
mod onnx;
mod recorded;
mod server;
mod specs;
mod variants;
