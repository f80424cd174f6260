//! Who calls whom: pipelines call models and transforms, endpoints and jobs serve pipelines, models and pools.

use std::collections::BTreeMap;

use crate::names::{DeclarationId, kind_word};
use crate::source::Span;
use crate::syntax::ast::{DeclKind, Item};

use super::analysis::{Analysis, At};
use super::marks::{Role, Symbol};

/// A node of the hierarchy.
#[derive(Debug, Clone, PartialEq)]
pub struct Caller {
    pub id: DeclarationId,
    pub name: String,
    pub word: &'static str,
    pub whole: Span,
    pub name_at: Span,
}

/// What the name at the cursor stands for, if it can call or be called.
pub fn prepare(at: At) -> Option<Caller> {
    match &at.mark()?.symbol {
        Symbol::Declaration(id) => caller(at.analysis, *id),
        Symbol::Value { of, .. } | Symbol::Port { of, .. } | Symbol::Param { of, .. } | Symbol::Dim { of, .. } => {
            caller(at.analysis, *of)
        }
        Symbol::Item { .. } | Symbol::Target(_) | Symbol::Unit(_) => None,
    }
}

/// Everything that uses this, with where.
pub fn incoming(analysis: &Analysis, id: DeclarationId) -> Vec<(Caller, Vec<Span>)> {
    let symbol = Symbol::Declaration(id);
    let mut by: BTreeMap<DeclarationId, Vec<Span>> = BTreeMap::new();
    for mark in analysis.marks().all(&symbol).filter(|m| matches!(m.role, Role::Use | Role::ByAlias)) {
        if let Some(owner) = owner(analysis, mark.span) {
            by.entry(owner).or_default().push(mark.span);
        }
    }
    by.into_iter().filter_map(|(id, spans)| Some((caller(analysis, id)?, spans))).collect()
}

/// Everything that this uses, with where.
pub fn outgoing(analysis: &Analysis, id: DeclarationId) -> Vec<(Caller, Vec<Span>)> {
    let Some(decl) = analysis.decl(id) else { return vec![] };
    let mut to: BTreeMap<DeclarationId, Vec<Span>> = BTreeMap::new();
    for mark in analysis.marks().of(decl.span.file).iter().filter(|m| decl.body.span.contains(m.span)) {
        if let Symbol::Declaration(other) = &mark.symbol {
            to.entry(*other).or_default().push(mark.span);
        }
    }
    to.into_iter().filter_map(|(id, spans)| Some((caller(analysis, id)?, spans))).collect()
}

fn caller(analysis: &Analysis, id: DeclarationId) -> Option<Caller> {
    let item = analysis.compiled.names.item(id)?;
    let Item::Decl(decl) = item else { return None };
    if decl.kind.value == DeclKind::Policy {
        return None;
    }
    let name = decl.name.value.to_string();
    Some(Caller { id, name, word: kind_word(item), whole: decl.span, name_at: decl.name.span })
}

/// The declaration in whose body a place is.
fn owner(analysis: &Analysis, span: Span) -> Option<DeclarationId> {
    let unit = analysis.unit_of(span.file)?;
    let decl = unit.ast.items.iter().find_map(|item| match item {
        Item::Decl(decl) if decl.body.span.contains(span) => Some(decl),
        _ => None,
    })?;
    analysis.declared_at(decl.name.span)
}
