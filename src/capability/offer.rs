//! Fixes that a refusal offers.

use crate::report::{Diagnostic, Edit, Fix};
use crate::stack::Stack;

/// The stack's leave for a preview or an emulation, written into its `allow`.
pub(super) fn leave(diagnostic: Diagnostic, word: &str, stack: &Stack) -> Diagnostic {
    let words: Vec<&str> = [("preview", stack.allow_preview), ("emulation", stack.allow_emulation)]
        .into_iter()
        .filter_map(|(known, given)| (given || known == word).then_some(known))
        .collect();
    let list = format!("[{}]", words.join(", "));
    let edit = match stack.allow {
        Some(span) => Edit { span, text: list },
        None => Edit { span: stack.inside, text: format!(" allow = {list},") },
    };
    let title = format!("allow {word} in stack {}", stack.name);
    Diagnostic { fix: Some(Fix { title, edits: vec![edit] }), ..diagnostic }
}
