//! From a name to where it is declared, where its type is, and where else it stands.

use crate::source::Span;
use crate::stack::{Callee, ValueRef};
use crate::syntax::ast::{Entry, Expr, ExprKind};

use super::analysis::{Analysis, At};
use super::marks::{Mark, Role, Symbol};

/// Where the name at the cursor is declared; a file that a `use` names is its beginning.
pub fn definition(at: At) -> Vec<Span> {
    let Some(mark) = at.mark() else { return vec![] };
    declared(at.analysis, &mark.symbol)
}

/// Where what the name at the cursor is made of is declared: the model or transform behind a pipeline's value, what an endpoint
/// serves.
pub fn type_definition(at: At) -> Vec<Span> {
    let Some(mark) = at.mark() else { return vec![] };
    match &mark.symbol {
        Symbol::Value { of, name } => made_by(at.analysis, *of, name).into_iter().collect(),
        Symbol::Declaration(id) => {
            let Some(decl) = at.analysis.decl(*id) else { return declared(at.analysis, &mark.symbol) };
            let served = decl.body.entries.iter().find_map(|entry| match entry {
                Entry::Field(field) if matches!(&*field.name.value, "serve" | "run") => base(&field.value),
                _ => None,
            });
            let unit = at.analysis.compiled.names.get(*id).map(|d| d.unit);
            let names = &at.analysis.compiled.names;
            let found =
                served.zip(unit).and_then(|(name, unit)| names.lookup(unit, name)).and_then(|id| names.span(id));
            found.map_or_else(|| declared(at.analysis, &mark.symbol), |span| vec![span])
        }
        Symbol::Port { of, .. } | Symbol::Param { of, .. } | Symbol::Dim { of, .. } => {
            at.analysis.compiled.names.span(*of).into_iter().collect()
        }
        Symbol::Item { .. } | Symbol::Target(_) | Symbol::Unit(_) => declared(at.analysis, &mark.symbol),
    }
}

/// Every place of the name at the cursor, file by file.
pub fn references(at: At, with_declaration: bool) -> Vec<Span> {
    let Some(mark) = at.mark() else { return vec![] };
    let all = at.analysis.marks().all(&mark.symbol);
    all.filter(|m| with_declaration || m.role != Role::Declare).map(|m| m.span).collect()
}

/// The places in this file, with whether each declares.
pub fn highlight(at: At) -> Vec<(Span, bool)> {
    let Some(mark) = at.mark() else { return vec![] };
    let here = at.analysis.marks().of(at.unit.file).iter().filter(|m| m.symbol == mark.symbol);
    here.map(|m| (m.span, matches!(m.role, Role::Declare | Role::Alias))).collect()
}

pub(super) fn declared(analysis: &Analysis, symbol: &Symbol) -> Vec<Span> {
    match symbol {
        Symbol::Declaration(_) | Symbol::Value { .. } | Symbol::Port { .. } | Symbol::Param { .. } => {
            let all = analysis.marks().all(symbol);
            let found: Vec<Span> = all.filter(|m| m.role == Role::Declare).map(|m| m.span).collect();
            match (found.as_slice(), symbol) {
                // An output that shows a binding of its own name: what makes it stands first.
                ([_, _, ..], Symbol::Value { .. }) => found.into_iter().take(1).collect(),
                _ => found,
            }
        }
        // A size is declared where it stands first.
        Symbol::Dim { .. } => first(analysis.marks().all(symbol)),
        Symbol::Item { at, .. } => vec![*at],
        Symbol::Unit(unit) => {
            let file = analysis.compiled.names.unit(*unit).map(|unit| unit.file);
            file.map(|file| Span::new(file, 0, 0)).into_iter().collect()
        }
        Symbol::Target(_) => vec![],
    }
}

fn first<'m>(mut marks: impl Iterator<Item = &'m Mark>) -> Vec<Span> {
    marks.next().map(|m| m.span).into_iter().collect()
}

/// The declaration of what makes a pipeline's value.
fn made_by(analysis: &Analysis, of: crate::names::DeclarationId, name: &str) -> Option<Span> {
    let known = analysis.known();
    let pipeline = known.pipelines.get(&of)?;
    let step = match pipeline.outputs.iter().find(|o| *o.port.name == *name).map(|o| &o.value) {
        Some(ValueRef::Step { step, .. }) => step,
        Some(ValueRef::Input(_)) => return None,
        None => pipeline.steps.iter().find(|s| *s.id == *name).map(|s| &s.id)?,
    };
    let callee: &Callee = &pipeline.steps.iter().find(|s| s.id == *step)?.callee;
    analysis.compiled.names.span(*known.callees.get(callee)?)
}

/// The name that an expression starts from.
fn base(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name),
        ExprKind::With { base: inner, .. } => base(inner),
        _ => None,
    }
}
