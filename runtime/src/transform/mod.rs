//! The builtin transforms: steps that the runtime itself implements, by name.
//!
//! Parameters are checked once, when the spec is loaded; calls see values only. Each builtin is declared for
//! the language in `stdlib/*.serve`; a test keeps both lists, and their parameters, equal. A transform never
//! panics and never allocates without bound, whatever bytes, shapes or NaNs it is given.

mod audio;
mod boxes;
mod bytes;
mod crop;
mod ctc;
mod db;
mod images;
mod params;
mod pixels;
mod ports;
mod tensors;
mod text;
mod top;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::value::Value;

use params::Params;

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

/// Binds the parameters of a builtin, once, at load. Parameters left out take the defaults of the standard library.
///
/// # Errors
/// A sentence that says which builtin or parameter is unknown or wrong.
pub fn build(name: &str, params: &BTreeMap<String, Param>) -> Result<Box<dyn Transform>, String> {
    let (_, bind) =
        BUILTINS.iter().find(|(known, _)| *known == name).ok_or_else(|| format!("no transform `{name}`"))?;
    let params = Params::new(params);
    let transform = bind(&params).map_err(|why| format!("`{name}`: {why}"))?;
    params.all_known().map_err(|why| format!("`{name}`: {why}"))?;
    Ok(transform)
}

/// The name of every builtin, sorted.
pub fn names() -> impl Iterator<Item = &'static str> {
    BUILTINS.iter().map(|(name, _)| *name)
}

/// What a call gives back: outputs by port name.
type Outputs = Result<BTreeMap<String, Value>, Reject>;

type Bind = fn(&Params) -> Result<Box<dyn Transform>, String>;

/// Every builtin, by name.
const BUILTINS: &[(&str, Bind)] = &[
    ("audio.decode", audio::decode),
    ("audio.frames", audio::frames),
    ("bytes.text", text::from_bytes),
    ("bytes.window", bytes::window),
    ("images.crop", crop::crop),
    ("images.decode", images::decode),
    ("images.letterbox", images::letterbox),
    ("images.place_back", boxes::place_back),
    ("images.resize", images::resize),
    ("images.scale_to", images::scale_to),
    ("ocr.crop_lines", crop::crop_lines),
    ("ocr.ctc_decode", ctc::ctc_decode),
    ("ocr.db_boxes", db::db_boxes),
    ("ocr.keep", ctc::keep),
    ("tensors.argmax", tensors::argmax),
    ("tensors.l2_normalize", tensors::l2_normalize),
    ("tensors.labels_above", top::labels_above),
    ("tensors.mean_pool", tensors::mean_pool),
    ("tensors.nms", boxes::nms),
    ("tensors.sigmoid", tensors::sigmoid),
    ("tensors.softmax", tensors::softmax),
    ("tensors.threshold", tensors::threshold),
    ("tensors.top_k", top::top_k),
    ("text.join", text::join),
    ("text.lowercase", text::lowercase),
    ("text.normalize", text::normalize),
    ("text.split_lines", text::split_lines),
    ("text.truncate", text::truncate),
];

/// A transform that is a function of its inputs: what most builtins are.
struct Function<F>(F);

impl<F> Transform for Function<F>
where
    F: Fn(&ports::Inputs) -> Outputs + Send + Sync,
{
    fn call(&self, values: &BTreeMap<String, Value>) -> Outputs {
        (self.0)(&ports::Inputs(values))
    }
}

/// Boxes a function as a transform.
fn function<F>(run: F) -> Result<Box<dyn Transform>, String>
where
    F: Fn(&ports::Inputs) -> Outputs + Send + Sync + 'static,
{
    Ok(Box::new(Function(run)))
}

/// Most elements that one output may hold: 64 Mi, 256 MiB as `f32`.
const MOST_ELEMENTS: usize = 64 << 20;

/// The product of sizes, if it stays within [`MOST_ELEMENTS`].
fn elements(sizes: &[usize]) -> Result<usize, Reject> {
    sizes
        .iter()
        .try_fold(1_usize, |n, size| n.checked_mul(*size))
        .filter(|n| *n <= MOST_ELEMENTS)
        .ok_or_else(|| Reject(format!("an output of {sizes:?} is larger than {MOST_ELEMENTS} elements")))
}

#[cfg(test)]
mod tests;
