//! Whom a fix changes beside the stack that it is for.
#![allow(clippy::wildcard_enum_match_arm, reason = "an item is a declaration, or it is not")]

use std::collections::{BTreeMap, BTreeSet};

use super::listed;
use crate::names::Names;
use crate::report::Edit;
use crate::source::Span;
use crate::stack::Stack;
use crate::syntax::ast::Item;

/// Which stacks use each declaration.
pub(super) struct Shared<'a>(BTreeMap<Span, BTreeSet<&'a str>>);

impl<'a> Shared<'a> {
    pub(super) fn of(stacks: &'a [Stack]) -> Self {
        let mut users: BTreeMap<Span, BTreeSet<&str>> = BTreeMap::new();
        for stack in stacks {
            let endpoints = stack.endpoints.iter().map(|endpoint| endpoint.span);
            let served = stack.models.values().map(|model| model.span).chain(stack.pools.values().map(|p| p.span));
            let called = stack.pipelines.values().map(|p| p.span).chain(stack.transforms.values().map(|t| t.span));
            for span in endpoints.chain(stack.jobs.iter().map(|job| job.span)).chain(served).chain(called) {
                users.entry(span).or_default().insert(&stack.name);
            }
        }
        Self(users)
    }

    /// That these edits change a declaration of several stacks; empty where they don't.
    pub(super) fn also(&self, names: &Names, edits: &[Edit]) -> String {
        let declarations = edits.iter().filter_map(|edit| {
            names.unit_of(edit.span.file)?.ast.items.iter().find_map(|item| match item {
                Item::Decl(decl) if decl.span.contains(edit.span) => Some(decl.name.span),
                _ => None,
            })
        });
        let users = declarations.filter_map(|span| self.0.get(&span)).flatten();
        let users: BTreeSet<String> = users.map(|name| (*name).to_owned()).collect();
        let users: Vec<String> = users.into_iter().collect();
        if users.len() > 1 { format!("; this changes the stacks {}", listed(&users)) } else { String::new() }
    }
}
