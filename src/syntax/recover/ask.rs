//! Asking twice: a slice that went wrong is parsed again with a strict rule, which fails where the mistake is.

use pest::error::{ErrorVariant, InputLocation};

use crate::syntax::grammar::{self, Rule};

/// What a strict rule says of a slice.
#[derive(Debug)]
pub(in crate::syntax) struct Answer {
    /// Offset in the slice of the first token that does not fit.
    pub at: usize,
    pub expected: Vec<Rule>,
}

/// Which strict rule.
#[derive(Debug, Clone, Copy)]
pub(in crate::syntax) enum Question {
    Item,
    Entry,
    Value,
}

/// None if the strict rule has nothing against the slice.
pub(super) fn ask(question: Question, slice: &str) -> Option<Answer> {
    let rule = match question {
        Question::Item => Rule::ask_item,
        Question::Entry => Rule::ask_entry,
        Question::Value => Rule::ask_expr,
    };
    let error = grammar::parse(rule, slice).err()?;
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    match error.variant {
        ErrorVariant::ParsingError { positives, .. } => Some(Answer { at, expected: positives }),
        ErrorVariant::CustomError { .. } => None,
    }
}

/// The expected words of an answer, most telling first, for "expected … or …".
#[allow(clippy::wildcard_enum_match_arm, reason = "most rules of the grammar stand for themselves")]
pub(super) fn words(expected: &[Rule]) -> Vec<&'static str> {
    let has = |rule: Rule| expected.contains(&rule);
    let value = has(Rule::reference) || has(Rule::prefix);
    let ty = !value && has(Rule::digits) && has(Rule::string);
    let complete = has(Rule::binary_op) || has(Rule::finish);
    let part = |rule: &Rule| match rule {
        // What a value or a type may start with is summed up; `{` after a complete value is rarely meant.
        Rule::string | Rule::digits | Rule::open_square | Rule::open_paren => value || ty,
        Rule::open_brace | Rule::block => value || ty || complete,
        Rule::name => ty || has(Rule::dim_fixed),
        Rule::colon => complete && has(Rule::comma),
        _ => false,
    };
    let mut all: Vec<(u8, &'static str)> = expected.iter().filter(|r| !part(r)).filter_map(|r| word(*r)).collect();
    if value || ty {
        all.push((1, if value { "a value" } else { "a type" }));
    }
    all.sort_unstable();
    all.dedup();
    let best = all.first().map_or(0, |(rank, _)| *rank);
    // An operator, an argument list or `with` may follow any value: only worth saying where nothing else fits.
    all.retain(|(rank, _)| *rank <= best.max(6) && (best > 0 || *rank == 0));
    all.into_iter().map(|(_, word)| word).collect()
}

/// Rank and word.
#[allow(clippy::wildcard_enum_match_arm, reason = "the grammar has rules that are never among the expected")]
fn word(rule: Rule) -> Option<(u8, &'static str)> {
    Some(match rule {
        Rule::finish => (0, "a line break"),
        Rule::ask_entry => (1, "a field or a block"),
        Rule::ask_item => (1, "a declaration"),
        Rule::ask_expr => (1, "a value"),
        Rule::expr | Rule::reference | Rule::number | Rule::paren | Rule::list | Rule::argument => (1, "a value"),
        Rule::type_expr | Rule::type_named | Rule::type_record => (1, "a type"),
        Rule::name | Rule::use_name => (2, "a name"),
        Rule::std_path => (2, "a path"),
        Rule::string => (3, "a string"),
        Rule::dim_fixed | Rule::dim_any => (2, "a dimension"),
        Rule::eq => (3, "`=`"),
        Rule::colon => (3, "`:`"),
        Rule::arrow => (3, "`->`"),
        Rule::dot => (7, "`.`"),
        Rule::open_brace | Rule::block => (4, "`{`"),
        Rule::comma => (4, "`,`"),
        Rule::pipe => (7, "`|`"),
        Rule::close_brace => (5, "`}`"),
        Rule::close_paren => (5, "`)`"),
        Rule::close_square => (5, "`]`"),
        Rule::open_angle | Rule::type_args => (7, "`<`"),
        Rule::close_angle => (5, "`>`"),
        Rule::kw_on => (6, "`on`"),
        Rule::kw_as => (7, "`as`"),
        Rule::kw_in => (2, "`in`"),
        Rule::kw_then => (2, "`then`"),
        Rule::kw_else => (2, "`else`"),
        Rule::binary_op | Rule::arithmetic_op | Rule::range_op => (8, "an operator"),
        _ => return None,
    })
}
