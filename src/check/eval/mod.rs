//! Evaluation: expressions to values. Total and fast: no recursion, no I/O, and a bound on steps. What a value must
//! look like where it stands is [`super::conform`]'s concern.

mod block;
mod budget;
mod composite;
mod number;
mod operators;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::names::{DeclarationId, Names, UnitId};
use crate::report::suggest::nearest;
use crate::report::{Code, Diagnostic, Sink};
use crate::source::Span;
use crate::stack::value::Comparison;
use crate::stack::{Fields, Secrets, Value, ValueKind};
use crate::syntax::ast::{BinaryOp, Expr, ExprKind, Item, Name};

use super::params::Params;

pub use block::{duplicate, refuse_misplaced};
pub use number::{Unit, units};
pub use operators::describe;

/// Deepest chain of expressions and of constants that use each other; the walk recurses along it.
const MAX_DEPTH: u32 = 200;

/// Evaluates the expressions of one program, for one set of parameters.
pub struct Evaluator<'a> {
    pub names: &'a Names,
    pub params: &'a Params,
    /// With what a copy of each costs.
    constants: HashMap<DeclarationId, (u32, Value)>,
    active: Vec<DeclarationId>,
    locals: Vec<(Arc<str>, Value)>,
    depth: u32,
    budget: budget::Budget,
    /// What the secret parameters that were asked for hold.
    pub secrets: Secrets,
    /// Every declaration that was asked for.
    pub reached: BTreeSet<DeclarationId>,
}

impl<'a> Evaluator<'a> {
    pub fn new(names: &'a Names, params: &'a Params) -> Self {
        Self {
            names,
            params,
            constants: HashMap::new(),
            active: Vec::new(),
            locals: Vec::new(),
            depth: 0,
            budget: budget::Budget::default(),
            secrets: Secrets::default(),
            reached: BTreeSet::new(),
        }
    }

    /// With a name bound, as in a policy.
    pub fn with_local<T>(&mut self, name: &str, value: Value, run: impl FnOnce(&mut Self) -> T) -> T {
        self.locals.push((name.into(), value));
        let result = run(self);
        self.locals.pop();
        result
    }

    /// An expression's value. A bare name that means nothing becomes a word, which may mean something where it stands.
    pub fn expr(&mut self, unit: UnitId, expr: &Expr, sink: &mut Sink) -> Value {
        // What the text itself spells out costs nothing: only what is evaluated again for each item does.
        let again = u32::from(!self.locals.is_empty());
        if self.depth > MAX_DEPTH {
            self.budget.give_up(expr.span, "more than 200 levels deep, counting what names stand for", sink);
            return Value::unknown(expr.span);
        }
        if !self.budget.spend(again, expr.span, sink) {
            return Value::unknown(expr.span);
        }
        self.depth += 1;
        let value = self.value(unit, expr, sink);
        self.depth -= 1;
        Value { span: expr.span, key: None, from: self.origin(unit, expr), ..value }
    }

    /// See [`Value::from`].
    fn origin(&self, unit: UnitId, expr: &Expr) -> Option<Span> {
        match &expr.kind {
            ExprKind::Name(name) if self.locals.iter().any(|(n, _)| n == name) => Some(expr.span),
            ExprKind::Name(name) => {
                let id = self.names.lookup(unit, name)?;
                match self.names.item(id)? {
                    Item::Let(_) | Item::Param(_) => self.names.span(id),
                    Item::Use(_) | Item::Decl(_) | Item::Moved(_) | Item::Bad(_) => None,
                }
            }
            ExprKind::Member { .. }
            | ExprKind::Comprehension { .. }
            | ExprKind::With { .. }
            | ExprKind::Unary { .. }
            | ExprKind::Binary { .. }
            | ExprKind::If { .. } => Some(expr.span),
            ExprKind::Bad
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::String(_)
            | ExprKind::List(_)
            | ExprKind::Record(_)
            | ExprKind::Construct { .. }
            | ExprKind::Call { .. }
            | ExprKind::Range { .. } => None,
        }
    }

