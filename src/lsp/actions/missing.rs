//! Fields that the block at the cursor needs and does not have, each with a value to start from.

use crate::check::schema::{Construct, Need, Shape, Words};
use crate::names::Names;
use crate::report::{Code, Edit};
use crate::source::Span;
use crate::stack::Type;
use crate::syntax::ast::{Block, DeclKind, Entry};
use crate::syntax::{Located, locate};

use super::super::analysis::At;
use super::super::context::context;
use super::super::place::{Inside, inside, schema_of, settings};
use super::{Action, Sort};

pub(super) fn actions(at: At) -> Vec<Action> {
    let Some(block) = block(at) else { return vec![] };
    let here = context(at.text(), block.span.start as usize + 1);
    let kind_of = |name: &str| at.decl(name).map(|d| d.kind.value);
    let around = inside(&here, &kind_of);
    // Changes of what is complete elsewhere lack nothing.
    if matches!(around, Inside::Deploy { .. } | Inside::Changes { .. }) {
        return vec![];
    }
    let there = |name: &str| {
        block.entries.iter().any(|entry| match entry {
            Entry::Field(field) => *field.name.value == *name,
            Entry::Nested(nested) => *nested.kind.value == *name,
            _ => false,
        })
    };
    let mut lacking: Vec<(String, String)> = Vec::new();
    for field in schema_of(around).map_or(&[][..], |schema| schema.fields) {
        if field.need == Need::Required && !there(field.name) {
            lacking.push((field.name.to_owned(), start(&field.shape, at)));
        }
    }
    for setting in settings(around).iter().filter(|s| s.required && !there(s.name)) {
        let value = match &setting.ty {
            Type::Enum(words) => words.first().map_or_else(String::new, |word| word.to_string()),
            _ => "\"\"".to_owned(),
        };
        lacking.push((setting.name.to_owned(), value));
    }
    if let Inside::Decl { kind: DeclKind::Model, .. } = around
        && !there("image")
    {
        let model = [("framework", "onnx(\"1.20\")"), ("artifact", "\"./models/model.onnx\"")];
        let model = model.into_iter().filter(|(name, _)| !there(name));
        lacking.extend(model.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
    let answers: Vec<usize> = of_missing(at, block);
    let titled = lacking.iter().map(|(name, value)| {
        let edit = insertion(at, block, std::slice::from_ref(&(name.clone(), value.clone())));
        let action = Action::new(format!("add `{name} = {value}`"), Sort::Fix, vec![edit]);
        Action { answers: answers.clone(), preferred: lacking.len() == 1, ..action }
    });
    let mut all: Vec<Action> = titled.collect();
    if lacking.len() > 1 {
        let names: Vec<String> = lacking.iter().map(|(name, _)| format!("`{name}`")).collect();
        let edit = insertion(at, block, &lacking);
        let action = Action::new(format!("add {}", names.join(", ")), Sort::Fix, vec![edit]);
        all.insert(0, Action { answers, preferred: true, ..action });
    }
    all
}

/// The innermost block at the cursor; at a declaration's head, its own.
fn block<'a>(at: At<'a>) -> Option<&'a Block> {
    let path = locate(&at.unit.ast, at.offset);
    let inner = path.iter().rev().find_map(|node| match node {
        Located::Block(block) => Some(*block),
        _ => None,
    });
    inner.or_else(|| {
        path.iter().find_map(|node| match node {
            Located::Item(crate::syntax::ast::Item::Decl(decl)) => Some(&decl.body),
            _ => None,
        })
    })
}

/// The diagnostics that say that something is missing, at the head of the block or in it.
fn of_missing(at: At, block: &Block) -> Vec<usize> {
    let head = at.text().get(..block.span.start as usize).map_or(0, |t| t.rfind('\n').map_or(0, |n| n + 1)) as u32;
    let all = at.analysis.compiled.diagnostics.iter().enumerate();
    let here = all.filter(|(_, d)| {
        d.code == Code::MissingField
            && d.span().is_some_and(|s| s.file == at.unit.file && head <= s.start && s.start < block.span.end)
    });
    here.map(|(index, _)| index).collect()
}

