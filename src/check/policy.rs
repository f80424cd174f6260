//! Policies: assertions over a checked stack. They see `stack`, `endpoints` and `models`.

use std::sync::Arc;

use crate::names::{Names, UnitId};
use crate::report::{Code, Diagnostic, Severity, Sink};
use crate::source::Span;
use crate::stack::{Endpoint, Fields, Money, Quantity, Servable, Stack, Value, ValueKind};
use crate::syntax::ast::{Block, Decl, DeclKind, Entry, Item};

use super::build::Read;
use super::conform::Conform;
use super::eval::{Evaluator, describe, refuse_misplaced};
use super::schema::POLICY;

/// Holds every policy of the program's own files against a stack.
pub fn hold(names: &Names, eval: &mut Evaluator, stack: &Stack, sink: &mut Sink) {
    for (unit, decl) in declared(names) {
        one(eval, unit, decl, stack, sink);
    }
}

/// Looks at policies that no stack is held against: their fields, not what they require.
pub fn read_all(names: &Names, eval: &mut Evaluator, sink: &mut Sink) {
    for (unit, decl) in declared(names) {
        let body = &decl.body;
        refuse_misplaced(body, false, sink);
        let fields = body.entries.iter().filter(|e| !matches!(e, Entry::Field(f) if &*f.name.value == "require"));
        let rest = Block { entries: fields.cloned().collect(), span: body.span };
        let mut fields = eval.fields(unit, &rest, sink);
        if rest.entries.len() < body.entries.len() {
            fields.insert("require".into(), Value::unknown(decl.name.span));
        }
        Conform { eval, unit }.block(fields, &POLICY, decl.name.span, sink);
    }
}

fn declared(names: &Names) -> impl Iterator<Item = (UnitId, &Decl)> {
    names.declarations().filter_map(|(id, declaration)| match names.item(id) {
        Some(Item::Decl(decl)) if decl.kind.value == DeclKind::Policy => Some((declaration.unit, decl)),
        _ => None,
    })
}

fn one(eval: &mut Evaluator, unit: UnitId, decl: &Decl, stack: &Stack, sink: &mut Sink) {
    let span = decl.name.span;
    eval.renew_budget();
    refuse_misplaced(&decl.body, false, sink);
    let fields = eval.with_local("stack", about_stack(stack, span), |eval| {
        eval.with_local("endpoints", list(stack.endpoints.iter().map(|e| about_endpoint(e, span)), span), |eval| {
            let models = stack.models.values().map(|m| about_model(m, span));
            eval.with_local("models", list(models, span), |eval| eval.fields(unit, &decl.body, sink))
        })
    });
    let fields = Conform { eval, unit }.block(fields, &POLICY, span, sink);
    let read = Read(&fields);
    let (Some(require), Some(message)) = (read.get("require"), read.text("message")) else { return };
    let Some(holds) = truth(require, sink) else { return };
    if holds {
        return;
    }
    let severity =
        if read.word("level").is_some_and(|w| &*w.value == "warning") { Severity::Warning } else { Severity::Error };
    let mut d = Diagnostic::error(Code::PolicyBroken, format!("the stack `{}`: {}", stack.name, message.value))
        .label(stack.span, format!("breaks the policy `{}`", decl.name.value))
        .label(require.span, "this does not hold");
    d.severity = severity;
    sink.push(d);
}

/// A truth value, or a list of which all must be true.
fn truth(value: &Value, sink: &mut Sink) -> Option<bool> {
    match &value.kind {
        ValueKind::Bool(b) => Some(*b),
        ValueKind::List(items) => {
            let all: Vec<Option<bool>> = items.iter().map(|v| truth(v, sink)).collect();
            all.into_iter().try_fold(true, |acc, b| Some(acc && b?))
        }
        ValueKind::Unknown => None,
        other => {
            sink.push(
                Diagnostic::error(Code::Mismatch, "`require` takes `true`, `false`, or a list of them")
                    .label(value.span, format!("found {}", describe(other))),
            );
            None
        }
    }
}

fn about_stack(stack: &Stack, span: Span) -> Value {
    let mut fields = Fields::new();
    fields.insert("name".into(), text(&stack.name, span));
    fields.insert("target".into(), text(&stack.target, span));
    fields.insert("protect".into(), Value::new(ValueKind::Bool(stack.protect), span));
    let settings = stack.settings.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
    fields.insert("settings".into(), Value::new(ValueKind::Record(settings), span));
    record(fields, span)
}

fn about_endpoint(endpoint: &Endpoint, span: Span) -> Value {
    let mut fields = Fields::new();
    fields.insert("name".into(), text(&endpoint.name, span));
    fields.insert("mode".into(), text(endpoint.mode.value.kind().word(), span));
    if let Some(timeout) = endpoint.mode.value.timeout() {
        let nanos = u64::try_from(timeout.value.as_nanos()).unwrap_or(u64::MAX);
        fields.insert("timeout".into(), Value::new(ValueKind::Quantity(Quantity::Duration(nanos)), span));
    }
    let serves = match &endpoint.serve.value {
        Servable::Model(name) | Servable::Pipeline(name) | Servable::Pool(name) => name,
    };
    fields.insert("serve".into(), text(serves, span));
    fields.insert("min".into(), int(endpoint.scale.value.min, span));
    fields.insert("max".into(), int(endpoint.scale.value.max, span));
    fields.insert("has_sample".into(), Value::new(ValueKind::Bool(endpoint.sample.is_some()), span));
    fields.insert("has_slo".into(), Value::new(ValueKind::Bool(endpoint.slo.is_some()), span));
    let none = Money { currency: *b"USD", cents_per_month: 0 };
    let budget = endpoint.budget.as_ref().map_or(none, |b| b.value.0);
    fields.insert("has_budget".into(), Value::new(ValueKind::Bool(endpoint.budget.is_some()), span));
    fields.insert("budget".into(), Value::new(ValueKind::Quantity(Quantity::Money(budget)), span));
    record(fields, span)
}

fn about_model(model: &crate::stack::Model, span: Span) -> Value {
    let mut fields = Fields::new();
    fields.insert("name".into(), text(&model.name, span));
    fields.insert("concurrency".into(), int(model.concurrency.value, span));
    fields.insert("has_accelerator".into(), Value::new(ValueKind::Bool(model.accelerator.is_some()), span));
    record(fields, span)
}

fn text(text: &str, span: Span) -> Value {
    Value::new(ValueKind::String(Arc::from(text)), span)
}

fn int(n: u32, span: Span) -> Value {
    Value::new(ValueKind::Int(i64::from(n)), span)
}

fn record(fields: Fields, span: Span) -> Value {
    Value::new(ValueKind::Record(fields), span)
}

fn list(items: impl Iterator<Item = Value>, span: Span) -> Value {
    Value::new(ValueKind::List(items.collect()), span)
}
