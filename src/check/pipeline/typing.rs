//! Goes through a pipeline's values in the order of need, and finds what each expression gives.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::order::arrange;
use crate::report::suggest::nearest;
use crate::report::{Code, Diagnostic, Severity, Sink};
use crate::source::Span;
use crate::stack::{Pipeline, Port, Step, Type, ValueRef};
use crate::syntax::ast::{Expr, ExprKind, Name};

use super::body::{Body, LocalKind};
use super::fresh::Fresh;
use super::{Found, Scope, Signature, output};

/// What an expression gives.
#[derive(Debug, Clone)]
pub(super) enum Flow {
    /// Reported, or unreadable.
    Unknown,
    One(Wire),
    /// A call's outputs, by name; one must be picked.
    Many(Arc<Signature>, Vec<(Arc<str>, Wire)>),
}

/// One value on its way.
#[derive(Debug, Clone)]
pub(super) struct Wire {
    pub(super) value: ValueRef,
    pub(super) ty: Type,
    /// Where its type was declared: a callee's output, or the pipeline's input.
    pub(super) origin: Span,
    /// The port there.
    pub(super) port: Arc<str>,
    /// What computed it; none for an input.
    pub(super) callee: Option<Arc<Signature>>,
}

/// The state of one pipeline's typing.
pub(super) struct Typing<'a, 's> {
    pub(super) body: Body<'a>,
    pub(super) flows: Vec<Flow>,
    pub(super) steps: Vec<Step>,
    pub(super) fresh: Fresh,
    pub(super) scope: &'s mut dyn Scope,
}

/// `before` counts the diagnostics from before this pipeline.
pub(super) fn run(name: &Name, body: Body<'_>, before: usize, scope: &mut dyn Scope, sink: &mut Sink) -> Pipeline {
    let span = body.span.map_or(name.span, |body| name.span.to(body));
    let flows = vec![Flow::Unknown; body.values.len()];
    let mut typing = Typing { body, flows, steps: vec![], fresh: Fresh::default(), scope };
    let inputs = typing.inputs();
    for index in typing.order(name, sink) {
        typing.value(index, sink);
    }
    let outputs = output::outputs(&typing, sink);
    let said = sink.as_slice().get(before..).unwrap_or_default();
    if said.iter().all(|d| d.severity != Severity::Error) {
        typing.body.warn_of_unused(sink);
    }
    Pipeline { name: Arc::clone(&name.value), inputs, steps: typing.steps, outputs, span }
}

