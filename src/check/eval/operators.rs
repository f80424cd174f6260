//! Arithmetic and comparison over like units.

use std::cmp::Ordering;

use crate::report::{Code, Diagnostic, Sink};
use crate::source::{Span, Spanned};
use crate::stack::value::Comparison;
use crate::stack::{Money, Quantity, Value, ValueKind};
use crate::syntax::ast::{BinaryOp, UnaryOp};

/// `op value`.
pub fn unary(op: &Spanned<UnaryOp>, value: Value, span: Span, sink: &mut Sink) -> ValueKind {
    match (op.value, value.kind) {
        (_, ValueKind::Unknown) => ValueKind::Unknown,
        (UnaryOp::Not, ValueKind::Bool(b)) => ValueKind::Bool(!b),
        (UnaryOp::Negate, ValueKind::Int(n)) => checked(n.checked_neg().map(ValueKind::Int), span, sink),
        (UnaryOp::Negate, ValueKind::Float(x)) => ValueKind::Float(-x),
        (UnaryOp::Negate, kind) => {
            sink.push(cannot(format!("can't negate {}", describe(&kind)), span));
            ValueKind::Unknown
        }
        (UnaryOp::Not, kind) => {
            sink.push(cannot(format!("`!` takes `true` or `false`, not {}", describe(&kind)), span));
            ValueKind::Unknown
        }
    }
}

/// `left op right`, but for `&&` and `||`, which look at the left side first.
pub fn binary(op: &Spanned<BinaryOp>, left: &Value, right: &Value, span: Span, sink: &mut Sink) -> ValueKind {
    let op = match kind(op.value) {
        Kind::Comparison(comparison) => return compare(comparison, left, right, sink),
        Kind::Arithmetic(op) => op,
        Kind::Logic => return ValueKind::Unknown,
    };
    let result = match (&left.kind, &right.kind) {
        (ValueKind::Unknown, _) | (_, ValueKind::Unknown) => return ValueKind::Unknown,
        (ValueKind::Int(a), ValueKind::Int(b)) => return ints(op, *a, *b, span, sink),
        (a, b) => match (as_float(a), as_float(b)) {
            (Some(a), Some(b)) => Some(ValueKind::Float(floats(op, a, b))),
            _ => quantities(op, a, b),
        },
    };
    match result {
        Some(ValueKind::Float(x)) if !x.is_finite() => checked(None, span, sink),
        Some(kind) => kind,
        None if alike(&left.kind, &right.kind) && op == Arithmetic::Subtract => {
            sink.push(
                Diagnostic::error(Code::OutOfRange, "this is less than nothing")
                    .label(left.span, "the smaller one")
                    .label(right.span, "taken from it")
                    .help("quantities with a unit are never negative"),
            );
            ValueKind::Unknown
        }
        None => {
            sink.push(
                Diagnostic::error(Code::UnlikeUnits, format!("can't {}", words(op)))
                    .label(left.span, describe(&left.kind))
                    .label(right.span, describe(&right.kind))
                    .help("both sides must be of one unit; a plain number may multiply or divide a unit"),
            );
            ValueKind::Unknown
        }
    }
}

/// What an operator does.
enum Kind {
    Comparison(Comparison),
    Arithmetic(Arithmetic),
    Logic,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
}

fn kind(op: BinaryOp) -> Kind {
    match op {
        BinaryOp::Equal => Kind::Comparison(Comparison::Equal),
        BinaryOp::NotEqual => Kind::Comparison(Comparison::NotEqual),
        BinaryOp::Less => Kind::Comparison(Comparison::Less),
        BinaryOp::LessEqual => Kind::Comparison(Comparison::LessEqual),
        BinaryOp::Greater => Kind::Comparison(Comparison::Greater),
        BinaryOp::GreaterEqual => Kind::Comparison(Comparison::GreaterEqual),
        BinaryOp::Add => Kind::Arithmetic(Arithmetic::Add),
        BinaryOp::Subtract => Kind::Arithmetic(Arithmetic::Subtract),
        BinaryOp::Multiply => Kind::Arithmetic(Arithmetic::Multiply),
        BinaryOp::Divide => Kind::Arithmetic(Arithmetic::Divide),
        BinaryOp::Or | BinaryOp::And => Kind::Logic,
    }
}

