//! Hover of names: declarations, ports, values of pipelines.

use crate::cost::Kind;
use crate::names::DeclarationId;
use crate::stack::{Servable, ValueRef};
use crate::syntax::ast::{self, DeclKind, Entry, Item};
use crate::target;

use super::super::analysis::Analysis;
use super::super::marks::Symbol;
use super::super::show;
use super::card;

pub(super) fn about(analysis: &Analysis, symbol: &Symbol) -> Option<String> {
    match symbol {
        Symbol::Declaration(id) => declaration(analysis, *id),
        Symbol::Value { of, name } => {
            let ty = value_type(analysis, *of, name);
            let code = ty.map_or_else(|| name.to_string(), |ty| format!("{name}: {ty}"));
            let decl = analysis.decl(*of)?;
            Some(card(&code, [doc_of_entry(decl, name), format!("a value of pipeline `{}`", decl.name.value)]))
        }
        Symbol::Port { of, name } => {
            let decl = analysis.decl(*of)?;
            let port = decl.body.entries.iter().find_map(|e| match e {
                Entry::Port(p) if p.name.value == *name => Some(p),
                _ => None,
            });
            let direction = match port.map(|p| p.direction) {
                Some(ast::Direction::Output) => "output",
                Some(ast::Direction::Input) | None => "input",
            };
            let signature = analysis.known().signatures.get(of);
            let known = signature.and_then(|s| s.inputs.iter().chain(&s.outputs).find(|p| p.name == *name));
            let ty = known.map(|p| format!(": {}", p.ty)).unwrap_or_default();
            let of = format!("of {} `{}`", kind_word_of(decl), decl.name.value);
            Some(card(&format!("{direction} {name}{ty}"), [doc_of_entry(decl, name), of]))
        }
        Symbol::Param { of, name } => {
            let decl = analysis.decl(*of)?;
            let signature = analysis.known().signatures.get(of)?;
            let param = signature.params.iter().find(|p| p.name == *name)?;
            let default = param.default.as_ref().map(|v| format!(" = {}", show::value(v))).unwrap_or_default();
            let code = format!("param {name}: {}{default}", param.ty);
            Some(card(&code, [doc_of_entry(decl, name), format!("of transform `{}`", decl.name.value)]))
        }
        Symbol::Dim { of, name } => {
            let decl = analysis.decl(*of)?;
            let text = format!("one size in all ports of {} `{}`", kind_word_of(decl), decl.name.value);
            Some(card(name, [text]))
        }
        Symbol::Item { name, .. } => Some(card(name, ["each item of the list in turn".to_owned()])),
        Symbol::Target(name) => target_card(name),
        Symbol::Unit(unit) => {
            let unit = analysis.compiled.names.unit(*unit)?;
            let first = unit.ast.comments.first().filter(|c| c.text.starts_with("//!"));
            let about = first.map(|c| c.text.trim_start_matches("//!").trim().to_owned()).unwrap_or_default();
            Some(card(unit.path.as_str().trim_end_matches(".serve"), [about]))
        }
    }
}

fn declaration(analysis: &Analysis, id: DeclarationId) -> Option<String> {
    let item = analysis.compiled.names.item(id)?;
    let known = analysis.known();
    match item {
        Item::Param(param) => {
            let ty = analysis.text(param.ty.span);
            let value = known.values.get(&id);
            let default = value.map(|v| format!(" = {}", show::value(v))).unwrap_or_default();
            let secret = crate::check::secret::is_secret(param);
            let note = if secret { "secret: its value is never shown".to_owned() } else { String::new() };
            Some(card(&format!("param {}: {ty}{default}", param.name.value), [doc(&param.doc), note]))
        }
        Item::Let(item) => {
            let value = known.values.get(&id);
            let text = value.map(|v| format!(" = {}", show::value(v))).unwrap_or_default();
            let kind = value.map(|v| format!("a {}", show::kind(v))).unwrap_or_default();
            Some(card(&format!("let {}{text}", item.name.value), [doc(&item.doc), kind]))
        }
        Item::Decl(decl) => Some(body(analysis, id, decl)),
        Item::Use(_) | Item::Moved(_) | Item::Bad(_) => None,
    }
}

