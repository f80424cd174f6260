//! Text to syntax tree. Never fails: what can't be read is a node, and a diagnostic.

pub mod ast;
