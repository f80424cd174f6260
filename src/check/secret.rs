//! Secret parameters: their values go beside the stack, for redaction, and never into it; and where a source spells one
//! out, that is found so that no drawn message shows it. A declaration that can't be read is not known to be secret.

use std::sync::Arc;

use crate::names::{DeclarationId, Names, UnitId};
use crate::report::{Code, Diagnostic, Sink};
use crate::source::Span;
use crate::stack::{Type, Value, ValueKind};
use crate::syntax::ast::{self, DeclKind, Entry, Expr, ExprKind, Item};

use super::eval::Evaluator;
use super::params::Params;
use super::typed;

/// How many names are followed to what they stand for; constants made of themselves are reported elsewhere.
const MAX_NAMES: usize = 200;

/// `param token: string { secret = true }`.
pub fn is_secret(param: &ast::Param) -> bool {
    param.body.iter().flat_map(|b| &b.entries).any(|entry| {
        matches!(entry, Entry::Field(f)
            if &*f.name.value == "secret" && matches!(f.value.kind, ExprKind::Bool(true)))
    })
}

/// Where the program itself writes a secret's value: as a default, or in a stack's `with`.
pub fn written(names: &Names) -> Vec<Span> {
    let mut out = Vec::new();
    let mut secret = Vec::new();
    for (unit, item) in items(names) {
        if let Item::Param(param) = item
            && is_secret(param)
        {
            secret.push(&param.name.value);
            out.extend(param.default.iter().filter_map(|default| spelt(names, unit, default)));
        }
    }
    for (unit, item) in items(names) {
        let Item::Decl(stack) = item else { continue };
        if stack.kind.value != DeclKind::Stack {
            continue;
        }
        let given = super::overruled::given(stack).filter(|field| secret.contains(&&field.name.value));
        out.extend(given.filter_map(|field| spelt(names, unit, &field.value)));
    }
    out
}

fn items(names: &Names) -> impl Iterator<Item = (UnitId, &Item)> {
    names.units().flat_map(|(id, unit)| unit.ast.items.iter().map(move |item| (id, item)))
}

/// The expression that spells a value out: this one, or that of the constant which it names.
fn spelt(names: &Names, unit: UnitId, expr: &Expr) -> Option<Span> {
    let (mut unit, mut expr) = (unit, expr);
    for _ in 0..MAX_NAMES {
        let ExprKind::Name(name) = &expr.kind else { break };
        let found = names.lookup(unit, name).and_then(|id: DeclarationId| Some((names.get(id)?.unit, names.item(id)?)));
        let Some((home, Item::Let(item))) = found else { return None };
        (unit, expr) = (home, &item.value);
    }
    Some(expr.span)
}

/// A secret parameter: its name as a value. What it holds goes to the evaluator's secrets.
pub(super) fn value(
    params: &Params,
    eval: &mut Evaluator,
    unit: UnitId,
    (param, ty): (&ast::Param, &Type),
    sink: &mut Sink,
) -> Value {
    let name = &param.name;
    let held = match (params.with.get(&name.value), params.texts.get(&*name.value), &param.default) {
        (Some(value), ..) => of_type(value.clone(), ty, name, sink),
        (None, Some(text), _) => Value::new(ValueKind::String(text.as_str().into()), name.span),
        (None, None, Some(default)) => {
            let value = super::params::by_default(eval, unit, default, sink);
            of_type(value, ty, name, sink)
        }
        (None, None, None) => {
            if !params.partial {
                sink.push(super::params::missing(name));
            }
            Value::unknown(name.span)
        }
    };
    if let Some(text) = text(&held.kind, eval) {
        eval.secrets.0.insert(name.value.clone(), text);
    }
    Value::new(ValueKind::Secret(name.value.clone()), name.span)
}

/// Says what is wrong without what was found.
fn of_type(value: Value, ty: &Type, name: &ast::Name, sink: &mut Sink) -> Value {
    if typed::fits(&value.kind, ty) {
        return value;
    }
    sink.push(
        Diagnostic::error(Code::Mismatch, format!("the secret `{}` is of type `{ty}`", name.value))
            .label(value.span, "given a value of another type"),
    );
    Value::unknown(value.span)
}

/// As it may turn up in a text.
fn text(kind: &ValueKind, eval: &Evaluator) -> Option<Arc<str>> {
    match kind {
        ValueKind::String(text) => Some(text.clone()),
        ValueKind::Int(n) => Some(n.to_string().into()),
        ValueKind::Float(x) => Some(x.to_string().into()),
        // One secret given to another.
        ValueKind::Secret(name) => eval.secrets.0.get(name).cloned(),
        _ => None,
    }
}
