//! What a diagnostic is: plain data, for every way of showing it.

use crate::source::Span;

use super::{Change, Code, Proposal};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
    Note,
}

/// One message. Built by chaining: `Diagnostic::error(code, "…").label(span, "…").help("…")`.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnostic {
    pub code: Code,
    pub severity: Severity,
    /// One sentence: lower case, no full stop, the user's text in backticks.
    pub message: String,
    /// The first is the primary one; its span is where the diagnostic stands.
    pub labels: Vec<Label>,
    pub help: Option<String>,
    /// Facts behind it: source and date, or where a default came from.
    pub notes: Vec<String>,
    pub fix: Option<Fix>,
    /// A fix that is not made into edits yet.
    pub proposal: Option<Proposal>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    pub span: Span,
    pub text: String,
}

/// Edits that make the diagnostic go away.
#[derive(Debug, Clone, PartialEq)]
pub struct Fix {
    pub title: String,
    pub edits: Vec<Edit>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    pub span: Span,
    pub text: String,
}

impl Diagnostic {
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, message)
    }

    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, message)
    }

    pub fn notice(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Note, message)
    }

    fn new(code: Code, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            message: message.into(),
            labels: vec![],
            help: None,
            notes: vec![],
            fix: None,
            proposal: None,
        }
    }

    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// A fix of one edit.
    pub fn fix(mut self, title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        self.fix = Some(Fix { title: title.into(), edits: vec![Edit { span, text: text.into() }] });
        self
    }

    /// A fix that needs the text around its places. `{}` in the title stands for the names of what is left out.
    pub fn propose(mut self, title: impl Into<String>, changes: impl IntoIterator<Item = Change>) -> Self {
        self.proposal = Some(Proposal { title: title.into(), changes: changes.into_iter().collect() });
        self
    }

    /// Where it stands; none for what no source is to blame for.
    pub fn span(&self) -> Option<Span> {
        self.labels.first().map(|l| l.span)
    }
}
