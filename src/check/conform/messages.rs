//! What is said of values that do not fit.

use std::sync::Arc;

use crate::report::suggest::{nearest, one_of};
use crate::report::{Code, Diagnostic, Edit, Fix, Sink};
use crate::source::Span;
use crate::stack::{Value, ValueKind};

use super::super::defaults;
use super::super::eval::describe;
use super::super::schema::{Block, Need, Shape, decl_word};
use super::Conform;

impl Conform<'_, '_> {
    pub(super) fn mismatch(&self, value: &Value, shape: &Shape, label: &str) -> Diagnostic {
        if let ValueKind::Word(word) = &value.kind {
            return self.unknown_word(word, value, shape, label);
        }
        let literal = value.from.is_none();
        let mut d = if let (ValueKind::Int(_) | ValueKind::Float(_), Some(unit)) = (&value.kind, example_unit(shape)) {
            let d = Diagnostic::error(Code::MissingUnit, format!("{label} needs a unit"))
                .label(value.span, "a bare number")
                .help(format!("write {}", shape.words()));
            if literal { d.fix(format!("add `{unit}`"), value.span.end_point(), unit) } else { d }
        } else if let (ValueKind::Condition { metric, .. }, Shape::Condition(metrics)) = (&value.kind, shape) {
            let known: Vec<&str> = metrics.iter().map(|(m, _)| *m).collect();
            let at = head(value.span, metric);
            let d = Diagnostic::error(Code::UnknownWord, format!("`{metric}` is not a metric"))
                .label(at, format!("expected {}", one_of(known.iter().copied())));
            if value.from.is_none_or(|from| from == value.span) { did_you_mean(d, metric, at, known) } else { d }
        } else {
            self.other_kind(value, shape, label)
        };
        if let Some(from) = value.from.filter(|from| *from != value.span) {
            d = d.label(from, "declared here");
        }
        d
    }

    fn other_kind(&self, value: &Value, shape: &Shape, label: &str) -> Diagnostic {
        let literal = value.from.is_none();
        let found = match (&value.kind, shape) {
            (ValueKind::Ref { declaration, name, .. }, _) => {
                let kind = self.decl_kind(*declaration).map_or("declaration", decl_word);
                format!("the {kind} `{name}`")
            }
            (ValueKind::Construct { kind, .. }, shape) if words_of(shape).is_empty() => {
                format!("a block `{kind} {{ … }}`")
            }
            (kind, _) => describe(kind),
        };
        let d = Diagnostic::error(Code::Mismatch, format!("{label} takes {}", shape.words()))
            .label(value.span, format!("found {found}"));
        match (&value.kind, shape) {
            (ValueKind::Construct { kind, .. }, Shape::Construct(forms)) => {
                let at = head(value.span, kind);
                if literal {
                    return did_you_mean(d, kind, at, forms.iter().map(|f| f.kind).collect());
                }
                d
            }
            (ValueKind::String(text), Shape::Uri(schemes)) => {
                let begins: Vec<String> = schemes.iter().map(|s| format!("{s}://")).collect();
                d.help(format!("`{text}` does not begin with {}", one_of(begins.iter().map(String::as_str))))
            }
            (ValueKind::String(text), _) if literal && self.means(text, shape) => {
                d.help(format!("write it without quotes: `{text}`")).fix("remove the quotes", value.span, &**text)
            }
            (ValueKind::Int(_) | ValueKind::Float(_), Shape::String | Shape::Text | Shape::Path) if literal => {
                let mut d = d.help("put it in quotes");
                let edit = |span| Edit { span, text: "\"".into() };
                let start = Span { end: value.span.start, ..value.span };
                d.fix =
                    Some(Fix { title: "add quotes".into(), edits: vec![edit(start), edit(value.span.end_point())] });
                d
            }
            (_, Shape::List(_)) => d.help("put it in brackets: `[…]`"),
            _ => d,
        }
    }

    /// Whether a text would be right without its quotes.
    fn means(&self, text: &str, shape: &Shape) -> bool {
        if text.len() > 60 || text.contains(['\n', '"', '/']) {
            return false;
        }
        if let Shape::Ref(kinds) = shape {
            let found = self.eval.names.lookup(self.unit, text).and_then(|id| self.decl_kind(id.0));
            return found.is_some_and(|kind| kinds.contains(&kind));
        }
        let value = defaults::read_text(text);
        let mut quiet = Sink::default();
        !matches!(value.kind, ValueKind::Unknown)
            && self.fits(value, shape, "it", &mut quiet).is_ok()
            && !quiet.has_errors()
    }

    fn unknown_word(&self, word: &Arc<str>, value: &Value, shape: &Shape, label: &str) -> Diagnostic {
        let span = value.span;
        let known: Vec<&str> = words_of(shape);
        if known.is_empty() {
            return self.eval.unknown_name(self.unit, word, span);
        }
        if known.contains(&&**word) {
            return Diagnostic::error(Code::Mismatch, format!("`{word}` needs more here"))
                .label(span, "not enough on its own")
                .help(format!("write `{}`", example(word, shape)));
        }
        let d = Diagnostic::error(Code::UnknownWord, format!("{label} can't be `{word}`"))
            .label(span, format!("expected {}", one_of(known.iter().copied())));
        if value.from.is_none() { did_you_mean(d, word, span, known) } else { d }
    }
}

/// The first word of something written at a span.
fn head(span: Span, word: &str) -> Span {
    Span { end: span.end.min(span.start + word.len() as u32), ..span }
}

fn did_you_mean(d: Diagnostic, word: &str, span: Span, known: Vec<&str>) -> Diagnostic {
    match nearest(word, known) {
        Some(near) => d.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), span, near),
        None => d,
    }
}

/// How a form is written with what it can't do without.
fn example(word: &str, shape: &Shape) -> String {
    let Shape::Construct(forms) = shape else { return format!("{word} {{ … }}") };
    let form = forms.iter().find(|f| f.kind == word);
    if form.is_some_and(|f| !f.args.is_empty()) {
        return format!("{word}(\"…\")");
    }
    let fields = form.and_then(|f| f.schema).map(|s| s.fields).unwrap_or_default();
    let needed = fields.iter().filter(|f| f.need == Need::Required).map(|f| format!("{} = …", f.name));
    format!("{word} {{ {} }}", needed.collect::<Vec<_>>().join(", "))
}

/// A field that a block does not have.
pub fn unknown_field<'w>(what: &str, name: &str, span: Span, known: impl IntoIterator<Item = &'w str>) -> Diagnostic {
    let known: Vec<&str> = known.into_iter().collect();
    let d = Diagnostic::error(Code::UnknownField, format!("{what} has no `{name}`")).label(span, "not known here");
    match nearest(name, known.iter().copied()) {
        Some(near) => {
            let d = d.help(format!("did you mean `{near}`?"));
            // A named block's span holds its name too, behind the word.
            d.fix(format!("write `{near}`"), head(span, name), near)
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
        Shape::Percent | Shape::Share => Some("%"),
        Shape::Rate => Some("/s"),
        Shape::Money => Some(" USD/month"),
        _ => None,
    }
}

pub(super) fn block_form(block: &Block) -> String {
    let name = if block.named { " NAME" } else { "" };
    format!("write `{}{name} {{ … }}`: {}", block.kind, block.doc)
}
