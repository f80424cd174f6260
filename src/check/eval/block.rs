//! Blocks to fields: `name = value` and `kind name { … }`, before anything is known of what may stand there.

use std::sync::Arc;

use crate::names::UnitId;
use crate::report::{Code, Diagnostic, Sink};
use crate::source::Span;
use crate::stack::{Fields, Value, ValueKind};
use crate::syntax::ast::{Block, Entry, Nested};

use super::Evaluator;

impl Evaluator<'_> {
    /// A block's fields. Named blocks of one kind gather in a list under their kind. Ports, parameters and deploys
    /// are for those who expect them.
    pub fn fields(&mut self, unit: UnitId, block: &Block, sink: &mut Sink) -> Fields {
        let mut fields = Fields::new();
        for entry in &block.entries {
            match entry {
                Entry::Field(field) => {
                    let mut value = self.expr(unit, &field.value, sink);
                    value.key = Some(field.name.span);
                    insert(&mut fields, &field.name.value, value, sink);
                }
                Entry::Nested(nested) => {
                    let value = self.nested(unit, nested, sink);
                    if nested.name.is_none() {
                        insert(&mut fields, &nested.kind.value, value, sink);
                        continue;
                    }
                    let list = fields
                        .entry(nested.kind.value.clone())
                        .or_insert_with(|| Value { key: value.key, ..Value::new(ValueKind::List(vec![]), value.span) });
                    if let ValueKind::List(items) = &mut list.kind {
                        items.push(value);
                    } else {
                        let first = list.place();
                        sink.push(duplicate(&nested.kind.value, nested.kind.span, first));
                    }
                }
                Entry::Port(_) | Entry::Param(_) | Entry::Deploy(_) | Entry::Bad(_) => {}
            }
        }
        fields
    }

    /// The blocks between a range's braces, in order.
    pub(super) fn entries(&mut self, unit: UnitId, block: &Block, sink: &mut Sink) -> Vec<(Arc<str>, Value)> {
        let mut out = Vec::new();
        for entry in &block.entries {
            match entry {
                Entry::Nested(nested) => out.push((nested.kind.value.clone(), self.nested(unit, nested, sink))),
                Entry::Field(field) => {
                    let mut value = self.expr(unit, &field.value, sink);
                    value.key = Some(field.name.span);
                    out.push((field.name.value.clone(), value));
                }
                Entry::Port(p) => sink.push(misplaced(p.span)),
                Entry::Param(p) => sink.push(misplaced(p.span)),
                Entry::Deploy(d) => sink.push(misplaced(d.span)),
                Entry::Bad(_) => {}
            }
        }
        out
    }

    fn nested(&mut self, unit: UnitId, nested: &Nested, sink: &mut Sink) -> Value {
        let fields = self.fields(unit, &nested.body, sink);
        refuse_misplaced(&nested.body, nested.kind.value.as_ref() == "model", sink);
        let kind = ValueKind::Construct {
            kind: nested.kind.value.clone(),
            name: nested.name.as_ref().map(|n| n.value.clone()),
            fields,
        };
        let key = nested.name.as_ref().map_or(nested.kind.span, |n| nested.kind.span.to(n.span));
        Value { key: Some(key), ..Value::new(kind, nested.span) }
    }
}

/// Ports, parameters and deploys where none belong. `ports`: those do.
pub fn refuse_misplaced(block: &Block, ports: bool, sink: &mut Sink) {
    for entry in &block.entries {
        match entry {
            Entry::Port(p) if !ports => sink.push(misplaced(p.span)),
            Entry::Param(p) => sink.push(misplaced(p.span)),
            Entry::Deploy(d) => sink.push(misplaced(d.span)),
            Entry::Port(_) | Entry::Field(_) | Entry::Nested(_) | Entry::Bad(_) => {}
        }
    }
}

fn misplaced(span: Span) -> Diagnostic {
    Diagnostic::error(Code::Misplaced, "this can't stand here").label(span, "belongs in another kind of block").help(
        "`input` and `output` stand in models, transforms and pipelines; `param` in transforms; `deploy` in stacks",
    )
}

fn insert(fields: &mut Fields, name: &Arc<str>, value: Value, sink: &mut Sink) {
    if name.is_empty() {
        return;
    }
    if let Some(first) = fields.get(name) {
        sink.push(duplicate(name, value.place(), first.place()));
        return;
    }
    fields.insert(name.clone(), value);
}

/// A name that is given twice in one block.
pub fn duplicate(name: &str, again: Span, first: Span) -> Diagnostic {
    Diagnostic::error(Code::GivenTwice, format!("`{name}` is given twice"))
        .label(again, "given again here")
        .label(first, "first given here")
        .help("keep one of them")
}
