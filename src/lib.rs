//! servec, a compiler for model serving.
//!
//! Modules stand in the order in which data flows through them; each may use only those above it.

pub mod source;

pub mod report;

pub mod order;

pub mod files;

pub mod stdlib;

pub mod syntax;

pub mod stack;

pub mod onnx;

pub mod names;

pub mod amend;

pub mod check;

pub mod graph;

pub mod catalog;

pub mod capability;

pub mod cost;

pub mod resource;

pub mod diff;

pub mod plan;

pub mod target;

pub mod apply;

pub mod compile;

pub mod lsp;

pub mod cli;