    /// What an expression stands for, with the home of what its names carry.
    fn value(&mut self, unit: UnitId, expr: &Expr, sink: &mut Sink) -> Value {
        let kind = match &expr.kind {
            ExprKind::Bad => ValueKind::Unknown,
            ExprKind::Bool(b) => ValueKind::Bool(*b),
            ExprKind::Number(n) => number::number(n, expr.span, sink),
            ExprKind::String(pieces) => self.string(unit, pieces, sink),
            ExprKind::Name(name) => return self.name(unit, name, expr.span, sink),
            ExprKind::Member { base, name } => return self.member(unit, base, name, sink),
            ExprKind::List(items) => ValueKind::List(items.iter().map(|item| self.expr(unit, item, sink)).collect()),
            ExprKind::Comprehension { name, source, condition, body } => {
                self.comprehension(unit, name, source, condition.as_deref(), body, sink)
            }
            ExprKind::Record(block) => ValueKind::Record(self.fields(unit, block, sink)),
            ExprKind::Construct { kind, body } => {
                ValueKind::Construct { kind: kind.value.clone(), name: None, fields: self.fields(unit, body, sink) }
            }
            ExprKind::Call { callee, args } => self.call(unit, callee, args, sink),
            ExprKind::With { base, body } => {
                let base = self.expr(unit, base, sink);
                let changes = self.fields(unit, body, sink);
                with(base, changes, expr.span, sink)
            }
            ExprKind::Range { low, high, body } => {
                let low = Box::new(self.expr(unit, low, sink));
                let high = Box::new(self.expr(unit, high, sink));
                let entries = body.as_ref().map(|b| self.entries(unit, b, sink)).unwrap_or_default();
                ValueKind::Range { low, high, entries }
            }
            ExprKind::Unary { op, operand } => {
                let value = self.expr(unit, operand, sink);
                operators::unary(op, value, expr.span, sink)
            }
            ExprKind::Binary { op, left, right } => match op.value {
                BinaryOp::And => self.logic(unit, left, right, false, sink),
                BinaryOp::Or => self.logic(unit, left, right, true, sink),
                BinaryOp::Equal
                | BinaryOp::NotEqual
                | BinaryOp::Less
                | BinaryOp::LessEqual
                | BinaryOp::Greater
                | BinaryOp::GreaterEqual
                | BinaryOp::Add
                | BinaryOp::Subtract
                | BinaryOp::Multiply
                | BinaryOp::Divide => {
                    let left = self.expr(unit, left, sink);
                    let right = self.expr(unit, right, sink);
                    match (&left.kind, operators::comparison(op.value)) {
                        (ValueKind::Word(metric), Some(op)) => condition(metric, op, right),
                        _ => operators::binary(op, &left, &right, expr.span, sink),
                    }
                }
            },
            ExprKind::If { condition, then, otherwise } => match self.truth(unit, condition, sink) {
                Some(true) => return self.expr(unit, then, sink),
                Some(false) => return self.expr(unit, otherwise, sink),
                None => ValueKind::Unknown,
            },
        };
        Value::new(kind, expr.span)
    }

    fn name(&mut self, unit: UnitId, name: &Arc<str>, span: Span, sink: &mut Sink) -> Value {
        if let Some((_, value)) = self.locals.iter().rev().find(|(n, _)| n == name) {
            let kept = self.budget.spend(budget::weight(&value.kind), span, sink);
            return if kept { value.clone() } else { Value::unknown(span) };
        }
        match self.names.lookup(unit, name) {
            Some(id) => self.declared(id, span, sink),
            None if self.names.is_lost(unit, name) => Value::unknown(span),
            None => Value::new(ValueKind::Word(name.clone()), span),
        }
    }

