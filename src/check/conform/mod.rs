//! Values against what must stand in their place: types, units, known fields, required fields, defaults.
#![allow(clippy::result_large_err, reason = "either way it is the value itself that comes back")]

mod messages;

use std::sync::Arc;

use crate::names::UnitId;
use crate::report::{Code, Diagnostic, Sink};
use crate::source::Span;
use crate::stack::{Fields, Quantity, Value, ValueKind};
use crate::syntax::ast::Item;

use super::defaults;
use super::eval::{Evaluator, describe};

use super::schema::{Block, Construct, Need, SCALE_POLICIES, Schema, Shape};
use messages::block_form;
pub use messages::unknown_field;

/// Largest count that a field takes.
const MAX_COUNT: i64 = 1_000_000_000;

/// Looks values over in one file's scope.
pub struct Conform<'e, 'a> {
    pub eval: &'e Evaluator<'a>,
    pub unit: UnitId,
}

impl Conform<'_, '_> {
    /// A block's fields by its schema: what is wrong is reported and unknown, defaults are filled in.
    pub fn block(&self, mut fields: Fields, schema: &Schema, owner: Span, sink: &mut Sink) -> Fields {
        let mut out = Fields::new();
        for (name, value) in fields.drain(..) {
            if let Some(field) = schema.field(&name) {
                let label = format!("`{name}`");
                let key = value.key;
                out.insert(name, Value { key, ..self.value(value, &field.shape, &label, sink) });
            } else if let Some(block) = schema.block(&name) {
                out.insert(name, self.nested(value, block, sink));
            } else if let Some(shape) = schema.open {
                let label = format!("`{name}`");
                out.insert(name, self.value(value, shape, &label, sink));
            } else {
                sink.push(unknown_field(schema.what, &name, value.place(), schema.names()));
            }
        }
        self.complete(&mut out, schema, owner, sink);
        out
    }

    fn complete(&self, fields: &mut Fields, schema: &Schema, owner: Span, sink: &mut Sink) {
        for field in schema.fields {
            if fields.contains_key(field.name) {
                continue;
            }
            match field.need {
                Need::Optional => {}
                Need::Default(text) => {
                    let value = Value { span: owner, ..defaults::value(text) };
                    fields.insert(field.name.into(), self.value(value, &field.shape, "the default", sink));
                }
                Need::Required => sink.push(
                    Diagnostic::error(Code::MissingField, format!("{} needs `{}`", schema.what, field.name))
                        .label(owner, format!("`{}` is missing", field.name))
                        .help(format!("add `{} = …`: {}; {}", field.name, field.doc, field.shape.words())),
                ),
            }
        }
    }

    fn nested(&self, value: Value, block: &Block, sink: &mut Sink) -> Value {
        let (key, span) = (value.key, value.span);
        let one = |value: Value, sink: &mut Sink| {
            let (place, span) = (value.place(), value.span);
            match value.kind {
                ValueKind::Construct { kind, name, fields } if &*kind == block.kind => {
                    let fields = self.block(fields, block.schema, place, sink);
                    ValueKind::Construct { kind, name, fields }
                }
                ValueKind::Record(fields) if !block.named => {
                    let fields = self.block(fields, block.schema, place, sink);
                    ValueKind::Construct { kind: block.kind.into(), name: None, fields }
                }
                ValueKind::Unknown => ValueKind::Unknown,
                ValueKind::List(items) if !block.named && items.iter().any(is_named) => {
                    sink.push(
                        Diagnostic::error(Code::Mismatch, format!("`{}` has no name", block.kind))
                            .label(place, "named here")
                            .help(block_form(block)),
                    );
                    ValueKind::Unknown
                }
                other => {
                    sink.push(
                        Diagnostic::error(Code::Mismatch, format!("`{}` is a block", block.kind))
                            .label(span, format!("found {}", describe(&other)))
                            .help(block_form(block)),
                    );
                    ValueKind::Unknown
                }
            }
        };
        let kind = match value.kind {
            ValueKind::List(items) if block.named => ValueKind::List(
                items.into_iter().map(|v| Value { key: v.key, ..Value::new(one(v.clone(), sink), v.span) }).collect(),
            ),
            kind if !block.named => one(Value { key, ..Value::new(kind, span) }, sink),
            ValueKind::Unknown => ValueKind::Unknown,
            _ => {
                sink.push(
                    Diagnostic::error(Code::Mismatch, format!("each `{}` needs a name", block.kind))
                        .label(key.unwrap_or(span), "no name here")
                        .help(block_form(block)),
                );
                ValueKind::Unknown
            }
        };
        Value { key, ..Value::new(kind, span) }
    }

    /// A value by its shape; `label` names what takes it: "`timeout`".
    pub fn value(&self, value: Value, shape: &Shape, label: &str, sink: &mut Sink) -> Value {
        let span = value.span;
        if matches!(value.kind, ValueKind::Unknown) {
            return value;
        }
        match self.fits(value, shape, label, sink) {
            Ok(value) => value,
            Err(value) => {
                sink.push(self.mismatch(&value, shape, label));
                Value::unknown(span)
            }
        }
    }

