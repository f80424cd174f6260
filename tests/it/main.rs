//! The one integration test binary: what links everything is linked once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod report;
