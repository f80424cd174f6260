//! One call: which argument goes where, what it gives, and the step it becomes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::check::types::Sizes;
use crate::report::suggest::nearest;
use crate::report::{Code, Diagnostic, Edit, Fix, Sink};
use crate::source::Span;
use crate::stack::{Argument, Callee, Dim, Port, Step, Type, ValueRef};
use crate::syntax::ast::{self, Expr, ExprKind, Name};

use super::edge::Edge;
use super::fresh::symbols;
use super::typing::{Flow, Ids, Typing, Wire, pick};
use super::{Found, Signature};

/// Arguments by what they are given to: indices into the signature's inputs and parameters.
struct Given<'e> {
    /// In source order.
    inputs: Vec<(usize, &'e Expr)>,
    params: BTreeMap<usize, &'e Expr>,
    /// Something was wrong, and is reported.
    failed: bool,
}

impl Typing<'_, '_> {
    pub(super) fn call(
        &mut self,
        expr: &Expr,
        callee: &Expr,
        args: &[ast::Argument],
        whole: bool,
        ids: &mut Ids,
        sink: &mut Sink,
    ) -> Flow {
        let Some((signature, target)) = self.callee(callee, sink) else {
            // Nested calls still have something to say; bare names and constants may be parameters.
            for arg in args.iter().filter(|a| a.name.is_none() && matches!(a.value.kind, ExprKind::Call { .. })) {
                self.flow(&arg.value, false, ids, sink);
            }
            return Flow::Unknown;
        };
        let signature = Arc::new(signature);
        let given = assign(&signature, args, expr, sink);
        let mut failed = given.failed;
        let mut sizes = Sizes::default();
        let mut arguments = self.parameters(&signature, &given.params, &mut sizes, sink);
        for (index, value) in given.inputs {
            let flow = self.flow(value, false, ids, sink);
            let (Some(port), Some(wire)) = (signature.inputs.get(index), pick(flow, value, sink)) else {
                failed = true;
                continue;
            };
            arguments.insert(Arc::clone(&port.name), Argument::Ref(wire.value.clone()));
            failed |= !Edge { signature: &signature, port, wire: &wire, at: value.span }.check(&mut sizes, sink);
        }
        self.finish(expr, &signature, target, arguments, sizes, failed, ids.next(whole))
    }

    fn callee(&mut self, callee: &Expr, sink: &mut Sink) -> Option<(Signature, Callee)> {
        let ExprKind::Name(name) = &callee.kind else {
            if callee.kind != ExprKind::Bad {
                sink.push(
                    Diagnostic::error(Code::NotCallable, "only models and transforms can be called, by their names")
                        .label(callee.span, "not a name"),
                );
            }
            return None;
        };
        let name = Name::new(Arc::clone(name), callee.span);
        let local = self.body.by_name.get(&name.value).and_then(|i| self.body.values.get(*i));
        let mut unheard = Sink::default();
        let found = self.scope.callee(&name, if local.is_some() { &mut unheard } else { sink });
        let (what, span) = match (found, local) {
            (Found::Signature(signature, target), _) => return Some((signature, target)),
            (_, Some(local)) => ("a value of this pipeline".to_owned(), local.name.span),
            (Found::NotCallable(word, span), None) => (format!("of kind `{word}`"), span),
            (Found::Unknown, None) => return None,
        };
        sink.push(
            Diagnostic::error(Code::NotCallable, format!("`{}` can't be called: it is {what}", name.value))
                .label(name.span, "not a model or a transform")
                .label(span, format!("`{}`", name.value)),
        );
        None
    }

    /// Makes the step, with outputs in the sizes that the arguments gave.
    #[expect(clippy::too_many_arguments, reason = "the parts of one step")]
    fn finish(
        &mut self,
        expr: &Expr,
        signature: &Arc<Signature>,
        callee: Callee,
        args: BTreeMap<Arc<str>, Argument>,
        mut sizes: Sizes,
        failed: bool,
        id: Arc<str>,
    ) -> Flow {
        let taken: BTreeSet<Arc<str>> = all_symbols(&signature.inputs);
        for symbol in all_symbols(&signature.outputs) {
            if failed {
                sizes.give(symbol, Dim::Any, expr.span);
            } else if sizes.get(&symbol).is_none() {
                // Of an input that is unknown, or new: a size that this call decides when it runs.
                let size = if taken.contains(&symbol) { Dim::Any } else { Dim::Symbol(self.fresh.name(&symbol)) };
                sizes.give(symbol, size, expr.span);
            }
        }
        let mut outputs = vec![];
        let mut wires = vec![];
        for port in &signature.outputs {
            let port_here = Port { ty: sizes.apply(&port.ty), ..port.clone() };
            wires.push((
                Arc::clone(&port.name),
                Wire {
                    value: ValueRef::Step { step: Arc::clone(&id), output: Arc::clone(&port.name) },
                    ty: port_here.ty.clone(),
                    origin: port.span,
                    port: Arc::clone(&port.name),
                    callee: Some(Arc::clone(signature)),
                },
            ));
            outputs.push(port_here);
        }
        self.steps.push(Step { id, callee, args, outputs, span: expr.span });
        match wires.as_slice() {
            [] => Flow::Unknown,
            [(_, only)] => Flow::One(only.clone()),
            _ => Flow::Many(Arc::clone(signature), wires),
        }
    }
}

