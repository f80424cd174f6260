//! The one integration test binary: each test binary that links everything costs seconds.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, reason = "a test may panic and print")]

mod format;
mod generate;
mod hostile;
mod mutants;
mod syntax;
