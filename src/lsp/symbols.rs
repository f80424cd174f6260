//! What a file declares, as an outline; and the declarations of a program by name.

use crate::names::{Unit, kind_word};
use crate::source::Span;
use crate::syntax::ast::{Block, Decl, DeclKind, Direction, Entry, Item};

use super::analysis::Analysis;

/// A thing of the outline.
#[derive(Debug, Clone, PartialEq)]
pub struct Outline {
    pub name: String,
    /// `model`, `input`, `variant`.
    pub word: &'static str,
    pub detail: String,
    /// All of it, and its name.
    pub whole: Span,
    pub name_at: Span,
    pub inner: Vec<Outline>,
}

pub fn outline(unit: &Unit, text: &dyn Fn(Span) -> String) -> Vec<Outline> {
    unit.ast.items.iter().filter_map(|item| of_item(item, text)).collect()
}

/// Declarations of the program's own files whose name holds the letters of a query in order.
pub fn search<'a>(analysis: &'a Analysis, query: &str) -> Vec<(&'a Unit, Outline)> {
    let mut out = Vec::new();
    for (_, unit) in analysis.compiled.names.units().filter(|(_, unit)| !unit.std) {
        let found = outline(unit, &|span| analysis.text(span).to_owned()).into_iter();
        out.extend(found.filter(|o| o.word != "use" && holds(&o.name, query)).map(|o| (unit, o)));
    }
    out
}

fn holds(name: &str, query: &str) -> bool {
    let mut letters = name.chars().flat_map(char::to_lowercase);
    query.chars().flat_map(char::to_lowercase).all(|wanted| letters.any(|letter| letter == wanted))
}

fn of_item(item: &Item, text: &dyn Fn(Span) -> String) -> Option<Outline> {
    let word = kind_word(item);
    let (name, whole, detail, inner) = match item {
        Item::Param(p) => (&p.name, p.span, text(p.ty.span), vec![]),
        Item::Let(l) => (&l.name, l.span, String::new(), vec![]),
        Item::Decl(d) => (&d.name, d.span, of_decl(d), entries(&d.body, d.kind.value == DeclKind::Pipeline, text)),
        Item::Moved(m) => (&m.to, m.span, format!("from {}", m.from.value), vec![]),
        Item::Use(_) | Item::Bad(_) => return None,
    };
    let shown = if name.value.is_empty() { "?".to_owned() } else { name.value.to_string() };
    // A name that is missing stands at the end of what is there: the protocol wants it inside.
    let name_at = if whole.contains(name.span) { name.span } else { whole.start_point() };
    Some(Outline { name: shown, word, detail, whole, name_at, inner })
}

fn of_decl(decl: &Decl) -> String {
    decl.target.as_ref().map(|t| format!("on {}", t.value)).unwrap_or_default()
}

fn entries(block: &Block, of_pipeline: bool, text: &dyn Fn(Span) -> String) -> Vec<Outline> {
    let mut out = Vec::new();
    for entry in &block.entries {
        let (name, word, whole, detail, inner) = match entry {
            Entry::Field(f) => (&f.name, if of_pipeline { "value" } else { "field" }, f.span, String::new(), vec![]),
            Entry::Port(p) => {
                let word = if p.direction == Direction::Input { "input" } else { "output" };
                (&p.name, word, p.span, p.ty.as_ref().map(|ty| text(ty.span)).unwrap_or_default(), vec![])
            }
            Entry::Param(p) => (&p.name, "param", p.span, text(p.ty.span), vec![]),
            Entry::Nested(n) => {
                let name = n.name.as_ref().unwrap_or(&n.kind);
                let detail = if n.name.is_some() { n.kind.value.to_string() } else { String::new() };
                (name, "block", n.span, detail, entries(&n.body, false, text))
            }
            Entry::Deploy(d) => {
                for name in d.names.iter().filter(|name| d.span.contains(name.span)) {
                    let (whole, name_at) = (if d.names.len() == 1 { d.span } else { name.span }, name.span);
                    let (name, inner) = (name.value.to_string(), vec![]);
                    out.push(Outline { name, word: "deploy", detail: "deploy".to_owned(), whole, name_at, inner });
                }
                continue;
            }
            Entry::Bad(_) => continue,
        };
        if whole.contains(name.span) && !name.value.is_empty() {
            out.push(Outline { name: name.value.to_string(), word, detail, whole, name_at: name.span, inner });
        }
    }
    out
}
