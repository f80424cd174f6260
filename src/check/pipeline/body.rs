//! A pipeline's entries as named values with what they need, before any type is looked at.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::check::types::port_type;
use crate::report::{Code, Diagnostic, Sink};
use crate::source::Span;
use crate::stack::Type;
use crate::syntax::ast::{Block, Direction, Entry, Expr, ExprKind, Field, Name, Port};

use super::uses::Uses;

/// All values of a pipeline: inputs, then bindings, then outputs, each in source order.
#[derive(Debug, Default)]
pub(super) struct Body<'a> {
    pub(super) span: Option<Span>,
    pub(super) values: Vec<Local<'a>>,
    /// What a name means: an input, else a binding, else an output.
    pub(super) by_name: BTreeMap<Arc<str>, usize>,
    /// Parts were unreadable, so that nothing can be said about what is missing or unused.
    pub(super) broken: bool,
}

/// One named value.
#[derive(Debug)]
pub(super) struct Local<'a> {
    pub(super) name: Name,
    pub(super) kind: LocalKind<'a>,
    /// Values of the pipeline that its expression mentions, and where.
    pub(super) needs: Vec<(usize, Span)>,
    pub(super) used: bool,
}

#[derive(Debug)]
pub(super) enum LocalKind<'a> {
    Input { ty: Type, span: Span },
    Binding(&'a Expr),
    Output { value: Option<&'a Expr>, declared: Option<(Type, Span)>, span: Span },
}

impl<'a> Local<'a> {
    pub(super) fn expr(&self) -> Option<&'a Expr> {
        match &self.kind {
            LocalKind::Input { .. } => None,
            LocalKind::Binding(expr) => Some(expr),
            LocalKind::Output { value, .. } => *value,
        }
    }
}

pub(super) fn read<'a>(name: &Name, block: &'a Block, sink: &mut Sink) -> Body<'a> {
    let mut body = Body { span: Some(block.span), ..Body::default() };
    let ports = |direction| {
        block.entries.iter().filter_map(move |e| match e {
            Entry::Port(p) if p.direction == direction => Some(p),
            Entry::Port(_)
            | Entry::Field(_)
            | Entry::Nested(_)
            | Entry::Param(_)
            | Entry::Deploy(_)
            | Entry::Bad(_) => None,
        })
    };
    for port in ports(Direction::Input) {
        body.input(port, sink);
    }
    for entry in &block.entries {
        match entry {
            Entry::Field(field) => body.binding(field, sink),
            Entry::Port(_) => {}
            Entry::Nested(nested) => foreign(
                nested.kind.span,
                &format!("`{} {{ … }}`", nested.kind.value),
                "declare it outside, and call it here",
                sink,
            ),
            Entry::Param(param) => foreign(
                param.span,
                "a `param`",
                "declare it at the top of the file; its value can be used as an argument here",
                sink,
            ),
            Entry::Deploy(deploy) => foreign(deploy.span, "`deploy`", "it belongs in a `stack`", sink),
            Entry::Bad(_) => body.broken = true,
        }
    }
    for port in ports(Direction::Output) {
        body.output(port, sink);
    }
    body.connect();
    body.look_over(name, sink);
    body
}

fn foreign(span: Span, what: &str, help: &str, sink: &mut Sink) {
    sink.push(
        Diagnostic::error(Code::PipelineEntry, format!("{what} has no place in a pipeline"))
            .label(span, "not an input, a binding or an output")
            .help(help),
    );
}

impl<'a> Body<'a> {
    fn input(&mut self, port: &'a Port, sink: &mut Sink) {
        if let Some(value) = &port.value {
            bad_port(
                value.span,
                "an input of a pipeline has no value of its own",
                "what a request sends stands here",
                sink,
            );
        }
        no_source(port, sink);
        let ty = match &port.ty {
            Some(ty) => port_type(ty, sink),
            None => {
                let message = format!("the input `{}` needs a type", port.name.value);
                bad_port(port.name.span, &message, "of what type?", sink);
                Type::Unknown
            }
        };
        self.add(port.name.clone(), LocalKind::Input { ty, span: port.span }, sink);
    }

    fn binding(&mut self, field: &'a Field, sink: &mut Sink) {
        self.add(field.name.clone(), LocalKind::Binding(&field.value), sink);
    }

    fn output(&mut self, port: &'a Port, sink: &mut Sink) {
        no_source(port, sink);
        let declared = port.ty.as_ref().map(|ty| (port_type(ty, sink), ty.span));
        if port.value.is_none() {
            let name = &port.name.value;
            let message = format!("the output `{name}` needs a value");
            sink.push(
                Diagnostic::error(Code::PipelinePort, message)
                    .label(port.span, "which value?")
                    .help(format!("write `output {name} = …` with a call or the name of a value")),
            );
        }
        let kind = LocalKind::Output { value: port.value.as_ref(), declared, span: port.span };
        self.add(port.name.clone(), kind, sink);
    }

