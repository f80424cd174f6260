//! Hover of the language's own words: fields, blocks, forms of values, metrics, by the schema of the block around them, with
//! the bounds that the program's targets set.

use crate::capability::{demands, measures};
use crate::check::schema::{Block, Construct, Field, Need, Schema, Shape};
use crate::source::Span;
use crate::stack::{Metric, Stack};
use crate::syntax::ast::Entry;
use crate::syntax::{Located, locate};

use super::super::analysis::At;
use super::super::context::{Within, context};
use super::super::place::{Expect, Inside, Place, block, decl_kind, inside, place, schema_of, settings};
use super::super::{keywords, show};
use super::{Hover, card};

pub(super) fn about(at: At) -> Option<Hover> {
    let here = context(at.text(), at.offset as usize);
    if here.within != Within::Code {
        return None;
    }
    let (start, end) = here.word;
    let word = at.text().get(start..end).filter(|word| !word.is_empty())?;
    let kind_of = |name: &str| at.decl(name).map(|d| d.kind.value);
    let around = inside(&here, &kind_of);
    let found = place(&here, around);
    let text = match found {
        Place::Entry => entry(at, around, word),
        Place::BlockName(block) if block.kind == "track" => metric(at, word),
        Place::Value { expect, .. } => value(at, expect, word),
        Place::Type => keywords::type_doc(word).map(|doc| card(word, [doc.to_owned()])),
        Place::BlockName(_)
        | Place::Argument { .. }
        | Place::Named { .. }
        | Place::Member { .. }
        | Place::TypeArgument { .. }
        | Place::Dim
        | Place::Target
        | Place::Deployed
        | Place::UsePath
        | Place::UseName { .. }
        | Place::Moved
        | Place::Nothing => None,
    }?;
    let span = Span::new(at.unit.file, start as u32, end as u32);
    Some(Hover { span, text })
}

fn entry(at: At, around: Inside, word: &str) -> Option<String> {
    if let Inside::Top = around {
        let doc = keywords::declaration(word)?;
        return Some(card(word, [doc.about.to_owned()]));
    }
    if let Some(found) = schema_of(around).and_then(|schema| schema.field(word)) {
        return Some(field(at, schema_of(around)?, found));
    }
    if let Some(block) = block(around, word) {
        return Some(of_block(at, block));
    }
    if let Some(setting) = settings(around).iter().find(|s| s.name == word) {
        let need = if setting.required { "needed" } else { "may be left out" };
        return Some(card(&format!("{word}: {}", setting.ty), [setting.doc.to_owned(), need.to_owned()]));
    }
    keywords::entry(word).map(|doc| card(word, [doc.to_owned()])).filter(|_| decl_kind(word).is_none())
}

fn field(at: At, schema: &Schema, field: &Field) -> String {
    let need = match field.need {
        Need::Required => "needed".to_owned(),
        Need::Optional => "may be left out".to_owned(),
        Need::Default(value) => format!("unless said: `{value}`"),
    };
    let lines = [format!("{}, of {}", field.doc, schema.what), field.shape.words(), need];
    card(field.name, lines.into_iter().chain(asked(at)))
}

fn of_block(at: At, block: &Block) -> String {
    let code = if block.named { format!("{} NAME {{ … }}", block.kind) } else { format!("{} {{ … }}", block.kind) };
    let fields = block.schema.fields.iter().map(|f| format!("- `{}`: {}", f.name, f.doc));
    card(&code, [block.doc.to_owned(), fields.collect::<Vec<_>>().join("\n")].into_iter().chain(asked(at)))
}

fn value(at: At, expect: Expect, word: &str) -> Option<String> {
    let known = match expect {
        Expect::Shape(shape) => of_shape(shape, word),
        Expect::Setting(_) | Expect::Flow | Expect::Any => None,
    };
    let form = |form: &Construct| card(word, [form.doc.to_owned()].into_iter().chain(asked(at)));
    known
        .or_else(|| crate::check::schema::construct(word).map(form))
        .or_else(|| keywords::entry(word).map(|d| card(word, [d.to_owned()])))
}

