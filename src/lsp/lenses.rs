//! Lines above declarations: what a stack deploys, on what, and for how much.

use crate::source::Span;
use crate::syntax::ast::{DeclKind, Item};

use super::analysis::At;
use super::navigate::declared;
use super::show;

/// A line above a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Lens {
    pub span: Span,
    pub text: String,
    /// Where a click goes, if anywhere.
    pub goes_to: Vec<Span>,
}

pub fn lenses(at: At) -> Vec<Lens> {
    let mut out = Vec::new();
    for item in &at.unit.ast.items {
        let Item::Decl(decl) = item else { continue };
        let span = decl.name.span;
        match decl.kind.value {
            DeclKind::Stack => out.extend(stack(at, &decl.name.value, span)),
            DeclKind::Model
            | DeclKind::Transform
            | DeclKind::Pipeline
            | DeclKind::Pool
            | DeclKind::Endpoint
            | DeclKind::Job => {
                let Some(id) = at.analysis.declared_at(span) else { continue };
                let symbol = super::marks::Symbol::Declaration(id);
                let own = declared(at.analysis, &symbol);
                let uses: Vec<Span> =
                    at.analysis.marks().all(&symbol).map(|m| m.span).filter(|s| !own.contains(s)).collect();
                let times = if uses.len() == 1 { "time" } else { "times" };
                out.push(Lens { span, text: format!("used {} {times}", uses.len()), goes_to: uses });
            }
            DeclKind::Policy => {}
        }
    }
    out
}

fn stack(at: At, name: &str, span: Span) -> Vec<Lens> {
    let compiled = &at.analysis.compiled;
    let found = compiled.stacks.iter().zip(at.analysis.costs()).find(|(stack, _)| stack.span == span);
    let Some((stack, estimate)) = found else { return vec![] };
    let counted = |n: usize, noun: &str| format!("{n} {noun}{}", if n == 1 { "" } else { "s" });
    let mut parts = vec![counted(stack.endpoints.len(), "endpoint")];
    if !stack.jobs.is_empty() {
        parts.push(counted(stack.jobs.len(), "job"));
    }
    let resources = at.analysis.emitted(name).map(|n| counted(n, "resource"));
    let emits = resources.map_or_else(String::new, |n| format!("; emits {n}"));
    let mut lenses =
        vec![Lens { span, text: format!("fits {}: {}{emits}", stack.target, parts.join(", ")), goes_to: vec![] }];
    if estimate.items.iter().any(|item| item.month.is_some()) {
        let known = if estimate.is_complete() { "" } else { ", of what is known" };
        lenses.push(Lens { span, text: format!("{}{known}", show::month(&estimate.total)), goes_to: vec![] });
    }
    lenses
}
