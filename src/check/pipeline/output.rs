//! A pipeline's outputs: the values that callers get, against the types declared for them.

use std::sync::Arc;

use crate::check::types::{Sizes, unify};
use crate::report::{Code, Diagnostic, Sink};
use crate::source::Span;
use crate::stack::{Dim, PipelineOutput, Port, Type};
use crate::syntax::ast::Expr;

use super::body::LocalKind;
use super::edge::help;
use super::fresh::symbols;
use super::typing::{Typing, Wire, pick};

/// Outputs in source order; what has no value is left out.
pub(super) fn outputs(typing: &Typing<'_, '_>, sink: &mut Sink) -> Vec<PipelineOutput> {
    let mut sizes = Sizes::default();
    let values = &typing.body.values;
    // The inputs' symbols are sizes that callers choose: each is itself.
    for local in values {
        if let LocalKind::Input { ty, span } = &local.kind {
            symbols(ty, &mut |name| sizes.give(Arc::clone(name), Dim::Symbol(Arc::clone(name)), *span));
        }
    }
    let mut outputs = vec![];
    for (local, flow) in values.iter().zip(&typing.flows) {
        let LocalKind::Output { value: Some(expr), declared, span } = &local.kind else { continue };
        let Some(wire) = pick(flow.clone(), expr, sink) else { continue };
        let name = Arc::clone(&local.name.value);
        let ty = match declared {
            Some((ty, at)) => {
                check(&name, ty, *at, expr, &wire, &mut sizes, sink);
                ty.clone()
            }
            None => wire.ty.clone(),
        };
        outputs.push(PipelineOutput { port: Port { name, ty, from: None, span: *span }, value: wire.value });
    }
    outputs
}

fn check(name: &str, ty: &Type, at: Span, expr: &Expr, wire: &Wire, sizes: &mut Sizes, sink: &mut Sink) {
    let expected = sizes.apply(ty);
    let Err(differences) = unify(ty, &wire.ty, expr.span, sizes) else { return };
    let words: Vec<String> = differences.iter().map(ToString::to_string).collect();
    let message = format!("the output `{name}` is not what it is declared as: {}", words.join("; "));
    let mut error = Diagnostic::error(Code::OutputType, message)
        .label(expr.span, format!("this is `{}`", wire.ty))
        .label(at, format!("declared as `{ty}`"))
        .label(wire.origin, format!("it comes from here, as `{}: {}`", wire.port, wire.ty));
    if let Some(help) = help(&expected, wire, &differences) {
        error = error.help(help);
    } else {
        error = error.help("correct the type, or leave it out: it follows from the value");
    }
    if let Some(callee) = &wire.callee {
        error = error.note(format!("`{callee}`"));
    }
    sink.push(error);
}