    /// A field of a value that an item's or a policy's name stands for, without a copy of the whole.
    fn local_field(&self, base: &Expr, name: &Name) -> Option<Value> {
        let ExprKind::Name(base) = &base.kind else { return None };
        let (_, value) = self.locals.iter().rev().find(|(n, _)| n == base)?;
        match &value.kind {
            ValueKind::Record(fields) => fields.get(&name.value).cloned(),
            _ => None,
        }
    }

    /// What a policy works out is dropped after it, so each may spend as much as the whole program.
    pub fn renew_budget(&mut self) {
        self.budget = budget::Budget::default();
    }

    /// A declared constant's or parameter's value.
    pub fn constant(&mut self, id: DeclarationId, span: Span, sink: &mut Sink) -> Value {
        Value { span, key: None, from: None, ..self.declared(id, span, sink) }
    }

    fn declared(&mut self, id: DeclarationId, span: Span, sink: &mut Sink) -> Value {
        self.reached.insert(id);
        if let Some((weight, value)) = self.constants.get(&id) {
            let kept = self.budget.spend(weight.saturating_sub(budget::SMALL), span, sink);
            return if kept { value.clone() } else { Value::unknown(span) };
        }
        if let Some(at) = self.active.iter().position(|a| *a == id) {
            let cycle = self.active.get(at..).unwrap_or_default().to_vec();
            sink.push(self.cycle(&cycle, span));
            return Value::unknown(span);
        }
        let (Some(declaration), Some(item)) = (self.names.get(id), self.names.item(id)) else {
            return Value::unknown(span);
        };
        let unit = declaration.unit;
        self.active.push(id);
        let locals = std::mem::take(&mut self.locals);
        let value = match item {
            Item::Let(item) => {
                let value = self.expr(unit, &item.value, sink);
                self.refuse_strangers(unit, &value, sink);
                match &item.ty {
                    Some(ty) => super::typed::typed(value, &super::types::type_of(ty, sink), "this constant", sink),
                    None => value,
                }
            }
            Item::Param(param) => {
                let params = self.params;
                params.value(self, unit, param, sink)
            }
            Item::Decl(decl) => Value::new(
                ValueKind::Ref { declaration: id.0, name: decl.name.value.clone(), with: Fields::new() },
                span,
            ),
            Item::Use(_) | Item::Moved(_) | Item::Bad(_) => Value::unknown(span),
        };
        self.locals = locals;
        self.active.pop();
        self.constants.insert(id, (budget::weight(&value.kind), value.clone()));
        value
    }

    /// Words of a constant that mean nothing, wherever the constant may be used.
    fn refuse_strangers(&self, unit: UnitId, value: &Value, sink: &mut Sink) {
        match &value.kind {
            ValueKind::Word(word) if !super::schema::is_word(word) => {
                sink.push(self.unknown_name(unit, word, value.span));
            }
            ValueKind::Construct { kind, .. } if value.from.is_none() && !super::schema::is_word(kind) => {
                let span = Span { end: value.span.start + kind.len() as u32, ..value.span };
                sink.push(self.unknown_name(unit, kind, span));
            }
            ValueKind::List(items) => items.iter().for_each(|item| self.refuse_strangers(unit, item, sink)),
            ValueKind::Record(fields) => fields.values().for_each(|item| self.refuse_strangers(unit, item, sink)),
            _ => {}
        }
    }

    fn cycle(&self, cycle: &[DeclarationId], span: Span) -> Diagnostic {
        let names: Vec<&str> =
            cycle.iter().chain(cycle.first()).filter_map(|id| self.names.get(*id)).map(|d| &*d.name.value).collect();
        let mut d = Diagnostic::error(Code::ConstantCycle, format!("this is made of itself: {}", names.join(" → ")))
            .label(span, "used here again");
        for id in cycle {
            if let Some(span) = self.names.span(*id) {
                d = d.label(span, "part of the cycle");
            }
        }
        d
    }

