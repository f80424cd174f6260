//! What runs a model. Two engines behind one trait; the choice between them. No queueing: callers bound how many
//! calls run at once.

mod cast;
mod ort;
mod ort_value;
mod pool;
mod rten;

use std::path::PathBuf;
use std::sync::Arc;

use serve_spec::{Dtype, Engine as Choice};

use crate::onnx::Signature;
use crate::value::{Tensor, Value};

/// A loaded model.
pub trait Engine: Send + Sync {
    /// `rten` or `ort`, as `GET /servec/spec` shows it.
    fn name(&self) -> &'static str;

    /// Runs one call. Blocks; outputs come in the order wanted, with the element types wanted.
    ///
    /// # Errors
    /// See [`Failure`].
    fn run(&self, inputs: &[Fed<'_>], outputs: &[Wanted<'_>]) -> Result<Vec<Value>, Failure>;
}

/// One input of a call.
#[derive(Debug, Clone)]
pub struct Fed<'a> {
    /// The artifact's own name for it.
    pub name: &'a str,
    /// As the artifact declares it.
    pub dtype: Dtype,
    pub tensor: Arc<Tensor>,
}

/// One output of a call.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The artifact's own name for it.
    pub name: &'a str,
    /// `None` for what is no tensor: a sequence or a map, given as JSON.
    pub dtype: Option<Dtype>,
}

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The input is of the declared type, and this engine can't carry it.
    Input(String),
    /// Anything else.
    Run(String),
}

/// How to load a model.
#[derive(Debug, Clone)]
pub struct Options {
    pub choice: Choice,
    /// Threads inside one call.
    pub threads: usize,
    /// Calls that run at once.
    pub concurrency: usize,
    /// ONNX Runtime's shared library, where one was named.
    pub library: Option<PathBuf>,
}

/// Operators whose answers `rten` 0.27 gets wrong: compared with ONNX Runtime 1.31 on real quantised
/// recurrent models, logits differ by up to 0.07.
const WRONG_IN_RTEN: [&str; 1] = ["DynamicQuantizeLSTM"];

/// Loads a model with the engine that the options choose.
///
/// # Errors
/// A sentence that says what can't be loaded and what is missing.
pub fn open(bytes: &Arc<[u8]>, signature: &Signature, options: &Options) -> Result<Box<dyn Engine>, String> {
    match options.choice {
        Choice::Rten => rten::load(bytes, options),
        Choice::Ort => ort::load(bytes, options),
        Choice::Auto => {
            let refused = match doubted(signature) {
                Some(operator) => format!("rten does not get `{operator}` right"),
                None => match rten::load(bytes, options) {
                    Ok(engine) => return Ok(engine),
                    Err(why) => why,
                },
            };
            if options.library.is_none() {
                return Err(format!("{refused}; {}", ort::ABSENT));
            }
            ort::load(bytes, options).map_err(|why| format!("{refused}; {why}"))
        }
    }
}

fn doubted(signature: &Signature) -> Option<&str> {
    signature.operators.values().flatten().map(String::as_str).find(|name| WRONG_IN_RTEN.contains(name))
}
