//! A loaded model behind its declared ports: checks what goes in and what comes out, and maps names.

use std::sync::Arc;

use serve_spec::{Dtype, Port, Type};
use tokio::sync::Semaphore;

use super::Values;
use crate::engine::{Engine, Failure, Fed, Wanted};
use crate::fault::{Fault, Kind};
use crate::typed::{self, Symbols};
use crate::value::Value;

/// A model that steps call.
pub struct Model {
    pub name: String,
    pub engine: Box<dyn Engine>,
    pub inputs: Vec<Port>,
    pub outputs: Vec<Port>,
    /// One permit for each call that may run at once.
    pub permits: Arc<Semaphore>,
}

impl Model {
    /// Runs the model. Blocks.
    ///
    /// # Errors
    /// 422 when a value does not fit the model, 500 when the model fails or gives what it does not declare.
    pub fn call(&self, values: &Values) -> Result<Values, Fault> {
        let mut symbols = Symbols::new();
        let mut fed = Vec::with_capacity(self.inputs.len());
        for port in &self.inputs {
            fed.push(self.fed(port, values, &mut symbols)?);
        }
        let wanted: Vec<Wanted<'_>> =
            self.outputs.iter().map(|port| Wanted { name: artifact_name(port), dtype: dtype(&port.ty) }).collect();
        let given = self.engine.run(&fed, &wanted).map_err(|failure| match failure {
            Failure::Input(why) => self.fault(Kind::Rejected, &why),
            Failure::Run(why) => self.fault(Kind::Internal, &why),
        })?;
        let mut outputs = Values::new();
        for (port, value) in self.outputs.iter().zip(given) {
            typed::check(&value, &port.ty, &mut symbols)
                .map_err(|mismatch| self.fault(Kind::Internal, &format!("output `{}`: {mismatch}", port.name)))?;
            outputs.insert(port.name.clone(), value);
        }
        Ok(outputs)
    }

    fn fed<'a>(&self, port: &'a Port, values: &Values, symbols: &mut Symbols) -> Result<Fed<'a>, Fault> {
        let place = |why: &str| self.fault(Kind::Rejected, &format!("input `{}`: {why}", port.name));
        let value = values.get(&port.name).ok_or_else(|| place("is missing"))?;
        typed::check(value, &port.ty, symbols).map_err(|mismatch| place(&mismatch.to_string()))?;
        match (value, dtype(&port.ty)) {
            (Value::Tensor(tensor), Some(dtype)) => {
                Ok(Fed { name: artifact_name(port), dtype, tensor: Arc::clone(tensor) })
            }
            (Value::Tensor(_) | Value::Bytes(_) | Value::Text(_) | Value::Json(_), _) => Err(place("is no tensor")),
        }
    }

    fn fault(&self, kind: Kind, why: &str) -> Fault {
        Fault::new(kind, format!("model `{}`: {why}", self.name))
    }
}

/// The artifact's own name for a port.
pub fn artifact_name(port: &Port) -> &str {
    port.from.as_deref().unwrap_or(&port.name)
}

/// The element type of a tensor port; `None` for any other.
pub fn dtype(ty: &Type) -> Option<Dtype> {
    if let Type::Tensor(tensor) = ty { Some(tensor.dtype) } else { None }
}
