//! An executable graph: steps bound to loaded models and builtins, with who waits for whom. `run` executes it.

mod model;
mod run;

use std::collections::BTreeMap;
use std::sync::Arc;

use serve_spec::{Output, Port};
use tokio::sync::Semaphore;

use crate::fault::{Fault, Kind};
use crate::transform::Transform;
use crate::typed::{self, Symbols};
use crate::value::Value;

pub use model::Model;
pub use run::run;

/// Values by port name.
pub type Values = BTreeMap<String, Value>;

/// A graph that can run.
pub struct Graph {
    pub inputs: Vec<Port>,
    pub steps: Vec<Arc<Step>>,
    pub outputs: Vec<(Output, Source)>,
    /// Bounds how many builtins compute at once: they have no concurrency of their own.
    pub builtins: Arc<Semaphore>,
    /// Bounds how many requests hold values between steps: a photo of a few bytes decodes to hundreds of megabytes, and
    /// would be held for as long as a model's turn takes to come.
    pub slots: Arc<Semaphore>,
}

/// One step.
pub struct Step {
    pub id: String,
    pub call: Call,
    /// Where each of the callee's inputs comes from.
    pub args: Vec<(String, Source)>,
    pub outputs: Vec<Port>,
    /// Steps that must be done before, by index, each once.
    pub needs: Vec<usize>,
}

/// What a step calls.
pub enum Call {
    Model(Arc<Model>),
    Builtin(Box<dyn Transform>),
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    Input(String),
    Step { index: usize, output: String },
}

impl Graph {
    /// Checks a request's values against the graph's signature.
    ///
    /// # Errors
    /// A fault that names the input, what was expected and what came.
    pub fn check_inputs(&self, values: &Values) -> Result<Symbols, Fault> {
        let mut symbols = Symbols::new();
        for port in &self.inputs {
            let value = values.get(&port.name).ok_or_else(|| self.missing(port))?;
            typed::check(value, &port.ty, &mut symbols).map_err(|mismatch| {
                let kind = if mismatch.media { Kind::Media } else { Kind::Malformed };
                Fault::new(kind, format!("input `{}`: {mismatch}", port.name))
            })?;
        }
        Ok(symbols)
    }

    /// The graph's inputs as the source would write them.
    #[must_use]
    pub fn inputs_text(&self) -> String {
        let inputs = self.inputs.iter().map(|port| format!("`{}: {}`", port.name, typed::type_name(&port.ty)));
        inputs.collect::<Vec<_>>().join(", ")
    }

    fn missing(&self, port: &Port) -> Fault {
        let message = format!("input `{}` is missing; the inputs are {}", port.name, self.inputs_text());
        Fault::new(Kind::Malformed, message)
    }
}

#[cfg(test)]
mod tests;
