//! What begins a declaration or an entry: fields that are still missing first, needed ones before the others.

use crate::check::schema::{Construct, Field, Need, Shape};
use crate::stack::Setting;
use crate::syntax::ast::DeclKind;

use super::super::context::Context;
use super::super::keywords;
use super::super::lex::{Kind, lex};
use super::super::place::{Inside, schema_of, settings};
use super::{Asked, Offer, Sort, flow, names};

pub(super) fn offers(asked: Asked, here: &Context, around: Inside) -> Vec<Offer> {
    let there = present(asked.text, here);
    let mut all = match around {
        Inside::Top => {
            return keywords::DECLARATIONS
                .iter()
                .map(|d| Offer::new(Sort::Keyword, d.word, d.about).snippet(d.snippet))
                .collect();
        }
        Inside::Decl { kind: DeclKind::Pipeline, .. } => keyword(&["input", "output"]),
        Inside::Decl { kind: DeclKind::Model, .. } => keyword(&["input", "output"]),
        Inside::Decl { kind: DeclKind::Transform, .. } => keyword(&["input", "output", "param"]),
        Inside::Decl { kind: DeclKind::Stack, .. } => {
            let mut all = keyword(&["deploy"]);
            all.extend(settings(around).iter().filter(|s| !there.contains(&s.name)).map(setting));
            all
        }
        Inside::Params => return names::params(asked, &there),
        Inside::Changes { name, kind: Some(DeclKind::Pipeline) } => return flow::callees(asked, name, &there),
        Inside::Decl { .. }
        | Inside::Schema(_)
        | Inside::Deploy { .. }
        | Inside::Changes { .. }
        | Inside::Keys(_)
        | Inside::Items(_)
        | Inside::Args(_)
        | Inside::Use(_)
        | Inside::Dims
        | Inside::Unknown => vec![],
    };
    let Some(schema) = schema_of(around) else { return all };
    // What a `deploy` or a `with` changes is there already: nothing is missing.
    let changes = matches!(around, Inside::Deploy { .. } | Inside::Changes { .. });
    for field in schema.fields.iter().filter(|f| !there.contains(&f.name)) {
        let rank = match field.need {
            Need::Required if !changes => 0,
            Need::Required | Need::Optional => 2,
            Need::Default(_) => 3,
        };
        all.push(of_field(field).rank(rank));
    }
    for block in schema.blocks.iter().filter(|b| b.named || !there.contains(&b.kind)) {
        let text = match block.named {
            true => format!("{} ${{1:name}} {{ $0 }}", block.kind),
            false => format!("{} {{ $0 }}", block.kind),
        };
        all.push(Offer::new(Sort::Keyword, block.kind, block.doc).snippet(text).rank(4));
    }
    all
}

fn of_field(field: &Field) -> Offer {
    let need = match field.need {
        Need::Required => "needed".to_owned(),
        Need::Optional => String::new(),
        Need::Default(value) => format!("unless said: `{value}`"),
    };
    let value = placeholder(&field.shape);
    Offer::new(Sort::Field, field.name, field.shape.words())
        .doc(format!("{}. {need}", field.doc).trim().trim_end_matches('.').to_owned())
        .snippet(format!("{} = {value}", field.name))
}

/// What to start a value of a shape from.
pub fn placeholder(shape: &Shape) -> String {
    let form = |form: &Construct| match (form.args.is_empty(), form.schema) {
        (false, _) => format!("{}(\"$0\")", form.kind),
        (true, Some(_)) if !form.is_word() => format!("{} {{ $0 }}", form.kind),
        (true, _) => "$0".to_owned(),
    };
    match shape {
        Shape::String | Shape::Path | Shape::Uri(_) => "\"$0\"".to_owned(),
        Shape::List(_) => "[$0]".to_owned(),
        Shape::Map(_) | Shape::Record(_) => "{ $0 }".to_owned(),
        Shape::Range => "${1:1}..${2:2}$0".to_owned(),
        Shape::Construct([only]) => form(only),
        Shape::Bool
        | Shape::Int
        | Shape::Float
        | Shape::Duration
        | Shape::Size
        | Shape::Percent
        | Shape::Share
        | Shape::Rate
        | Shape::Money
        | Shape::Words(_)
        | Shape::Construct(_)
        | Shape::Ref(_)
        | Shape::Condition(_)
        | Shape::AnyOf(_)
        | Shape::Text
        | Shape::Any => "$0".to_owned(),
    }
}

fn setting(setting: &Setting) -> Offer {
    let rank = if setting.required { 0 } else { 3 };
    let text = match setting.ty {
        crate::stack::Type::String => format!("{} = \"$0\"", setting.name),
        _ => format!("{} = $0", setting.name),
    };
    Offer::new(Sort::Field, setting.name, setting.ty.to_string()).doc(setting.doc).snippet(text).rank(rank)
}

fn keyword(words: &[&str]) -> Vec<Offer> {
    let offer = |word: &&str| Offer::new(Sort::Keyword, *word, keywords::entry(word).unwrap_or("")).rank(1);
    words.iter().map(offer).collect()
}

/// What the block at the cursor holds already: names left of `=`, and kinds of blocks. Its end is where its bracket closes, or
/// where the next declaration starts.
pub fn present<'t>(text: &'t str, here: &Context) -> Vec<&'t str> {
    let Some(open) = here.frames.last().map(|frame| frame.at) else { return vec![] };
    let rest = text.get(open + 1..).unwrap_or("");
    let end = rest
        .match_indices('\n')
        .find(|(at, _)| rest.as_bytes().get(at + 1).is_some_and(|b| b.is_ascii_alphabetic() || *b == b'}'));
    let inner = rest.get(..end.map_or(rest.len(), |(at, _)| at)).unwrap_or(rest);
    let (mut out, mut depth, mut first) = (Vec::new(), 0_usize, None);
    for token in lex(inner, open + 1) {
        match token.kind {
            Kind::Open(_) => {
                if depth == 0
                    && let Some(word) = first.take()
                {
                    out.push(word);
                }
                depth += 1;
            }
            Kind::Close(_) if depth == 0 => break,
            Kind::Close(_) => depth -= 1,
            Kind::Newline | Kind::Comma if depth == 0 => first = None,
            Kind::Word if depth == 0 && first.is_none() && token.start != here.word.0 => first = Some(token.text),
            Kind::Sign if depth == 0 && token.text == "=" => out.extend(first),
            Kind::Word | Kind::Number | Kind::Text | Kind::Comment | Kind::Newline | Kind::Comma | Kind::Sign => {}
        }
    }
    out
}