/// All symbols of some ports' types.
pub(super) fn all_symbols(ports: &[Port]) -> BTreeSet<Arc<str>> {
    let mut found = BTreeSet::new();
    for port in ports {
        symbols(&port.ty, &mut |name| {
            found.insert(Arc::clone(name));
        });
    }
    found
}

/// Gives each argument its place: positional ones to the inputs in order, others by name.
fn assign<'e>(signature: &Signature, args: &'e [ast::Argument], call: &Expr, sink: &mut Sink) -> Given<'e> {
    let mut given = Given { inputs: vec![], params: BTreeMap::new(), failed: false };
    let mut seen: BTreeMap<Arc<str>, Span> = BTreeMap::new();
    let mut position = 0;
    let mut too_many: Vec<&Expr> = vec![];
    for arg in args {
        let place = match &arg.name {
            None => {
                position += 1;
                signature.inputs.get(position - 1).map(|port| (Arc::clone(&port.name), arg.value.span))
            }
            Some(name) => Some((Arc::clone(&name.value), name.span)),
        };
        let Some((name, span)) = place else {
            too_many.push(&arg.value);
            continue;
        };
        let input = signature.inputs.iter().position(|p| p.name == name);
        let param = signature.params.iter().position(|p| p.name == name);
        if input.is_none() && param.is_none() {
            unknown(signature, &name, span, sink);
            given.failed = true;
            continue;
        }
        if let Some(first) = seen.get(&name) {
            sink.push(
                Diagnostic::error(Code::ArgumentTwice, format!("`{}` is given `{name}` twice", signature.name))
                    .label(span, "the second time")
                    .label(*first, "the first time")
                    .help("leave one of them out"),
            );
            given.failed = true;
            continue;
        }
        seen.insert(name, arg.value.span);
        match (input, param) {
            (Some(index), _) => given.inputs.push((index, &arg.value)),
            (None, Some(index)) => {
                given.params.insert(index, &arg.value);
            }
            (None, None) => {}
        }
    }
    if !too_many.is_empty() {
        excess(signature, position, &too_many, &seen, sink);
        given.failed = true;
    } else if !given.failed {
        given.failed = missing(signature, &seen, call, sink);
    }
    given
}

fn unknown(signature: &Signature, name: &str, span: Span, sink: &mut Sink) {
    let word = signature.kind.word();
    let names = || signature.inputs.iter().map(|p| &*p.name).chain(signature.params.iter().map(|p| &*p.name));
    let error = Diagnostic::error(Code::UnknownArgument, format!("{word} `{}` takes no `{name}`", signature.name))
        .label(span, "not an input or a parameter of it")
        .label(signature.span, format!("the {word}"));
    let quoted: Vec<String> = names().map(|n| format!("`{n}`")).collect();
    sink.push(match nearest(name, names()) {
        Some(near) => error.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), span, near),
        None => error.help(format!("it takes {}", quoted.join(", "))),
    });
}

fn excess(signature: &Signature, given: usize, too_many: &[&Expr], seen: &BTreeMap<Arc<str>, Span>, sink: &mut Sink) {
    let Some(first) = too_many.first() else { return };
    let takes = match signature.inputs.len() {
        1 => "1 input".to_owned(),
        n => format!("{n} inputs"),
    };
    let word = signature.kind.word();
    let message = format!("{word} `{}` takes {takes}, and {given} are given", signature.name);
    let error = Diagnostic::error(Code::TooManyArguments, message)
        .label(first.span, "one too many")
        .label(signature.span, format!("the {word}"))
        .note(format!("`{signature}`"));
    let open: Vec<&str> = signature
        .params
        .iter()
        .map(|p| &*p.name)
        .filter(|name| !seen.contains_key(*name))
        .take(too_many.len())
        .collect();
    let Some(param) = open.first() else { return sink.push(error.help("leave it out")) };
    let error = error.help(format!("parameters are given by name: `{param}: …`"));
    if open.len() < too_many.len() {
        return sink.push(error);
    }
    let edits = too_many.iter().zip(&open);
    let edits = edits.map(|(arg, name)| Edit { span: arg.span.start_point(), text: format!("{name}: ") }).collect();
    let title = format!("give {} as `{}`", if open.len() == 1 { "it" } else { "them" }, open.join("`, `"));
    sink.push(Diagnostic { fix: Some(Fix { title, edits }), ..error });
}

/// Reports what a call needs and does not get, in one error.
fn missing(signature: &Signature, seen: &BTreeMap<Arc<str>, Span>, call: &Expr, sink: &mut Sink) -> bool {
    let inputs = signature.inputs.iter().map(|p| (&p.name, &p.ty, p.span));
    let params = signature.params.iter().filter(|p| p.default.is_none()).map(|p| (&p.name, &p.ty, p.span));
    let lacking: Vec<(&Arc<str>, &Type, Span)> =
        inputs.chain(params).filter(|(n, _, _)| !seen.contains_key(*n)).collect();
    if lacking.is_empty() {
        return false;
    }
    let names: Vec<String> = lacking.iter().map(|(n, _, _)| format!("`{n}`")).collect();
    let word = signature.kind.word();
    let message = format!("{word} `{}` also needs {}", signature.name, names.join(" and "));
    let mut error =
        Diagnostic::error(Code::MissingArgument, message).label(call.span, format!("without {}", names.join(" and ")));
    for (name, ty, span) in &lacking {
        error = error.label(*span, format!("`{name}: {ty}`"));
    }
    let first = lacking.first().map_or("", |(n, _, _)| n);
    sink.push(error.help(format!("add `{first}: …` to the arguments")).note(format!("`{signature}`")));
    true
}