    /// The value, perhaps completed; or itself, if it is of another shape. Mistakes inside it are reported.
    fn fits(&self, value: Value, shape: &Shape, label: &str, sink: &mut Sink) -> Result<Value, Value> {
        let is = |yes: bool, value: Value| if yes { Ok(value) } else { Err(value) };
        match shape {
            Shape::Any => match &value.kind {
                ValueKind::Word(_) => Err(value),
                _ => Ok(value),
            },
            Shape::Bool => is(matches!(value.kind, ValueKind::Bool(_)), value),
            Shape::Int => match value.kind {
                ValueKind::Int(n) if !(0..=MAX_COUNT).contains(&n) => {
                    sink.push(
                        Diagnostic::error(Code::OutOfRange, format!("`{n}` is out of range"))
                            .label(value.span, format!("expected 0 to {MAX_COUNT}")),
                    );
                    Ok(Value::unknown(value.span))
                }
                _ => is(matches!(value.kind, ValueKind::Int(_)), value),
            },
            Shape::Float => match value.kind {
                ValueKind::Int(n) => Ok(Value { kind: ValueKind::Float(n as f64), ..value }),
                _ => is(matches!(value.kind, ValueKind::Float(_)), value),
            },
            Shape::String | Shape::Path => is(matches!(value.kind, ValueKind::String(_)), value),
            Shape::Text => is(matches!(value.kind, ValueKind::String(_) | ValueKind::Secret(_)), value),
            Shape::Duration => is(matches!(value.kind, ValueKind::Quantity(Quantity::Duration(_))), value),
            Shape::Size => is(matches!(value.kind, ValueKind::Quantity(Quantity::Size(_))), value),
            Shape::Share => match value.kind {
                ValueKind::Quantity(Quantity::Percent(x)) if !(0.0..=1.0).contains(&x) => {
                    sink.push(
                        Diagnostic::error(Code::NotAShare, format!("{label} is a share, from 0% to 100%"))
                            .label(value.span, "more than the whole"),
                    );
                    Ok(Value::unknown(value.span))
                }
                _ => is(matches!(value.kind, ValueKind::Quantity(Quantity::Percent(_))), value),
            },
            Shape::Percent => is(matches!(value.kind, ValueKind::Quantity(Quantity::Percent(_))), value),
            Shape::Rate => is(matches!(value.kind, ValueKind::Quantity(Quantity::Rate(_))), value),
            Shape::Money => is(matches!(value.kind, ValueKind::Quantity(Quantity::Money(_))), value),
            Shape::Uri(schemes) => {
                let ok = matches!(&value.kind, ValueKind::String(s) if super::uri::allows(schemes, s));
                is(ok, value)
            }
            Shape::Words(words) => {
                let ok = matches!(&value.kind, ValueKind::Word(w) if words.iter().any(|(word, _)| *word == &**w));
                is(ok, value)
            }
            Shape::Construct(forms) => self.construct(value, forms, sink),
            Shape::Range => self.range(value, sink),
            Shape::List(inner) => match value.kind {
                ValueKind::List(items) => {
                    let item = format!("an item of {label}");
                    let items = items.into_iter().map(|v| self.value(v, inner, &item, sink)).collect();
                    Ok(Value { kind: ValueKind::List(items), ..value })
                }
                _ => Err(value),
            },
            Shape::Map(inner) => match value.kind {
                ValueKind::Record(fields) => {
                    let fields = fields
                        .into_iter()
                        .map(|(k, v)| {
                            let label = format!("`{k}`");
                            (k, self.value(v, inner, &label, sink))
                        })
                        .collect();
                    Ok(Value { kind: ValueKind::Record(fields), ..value })
                }
                _ => Err(value),
            },
            Shape::Record(schema) => match value.kind {
                ValueKind::Record(fields) => {
                    let fields = self.block(fields, schema, value.span, sink);
                    Ok(Value { kind: ValueKind::Record(fields), ..value })
                }
                _ => Err(value),
            },
            Shape::Ref(kinds) => {
                let ok = matches!(&value.kind, ValueKind::Ref { declaration, .. }
                    if self.decl_kind(*declaration).is_some_and(|k| kinds.contains(&k)));
                is(ok, value)
            }
            Shape::Condition(metrics) => match value.kind {
                ValueKind::Condition { metric, op, bound } if metrics.iter().any(|(m, _)| *m == &*metric) => {
                    let unit = if &*metric == "errors" { Shape::Share } else { Shape::Duration };
                    let bound = Box::new(self.value(*bound, &unit, &format!("`{metric}`"), sink));
                    Ok(Value { kind: ValueKind::Condition { metric, op, bound }, ..value })
                }
                _ => Err(value),
            },
            Shape::AnyOf(shapes) => {
                let mut value = value;
                for shape in *shapes {
                    match self.fits(value, shape, label, sink) {
                        Ok(value) => return Ok(value),
                        Err(back) => value = back,
                    }
                }
                Err(value)
            }
        }
    }

