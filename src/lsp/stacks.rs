//! Stacks as they are written, also in a program with mistakes: which deploy an endpoint, on which target, with which words as
//! settings.

use std::sync::Arc;

use crate::names::Names;
use crate::stack::ModeKind;
use crate::syntax::ast::{Block, Decl, DeclKind, Entry, Expr, ExprKind, Item, Piece};

/// A stack that deploys something.
#[derive(Debug, Clone)]
pub struct Written<'a> {
    pub target: &'a str,
    /// Those that are plain words or texts.
    pub settings: Vec<(Arc<str>, Arc<str>)>,
}

/// Every stack whose `deploy` names this.
pub fn deploying<'a>(names: &'a Names, name: &str) -> Vec<Written<'a>> {
    let stacks = names.units().filter(|(_, unit)| !unit.std).flat_map(|(_, unit)| &unit.ast.items);
    let stacks = stacks.filter_map(|item| match item {
        Item::Decl(decl) if decl.kind.value == DeclKind::Stack && deploys(decl, name) => Some(decl),
        _ => None,
    });
    stacks.filter_map(written).collect()
}

/// A stack as it is written; `None` without a target.
pub fn written(decl: &Decl) -> Option<Written<'_>> {
    let settings = decl.body.entries.iter().filter_map(|entry| match entry {
        Entry::Field(field) => Some((field.name.value.clone(), plain(&field.value)?)),
        _ => None,
    });
    Some(Written { target: &decl.target.as_ref()?.value, settings: settings.collect() })
}

fn deploys(decl: &Decl, name: &str) -> bool {
    decl.body.entries.iter().any(|entry| match entry {
        Entry::Deploy(deploy) => deploy.names.iter().any(|deployed| *deployed.value == *name),
        _ => false,
    })
}

/// A word, or a text without holes.
fn plain(expr: &Expr) -> Option<Arc<str>> {
    match &expr.kind {
        ExprKind::Name(word) => Some(word.clone()),
        ExprKind::String(pieces) => match pieces.as_slice() {
            [Piece::Text(text)] => Some(text.as_str().into()),
            _ => None,
        },
        _ => None,
    }
}

/// The mode that an endpoint's or a job's declaration writes.
pub fn mode_of(decl: &Decl) -> Option<ModeKind> {
    let value = field(&decl.body, "mode")?;
    let word = match &value.kind {
        ExprKind::Name(word) => word,
        ExprKind::Construct { kind, .. } => &kind.value,
        _ => return None,
    };
    ModeKind::ALL.into_iter().find(|mode| mode.word() == &**word)
}

/// The value that a block gives a field.
pub fn field<'a>(block: &'a Block, name: &str) -> Option<&'a Expr> {
    block.entries.iter().find_map(|entry| match entry {
        Entry::Field(field) if *field.name.value == *name => Some(&field.value),
        _ => None,
    })
}
