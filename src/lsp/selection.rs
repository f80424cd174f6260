//! Ever larger ranges around a cursor, along the tree.

use crate::source::Span;
use crate::syntax::ast::{Entry, Item};
use crate::syntax::{Located, locate};

use super::analysis::At;

/// From the innermost to the whole file; each holds the one before it.
pub fn selection(at: At) -> Vec<Span> {
    let file = at.unit.file;
    let mut spans = vec![Span::new(file, 0, at.text().len() as u32)];
    for node in locate(&at.unit.ast, at.offset) {
        spans.push(match node {
            Located::Item(item) => item_span(item),
            Located::Block(block) => block.span,
            Located::Entry(entry) => entry_span(entry),
            Located::Expr(expr) => expr.span,
            Located::Argument(arg) => arg.name.as_ref().map_or(arg.value.span, |name| name.span.to(arg.value.span)),
            Located::Type(ty) => ty.span,
            Located::Dim(dim) => dim.span,
            Located::UseName(name) => name.alias.as_ref().map_or(name.name.span, |alias| name.name.span.to(alias.span)),
            Located::Name(name) => name.span,
        });
    }
    let mut out: Vec<Span> = Vec::new();
    for span in spans {
        let grows = out.last().is_none_or(|last| last.contains(span) && *last != span);
        let holds = span.start <= at.offset && at.offset <= span.end;
        if grows && holds {
            out.push(span);
        }
    }
    out.reverse();
    out
}

fn item_span(item: &Item) -> Span {
    match item {
        Item::Use(u) => u.span,
        Item::Param(p) => p.span,
        Item::Let(l) => l.span,
        Item::Decl(d) => d.span,
        Item::Moved(m) => m.span,
        Item::Bad(span) => *span,
    }
}

fn entry_span(entry: &Entry) -> Span {
    match entry {
        Entry::Field(f) => f.span,
        Entry::Nested(n) => n.span,
        Entry::Port(p) => p.span,
        Entry::Param(p) => p.span,
        Entry::Deploy(d) => d.span,
        Entry::Bad(span) => *span,
    }
}