    fn member(&mut self, unit: UnitId, base: &Expr, name: &Name, sink: &mut Sink) -> Value {
        if let Some(found) = self.local_field(base, name) {
            return found;
        }
        let value = self.expr(unit, base, sink);
        let fields = match &value.kind {
            ValueKind::Unknown => return Value::unknown(name.span),
            ValueKind::Record(fields) | ValueKind::Construct { fields, .. } => fields,
            other => {
                sink.push(
                    Diagnostic::error(Code::Mismatch, format!("{} has no fields", describe(other)))
                        .label(name.span, "can't take a field of it"),
                );
                return Value::unknown(name.span);
            }
        };
        if let Some(field) = fields.get(&name.value) {
            return field.clone();
        }
        sink.push(super::conform::unknown_field("this record", &name.value, name.span, fields.keys().map(|k| &**k)));
        Value::unknown(name.span)
    }

    fn truth(&mut self, unit: UnitId, expr: &Expr, sink: &mut Sink) -> Option<bool> {
        let value = self.expr(unit, expr, sink);
        match value.kind {
            ValueKind::Bool(b) => Some(b),
            ValueKind::Unknown => None,
            ValueKind::Word(word) => {
                sink.push(self.unknown_name(unit, &word, value.span));
                None
            }
            other => {
                sink.push(
                    Diagnostic::error(
                        Code::Mismatch,
                        format!("expected `true` or `false`, found {}", describe(&other)),
                    )
                    .label(value.span, "not a truth value"),
                );
                None
            }
        }
    }

    fn logic(&mut self, unit: UnitId, left: &Expr, right: &Expr, stop: bool, sink: &mut Sink) -> ValueKind {
        match self.truth(unit, left, sink) {
            Some(b) if b == stop => ValueKind::Bool(stop),
            Some(_) => self.truth(unit, right, sink).map_or(ValueKind::Unknown, ValueKind::Bool),
            None => ValueKind::Unknown,
        }
    }

    /// A word that means nothing where it stands.
    pub fn unknown_name(&self, unit: UnitId, name: &str, span: Span) -> Diagnostic {
        let d = Diagnostic::error(Code::UnknownName, format!("nothing is called `{name}` here"))
            .label(span, "not declared in this file, and not brought in by a `use`");
        let own = nearest(name, self.locals.iter().map(|(n, _)| &**n)).map(Arc::from);
        match own.or_else(|| self.names.suggest(unit, name)) {
            Some(near) => d.help(format!("did you mean `{near}`?")).fix("use the nearest name", span, &*near),
            None => match self.names.way_to(unit, name) {
                Some(way) => d.help(format!("write `{way}` at the top of this file")),
                None => d,
            },
        }
    }
}

fn condition(metric: &Arc<str>, op: Comparison, bound: Value) -> ValueKind {
    ValueKind::Condition { metric: metric.clone(), op, bound: Box::new(bound) }
}

/// `base with { … }`.
fn with(base: Value, changes: Fields, span: Span, sink: &mut Sink) -> ValueKind {
    match base.kind {
        ValueKind::Unknown => ValueKind::Unknown,
        ValueKind::Ref { declaration, name, with: mut before } => {
            before.extend(changes);
            ValueKind::Ref { declaration, name, with: before }
        }
        ValueKind::Record(mut fields) => {
            fields.extend(changes);
            ValueKind::Record(fields)
        }
        ValueKind::Construct { kind, name, mut fields } => {
            fields.extend(changes);
            ValueKind::Construct { kind, name, fields }
        }
        ValueKind::Word(kind) => ValueKind::Construct { kind, name: None, fields: changes },
        other => {
            sink.push(
                Diagnostic::error(Code::Mismatch, format!("`with` can't change {}", describe(&other)))
                    .label(span, "has no fields to change")
                    .help("`with` makes a copy of a model, a pipeline or a record, with some fields changed"),
            );
            ValueKind::Unknown
        }
    }
}
