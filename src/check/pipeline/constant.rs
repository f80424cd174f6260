//! A call's parameters: constants that are known before anything runs, and the sizes that integer ones give.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::check::types::Sizes;
use crate::report::{Code, Diagnostic, Sink};
use crate::source::Span;
use crate::stack::{Argument, Dim, Type, Value, ValueKind};
use crate::syntax::ast::Expr;

use super::call::all_symbols;
use super::typing::{Flow, Typing};
use super::uses::Uses;
use super::{ParamSig, Signature};

impl Typing<'_, '_> {
    /// Every parameter's value, given or by default, by name; integer ones that stand as dims go to `sizes`.
    pub(super) fn parameters(
        &mut self,
        signature: &Signature,
        given: &BTreeMap<usize, &Expr>,
        sizes: &mut Sizes,
        sink: &mut Sink,
    ) -> BTreeMap<Arc<str>, Argument> {
        let mut dims = all_symbols(&signature.inputs);
        dims.append(&mut all_symbols(&signature.outputs));
        let mut arguments = BTreeMap::new();
        for (index, param) in signature.params.iter().enumerate() {
            let (value, at) = match (given.get(&index), &param.default) {
                (Some(expr), _) => (self.constant(param, expr, sink), expr.span),
                (None, Some(default)) => (default.clone(), param.span),
                // Missing, and reported.
                (None, None) => (unknown(param.span), param.span),
            };
            if dims.contains(&param.name) && param.ty == Type::Int {
                sizes.give(Arc::clone(&param.name), size(signature, param, &value, at, sink), at);
            }
            let is_file = matches!(&param.ty, Type::Uri(schemes) if is_file(schemes));
            let argument = if is_file && value.kind != ValueKind::Unknown {
                self.scope.asset(&value, sink)
            } else {
                Argument::Const(value)
            };
            arguments.insert(Arc::clone(&param.name), argument);
        }
        arguments
    }

    fn constant(&mut self, param: &ParamSig, expr: &Expr, sink: &mut Sink) -> Value {
        let uses = Uses::of(expr);
        let flowing = uses.names.iter().find_map(|name| {
            let index = *self.body.by_name.get(&name.value)?;
            Some((name, index, self.body.values.get(index)?.name.span))
        });
        let Some((name, index, origin)) = flowing else { return self.scope.constant(expr, &param.ty, sink) };
        if matches!(self.flows.get(index), Some(Flow::Unknown)) {
            return unknown(expr.span);
        }
        let message = format!("the parameter `{}` must be known before anything runs", param.name);
        sink.push(
            Diagnostic::error(Code::ParameterFlows, message)
                .label(name.span, format!("`{}` is only known for each request", name.value))
                .label(origin, "a value of this pipeline")
                .label(param.span, "a parameter, not an input")
                .help("give it a constant, or a `param` of the file"),
        );
        unknown(expr.span)
    }
}

fn unknown(span: Span) -> Value {
    Value::unknown(span)
}

fn is_file(schemes: &[Arc<str>]) -> bool {
    matches!(schemes, [only] if &**only == "file")
}

/// The dim that an integer parameter stands for.
fn size(signature: &Signature, param: &ParamSig, value: &Value, at: Span, sink: &mut Sink) -> Dim {
    let ValueKind::Int(number) = value.kind else { return Dim::Any };
    match u64::try_from(number) {
        Ok(size) if size > 0 => Dim::Fixed(size),
        _ => {
            let message = format!("`{}` is a size of `{}`'s tensors and can't be {number}", param.name, signature.name);
            sink.push(
                Diagnostic::error(Code::DimParameter, message)
                    .label(at, "must be at least 1")
                    .label(param.span, format!("`{}`", param.name))
                    .note(format!("`{signature}`")),
            );
            Dim::Any
        }
    }
}
