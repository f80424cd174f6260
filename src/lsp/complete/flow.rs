//! What flows through a pipeline: its values, what can be called, and the arguments that a call still lacks.

use std::collections::BTreeSet;

use crate::check::pipeline::Signature;
use crate::names::DeclarationId;
use crate::stack::Type;
use crate::syntax::ast::{DeclKind, Entry};

use super::super::context::{Context, declaration_start};
use super::super::lex::{Kind, lex};
use super::super::{hover, show};
use super::{Asked, Offer, Sort, names};

/// The pipeline around the cursor, by its name.
pub fn pipeline_of<'a>(asked: Asked, here: &Context<'a>) -> Option<&'a str> {
    let head = &here.frames.first()?.head;
    let is = head.first().is_some_and(|t| t.text == show::decl_word(DeclKind::Pipeline));
    head.get(1).filter(|_| is).map(|t| t.text).filter(|_| !asked.text.is_empty())
}

/// Values of the pipeline around the cursor, what can be called, and constants.
pub(super) fn values(asked: Asked, here: &Context) -> Vec<Offer> {
    let mut all = Vec::new();
    if let Some(pipeline) = pipeline_of(asked, here) {
        let id = asked.names().lookup(asked.unit, pipeline);
        let statement = here.frames.get(1).map_or(&here.statement, |frame| &frame.head);
        let own = statement.first().map_or("", |t| t.text);
        for name in bound(asked, here).into_iter().filter(|name| *name != own) {
            let ty = id.and_then(|id| hover::value_type(asked.analysis, id, name)).unwrap_or_default();
            all.push(Offer::new(Sort::Value, name, ty).rank(1));
        }
        all.extend(callable(asked));
        all.extend(names::std_callable(asked));
    }
    all.extend(names::constants(asked).into_iter().map(|offer| offer.rank(6)));
    all
}

/// The names that the pipeline's text binds, as it stands now.
fn bound<'t>(asked: Asked<'t>, here: &Context) -> BTreeSet<&'t str> {
    let start = declaration_start(asked.text, asked.offset);
    let rest = asked.text.get(start..).unwrap_or("");
    let end = rest.find("\n}").unwrap_or(rest.len());
    let tokens = lex(rest.get(..end).unwrap_or(rest), start);
    let mut out = BTreeSet::new();
    for (i, token) in tokens.iter().enumerate() {
        let begins = i
            .checked_sub(1)
            .and_then(|i| tokens.get(i))
            .is_none_or(|t| matches!(t.kind, Kind::Newline | Kind::Comma | Kind::Open(b'{')));
        let next = tokens.get(i + 1);
        if !begins || token.start == here.word.0 {
            continue;
        }
        match (token.text, next) {
            ("input", Some(name)) if name.kind == Kind::Word => {
                out.insert(name.text);
            }
            (name, Some(sign)) if token.kind == Kind::Word && sign.text == "=" => {
                out.insert(name);
            }
            _ => {}
        }
    }
    out
}

/// Models and transforms that the file has.
fn callable(asked: Asked) -> Vec<Offer> {
    let mut all = Vec::new();
    for (name, id) in asked.names().visible(asked.unit) {
        if let Some(signature) = asked.analysis.known().signatures.get(&id) {
            all.push(call(name, signature, id, asked));
        }
    }
    all
}

fn call(name: &str, signature: &Signature, id: DeclarationId, asked: Asked) -> Offer {
    let doc = asked.analysis.decl(id).and_then(|d| d.doc.as_deref()).unwrap_or("");
    Offer::new(Sort::Function, name, signature.to_string()).doc(doc).snippet(format!("{name}($0)")).rank(2)
}

fn signature<'a>(asked: Asked<'a>, callee: &str) -> Option<&'a Signature> {
    asked.analysis.known().signatures.get(&asked.names().lookup(asked.unit, callee)?)
}

