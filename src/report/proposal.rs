//! A fix that depends on the text around a place: what a pass asks for, before it is made into edits.

use crate::source::Span;

use super::Edit;

/// What a pass proposes. `amend` makes it the diagnostic's fix, or drops it where the text can't be changed so.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// `{}` stands for the names of what is left out.
    pub title: String,
    pub changes: Vec<Change>,
}

/// One change of a text.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    Write(Edit),
    /// Leaves out the entry of a block that a span is in: a field by its name or its value, or a block.
    LeaveOut(Span),
    /// Another kind for a value such as `canary { … }`, without these of its fields; `whole` where it is no such value.
    Kind {
        of: Span,
        kind: String,
        without: Vec<Span>,
        whole: String,
    },
    /// Another name for what is declared there, wherever it is named.
    Rename {
        declared: Span,
        to: String,
    },
    /// Another entry in place of the one that a span is in.
    Instead {
        of: Span,
        entry: String,
    },
    /// Leaves out the element of a list that a span is in.
    Drop(Span),
    /// Adds an entry to what has braces, or may have them: a declaration by its name, a value, or the empty span after a `{`.
    Add {
        to: Span,
        entry: String,
    },
    /// Adds an entry to the block in which the entry stands that a span is in.
    Beside {
        of: Span,
        entry: String,
    },
}

impl Change {
    /// In place of what stands there.
    pub fn write(span: Span, text: impl Into<String>) -> Self {
        Change::Write(Edit { span, text: text.into() })
    }
}
