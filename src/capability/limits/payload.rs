//! The size of a call's body, from the types of the ports: a lower bound where a size or a format is open.

use crate::source::Span;
use crate::stack::{Dim, Port, Servable, Stack, TensorType, Type};

use super::Limit;

/// Bytes of one body, as raw values: JSON takes several times that.
#[derive(Debug, Clone, PartialEq)]
pub struct Size {
    pub bytes: f64,
    /// Every port's size is known; otherwise it is at least this.
    pub whole: bool,
    /// The ports that count, largest first.
    pub ports: Vec<(Span, f64)>,
}

/// Request and answer of something served; nothing where no port says a size.
pub fn of(servable: &Servable, stack: &Stack) -> Vec<(Limit, Size)> {
    let (inputs, outputs): (Vec<&Port>, Vec<&Port>) = match servable {
        Servable::Model(name) => match stack.models.get(name) {
            Some(model) => (model.inputs.iter().collect(), model.outputs.iter().collect()),
            None => return vec![],
        },
        Servable::Pipeline(name) => match stack.pipelines.get(name) {
            Some(p) => (p.inputs.iter().collect(), p.outputs.iter().map(|output| &output.port).collect()),
            None => return vec![],
        },
        // Members of a pool may differ: the shape of one says nothing of all.
        Servable::Pool(_) => return vec![],
    };
    let sides = [(Limit::RequestBytes, size(&inputs)), (Limit::ResponseBytes, size(&outputs))];
    sides.into_iter().filter_map(|(limit, size)| Some((limit, size?))).collect()
}

fn size(ports: &[&Port]) -> Option<Size> {
    let mut known: Vec<(Span, f64)> = vec![];
    let mut whole = true;
    for port in ports {
        let Type::Tensor(tensor) = &port.ty else {
            whole = false;
            continue;
        };
        let (bytes, exact) = tensor_bytes(tensor);
        whole &= exact;
        known.push((port.span, bytes));
    }
    known.sort_by(|a, b| b.1.total_cmp(&a.1));
    let bytes = known.iter().map(|(_, bytes)| bytes).sum();
    (!known.is_empty()).then_some(Size { bytes, whole, ports: known })
}

/// With every open size at 1: the least that one call sends. Whether no size is open.
fn tensor_bytes(tensor: &TensorType) -> (f64, bool) {
    let fixed = |dim: &Dim| match dim {
        Dim::Fixed(n) => Some(*n as f64),
        Dim::Symbol(_) | Dim::Any => None,
    };
    let elements: f64 = tensor.dims.iter().map(|dim| fixed(dim).unwrap_or(1.0)).product();
    let width = tensor.dtype.bytes();
    // A text of one byte is the least.
    (elements * f64::from(width.unwrap_or(1)), width.is_some() && tensor.dims.iter().all(|dim| fixed(dim).is_some()))
}