/// Arguments by name that the call at the cursor does not give yet: those without a default first.
pub(super) fn arguments(asked: Asked, here: &Context, callee: &str) -> Vec<Offer> {
    let Some(signature) = signature(asked, callee) else { return vec![] };
    let given = super::entries::present(asked.text, here);
    let open = here.frames.last().map_or(asked.offset, |frame| frame.at);
    let written = asked.text.get(open..asked.offset).unwrap_or("");
    let named = |name: &str| given.contains(&name) || written.contains(&format!("{name}:"));
    let mut all = Vec::new();
    for port in signature.inputs.iter().filter(|p| !named(&p.name)) {
        let offer = Offer::new(Sort::Field, format!("{}:", port.name), port.ty.to_string());
        all.push(offer.insert(format!("{}: ", port.name)).rank(3));
    }
    for param in signature.params.iter().filter(|p| !named(&p.name)) {
        let default = param.default.as_ref().map(|v| format!(" = {}", show::value(v))).unwrap_or_default();
        let rank = if param.default.is_some() { 4 } else { 0 };
        let offer = Offer::new(Sort::Field, format!("{}:", param.name), format!("{}{default}", param.ty));
        all.push(offer.insert(format!("{}: ", param.name)).rank(rank));
    }
    all
}

/// The value of a named argument.
pub(super) fn named(asked: Asked, here: &Context, callee: &str, name: &str) -> Vec<Offer> {
    let param = signature(asked, callee).and_then(|s| s.params.iter().find(|p| *p.name == *name));
    match param.map(|p| &p.ty) {
        Some(Type::Bool) => ["true", "false"].into_iter().map(|word| Offer::new(Sort::Word, word, "")).collect(),
        Some(Type::Enum(words)) => words.iter().map(|word| Offer::new(Sort::Word, format!("\"{word}\""), "")).collect(),
        Some(_) => names::constants(asked),
        None => values(asked, here),
    }
}

/// The outputs of what a value is made by, or the fields of a constant.
pub(super) fn members(asked: Asked, here: &Context, base: &str) -> Vec<Offer> {
    if let Some(id) = pipeline_of(asked, here).and_then(|name| asked.names().lookup(asked.unit, name))
        && let Some(pipeline) = asked.analysis.known().pipelines.get(&id)
        && let Some(step) = pipeline.steps.iter().find(|step| *step.id == *base)
    {
        return step.outputs.iter().map(|p| Offer::new(Sort::Field, &*p.name, p.ty.to_string())).collect();
    }
    let value = asked.names().lookup(asked.unit, base).and_then(|id| asked.analysis.known().values.get(&id));
    match value.map(|v| &v.kind) {
        Some(crate::stack::ValueKind::Record(fields) | crate::stack::ValueKind::Construct { fields, .. }) => {
            fields.iter().map(|(name, value)| Offer::new(Sort::Field, &**name, show::value(value))).collect()
        }
        _ => vec![],
    }
}

/// What a pipeline calls, for a `with` that changes it.
pub(super) fn callees(asked: Asked, pipeline: &str, there: &[&str]) -> Vec<Offer> {
    let Some(id) = asked.names().lookup(asked.unit, pipeline) else { return vec![] };
    let Some(pipeline) = asked.analysis.known().pipelines.get(&id) else { return vec![] };
    let names: BTreeSet<&str> = pipeline
        .steps
        .iter()
        .map(|step| match &step.callee {
            crate::stack::Callee::Model(name) | crate::stack::Callee::Transform(name) => &**name,
        })
        .collect();
    let names = names.into_iter().filter(|name| !there.contains(name));
    names.map(|name| Offer::new(Sort::Field, name, "a step of the pipeline").insert(format!("{name} = "))).collect()
}

/// Symbols of tensor types that the declaration already has, and its `int` parameters.
pub(super) fn dims(asked: Asked, here: &Context) -> Vec<Offer> {
    let name = here.frames.first().and_then(|f| f.head.get(1)).map_or("", |t| t.text);
    let Some(decl) = asked.decl(name) else { return vec![] };
    let mut found = BTreeSet::new();
    if let Some(signature) = signature(asked, name) {
        for port in signature.inputs.iter().chain(&signature.outputs) {
            if let Type::Tensor(tensor) = &port.ty {
                found.extend(tensor.dims.iter().filter_map(|dim| match dim {
                    crate::stack::Dim::Symbol(name) => Some(name.to_string()),
                    crate::stack::Dim::Fixed(_) | crate::stack::Dim::Any => None,
                }));
            }
        }
    }
    for entry in &decl.body.entries {
        if let Entry::Param(param) = entry {
            found.insert(param.name.value.to_string());
        }
    }
    found.insert("batch".to_owned());
    found.into_iter().map(|name| Offer::new(Sort::Value, name, "one size within the signature")).collect()
}
