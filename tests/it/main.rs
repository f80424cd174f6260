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
mod cases;
mod checked;
mod cli;
mod diff;
mod fixes;
mod format;
mod generate;
mod graph;
mod hostile;
mod layout;
mod library;
mod local_cli;
mod local_fit;
mod local_live;
mod local_lower;
mod lowered;
mod mutants;
mod onnx;
mod pages;
mod pipelines;
mod plan;
mod random;
mod report;
mod support;
mod syntax;
mod tables;
mod tree;
mod twin;
