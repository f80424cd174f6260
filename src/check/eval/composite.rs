//! Values made of others: comprehensions, calls, and texts with holes.

use std::sync::Arc;

use crate::names::UnitId;
use crate::report::{Code, Diagnostic, Sink};
use crate::source::Span;
use crate::stack::{Fields, Value, ValueKind};
use crate::syntax::ast::{Argument, Expr, ExprKind, Name, Piece};

use super::{Evaluator, block, describe};

/// The longest range that a comprehension goes through.
const MAX_LIST: usize = 100_000;

impl Evaluator<'_> {
    pub(super) fn comprehension(
        &mut self,
        unit: UnitId,
        name: &Name,
        source: &Expr,
        condition: Option<&Expr>,
        body: &Expr,
        sink: &mut Sink,
    ) -> ValueKind {
        let source = self.expr(unit, source, sink);
        let items = match source.kind {
            ValueKind::Unknown => return ValueKind::Unknown,
            ValueKind::List(items) => items,
            ValueKind::Range { low, high, .. } => match (low.kind, high.kind) {
                (ValueKind::Unknown, _) | (_, ValueKind::Unknown) => return ValueKind::Unknown,
                (ValueKind::Int(low), ValueKind::Int(high)) if high.saturating_sub(low) < MAX_LIST as i64 => {
                    (low..=high).map(|n| Value::new(ValueKind::Int(n), source.span)).collect()
                }
                (ValueKind::Int(low), ValueKind::Int(high)) => {
                    sink.push(Diagnostic::error(Code::TooLong, "this range is too long to go through").label(
                        source.span,
                        format!("{} items, and {MAX_LIST} are allowed", i128::from(high) - i128::from(low) + 1),
                    ));
                    return ValueKind::Unknown;
                }
                _ => {
                    sink.push(not_a_list("a range that is not of whole numbers", source.span));
                    return ValueKind::Unknown;
                }
            },
            other => {
                sink.push(not_a_list(&describe(&other), source.span));
                return ValueKind::Unknown;
            }
        };
        let mut out = Vec::new();
        let before = sink.as_slice().len();
        for item in items {
            let kept = self.with_local(&name.value, item, |this| match condition {
                Some(c) if this.truth(unit, c, sink) != Some(true) => None,
                _ => Some(this.expr(unit, body, sink)),
            });
            // What is wrong with one item is wrong with all: once is enough.
            if sink.as_slice().len() > before {
                return ValueKind::Unknown;
            }
            out.extend(kept);
        }
        ValueKind::List(out)
    }

    pub(super) fn call(&mut self, unit: UnitId, callee: &Expr, args: &[Argument], sink: &mut Sink) -> ValueKind {
        let mut fields = Fields::new();
        for (index, arg) in args.iter().enumerate() {
            let mut value = self.expr(unit, &arg.value, sink);
            let key: Arc<str> = match &arg.name {
                Some(name) => {
                    value.key = Some(name.span);
                    name.value.clone()
                }
                None => index.to_string().into(),
            };
            if let Some(first) = fields.get(&key) {
                sink.push(block::duplicate(&key, value.place(), Value::place(first)));
            }
            fields.insert(key, value);
        }
        match &callee.kind {
            ExprKind::Name(name) => ValueKind::Construct { kind: name.clone(), name: None, fields },
            ExprKind::Bad => ValueKind::Unknown,
            _ => {
                sink.push(
                    Diagnostic::error(Code::Mismatch, "only a name can be called").label(callee.span, "not a name"),
                );
                ValueKind::Unknown
            }
        }
    }

    pub(super) fn string(&mut self, unit: UnitId, pieces: &[Piece], sink: &mut Sink) -> ValueKind {
        let mut text = String::new();
        let mut known = true;
        for piece in pieces {
            match piece {
                Piece::Text(t) => text.push_str(t),
                Piece::Hole(expr) => {
                    let value = self.expr(unit, expr, sink);
                    match self.interpolated(unit, &value, sink) {
                        Some(t) => text.push_str(&t),
                        None => known = false,
                    }
                }
            }
        }
        if known { ValueKind::String(text.into()) } else { ValueKind::Unknown }
    }

    fn interpolated(&self, unit: UnitId, value: &Value, sink: &mut Sink) -> Option<String> {
        match &value.kind {
            ValueKind::String(s) => Some(s.to_string()),
            ValueKind::Int(n) => Some(n.to_string()),
            ValueKind::Float(x) => Some(x.to_string()),
            ValueKind::Bool(b) => Some(b.to_string()),
            ValueKind::Unknown => None,
            ValueKind::Word(word) => {
                sink.push(self.unknown_name(unit, word, value.span));
                None
            }
            ValueKind::Secret(name) => {
                sink.push(
                    Diagnostic::error(Code::SecretInText, format!("the secret `{name}` can't be part of a text"))
                        .label(value.span, "would be shown wherever the text is")
                        .help("give the secret as a whole value, and join it where it is used"),
                );
                None
            }
            other => {
                sink.push(
                    Diagnostic::error(Code::Mismatch, format!("{} can't be part of a text", describe(other)))
                        .label(value.span, "not text, a number or a truth value"),
                );
                None
            }
        }
    }
}

fn not_a_list(found: &str, span: Span) -> Diagnostic {
    Diagnostic::error(Code::Mismatch, format!("expected a list, found {found}")).label(span, "can't go through this")
}