fn body(analysis: &Analysis, id: DeclarationId, decl: &ast::Decl) -> String {
    let name = &decl.name.value;
    let mut lines = vec![doc(&decl.doc)];
    let code = match decl.kind.value {
        DeclKind::Model | DeclKind::Transform => match analysis.known().signatures.get(&id) {
            Some(s) => {
                let word = kind_word_of(decl);
                format!("{word} {name}({}) -> {}", show::arguments(s).join(", "), show::outputs(&s.outputs))
            }
            None => format!("{} {name}", kind_word_of(decl)),
        },
        DeclKind::Pipeline => match analysis.known().pipelines.get(&id) {
            Some(p) => {
                let inputs: Vec<String> = p.inputs.iter().map(|p| format!("{}: {}", p.name, p.ty)).collect();
                let outputs: Vec<_> = p.outputs.iter().map(|o| o.port.clone()).collect();
                lines.push(format!("{} steps", p.steps.len()));
                format!("pipeline {name}({}) -> {}", inputs.join(", "), show::outputs(&outputs))
            }
            None => format!("pipeline {name}"),
        },
        DeclKind::Endpoint => {
            lines.extend(endpoint(analysis, name, Kind::Endpoint));
            format!("endpoint {name}")
        }
        DeclKind::Job => {
            lines.extend(endpoint(analysis, name, Kind::Job));
            format!("job {name}")
        }
        DeclKind::Stack => {
            lines.extend(stack(analysis, name));
            let target = decl.target.as_ref().map(|t| format!(" on {}", t.value)).unwrap_or_default();
            format!("stack {name}{target}")
        }
        DeclKind::Pool | DeclKind::Policy => format!("{} {name}", kind_word_of(decl)),
    };
    card(&code, lines)
}

/// What an endpoint is in each stack that deploys it: its machines, and what they cost.
fn endpoint(analysis: &Analysis, name: &str, kind: Kind) -> Vec<String> {
    let mut lines = Vec::new();
    for (stack, estimate) in analysis.compiled.stacks.iter().zip(analysis.costs()) {
        let Some(item) = estimate.items.iter().find(|item| *item.name == *name && item.kind == kind) else { continue };
        let served = stack.endpoints.iter().find(|e| *e.name == *name).map(|endpoint| {
            let scale = &endpoint.scale.value;
            let serves = match &endpoint.serve.value {
                Servable::Model(name) | Servable::Pipeline(name) | Servable::Pool(name) => name,
            };
            format!("serves `{serves}`, {}, {}..{} replicas", endpoint.mode.value.kind().word(), scale.min, scale.max)
        });
        let mut said: Vec<String> = served.into_iter().collect();
        for part in &item.parts {
            let how = if part.pinned { "pinned" } else { "the cheapest that fits" };
            let price = part.quote.rate.map_or("price unknown".to_owned(), |rate| format!("{rate} USD/h"));
            let variant = if item.parts.len() > 1 { format!("variant `{}`: ", part.what) } else { String::new() };
            said.push(format!("{variant}`{}`, {how}, {price} ({})", part.machine, part.quote));
        }
        said.extend(item.month.as_ref().map(show::month));
        said.extend(item.unknown.iter().cloned());
        lines.push(format!("stack `{}` on {}: {}", stack.name, stack.target, said.join("; ")));
    }
    lines
}

fn stack(analysis: &Analysis, name: &str) -> Vec<String> {
    let found = analysis.compiled.stacks.iter().zip(analysis.costs()).find(|(stack, _)| *stack.name == *name);
    let Some((stack, estimate)) = found else { return vec![] };
    let things = stack.endpoints.len() + stack.jobs.len();
    let mut lines = vec![format!("deploys {things}")];
    if estimate.items.iter().any(|item| item.month.is_some()) {
        lines.push(show::month(&estimate.total));
    }
    lines
}

fn target_card(name: &str) -> Option<String> {
    let target = target::find(name)?;
    let settings = target.settings().iter().map(|s| {
        let need = if s.required { " (needed)" } else { "" };
        format!("- `{}`: `{}`{need}. {}", s.name, s.ty, s.doc)
    });
    let settings: Vec<String> = settings.collect();
    let said = if settings.is_empty() { "no settings".to_owned() } else { settings.join("\n") };
    Some(card(&format!("on {name}"), [said]))
}

/// The type of a pipeline's value, as it came out.
pub fn value_type(analysis: &Analysis, of: DeclarationId, name: &str) -> Option<String> {
    let pipeline = analysis.known().pipelines.get(&of)?;
    if let Some(port) = pipeline.inputs.iter().find(|p| *p.name == *name) {
        return Some(port.ty.to_string());
    }
    if let Some(step) = pipeline.steps.iter().find(|s| *s.id == *name) {
        return Some(show::outputs(&step.outputs));
    }
    let output = pipeline.outputs.iter().find(|o| *o.port.name == *name)?;
    match &output.value {
        ValueRef::Input(_) | ValueRef::Step { .. } => Some(output.port.ty.to_string()),
    }
}

fn doc_of_entry(decl: &ast::Decl, name: &str) -> String {
    let found = decl.body.entries.iter().find_map(|entry| match entry {
        Entry::Field(f) if *f.name.value == *name => Some(&f.doc),
        Entry::Port(p) if *p.name.value == *name => Some(&p.doc),
        Entry::Param(p) if *p.name.value == *name => Some(&p.doc),
        Entry::Field(_) | Entry::Port(_) | Entry::Param(_) | Entry::Nested(_) | Entry::Deploy(_) | Entry::Bad(_) => {
            None
        }
    });
    found.map(doc).unwrap_or_default()
}

fn doc(doc: &ast::Doc) -> String {
    doc.as_deref().unwrap_or("").trim().to_owned()
}

fn kind_word_of(decl: &ast::Decl) -> &'static str {
    crate::check::schema::decl_word(decl.kind.value)
}
