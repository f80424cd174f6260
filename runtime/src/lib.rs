//! `serve-runtime`: one process that serves one endpoint, given a [`serve_spec::Spec`].
//!
//! Data flows one way: `cli` → `serve` → `load` (spec, files, `onnx` signatures, `engine`s, `transform`s) → `graph` →
//! `http`, which reads and writes with `wire` and checks with `typed`.

mod cli;
pub mod engine;
pub mod fault;
pub mod graph;
pub mod http;
pub mod load;
pub mod metrics;
pub mod onnx;
pub mod serve;
pub mod transform;
pub mod typed;
pub mod value;
pub mod variant;
pub mod wire;

pub use cli::main_with;
