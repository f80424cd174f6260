//! The builtin transforms: steps that the runtime itself implements, by name.
//!
//! Parameters are checked once, when the spec is loaded; calls see values only.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::value::Value;

/// A parameter of a step: a constant of the source, or a file that travels with the spec.
#[derive(Debug, Clone)]
pub enum Param {
    Const(serde_json::Value),
    /// Read and hash-checked by the loader.
    Asset(Arc<[u8]>),
}

/// One builtin with its parameters bound.
pub trait Transform: Send + Sync {
    /// Values by port name, in and out.
    ///
    /// # Errors
    /// When the values can't be transformed: the caller's fault, never the server's.
    fn call(&self, values: &BTreeMap<String, Value>) -> Result<BTreeMap<String, Value>, Reject>;
}

/// Why a transform refuses its input; HTTP 422.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject(pub String);

/// Binds the parameters of a builtin, once, at load.
///
/// # Errors
/// A sentence that says which builtin or parameter is unknown or wrong.
pub fn build(name: &str, params: &BTreeMap<String, Param>) -> Result<Box<dyn Transform>, String> {
    let _ = params;
    match name {
        _ => Err(format!("no transform `{name}`")),
    }
}
