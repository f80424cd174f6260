//! Where passes push what they find.

use crate::source::Span;

use super::{Diagnostic, Severity};

/// Gathers diagnostics. Passes take it as `&mut Sink`, last, and go on.
#[derive(Debug, Default)]
pub struct Sink {
    diagnostics: Vec<Diagnostic>,
    silent: Vec<Span>,
}

impl Sink {
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let hidden = diagnostic.span().is_some_and(|span| self.silent.iter().any(|s| s.contains(span)));
        if !hidden {
            self.diagnostics.push(diagnostic);
        }
    }

    /// One mistake, one error: what is pushed later inside this span is dropped.
    pub fn silence(&mut self, span: Span) {
        self.silent.push(span);
    }

    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|d| d.severity == Severity::Error)
    }

    /// In one order: by file, offset, code, message.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.diagnostics.sort_by(|a, b| (a.span(), a.code, &a.message).cmp(&(b.span(), b.code, &b.message)));
        self.diagnostics.dedup();
        self.diagnostics
    }

    pub fn as_slice(&self) -> &[Diagnostic] {
        &self.diagnostics
    }
}
