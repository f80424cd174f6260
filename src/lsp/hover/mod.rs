//! What is shown about the thing under the cursor: a name with its meaning, or a word of the language with what the schemas
//! and the targets' tables say of it.

mod name;
mod word;

use crate::source::Span;

use super::analysis::At;

pub use name::value_type;

/// Markdown about a range.
#[derive(Debug, Clone, PartialEq)]
pub struct Hover {
    pub span: Span,
    pub text: String,
}

pub fn hover(at: At) -> Option<Hover> {
    if let Some(mark) = at.mark()
        && let Some(text) = name::about(at.analysis, &mark.symbol)
    {
        return Some(Hover { span: mark.span, text });
    }
    word::about(at)
}

/// The name and type of a named thing as code, then what is said of it.
pub(super) fn card(code: &str, lines: impl IntoIterator<Item = String>) -> String {
    let mut out = format!("```serve\n{code}\n```");
    for line in lines.into_iter().filter(|line| !line.is_empty()) {
        out.push_str("\n\n");
        out.push_str(&line);
    }
    out
}
