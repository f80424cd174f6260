//! The one integration test binary: each test binary that links everything costs seconds.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, reason = "a test may panic and print")]

mod apply;
mod cases;
mod cli;
mod diff;
mod graph;
mod format;
mod generate;
mod hostile;
mod layout;
mod library;
mod local_cli;
mod local_fit;
mod local_live;
mod local_lower;
mod format;
mod generate;
mod hostile;
mod mutants;
mod onnx;
mod pages;
mod pipelines;
mod plan;
mod report;
mod support;
mod syntax;
mod twin;
mod tree;
