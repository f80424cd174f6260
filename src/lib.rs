//! servec, a compiler for model serving.
//!
//! Modules stand in the order in which data flows through them; each may use only those above it.

pub mod report;
pub mod source;
pub mod syntax;