impl<'a> Typing<'a, '_> {
    fn inputs(&mut self) -> Vec<Port> {
        let mut ports = vec![];
        for (local, flow) in self.body.values.iter().zip(&mut self.flows) {
            match &local.kind {
                LocalKind::Input { ty, span } => {
                    self.fresh.reserve(ty);
                    let name = &local.name.value;
                    let value = ValueRef::Input(Arc::clone(name));
                    *flow =
                        Flow::One(Wire { value, ty: ty.clone(), origin: *span, port: Arc::clone(name), callee: None });
                    ports.push(Port { name: Arc::clone(name), ty: ty.clone(), from: None, span: *span });
                }
                LocalKind::Output { declared: Some((ty, _)), .. } => self.fresh.reserve(ty),
                LocalKind::Binding(_) | LocalKind::Output { declared: None, .. } => {}
            }
        }
        ports
    }

    /// Indices in the order of need. What is in a cycle is left out, and stays unknown; each cycle is reported.
    fn order(&self, name: &Name, sink: &mut Sink) -> Vec<usize> {
        let values = &self.body.values;
        let needs: Vec<Vec<usize>> = values.iter().map(|v| v.needs.iter().map(|(i, _)| *i).collect()).collect();
        let order = arrange(&needs);
        let mut circular = BTreeSet::new();
        for cycle in &order.cycles {
            circular.extend(cycle.iter().copied());
            let path: Vec<_> = cycle.iter().chain(cycle.first()).filter_map(|i| Some((*i, values.get(*i)?))).collect();
            let words: Vec<String> = path.iter().map(|(_, v)| format!("`{}`", v.name.value)).collect();
            let message = format!("values of the pipeline `{}` need each other: {}", name.value, words.join(" → "));
            let mut error = Diagnostic::error(Code::PipelineCycle, message);
            for ((_, from), (target, to)) in path.iter().zip(path.iter().skip(1)) {
                let place = from.needs.iter().find(|(i, _)| i == target).map_or(from.name.span, |(_, span)| *span);
                error = error.label(place, format!("`{}` needs `{}`", from.name.value, to.name.value));
            }
            sink.push(error.help("a request runs through a pipeline once, from its inputs to its outputs"));
        }
        let rest = order.unsorted.into_iter().filter(|i| !circular.contains(i));
        order.sorted.into_iter().chain(rest).collect()
    }

    fn value(&mut self, index: usize, sink: &mut Sink) {
        let Some(local) = self.body.values.get(index) else { return };
        let Some(expr) = local.expr() else { return };
        let owner = Arc::clone(&local.name.value);
        let mut ids = Ids { owner, nested: 0 };
        let flow = self.flow(expr, true, &mut ids, sink);
        if let Some(slot) = self.flows.get_mut(index) {
            *slot = flow;
        }
    }

    /// What an expression gives. `whole` where it is all of a binding, whose name its step then has.
    pub(super) fn flow(&mut self, expr: &Expr, whole: bool, ids: &mut Ids, sink: &mut Sink) -> Flow {
        match &expr.kind {
            ExprKind::Name(name) => self.name(&Name::new(Arc::clone(name), expr.span), sink),
            ExprKind::Member { base, name } => {
                let base_flow = self.flow(base, whole, ids, sink);
                self.member(base_flow, base, name, expr, sink)
            }
            ExprKind::Call { callee, args } => self.call(expr, callee, args, whole, ids, sink),
            ExprKind::Bad => Flow::Unknown,
            ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::String(_)
            | ExprKind::List(_)
            | ExprKind::Comprehension { .. }
            | ExprKind::Record(_)
            | ExprKind::Construct { .. }
            | ExprKind::With { .. }
            | ExprKind::Range { .. }
            | ExprKind::Unary { .. }
            | ExprKind::Binary { .. }
            | ExprKind::If { .. } => {
                let (what, help) = refused(&expr.kind);
                sink.push(
                    Diagnostic::error(
                        Code::NotDataflow,
                        format!("{what} is not a value that flows through a pipeline"),
                    )
                    .label(expr.span, "not a name, a call or `a.output`")
                    .help(help),
                );
                Flow::Unknown
            }
        }
    }

    fn name(&mut self, name: &Name, sink: &mut Sink) -> Flow {
        if let Some(index) = self.body.by_name.get(&name.value) {
            return self.flows.get(*index).cloned().unwrap_or(Flow::Unknown);
        }
        match self.scope.callee(name, &mut Sink::default()) {
            Found::Signature(signature, _) => {
                let word = signature.kind.word();
                let error = format!("`{}` is a {word}, not a value", name.value);
                sink.push(
                    Diagnostic::error(Code::NotAValue, error)
                        .label(name.span, "needs its arguments")
                        .label(signature.span, format!("the {word}"))
                        .help(format!("call it: `{}(…)`", name.value)),
                );
            }
            Found::NotCallable(word, span) => sink.push(
                Diagnostic::error(
                    Code::NotAValue,
                    format!("`{}` is not a value that flows: it is of kind `{word}`", name.value),
                )
                .label(name.span, "not an input or a binding of this pipeline")
                .label(span, format!("`{}`", name.value)),
            ),
            Found::Unknown if self.body.broken => {}
            Found::Unknown => {
                let error =
                    Diagnostic::error(Code::UnknownValue, format!("this pipeline has no value `{}`", name.value))
                        .label(name.span, "not an input or a binding");
                let own = nearest(&name.value, self.body.by_name.keys().map(|n| &**n)).map(Arc::from);
                let near: Option<Arc<str>> = own.or_else(|| self.scope.suggest(&name.value));
                sink.push(match near {
                    Some(near) => {
                        error.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), name.span, &*near)
                    }
                    None => error.help(format!("add `input {}: …`, or bind it: `{} = …`", name.value, name.value)),
                });
            }
        }
        Flow::Unknown
    }

    fn member(&mut self, flow: Flow, base: &Expr, name: &Name, whole: &Expr, sink: &mut Sink) -> Flow {
        match flow {
            Flow::Unknown => Flow::Unknown,
            Flow::One(wire) => {
                let rest = Span { start: base.span.end, ..whole.span };
                let from = match &wire.callee {
                    Some(callee) => format!("`{}` has one output, and this is it", callee.name),
                    None => format!("`{}` is an input, and has no parts", wire.port),
                };
                sink.push(
                    Diagnostic::error(Code::SingleOutput, from)
                        .label(name.span, format!("`{}` of what?", name.value))
                        .label(wire.origin, format!("`{}: {}`", wire.port, wire.ty))
                        .help(format!("leave `.{}` out", name.value))
                        .fix(format!("leave `.{}` out", name.value), rest, ""),
                );
                // Such as it is meant: the one output.
                Flow::One(wire)
            }
            Flow::Many(callee, outputs) => {
                if let Some((_, wire)) = outputs.iter().find(|(n, _)| *n == name.value) {
                    return Flow::One(wire.clone());
                }
                let error =
                    Diagnostic::error(Code::UnknownOutput, format!("`{}` has no output `{}`", callee.name, name.value))
                        .label(name.span, "not an output")
                        .label(callee.span, format!("its outputs: {}", names(&outputs)));
                sink.push(match nearest(&name.value, outputs.iter().map(|(n, _)| &**n)) {
                    Some(near) => {
                        error.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), name.span, near)
                    }
                    None => error.help(format!("its outputs are {}", names(&outputs))),
                });
                Flow::Unknown
            }
        }
    }
}

