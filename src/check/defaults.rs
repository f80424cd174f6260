//! Defaults, which schemas keep as text, as values.

use crate::names::{Names, UnitId};
use crate::report::Sink;
use crate::source::{FileId, Span};
use crate::stack::Value;
use crate::syntax::{self, ast};

use super::eval::Evaluator;
use super::params::Params;

/// A default's value, read from how it would be written. Its span is of no file.
pub fn value(text: &str) -> Value {
    let file = FileId(u32::MAX);
    let (names, params, mut sink) = (Names::default(), Params::default(), Sink::default());
    let tree = syntax::parse(file, &format!("let default = {text}\n"), &mut sink);
    let found = tree.items.iter().find_map(|item| match item {
        ast::Item::Let(item) => Some(Evaluator::new(&names, &params).expr(UnitId(0), &item.value, &mut sink)),
        ast::Item::Use(_) | ast::Item::Param(_) | ast::Item::Decl(_) | ast::Item::Moved(_) | ast::Item::Bad(_) => None,
    });
    found.unwrap_or_else(|| Value::unknown(Span::new(file, 0, 0)))
}