/// A word of a closed list.
fn of_shape(shape: &Shape, word: &str) -> Option<String> {
    match shape {
        Shape::Words(words) | Shape::Condition(words) => {
            words.iter().find(|(w, _)| *w == word).map(|(w, doc)| card(w, [(*doc).to_owned()]))
        }
        Shape::List(inner) => of_shape(inner, word),
        Shape::AnyOf(shapes) => shapes.iter().find_map(|shape| of_shape(shape, word)),
        Shape::Bool
        | Shape::Int
        | Shape::Float
        | Shape::String
        | Shape::Duration
        | Shape::Size
        | Shape::Percent
        | Shape::Share
        | Shape::Rate
        | Shape::Money
        | Shape::Uri(_)
        | Shape::Path
        | Shape::Construct(_)
        | Shape::Range
        | Shape::Map(_)
        | Shape::Record(_)
        | Shape::Ref(_)
        | Shape::Text
        | Shape::Any => None,
    }
}

fn metric(at: At, word: &str) -> Option<String> {
    let metric = Metric::parse(word)?;
    let mut lines = vec![metric.doc().to_owned()];
    for stack in &at.analysis.compiled.stacks {
        let Some(table) = at.analysis.compiled.tables.get(&stack.target) else { continue };
        let asked = demands(stack).metrics.into_iter().find(|d| d.metric == metric && covers(at, d.span));
        let column = asked.and_then(|d| table.of(d.mode, stack));
        let (Some(cell), Some(column)) =
            (column.and_then(|c| table.metric(metric, c)), column.and_then(|c| table.column(c)))
        else {
            continue;
        };
        let id = cell.id.as_ref().map(|id| format!(", there `{id}`")).unwrap_or_default();
        let source = cell.cell.source.note();
        lines.push(format!("{}: {}{id} ({source})", column.title, cell.cell.support.word()));
    }
    Some(card(word, lines))
}

/// What the entry under the cursor asks of each stack's target: how far it is honoured, and within which bounds.
fn asked(at: At) -> Vec<String> {
    let Some(entry) = entry_span(at) else { return vec![] };
    let mut lines: Vec<String> = at.analysis.compiled.stacks.iter().flat_map(|stack| said(at, stack, entry)).collect();
    lines.sort();
    lines.dedup();
    lines
}

fn said(at: At, stack: &Stack, entry: Span) -> Vec<String> {
    let Some(table) = at.analysis.compiled.tables.get(&stack.target) else { return vec![] };
    let mut out = Vec::new();
    for measure in measures(stack) {
        if !measure.places.iter().any(|(span, _)| entry.contains(*span) && at.offset < span.start) {
            continue;
        }
        let Some(column) = table.of(measure.mode, stack) else { continue };
        let (Some(bound), Some(column)) = (table.bound(measure.limit, column), table.column(column)) else { continue };
        let unit = measure.limit.unit();
        let Some(bounds) = show::bounds(bound.min, bound.max, &bound.one_of, unit) else { continue };
        out.push(format!("{}: {bounds} for {} ({})", column.title, measure.limit.words(), bound.source.note()));
    }
    for demand in demands(stack).features {
        if !demand.spans.iter().any(|span| same(*span, entry)) {
            continue;
        }
        let Some(column) = table.of(demand.mode, stack) else { continue };
        let (Some(cell), Some(column)) = (table.cell(demand.feature, column), table.column(column)) else { continue };
        let because = if cell.because.is_empty() { String::new() } else { format!(": {}", cell.because) };
        let word = cell.support.word();
        out.push(format!("{}: {} {word}{because} ({})", column.title, demand.feature.words(), cell.source.note()));
    }
    out
}

/// Whether a demand is of the whole entry: it stands at its value, or at its name.
fn same(span: Span, entry: Span) -> bool {
    entry.contains(span) && span.end == entry.end
}

fn covers(at: At, span: Span) -> bool {
    span.file == at.unit.file && span.start <= at.offset && at.offset <= span.end
}

/// The innermost field or block at the cursor.
fn entry_span(at: At) -> Option<Span> {
    locate(&at.unit.ast, at.offset).into_iter().rev().find_map(|node| match node {
        Located::Entry(Entry::Field(field)) => Some(field.span),
        Located::Entry(Entry::Nested(nested)) => Some(nested.span),
        _ => None,
    })
}
