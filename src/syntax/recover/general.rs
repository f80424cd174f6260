//! Wording from position and expectation alone.

use super::ask::{Answer, Question, words};
use super::chars::odd;
use super::token::{is_name, last_token, token};
use super::wording::Slice;
use crate::report::{Code, Diagnostic};
use crate::syntax::grammar::Rule;

/// Says what was expected where, and what was found.
pub(super) fn general(question: Question, slice: Slice<'_>, answer: &Answer) -> Diagnostic {
    let found = token(slice.after(answer.at));
    let before = last_token(slice.before(answer.at));
    let ends = found.is_empty();
    let at = if ends { slice.before(answer.at).len() } else { answer.at };
    if let Some(diagnostic) = numbers(slice, at, before, found) {
        return diagnostic;
    }
    let span = slice.span(at, at + found.len());
    let wanted = wanted(question, slice, answer, found);
    let place = if before.is_empty() { String::new() } else { format!(" after `{before}`") };
    let message = match ends {
        true => format!("expected {wanted}{place}"),
        false => format!("expected {wanted}{place}, found `{found}`"),
    };
    let odd = found.chars().next().filter(|_| found.len() == 1).and_then(odd);
    let code = if odd.is_some() { Code::BadCharacter } else { Code::Unexpected };
    let label = if ends { format!("{wanted} is missing here") } else { "does not fit here".to_owned() };
    let mut diagnostic = Diagnostic::error(code, message).label(span, label);
    diagnostic.help = odd.or_else(|| shape(slice)).map(str::to_owned);
    match (wanted.as_str(), found) {
        ("`:`", "=") => diagnostic.fix("write `:`", span, ":"),
        ("`->`", "=>") => diagnostic.fix("write `->`", span, "->"),
        _ => diagnostic,
    }
}

/// What was expected, in words.
fn wanted(question: Question, slice: Slice<'_>, answer: &Answer, found: &str) -> String {
    let may = |rule: Rule| answer.expected.contains(&rule);
    let brace = slice.text.matches('}').count() > slice.text.matches('{').count();
    if brace && is_name(found) && (may(Rule::open_brace) || may(Rule::block)) {
        return "`{`".to_owned();
    }
    if found == "=" && may(Rule::colon) && may(Rule::comma) {
        return "`:`".to_owned();
    }
    match (words(&answer.expected).as_slice(), question) {
        // Only `!eq` and the like failed, which all stand where a name is due.
        ([], _) => "a name".to_owned(),
        (["a line break"], Question::Entry) => "a line break or `,`".to_owned(),
        (["a line break"], Question::Value) => "`}`".to_owned(),
        (words, _) => list(words),
    }
}

/// What the declaration should look like.
fn shape(slice: Slice<'_>) -> Option<&'static str> {
    let word = token(slice.text);
    let field = slice.text.get(word.len()..).unwrap_or("").trim_start().starts_with('=');
    match word {
        _ if field => None,

        "use" => Some("`use std/images.{decode}`, or `use \"./models.serve\".{detector}`"),
        "param" => Some("`param stage: string = \"dev\"`"),
        "moved" => Some("`moved old_name -> new_name`"),
        _ => None,
    }
}

/// `60 s`, `10 %`, `1.2.3`, `5.`, `.5`.
fn numbers(slice: Slice<'_>, at: usize, before: &str, found: &str) -> Option<Diagnostic> {
    let number = before.starts_with(|c: char| c.is_ascii_digit())
        && before.chars().all(|c| c.is_ascii_digit() || "._".contains(c));
    let digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    let from = slice.before(at).len().checked_sub(before.len())?;
    if number && !before.ends_with('.') && slice.before(at).len() < at && (is_unit(found) || found == "%") {
        let whole = slice.span(from, at + found.len());
        let message = format!("a unit stands right after its number: `{before}{found}`");
        let diagnostic = Diagnostic::error(Code::BadNumber, message).label(whole, "without a blank between");
        return Some(diagnostic.fix("join them", whole, format!("{before}{found}")));
    }
    if before == ".." && found == "." {
        let dots = slice.span(at.saturating_sub(2), at + 1);
        let diagnostic = Diagnostic::error(Code::BadNumber, "a range has two points").label(dots, "three points");
        return Some(diagnostic.fix("write `..`", dots, ".."));
    }
    let help = match number && before.ends_with('.') {
        true if digit(found) => "a number has one point; a version is a string: `\"1.2.3\"`",
        false if found == "." && digit(slice.after(at + 1)) && !number => {
            "digits stand on both sides of a point: `0.5`"
        }
        true => "digits stand on both sides of a point: `5.0`",
        false => return None,
    };
    let digits = |from: usize| slice.after(from).chars().take_while(char::is_ascii_digit).count();
    let (start, end) = if number { (from, at + digits(at)) } else { (at, at + 1 + digits(at + 1)) };
    let shown = slice.text.get(start..end).unwrap_or("");
    Some(
        Diagnostic::error(Code::BadNumber, format!("`{shown}` is not a number"))
            .label(slice.span(start, end), "here")
            .help(help),
    )
}

/// Units that people set apart from the number.
fn is_unit(word: &str) -> bool {
    const UNITS: &[&str] = &[
        "ns", "us", "ms", "s", "min", "h", "d", "B", "KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB", "percent",
        "sec",
    ];
    UNITS.contains(&word)
}

/// "a, b or c".
pub(super) fn list<S: AsRef<str>>(words: &[S]) -> String {
    match words {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [init @ .., last] => {
            let init: Vec<&str> = init.iter().map(AsRef::as_ref).collect();
            format!("{} or {}", init.join(", "), last.as_ref())
        }
    }
}