    fn add(&mut self, name: Name, kind: LocalKind<'a>, sink: &mut Sink) {
        let index = self.values.len();
        let is_output = matches!(kind, LocalKind::Output { .. });
        let clash = self.clash(&name, &kind);
        self.by_name.entry(Arc::clone(&name.value)).or_insert(index);
        if let Some((first, is_input)) = clash {
            let (earlier, later) = if first.start <= name.span.start { (first, name.span) } else { (name.span, first) };
            sink.push(if is_input && !is_output {
                Diagnostic::error(Code::ShadowsInput, format!("the binding `{}` has the name of an input", name.value))
                    .label(name.span, "hides the input")
                    .label(first, "the input")
                    .help("give the binding another name")
            } else {
                Diagnostic::error(Code::ValueTwice, format!("two values of this pipeline are called `{}`", name.value))
                    .label(later, "the second one")
                    .label(earlier, "the first one")
                    .help("give one of them another name")
            });
        }
        let used = is_output || clash.is_some();
        self.values.push(Local { name, kind, needs: vec![], used });
    }

    /// An earlier value whose name this one may not have, and whether it is an input. An output may be called as the
    /// input it is made from, and as the binding that it shows.
    fn clash(&self, name: &Name, kind: &LocalKind<'_>) -> Option<(Span, bool)> {
        self.values.iter().filter(|v| v.name.value == name.value).find_map(|v| {
            let clashes = match (&v.kind, kind) {
                (LocalKind::Input { .. }, LocalKind::Output { .. }) => false,
                (LocalKind::Binding(_), LocalKind::Output { value, .. }) => {
                    !value.is_some_and(|e| matches!(&e.kind, ExprKind::Name(n) if *n == name.value))
                }
                _ => true,
            };
            clashes
                .then_some((v.name.span, matches!((&v.kind, kind), (LocalKind::Input { .. }, LocalKind::Binding(_)))))
        })
    }

    /// Fills in what each value needs and which are used.
    fn connect(&mut self) {
        for index in 0..self.values.len() {
            let Some(expr) = self.values.get(index).and_then(Local::expr) else { continue };
            let uses = Uses::of(expr);
            self.broken |= uses.broken;
            let needs: Vec<(usize, Span)> =
                uses.names.iter().filter_map(|n| self.by_name.get(&n.value).map(|i| (*i, n.span))).collect();
            for (needed, _) in needs.iter().filter(|(needed, _)| *needed != index) {
                if let Some(value) = self.values.get_mut(*needed) {
                    value.used = true;
                }
            }
            if let Some(value) = self.values.get_mut(index) {
                value.needs = needs;
            }
        }
    }

    fn look_over(&self, name: &Name, sink: &mut Sink) {
        if !self.broken && !self.values.iter().any(|v| matches!(v.kind, LocalKind::Output { .. })) {
            sink.push(
                Diagnostic::error(Code::NoOutputs, format!("the pipeline `{}` answers nothing", name.value))
                    .label(name.span, "has no `output`")
                    .help("write `output answer = …` with the value that callers get"),
            );
        }
    }

    /// Warns of what is there for nothing. Only where all else is right: a misspelt name leaves another one unused.
    pub(super) fn warn_of_unused(&self, sink: &mut Sink) {
        if self.broken {
            return;
        }
        for value in self.values.iter().filter(|v| !v.used) {
            let name = &value.name.value;
            let (message, label) = match value.kind {
                LocalKind::Input { .. } => {
                    (format!("nothing uses the input `{name}`"), "callers must send it for nothing")
                }
                LocalKind::Binding(_) | LocalKind::Output { .. } => {
                    (format!("nothing uses `{name}`"), "worked out for each request, then thrown away")
                }
            };
            let help = "use it in a call, add it to the outputs, or leave it out";
            sink.push(Diagnostic::warning(Code::UnusedValue, message).label(value.name.span, label).help(help));
        }
    }
}

fn bad_port(span: Span, message: &str, label: &str, sink: &mut Sink) {
    let help = "write `input photo: image<jpeg>`, with the type of what callers send";
    sink.push(Diagnostic::error(Code::PipelinePort, message).label(span, label).help(help));
}

fn no_source(port: &Port, sink: &mut Sink) {
    if let Some(from) = &port.from {
        sink.push(
            Diagnostic::error(Code::PipelinePort, "`from` names a port inside an artifact, and a pipeline has none")
                .label(from.span, "of which artifact?")
                .help("leave it out; it belongs to the ports of a `model`"),
        );
    }
}
