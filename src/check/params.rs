//! Parameters: what a command line, an environment file or a stack's `with` gives, by the declared type.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::names::UnitId;
use crate::report::{Code, Diagnostic, Sink};
use crate::stack::{Type, Value, ValueKind};
use crate::syntax::ast;

use super::conform::Conform;
use super::eval::{Evaluator, refuse_misplaced};
use super::schema::PARAM;
use super::secret;
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
        if secret::is_secret(param) {
            return secret::value(self, eval, unit, (param, &ty), sink);
        }
        if let Some(value) = self.with.get(&name.value) {
            return typed::typed(value.clone(), &ty, &label, sink);
        }
        if let Some(text) = self.texts.get(&*name.value) {
            return from_text(text, &ty, name, &label, sink);
        }
        match &param.default {
            Some(default) => {
                let value = by_default(eval, unit, default, sink);
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
}

/// What a default stands for, before its type is known.
pub(super) fn by_default(eval: &mut Evaluator, unit: UnitId, default: &ast::Expr, sink: &mut Sink) -> Value {
    let value = eval.expr(unit, default, sink);
    let ValueKind::Word(word) = &value.kind else { return value };
    sink.push(eval.unknown_name(unit, word, value.span));
    Value::unknown(value.span)
}

/// What stands in a parameter's braces.
fn body(eval: &mut Evaluator, unit: UnitId, param: &ast::Param, sink: &mut Sink) {
    let Some(body) = &param.body else { return };
    refuse_misplaced(body, false, sink);
    let fields = eval.fields(unit, body, sink);
    Conform { eval, unit }.block(fields, &PARAM, param.name.span, sink);
}

pub(super) fn missing(name: &ast::Name) -> Diagnostic {
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
