//! Instances in the way of Vertex AI and KServe V1, where one instance is one row: a tensor may leave out its leading
//! dimension, and what is answered for it then leaves it out too.

use std::sync::Arc;

use serve_spec::{Dim, Output, Port, Type};

use crate::graph::Values;
use crate::value::{Tensor, Value};

/// The symbol or size that the leading dimension of a widened tensor has.
pub type Leading = Option<Dim>;

/// Gives tensors that lack exactly their leading dimension one of size 1, where the type allows it.
pub fn widen(values: &mut Values, inputs: &[Port]) -> Leading {
    let mut leading = None;
    for port in inputs {
        let (Type::Tensor(declared), Some(Value::Tensor(tensor))) = (&port.ty, values.get(&port.name)) else {
            continue;
        };
        let first = declared.dims.first().filter(|dim| matches!(dim, Dim::Symbol(_) | Dim::Fixed(1)));
        if let Some(first) = first
            && tensor.shape.len() + 1 == declared.dims.len()
        {
            leading = Some(first.clone());
            let shape = std::iter::once(1).chain(tensor.shape.iter().copied()).collect();
            let wide = Tensor { shape, data: tensor.data.clone() };
            values.insert(port.name.clone(), Value::Tensor(Arc::new(wide)));
        }
    }
    leading
}

/// Takes the leading dimension off again, from outputs that are declared with the same one.
pub fn narrow(values: &mut Values, outputs: &[(Output, crate::graph::Source)], leading: &Leading) {
    let Some(leading) = leading else { return };
    for (output, _) in outputs {
        let (Type::Tensor(declared), Some(Value::Tensor(tensor))) = (&output.ty, values.get(&output.name)) else {
            continue;
        };
        if declared.dims.first() == Some(leading)
            && let Some((1, rest)) = tensor.shape.split_first()
        {
            let row = Tensor { shape: rest.to_vec(), data: tensor.data.clone() };
            values.insert(output.name.clone(), Value::Tensor(Arc::new(row)));
        }
    }
}
