//! The one integration test binary: each test binary that links everything costs seconds.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, reason = "a test may panic and print")]

mod apply;
mod cases;
mod checked;
mod cli;
mod diff;
mod layout;
mod local_fit;
mod local_live;
mod local_lower;
mod mutants;
mod pages;
mod plan;
mod report;
mod support;
mod syntax;
mod twin;
