//! The parser that pest generates from `serve.pest`. A crate of its own, since it changes seldom and is the one part of
//! servec that is too slow without optimisation: the rest is then built without, in seconds.

use pest::Parser as _;
use pest::iterators::Pairs;
use pest_derive::Parser;

/// The rules of `serve.pest`, and their parser.
#[derive(Parser)]
#[grammar = "../serve.pest"]
struct Grammar;

/// Reads a text by a rule. Not generic, so that it is built here.
///
/// # Errors
/// As pest words them; [`Rule::file`] fails only where pest's limit of nested calls is met.
pub fn parse(rule: Rule, text: &str) -> Result<Pairs<'_, Rule>, Box<pest::error::Error<Rule>>> {
    Grammar::parse(rule, text).map_err(Box::new)
}
