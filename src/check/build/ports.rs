//! Ports and parameters, from the tree of a model or a transform.

use std::sync::Arc;

use crate::names::UnitId;
use crate::report::{Code, Diagnostic, Sink};
use crate::stack::{Port, Type};
use crate::syntax::ast::{Block, Direction, Entry};

use super::super::pipeline::ParamSig;
use super::super::types;
use super::Builder;

impl Builder<'_, '_> {
    /// The declared inputs and outputs, in order. Each must say its type.
    pub(super) fn ports(&self, body: &Block, sink: &mut Sink) -> (Vec<Port>, Vec<Port>) {
        refuse_untyped(body, sink);
        self.ports_as_named(body, sink)
    }

    /// The same, where an artifact may say the type of a port that is only named: that is unknown here.
    pub(super) fn ports_as_named(&self, body: &Block, sink: &mut Sink) -> (Vec<Port>, Vec<Port>) {
        let (mut inputs, mut outputs): (Vec<Port>, Vec<Port>) = (Vec::new(), Vec::new());
        for entry in &body.entries {
            let Entry::Port(port) = entry else { continue };
            if let Some(value) = &port.value {
                sink.push(
                    Diagnostic::error(Code::Misplaced, "only a pipeline's output has a value")
                        .label(value.span, "can't stand here")
                        .help("write its type: `output NAME: TYPE`"),
                );
                if port.ty.is_none() {
                    continue;
                }
            }
            let list = match port.direction {
                Direction::Input => &mut inputs,
                Direction::Output => &mut outputs,
            };
            if let Some(first) = list.iter().find(|p| p.name == port.name.value) {
                sink.push(super::super::eval::duplicate(&port.name.value, port.name.span, first.span));
                continue;
            }
            list.push(Port {
                name: port.name.value.clone(),
                ty: port.ty.as_ref().map_or(Type::Unknown, |ty| types::port_type(ty, sink)),
                from: port.from.as_ref().map(|f| Arc::from(f.value.as_str())),
                span: port.span,
            });
        }
        (inputs, outputs)
    }

    /// A transform's parameters, in order.
    pub(super) fn parameters(&mut self, unit: UnitId, body: &Block, sink: &mut Sink) -> Vec<ParamSig> {
        let mut out: Vec<ParamSig> = Vec::new();
        for entry in &body.entries {
            let Entry::Param(param) = entry else { continue };
            if let Some(first) = out.iter().find(|p| p.name == param.name.value) {
                sink.push(super::super::eval::duplicate(&param.name.value, param.name.span, first.span));
                continue;
            }
            let ty = types::type_of(&param.ty, sink);
            let default = param.default.as_ref().map(|expr| {
                let value = self.eval.expr(unit, expr, sink);
                super::super::typed::typed(value, &ty, "the default", sink)
            });
            out.push(ParamSig { name: param.name.value.clone(), ty, default, span: param.span });
        }
        out
    }
}

/// Ports that nothing says the type of.
pub(super) fn refuse_untyped(body: &Block, sink: &mut Sink) {
    for entry in &body.entries {
        if let Entry::Port(port) = entry
            && port.ty.is_none()
            && port.value.is_none()
        {
            sink.push(
                Diagnostic::error(Code::MissingField, format!("the port `{}` has no type", port.name.value))
                    .label(port.name.span, "no type here")
                    .help(
                        "write `NAME: TYPE`, such as `x: tensor<f32>[batch, 3]`; only a model of a local `.onnx` file may \
                         leave it out",
                    ),
            );
        }
    }
}
