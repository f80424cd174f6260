//! Values that expressions evaluate to, in the units of their types. Equality ignores where a value stands.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::source::{FileId, Span};

/// A value and where it was written.
#[derive(Debug, Clone)]
pub struct Value {
    pub kind: ValueKind,
    pub span: Span,
    /// Of a field's value: where the field's name stands.
    pub key: Option<Span>,
    /// Of what is not written out at `span`: the declaration that a name there stands for, or `span` again for what is
    /// computed there.
    pub from: Option<Span>,
    /// The file in which it is written out, wherever names carry it: a relative path starts at that file's folder.
    pub home: FileId,
}

impl Value {
    pub fn new(kind: ValueKind, span: Span) -> Self {
        Self { kind, span, key: None, from: None, home: span.file }
    }

    pub fn unknown(span: Span) -> Self {
        Self::new(ValueKind::Unknown, span)
    }

    /// Where to point for the whole field: its name, or else its value.
    pub fn place(&self) -> Span {
        self.key.unwrap_or(self.span)
    }
}

/// Fields in source order.
pub type Fields = IndexMap<Arc<str>, Value>;

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum ValueKind {
    Bool(bool),
    Int(i64),
    Float(f64),
    /// Text; also a URI before its type is known.
    String(Arc<str>),
    /// A number with a unit.
    Quantity(Quantity),
    /// `1..20 { … }`: the ends, and the policies in order.
    Range {
        low: Box<Value>,
        high: Box<Value>,
        entries: Vec<(Arc<str>, Value)>,
    },
    List(Vec<Value>),
    /// `{ a = 1 }`
    Record(Fields),
    /// `gpu { memory = 6GiB }`, `onnx("1.20")` (arguments under `0`, `1`, …), and nested blocks `track cpu { … }`,
    /// whose own name is `name`.
    Construct {
        kind: Arc<str>,
        name: Option<Arc<str>>,
        fields: Fields,
    },
    /// A word with a meaning of its own where it stands: `on`, `realtime`, `cpu`.
    Word(Arc<str>),
    /// `errors > 1%`: a metric against a bound.
    Condition {
        metric: Arc<str>,
        op: Comparison,
        bound: Box<Value>,
    },
    /// A declaration: its index among all, its name, and the changes that `with` makes to it.
    Ref {
        declaration: u32,
        name: Arc<str>,
        with: Fields,
    },
    /// A secret parameter, by its name; its value is kept aside.
    Secret(Arc<str>),
    /// Could not be evaluated, and that is already reported; agrees with every type.
    Unknown,
}

/// A number with a unit, in its base unit.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub enum Quantity {
    /// Nanoseconds.
    Duration(u64),
    /// Bytes.
    Size(u64),
    /// A fraction: `10%` is 0.1.
    Percent(f64),
    /// Events a second.
    Rate(f64),
    Money(Money),
}

/// An amount a month.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Money {
    /// ISO 4217 letters.
    pub currency: [u8; 3],
    /// Hundredths of the currency, per month of 730 hours.
    pub cents_per_month: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
}
