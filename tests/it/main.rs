//! The one integration test binary: each test binary that links everything costs seconds.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, reason = "a test may panic and print")]

mod cases;
mod cli;
mod layout;
mod local_fit;
mod local_live;
mod local_lower;
mod mutants;
mod pages;
mod report;
mod support;
mod syntax;
//! All integration tests in one binary: each that links everything costs seconds and megabytes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod apply;
mod diff;
mod plan;
mod twin;
