//! What is said of values that do not fit.

use std::sync::Arc;

use crate::report::suggest::{nearest, one_of};
use crate::report::{Code, Diagnostic};
use crate::source::Span;
use crate::stack::{Value, ValueKind};

use super::super::eval::describe;
use super::super::schema::{Block, Shape, decl_word};
use super::Conform;

impl Conform<'_, '_> {
    pub(super) fn mismatch(&self, value: &Value, shape: &Shape, label: &str) -> Diagnostic {
        if let ValueKind::Word(word) = &value.kind {
            return self.unknown_word(word, value.span, shape, label);
        }
        let found = match (&value.kind, shape) {
            (ValueKind::Ref { declaration, name, .. }, _) => {
                let kind = self.decl_kind(*declaration).map_or("declaration", decl_word);
                format!("the {kind} `{name}`")
            }
            (kind, _) => describe(kind),
        };
        if let (ValueKind::Int(_) | ValueKind::Float(_), Some(unit)) = (&value.kind, example_unit(shape)) {
            let insert = value.span.end_point();
            return Diagnostic::error(Code::MissingUnit, format!("{label} needs a unit"))
                .label(value.span, "a bare number")
                .help(format!("write {}", shape.words()))
                .fix(format!("add `{unit}`"), insert, unit);
        }
        let mut d = Diagnostic::error(Code::Mismatch, format!("{label} takes {}", shape.words()))
            .label(value.span, format!("found {found}"));
        if let (ValueKind::Construct { kind, .. }, Shape::Construct(forms)) = (&value.kind, shape)
            && let Some(near) = nearest(kind, forms.iter().map(|f| f.kind))
        {
            d = d.help(format!("did you mean `{near}`?"));
        }
        if let (ValueKind::String(text), Shape::Uri(schemes)) = (&value.kind, shape) {
            d = d.help(format!(
                "`{text}` is no such URI; write one that begins with {}",
                one_of(schemes.iter().copied())
            ));
        }
        d
    }

    fn unknown_word(&self, word: &Arc<str>, span: Span, shape: &Shape, label: &str) -> Diagnostic {
        let known: Vec<&str> = words_of(shape);
        if known.is_empty() {
            return self.eval.unknown_name(self.unit, word, span);
        }
        if known.contains(&&**word) {
            return Diagnostic::error(Code::Mismatch, format!("`{word}` needs more here"))
                .label(span, "not enough on its own")
                .help(format!("write `{word} {{ … }}` or `{word}(…)`"));
        }
        let d = Diagnostic::error(Code::UnknownWord, format!("{label} can't be `{word}`"))
            .label(span, format!("expected {}", one_of(known.iter().copied())));
        match nearest(word, known) {
            Some(near) => d.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), span, near),
            None => d,
        }
    }
}

/// A field that a block does not have.
pub fn unknown_field<'w>(what: &str, name: &str, span: Span, known: impl IntoIterator<Item = &'w str>) -> Diagnostic {
    let known: Vec<&str> = known.into_iter().collect();
    let d = Diagnostic::error(Code::UnknownField, format!("{what} has no `{name}`")).label(span, "not known here");
    match nearest(name, known.iter().copied()) {
        Some(near) => {
            let d = d.help(format!("did you mean `{near}`?"));
            // A named block's span holds its name too; only a lone word can be replaced.
            if (span.end - span.start) as usize == name.len() {
                d.fix(format!("write `{near}`"), span, near)
            } else {
                d
            }
        }
        None if known.is_empty() => d,
        None => d.help(format!("it may have {}", one_of(known))),
    }
}

fn words_of(shape: &Shape) -> Vec<&'static str> {
    match shape {
        Shape::Words(words) => words.iter().map(|(w, _)| *w).collect(),
        Shape::Construct(forms) => forms.iter().map(|f| f.kind).collect(),
        Shape::AnyOf(shapes) => shapes.iter().flat_map(words_of).collect(),
        _ => Vec::new(),
    }
}

fn example_unit(shape: &Shape) -> Option<&'static str> {
    match shape {
        Shape::Duration => Some("s"),
        Shape::Size => Some("MiB"),
        Shape::Percent => Some("%"),
        Shape::Rate => Some("/s"),
        Shape::Money => Some(" USD/month"),
        _ => None,
    }
}

pub(super) fn block_form(block: &Block) -> String {
    let name = if block.named { " NAME" } else { "" };
    format!("write `{}{name} {{ … }}`: {}", block.kind, block.doc)
}
