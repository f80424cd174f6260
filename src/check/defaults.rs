//! Defaults, which schemas keep as text, as values.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::names::{Names, UnitId};
use crate::report::Sink;
use crate::source::{FileId, Span};
use crate::stack::{Value, ValueKind};
use crate::syntax::{self, ast};

use super::eval::Evaluator;
use super::params::Params;

thread_local! {
    /// Each default is read once: a large program asks for the same few thousands of times.
    static READ: RefCell<HashMap<&'static str, ValueKind>> = RefCell::default();
}

/// A default's value. Its span is of no file.
pub fn value(text: &'static str) -> Value {
    let kind = READ.with_borrow_mut(|read| read.entry(text).or_insert_with(|| read_text(text).kind).clone());
    Value::new(kind, nowhere())
}

/// A value from how it would be written; unknown if it can't be read.
pub fn read_text(text: &str) -> Value {
    let (names, params, mut sink) = (Names::default(), Params::default(), Sink::default());
    let tree = syntax::parse(nowhere().file, &format!("let value = {text}\n"), &mut sink);
    let found = tree.items.iter().find_map(|item| match item {
        ast::Item::Let(item) => Some(Evaluator::new(&names, &params).expr(UnitId(0), &item.value, &mut sink)),
        ast::Item::Use(_) | ast::Item::Param(_) | ast::Item::Decl(_) | ast::Item::Moved(_) | ast::Item::Bad(_) => None,
    });
    found.filter(|_| !sink.has_errors()).unwrap_or_else(|| Value::unknown(nowhere()))
}

fn nowhere() -> Span {
    Span::new(FileId(u32::MAX), 0, 0)
}
