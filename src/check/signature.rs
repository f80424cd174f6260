//! A model's declared ports against its artifact's own signature.

use crate::files::Files;
use crate::report::Sink;
use crate::source::Span;
use crate::stack::{Origin, Port};

/// The model's ports, as declared.
pub fn of_model(
    _: &dyn Files,
    _: &Origin,
    inputs: Vec<Port>,
    outputs: Vec<Port>,
    _: Span,
    _: &mut Sink,
) -> (Vec<Port>, Vec<Port>) {
    (inputs, outputs)
}