/// The one value of a flow; several outputs are an error.
pub(super) fn pick(flow: Flow, expr: &Expr, sink: &mut Sink) -> Option<Wire> {
    match flow {
        Flow::Unknown => None,
        Flow::One(wire) => Some(wire),
        Flow::Many(callee, outputs) => {
            let first = outputs.first().map_or("output", |(n, _)| &**n);
            let example = if let ExprKind::Name(name) = &expr.kind {
                format!("{name}.{first}")
            } else {
                format!("{}(…).{first}", callee.name)
            };
            sink.push(
                Diagnostic::error(
                    Code::PickOutput,
                    format!("`{}` has {} outputs; one must be picked", callee.name, outputs.len()),
                )
                .label(expr.span, "which of them?")
                .label(callee.span, format!("its outputs: {}", names(&outputs)))
                .help(format!("write `{example}`")),
            );
            None
        }
    }
}

fn names(outputs: &[(Arc<str>, Wire)]) -> String {
    let quoted: Vec<String> = outputs.iter().map(|(n, _)| format!("`{n}`")).collect();
    quoted.join(", ")
}

/// Names for a binding's steps.
#[derive(Debug)]
pub(super) struct Ids {
    pub(super) owner: Arc<str>,
    pub(super) nested: u32,
}

impl Ids {
    pub(super) fn next(&mut self, whole: bool) -> Arc<str> {
        if whole {
            return Arc::clone(&self.owner);
        }
        self.nested += 1;
        format!("{}.{}", self.owner, self.nested).into()
    }
}

fn refused(kind: &ExprKind) -> (&'static str, &'static str) {
    const CONSTANT: &str =
        "write it as an argument of the call that takes it, or name it with `let` outside of the pipeline";
    match kind {
        ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::String(_) => ("a constant", CONSTANT),
        ExprKind::List(_) | ExprKind::Comprehension { .. } => ("a list", CONSTANT),
        ExprKind::Record(_) | ExprKind::Construct { .. } | ExprKind::Range { .. } => ("this", CONSTANT),
        ExprKind::With { .. } => {
            ("a copy with changes", "`with` belongs where a pipeline is served: `serve = photo_search with { … }`")
        }
        ExprKind::Unary { .. } | ExprKind::Binary { .. } => {
            ("arithmetic", "a pipeline only calls models and transforms; declare a `transform` for this")
        }
        ExprKind::If { .. } => ("a choice", "all steps run for each request; a `transform` can choose inside"),
        ExprKind::Name(_) | ExprKind::Member { .. } | ExprKind::Call { .. } | ExprKind::Bad => ("this", CONSTANT),
    }
}
