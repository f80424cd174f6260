//! From a path to checked stacks, in one call: what every command starts with.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use crate::report::{Diagnostic, Sink};
use crate::source::SourceMap;
use crate::stack::Stack;

/// What a command line says about parameters and stacks.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// `--set name=value`, as text; read by the parameter's type.
    pub set: BTreeMap<String, String>,
    /// `--vars FILE`: an environment file of `name=value` lines.
    pub vars: Option<Utf8PathBuf>,
    /// `--stack NAME`; empty for all.
    pub stacks: Vec<String>,
}

/// A program after every pass.
#[derive(Debug)]
pub struct Compiled {
    pub sources: SourceMap,
    /// In source order. Empty when there is any error: an empty program must never look like one that wants nothing.
    pub stacks: Vec<Stack>,
    /// In one order: by file, offset, code.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether any diagnostic is an error.
    pub failed: bool,
}
