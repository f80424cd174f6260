//! Checked fields to Rust values. What is absent or was refused is `None`; the refusal is already reported.

use std::sync::Arc;
use std::time::Duration;

use crate::source::{FileId, Span, Spanned};
use crate::stack::{Fields, Money, Quantity, Value, ValueKind};

/// Reads one block's fields.
#[derive(Clone, Copy)]
pub struct Read<'a>(pub &'a Fields);

impl<'a> Read<'a> {
    pub fn get(self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|v| !matches!(v.kind, ValueKind::Unknown))
    }

    fn spanned<T>(self, name: &str, read: impl Fn(&ValueKind) -> Option<T>) -> Option<Spanned<T>> {
        let value = self.get(name)?;
        Some(Spanned::new(read(&value.kind)?, value.span))
    }

    pub fn duration(self, name: &str) -> Option<Spanned<Duration>> {
        self.spanned(name, duration)
    }

    pub fn size(self, name: &str) -> Option<Spanned<u64>> {
        self.spanned(name, |k| if let ValueKind::Quantity(Quantity::Size(n)) = k { Some(*n) } else { None })
    }

    pub fn percent(self, name: &str) -> Option<Spanned<f64>> {
        self.spanned(name, |k| if let ValueKind::Quantity(Quantity::Percent(x)) = k { Some(*x) } else { None })
    }

    pub fn money(self, name: &str) -> Option<Spanned<Money>> {
        self.spanned(name, |k| if let ValueKind::Quantity(Quantity::Money(m)) = k { Some(*m) } else { None })
    }

    pub fn float(self, name: &str) -> Option<Spanned<f64>> {
        self.spanned(name, |k| if let ValueKind::Float(x) = k { Some(*x) } else { None })
    }

    /// A whole number as it was written; rules say which are allowed.
    pub fn int(self, name: &str) -> Option<Spanned<i64>> {
        self.spanned(name, |k| if let ValueKind::Int(n) = k { Some(*n) } else { None })
    }

    /// A count; out of its range it is cut, which rules report.
    pub fn count(self, name: &str) -> Option<Spanned<u32>> {
        self.int(name).map(|n| Spanned::new(n.value.clamp(0, i64::from(u32::MAX)) as u32, n.span))
    }

    pub fn bool(self, name: &str) -> Option<bool> {
        self.spanned(name, |k| if let ValueKind::Bool(b) = k { Some(*b) } else { None }).map(|s| s.value)
    }

    pub fn text(self, name: &str) -> Option<Spanned<Arc<str>>> {
        self.spanned(name, |k| if let ValueKind::String(s) = k { Some(s.clone()) } else { None })
    }

    /// A path, with the file that it is relative to.
    pub fn path(self, name: &str) -> Option<Path> {
        Path::of(self.get(name)?)
    }

    pub fn word(self, name: &str) -> Option<Spanned<Arc<str>>> {
        self.spanned(name, |k| if let ValueKind::Word(w) = k { Some(w.clone()) } else { None })
    }

    pub fn list(self, name: &str) -> &'a [Value] {
        match self.get(name).map(|v| &v.kind) {
            Some(ValueKind::List(items)) => items,
            _ => &[],
        }
    }

    /// A nested block's or a construct's kind and fields.
    pub fn construct(self, name: &str) -> Option<(Spanned<Arc<str>>, Read<'a>)> {
        let value = self.get(name)?;
        match &value.kind {
            ValueKind::Construct { kind, fields, .. } => Some((Spanned::new(kind.clone(), value.span), Read(fields))),
            _ => None,
        }
    }

    /// Named blocks of one kind: name, where it stands, fields.
    pub fn blocks(self, kind: &str) -> impl Iterator<Item = (Arc<str>, &'a Value, Read<'a>)> {
        self.list(kind).iter().filter_map(|value| match &value.kind {
            ValueKind::Construct { name: Some(name), fields, .. } => Some((name.clone(), value, Read(fields))),
            _ => None,
        })
    }
}

/// A path as it is written somewhere.
#[derive(Debug, Clone)]
pub struct Path {
    pub text: Arc<str>,
    /// Where it is used.
    pub span: Span,
    /// The file in which it is written out: it is relative to that one.
    pub home: FileId,
}

impl Path {
    pub fn of(value: &Value) -> Option<Self> {
        let ValueKind::String(text) = &value.kind else { return None };
        Some(Self { text: text.clone(), span: value.span, home: value.home })
    }
}

/// A duration's value.
pub fn duration(kind: &ValueKind) -> Option<Duration> {
    if let ValueKind::Quantity(Quantity::Duration(n)) = kind { Some(Duration::from_nanos(*n)) } else { None }
}
