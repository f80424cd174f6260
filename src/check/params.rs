//! Parameters: what a command line, an environment file or a stack's `with` gives, by the declared type.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::names::UnitId;
use crate::report::{Code, Diagnostic, Sink};
use crate::stack::{Secrets, Type, Value, ValueKind};
use crate::syntax::ast;

use super::conform::Conform;
use super::eval::{Evaluator, refuse_misplaced};
use super::schema::PARAM;
use super::typed;
use super::types;

/// Given values, by the parameter's name. A stack's `with` goes before the command line's.
#[derive(Debug, Clone, Default)]
pub struct Params {
    pub with: BTreeMap<Arc<str>, Value>,
    pub texts: BTreeMap<String, String>,
    /// No stack is made, so a parameter may lack its value; what depends on it is then unknown.
    pub partial: bool,
}

impl Params {
    /// A parameter's value for this set.
    pub fn value(&self, eval: &mut Evaluator, unit: UnitId, param: &ast::Param, sink: &mut Sink) -> Value {
        let name = &param.name;
        body(eval, unit, param, sink);
        let ty = types::type_of(&param.ty, sink);
        let label = format!("the parameter `{}`", name.value);
        if is_secret(param) {
            let given = self.texts.contains_key(&*name.value) || self.with.contains_key(&name.value);
            if !given && param.default.is_none() && !self.partial {
                sink.push(missing(name));
            }
            return Value::new(ValueKind::Secret(name.value.clone()), name.span);
        }
        if let Some(value) = self.with.get(&name.value) {
            return typed::typed(value.clone(), &ty, &label, sink);
        }
        if let Some(text) = self.texts.get(&*name.value) {
            return from_text(text, &ty, name, &label, sink);
        }
        match &param.default {
            Some(default) => {
                let value = eval.expr(unit, default, sink);
                let value = match value.kind {
                    ValueKind::Word(ref word) => {
                        sink.push(eval.unknown_name(unit, word, value.span));
                        Value::unknown(value.span)
                    }
                    _ => value,
                };
                typed::typed(value, &ty, &label, sink)
            }
            None => {
                if !self.partial {
                    sink.push(missing(name));
                }
                Value::unknown(name.span)
            }
        }
    }

    /// The values of the program's secret parameters, as far as they are given.
    pub fn secrets(&self, declared: &BTreeSet<Arc<str>>) -> Secrets {
        let given =
            declared.iter().filter_map(|name| Some((name.clone(), Arc::from(self.texts.get(&**name)?.as_str()))));
        Secrets(given.collect())
    }
}

/// What stands in a parameter's braces.
fn body(eval: &mut Evaluator, unit: UnitId, param: &ast::Param, sink: &mut Sink) {
    let Some(body) = &param.body else { return };
    refuse_misplaced(body, false, sink);
    let fields = eval.fields(unit, body, sink);
    Conform { eval, unit }.block(fields, &PARAM, param.name.span, sink);
}

/// `param token: string { secret = true }`.
pub fn is_secret(param: &ast::Param) -> bool {
    param.body.iter().flat_map(|b| &b.entries).any(|entry| {
        matches!(entry, ast::Entry::Field(f)
            if &*f.name.value == "secret" && matches!(f.value.kind, ast::ExprKind::Bool(true)))
    })
}

fn missing(name: &ast::Name) -> Diagnostic {
    Diagnostic::error(Code::MissingParam, format!("the parameter `{}` has no value", name.value))
        .label(name.span, "no default, and nothing is given")
        .help(format!("give it with `--set {}=…`, in a stack's `with {{ … }}`, or as a default", name.value))
}

/// Text from the command line: taken as it is where text is wanted, else read as an expression.
fn from_text(text: &str, ty: &Type, name: &ast::Name, label: &str, sink: &mut Sink) -> Value {
    let wants_text = matches!(ty, Type::String | Type::Text | Type::Uri(_) | Type::Enum(_));
    let kind = if wants_text { ValueKind::String(text.into()) } else { super::defaults::read_text(text).kind };
    if matches!(kind, ValueKind::Unknown) {
        sink.push(
            Diagnostic::error(Code::Mismatch, format!("{label} can't be given as `{text}`"))
                .label(name.span, format!("is of type `{ty}`")),
        );
        return Value::unknown(name.span);
    }
    typed::typed(Value::new(kind, name.span), ty, label, sink)
}