    fn decl_kind(&self, declaration: u32) -> Option<crate::syntax::ast::DeclKind> {
        match self.eval.names.item(crate::names::DeclarationId(declaration))? {
            Item::Decl(decl) => Some(decl.kind.value),
            Item::Use(_) | Item::Param(_) | Item::Let(_) | Item::Moved(_) | Item::Bad(_) => None,
        }
    }

    fn construct(&self, value: Value, forms: &[Construct], sink: &mut Sink) -> Result<Value, Value> {
        let find = |kind: &str| forms.iter().find(|f| f.kind == kind);
        match value.kind {
            ValueKind::Word(ref word) => match find(word) {
                Some(form) if form.is_word() => {
                    let mut fields = Fields::new();
                    if let Some(schema) = form.schema {
                        self.complete(&mut fields, schema, value.span, sink);
                    }
                    Ok(Value { kind: ValueKind::Construct { kind: word.clone(), name: None, fields }, ..value })
                }
                _ => Err(value),
            },
            ValueKind::Construct { kind, name, fields } => {
                let Some(form) = find(&kind) else {
                    return Err(Value { kind: ValueKind::Construct { kind, name, fields }, ..value });
                };
                let (fields, schema) = positional(fields, form);
                let mut out = match schema {
                    Some(schema) if form.args.is_empty() => self.block(fields, schema, value.span, sink),
                    _ => self.arguments(fields, form, value.span, sink),
                };
                out.sort_keys();
                Ok(Value { kind: ValueKind::Construct { kind, name: None, fields: out }, ..value })
            }
            _ => Err(value),
        }
    }

    fn arguments(&self, fields: Fields, form: &Construct, owner: Span, sink: &mut Sink) -> Fields {
        let mut out = Fields::new();
        for (name, value) in fields {
            match form.args.iter().find(|a| a.name == &*name) {
                Some(arg) => {
                    let label = format!("`{}`", form.kind);
                    out.insert(name, self.value(value, &arg.shape, &label, sink));
                }
                None => {
                    let takes =
                        if form.args.len() == 1 { "1 value".into() } else { format!("{} values", form.args.len()) };
                    let named = name.parse::<usize>().is_err();
                    let d = Diagnostic::error(Code::Arguments, format!("`{}` takes {takes}", form.kind))
                        .label(value.place(), if named { "none of this name" } else { "one too many" });
                    sink.push(if named { d.help(format!("leave the name out: `{}(…)`", form.kind)) } else { d });
                }
            }
        }
        for arg in form.args.iter().filter(|a| a.need == Need::Required && !out.contains_key(a.name)) {
            sink.push(
                Diagnostic::error(Code::Arguments, format!("`{}` needs {}", form.kind, arg.doc))
                    .label(owner, "not given")
                    .help(format!("write `{}(…)`: {}", form.kind, arg.shape.words())),
            );
        }
        out
    }

    fn range(&self, value: Value, sink: &mut Sink) -> Result<Value, Value> {
        match value.kind {
            ValueKind::Range { low, high, entries } => {
                let low = Box::new(self.value(*low, &Shape::Int, "a range's end", sink));
                let high = Box::new(self.value(*high, &Shape::Int, "a range's end", sink));
                let mut out = Vec::new();
                for (kind, value) in entries {
                    match SCALE_POLICIES.block(&kind) {
                        Some(block) => {
                            let list = Value {
                                key: value.key,
                                ..Value::new(ValueKind::List(vec![value.clone()]), value.span)
                            };
                            let named = matches!(&value.kind, ValueKind::Construct { name: Some(_), .. });
                            let checked = self.nested(if named { list } else { value }, block, sink);
                            if let ValueKind::List(items) = checked.kind {
                                out.extend(items.into_iter().map(|item| (kind.clone(), item)));
                            }
                        }
                        None => {
                            sink.push(unknown_field(SCALE_POLICIES.what, &kind, value.place(), SCALE_POLICIES.names()));
                        }
                    }
                }
                Ok(Value { kind: ValueKind::Range { low, high, entries: out }, ..value })
            }
            ValueKind::Int(n) => {
                let end = || Box::new(Value::new(ValueKind::Int(n), value.span));
                Ok(Value { kind: ValueKind::Range { low: end(), high: end(), entries: vec![] }, ..value })
            }
            _ => Err(value),
        }
    }
}

/// Positional arguments under their names.
fn positional(fields: Fields, form: &Construct) -> (Fields, Option<&'static Schema>) {
    let renamed = fields
        .into_iter()
        .map(|(key, value)| match key.parse::<usize>().ok().and_then(|i| form.args.get(i)) {
            Some(arg) => (Arc::from(arg.name), value),
            None => (key, value),
        })
        .collect();
    (renamed, form.schema)
}

fn is_named(value: &Value) -> bool {
    matches!(&value.kind, ValueKind::Construct { name: Some(_), .. })
}
