//! The one integration test binary: each test binary that links everything costs seconds.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::wildcard_enum_match_arm,
    reason = "a test may panic, print, and look for one case"
)]

mod accounted;
mod apply;
mod asked;
mod capabilities;
mod cases;
mod catalog;
mod checked;
mod ci;
mod cli;
mod cost;
mod diff;
mod editors;
mod everything;
mod fixes;
mod format;
mod generate;
mod graph;
mod hostile;
mod kubernetes;
mod kubernetes_diff;
mod kubernetes_emitted;
mod layout;
mod library;
mod local_cli;
mod local_fit;
mod local_live;
mod local_lower;
mod lowered;
mod lsp;
mod mutants;
mod once;
mod onnx;
mod pages;
mod paths;
mod pipelines;
mod plan;
mod printed;
mod random;
mod repeat;
mod report;
mod sagemaker;
mod sagemaker_emits;
mod secrets;
mod support;
mod syntax;
mod tables;
mod tree;
mod twin;
mod vertex;
mod vertex_emission;
mod vertex_live;