/// The comparison that an operator is, if it is one.
pub fn comparison(op: BinaryOp) -> Option<Comparison> {
    if let Kind::Comparison(comparison) = kind(op) { Some(comparison) } else { None }
}

fn compare(op: Comparison, left: &Value, right: &Value, sink: &mut Sink) -> ValueKind {
    let equal_only = matches!(op, Comparison::Equal | Comparison::NotEqual);
    let order = match (&left.kind, &right.kind) {
        (ValueKind::Unknown, _) | (_, ValueKind::Unknown) => return ValueKind::Unknown,
        (ValueKind::Quantity(a), ValueKind::Quantity(b)) if same_unit(a, b) => a.partial_cmp(b),
        (ValueKind::Int(a), ValueKind::Int(b)) => Some(a.cmp(b)),
        (a, b) => match (as_float(a), as_float(b)) {
            (Some(a), Some(b)) => a.partial_cmp(&b),
            _ if equal_only && std::mem::discriminant(a) == std::mem::discriminant(b) => {
                Some(if a == b { Ordering::Equal } else { Ordering::Less })
            }
            _ => None,
        },
    };
    let Some(order) = order else {
        sink.push(
            Diagnostic::error(Code::UnlikeUnits, "can't compare these")
                .label(left.span, describe(&left.kind))
                .label(right.span, describe(&right.kind))
                .help("both sides must be of one type and unit"),
        );
        return ValueKind::Unknown;
    };
    ValueKind::Bool(match op {
        Comparison::Less => order.is_lt(),
        Comparison::LessEqual => order.is_le(),
        Comparison::Greater => order.is_gt(),
        Comparison::GreaterEqual => order.is_ge(),
        Comparison::Equal => order.is_eq(),
        Comparison::NotEqual => order.is_ne(),
    })
}

fn ints(op: Arithmetic, a: i64, b: i64, span: Span, sink: &mut Sink) -> ValueKind {
    let result = match op {
        Arithmetic::Add => a.checked_add(b),
        Arithmetic::Subtract => a.checked_sub(b),
        Arithmetic::Multiply => a.checked_mul(b),
        // The smallest number by minus one is past 64 bits, and nothing can be divided by zero.
        Arithmetic::Divide => match a.checked_rem(b) {
            Some(0) => a.checked_div(b),
            Some(_) => return ValueKind::Float(a as f64 / b as f64),
            None => None,
        },
    };
    checked(result.map(ValueKind::Int), span, sink)
}

fn floats(op: Arithmetic, a: f64, b: f64) -> f64 {
    match op {
        Arithmetic::Add => a + b,
        Arithmetic::Subtract => a - b,
        Arithmetic::Multiply => a * b,
        Arithmetic::Divide => a / b,
    }
}

fn quantities(op: Arithmetic, a: &ValueKind, b: &ValueKind) -> Option<ValueKind> {
    match (a, b) {
        (ValueKind::Quantity(a), ValueKind::Quantity(b)) if same_unit(a, b) => {
            let (x, y) = (base(a), base(b));
            match op {
                Arithmetic::Divide => Some(ratio(x / y)),
                Arithmetic::Add | Arithmetic::Subtract => rebase(a, floats(op, x, y)).map(ValueKind::Quantity),
                Arithmetic::Multiply => None,
            }
        }
        (ValueKind::Quantity(a), b) if matches!(op, Arithmetic::Multiply | Arithmetic::Divide) => {
            rebase(a, floats(op, base(a), as_float(b)?)).map(ValueKind::Quantity)
        }
        (a, ValueKind::Quantity(b)) if op == Arithmetic::Multiply => {
            rebase(b, as_float(a)? * base(b)).map(ValueKind::Quantity)
        }
        (ValueKind::String(a), ValueKind::String(b)) if op == Arithmetic::Add => {
            Some(ValueKind::String(format!("{a}{b}").into()))
        }
        (ValueKind::List(a), ValueKind::List(b)) if op == Arithmetic::Add => {
            Some(ValueKind::List(a.iter().chain(b).cloned().collect()))
        }
        _ => None,
    }
}