/// Behind the last entry: on a line of its own if the block is over lines.
fn insertion(at: At, block: &Block, fields: &[(String, String)]) -> Edit {
    let text = at.text();
    let inner = text.get(block.span.start as usize + 1..block.span.end as usize).unwrap_or("");
    let inner = inner.strip_suffix('}').unwrap_or(inner);
    let end = block.span.start as usize + 1 + inner.trim_end().len();
    let written: Vec<String> = fields.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    let line = text.get(..block.span.start as usize).and_then(|t| t.rfind('\n')).map_or(0, |n| n + 1);
    let indent =
        text.get(line..).map_or("", |rest| rest.get(..rest.len() - rest.trim_start_matches(' ').len()).unwrap_or(""));
    let put = match (inner.contains('\n'), inner.trim().is_empty()) {
        (true, _) => written.iter().map(|field| format!("\n{indent}  {field}")).collect::<String>(),
        (false, true) => format!(" {} ", written.join(", ")),
        (false, false) => format!(", {}", written.join(", ")),
    };
    // Between `{` and `}` with only blanks, these go.
    let stop = if inner.trim().is_empty() && !inner.contains('\n') { end + inner.len() } else { end };
    Edit { span: Span::new(at.unit.file, end as u32, stop as u32), text: put }
}

/// A value to start from.
fn start(shape: &Shape, at: At) -> String {
    let names: &Names = &at.analysis.compiled.names;
    match shape {
        Shape::Bool => "true".to_owned(),
        Shape::Int | Shape::Float => "1".to_owned(),
        Shape::String | Shape::Path | Shape::Uri(_) | Shape::Text => "\"\"".to_owned(),
        Shape::Duration => "60s".to_owned(),
        Shape::Size => "4GiB".to_owned(),
        Shape::Percent | Shape::Share => "10%".to_owned(),
        Shape::Rate => "10/s".to_owned(),
        Shape::Money => "100 USD/month".to_owned(),
        Shape::Words(words) => first_word(words),
        Shape::Condition(words) => format!("{} > 1%", first_word(words)),
        Shape::Construct(forms) => forms.first().map_or_else(String::new, |form| construct(form, at)),
        Shape::Range => "1..2".to_owned(),
        Shape::List(inner) => format!("[{}]", start(inner, at)),
        Shape::Map(_) | Shape::Record(_) => "{}".to_owned(),
        Shape::Ref(kinds) => {
            let mut visible: Vec<(&str, u32)> = names
                .visible(at.id)
                .filter(|(_, id)| at.analysis.decl(*id).is_some_and(|d| kinds.contains(&d.kind.value)))
                .map(|(name, id)| (&**name, id.0))
                .collect();
            visible.sort_by_key(|(_, id)| *id);
            visible.first().map_or("NAME", |(name, _)| *name).to_owned()
        }
        Shape::AnyOf(shapes) => shapes.first().map_or_else(String::new, |shape| start(shape, at)),
        Shape::Any => "true".to_owned(),
    }
}

fn first_word(words: Words) -> String {
    words.first().map_or_else(String::new, |(word, _)| (*word).to_owned())
}

fn construct(form: &Construct, at: At) -> String {
    if !form.args.is_empty() {
        return format!("{}(\"\")", form.kind);
    }
    if form.is_word() {
        return form.kind.to_owned();
    }
    let needed = form.schema.map_or(&[][..], |s| s.fields).iter().filter(|f| f.need == Need::Required);
    let fields: Vec<String> = needed.map(|f| format!("{} = {}", f.name, start(&f.shape, at))).collect();
    format!("{} {{ {} }}", form.kind, fields.join(", "))
}
