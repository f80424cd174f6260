//! One edge: a value against the input it is given to, and what to say where they differ.

use std::sync::Arc;

use crate::check::types::{Bound, Difference, Sizes, unify};
use crate::report::{Code, Diagnostic, Sink};
use crate::source::Span;
use crate::stack::{Dim, Port, Type};

use super::Signature;
use super::typing::Wire;

/// An argument on its way to an input.
pub(super) struct Edge<'a> {
    pub(super) signature: &'a Signature,
    pub(super) port: &'a Port,
    pub(super) wire: &'a Wire,
    /// The argument's expression.
    pub(super) at: Span,
}

impl Edge<'_> {
    /// Whether the value fits; else that is reported.
    pub(super) fn check(&self, sizes: &mut Sizes, sink: &mut Sink) -> bool {
        let before = sizes.clone();
        let Err(differences) = unify(&self.port.ty, &self.wire.ty, self.at, sizes) else { return true };
        let only_conflicts = differences.iter().all(|d| matches!(d, Difference::Conflict { .. }));
        sink.push(match differences.first() {
            Some(Difference::Conflict { symbol, index, found, before }) if only_conflicts => {
                self.conflict(symbol, *index, found, before)
            }
            _ => self.mismatch(&differences, &before),
        });
        false
    }

    fn mismatch(&self, differences: &[Difference], sizes: &Sizes) -> Diagnostic {
        let words: Vec<String> = differences.iter().map(ToString::to_string).collect();
        let (Port { name, ty, .. }, callee) = (self.port, &self.signature.name);
        let message = format!("{} does not fit `{name}` of `{callee}`: {}", self.value(), words.join("; "));
        let expected = sizes.apply(ty);
        let taken =
            if expected == *ty { format!("`{name}: {ty}`") } else { format!("`{name}: {ty}`, here `{expected}`") };
        let mut error = Diagnostic::error(Code::EdgeType, message)
            .label(self.at, format!("this is `{}`", self.wire.ty))
            .label(self.port.span, format!("expected by {taken}"))
            .label(self.wire.origin, self.came());
        if let Some(help) = help(&expected, self.wire, differences) {
            error = error.help(help);
        }
        self.notes(error)
    }

    fn conflict(&self, symbol: &str, index: usize, found: &Dim, before: &Bound) -> Diagnostic {
        let Bound { size, by } = before;
        let callee = &self.signature.name;
        let message = format!("`{symbol}` of `{callee}` can't be both {} and {}", words(size), words(found));
        let error = Diagnostic::error(Code::SizeConflict, message)
            .label(self.at, format!("dim {index} makes it {}: this is `{}`", words(found), self.wire.ty))
            .label(*by, format!("this makes it {}", words(size)))
            .label(self.port.span, format!("`{}: {}`", self.port.name, self.port.ty))
            .label(self.wire.origin, self.came())
            .help(format!("`{symbol}` is one size wherever it stands in `{callee}`"));
        self.notes(error)
    }

    /// The value in words.
    fn value(&self) -> String {
        match &self.wire.callee {
            Some(callee) => format!("output `{}` of `{}`", self.wire.port, callee.name),
            None => format!("input `{}`", self.wire.port),
        }
    }

    fn came(&self) -> String {
        format!("it comes from here, as `{}: {}`", self.wire.port, self.wire.ty)
    }

    fn notes(&self, error: Diagnostic) -> Diagnostic {
        let error = error.note(format!("`{}`", self.signature));
        match &self.wire.callee {
            Some(callee) if callee.name != self.signature.name => error.note(format!("`{callee}`")),
            _ => error,
        }
    }
}

/// A size for people.
fn words(dim: &Dim) -> String {
    match dim {
        Dim::Fixed(n) => n.to_string(),
        Dim::Symbol(name) => format!("`{name}`"),
        Dim::Any => "`?`".to_owned(),
    }
}

/// What to do about the common ones.
pub(super) fn help(expected: &Type, wire: &Wire, differences: &[Difference]) -> Option<String> {
    let fixed = match (expected, &wire.ty) {
        (Type::Tensor(_), Type::Image(_)) => Some("decode it first, with `decode` of `std/images`".to_owned()),
        (Type::Tensor(_), Type::Audio(_)) => Some("decode it first, with `decode` of `std/audio`".to_owned()),
        (Type::Text, Type::Bytes) => Some("read it first, with `as_text` of `std/bytes`".to_owned()),
        _ => None,
    };
    fixed.or_else(|| differences.iter().find_map(|d| unproven(d, wire.callee.is_none())))
}

/// Help for a size that would have to be proven.
fn unproven(difference: &Difference, chosen: bool) -> Option<String> {
    if let Difference::Dim { expected: Dim::Fixed(size), found: Dim::Symbol(name), .. } = difference {
        return Some(run_time(name, &size.to_string(), chosen));
    }
    if let Difference::Conflict { before, found: Dim::Symbol(name), .. } = difference {
        return Some(run_time(name, &words(&before.size), chosen));
    }
    None
}

/// `chosen` where callers choose the size, and not a step.
fn run_time(name: &Arc<str>, expected: &str, chosen: bool) -> String {
    let why = if chosen { "is any size that a caller sends" } else { "is known only at run time" };
    format!("`{name}` {why}; where it is always {expected}, declare it so, or write `?` to leave it to run time")
}