/// How often one quantity is in another: a whole number where it is one, as `6 / 2` is.
fn ratio(x: f64) -> ValueKind {
    if x.fract() == 0.0 && x.abs() < 9.0e15 { ValueKind::Int(x as i64) } else { ValueKind::Float(x) }
}

fn alike(a: &ValueKind, b: &ValueKind) -> bool {
    matches!((a, b), (ValueKind::Quantity(a), ValueKind::Quantity(b)) if same_unit(a, b))
}

fn same_unit(a: &Quantity, b: &Quantity) -> bool {
    match (a, b) {
        (Quantity::Money(a), Quantity::Money(b)) => a.currency == b.currency,
        _ => std::mem::discriminant(a) == std::mem::discriminant(b),
    }
}

fn base(q: &Quantity) -> f64 {
    match q {
        Quantity::Duration(n) | Quantity::Size(n) => *n as f64,
        Quantity::Percent(x) | Quantity::Rate(x) => *x,
        Quantity::Money(m) => m.cents_per_month as f64,
    }
}

fn rebase(like: &Quantity, amount: f64) -> Option<Quantity> {
    if !amount.is_finite() || !(0.0..=9.0e18).contains(&amount) {
        return None;
    }
    Some(match like {
        Quantity::Duration(_) => Quantity::Duration(amount.round() as u64),
        Quantity::Size(_) => Quantity::Size(amount.round() as u64),
        Quantity::Percent(_) => Quantity::Percent(amount),
        Quantity::Rate(_) => Quantity::Rate(amount),
        Quantity::Money(m) => Quantity::Money(Money { currency: m.currency, cents_per_month: amount.round() as i64 }),
    })
}

fn as_float(kind: &ValueKind) -> Option<f64> {
    if let ValueKind::Int(n) = kind {
        Some(*n as f64)
    } else if let ValueKind::Float(x) = kind {
        Some(*x)
    } else {
        None
    }
}

fn checked(result: Option<ValueKind>, span: Span, sink: &mut Sink) -> ValueKind {
    result.unwrap_or_else(|| {
        sink.push(
            Diagnostic::error(Code::OutOfRange, "this can't be computed").label(span, "out of range, or by zero"),
        );
        ValueKind::Unknown
    })
}

fn cannot(message: String, span: Span) -> Diagnostic {
    Diagnostic::error(Code::Mismatch, message).label(span, "here")
}

fn words(op: Arithmetic) -> &'static str {
    match op {
        Arithmetic::Add => "add these",
        Arithmetic::Subtract => "subtract these",
        Arithmetic::Multiply => "multiply these",
        Arithmetic::Divide => "divide these",
    }
}

/// A value's kind, for "expected …, found …".
pub fn describe(kind: &ValueKind) -> String {
    match kind {
        ValueKind::Bool(b) => format!("`{b}`"),
        ValueKind::Int(n) => format!("the number {n}"),
        ValueKind::Float(x) => format!("the number {x}"),
        ValueKind::String(text) if text.len() <= 40 => format!("the text `{text}`"),
        ValueKind::String(_) => "text".into(),
        ValueKind::Quantity(Quantity::Duration(_)) => "a duration".into(),
        ValueKind::Quantity(Quantity::Size(_)) => "a size".into(),
        ValueKind::Quantity(Quantity::Percent(_)) => "a percent".into(),
        ValueKind::Quantity(Quantity::Rate(_)) => "a rate".into(),
        ValueKind::Quantity(Quantity::Money(m)) => {
            format!("money in {}", String::from_utf8_lossy(&m.currency))
        }
        ValueKind::Range { .. } => "a range".into(),
        ValueKind::List(_) => "a list".into(),
        ValueKind::Record(_) => "a record".into(),
        ValueKind::Construct { kind, .. } => format!("`{kind}`"),
        ValueKind::Word(word) => format!("`{word}`"),
        ValueKind::Condition { .. } => "a condition".into(),
        ValueKind::Ref { name, .. } => format!("`{name}`"),
        ValueKind::Secret(name) => format!("the secret `{name}`"),
        ValueKind::Unknown => "an unknown value".into(),
    }
}
