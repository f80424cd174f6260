//! The one integration test binary: each test binary that links everything costs seconds.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod report;
mod syntax;
