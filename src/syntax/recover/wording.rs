//! The sentences about a slice that is no statement, no declaration, no value.

use super::ask::{Answer, Question, ask, words};
use super::chars::odd;
use super::nearest::nearest;
use crate::report::{Code, Diagnostic};
use crate::source::{FileId, Span};

/// What starts a declaration.
pub(in crate::syntax) const DECLARATIONS: &[&str] =
    &["endpoint", "job", "let", "model", "moved", "param", "pipeline", "policy", "pool", "stack", "transform", "use"];

/// A slice of a file that went wrong.
#[derive(Debug, Clone, Copy)]
pub(in crate::syntax) struct Slice<'a> {
    pub file: FileId,
    /// Where it starts in the file.
    pub start: u32,
    pub text: &'a str,
}

impl<'a> Slice<'a> {
    pub fn span(self, from: usize, to: usize) -> Span {
        Span::new(self.file, self.start + from as u32, self.start + to as u32)
    }

    pub fn all(self) -> Span {
        self.span(0, self.text.len())
    }

    fn after(self, at: usize) -> &'a str {
        self.text.get(at..).unwrap_or("")
    }

    fn before(self, at: usize) -> &'a str {
        self.text.get(..at).unwrap_or("").trim_end_matches([' ', '\t', '\r', '\n'])
    }
}

/// Says what is wrong with a slice that should be a statement (`Question::Entry`) and so on.
pub(in crate::syntax) fn about(question: Question, slice: Slice<'_>) -> Diagnostic {
    let special = match question {
        Question::Entry => statement(slice),
        Question::Item => declaration(slice),
        Question::Value => None,
    };
    if let Some(diagnostic) = special {
        return diagnostic;
    }
    match ask(question, slice.text) {
        Some(answer) => general(slice, &answer),
        None => Diagnostic::error(Code::Unexpected, "this can't be read").label(slice.all(), "here"),
    }
}

/// Wrong in one of the usual ways: no `=`, `:` for `=`, no value.
fn statement(slice: Slice<'_>) -> Option<Diagnostic> {
    let name = token(slice.text);
    if !is_name(name) {
        return None;
    }
    let rest = slice.after(name.len());
    let next_at = slice.text.len() - rest.trim_start().len();
    let next = token(slice.after(next_at));
    let after_next = token(slice.after(next_at + next.len()).trim_start());
    let special = matches!(name, "input" | "output" | "param" | "deploy") && is_name(next);
    if special {
        return None;
    }
    let end = slice.span(name.len(), name.len());
    match next {
        ":" => Some(
            Diagnostic::error(Code::Unexpected, format!("expected `=` after `{name}`, found `:`"))
                .label(slice.span(next_at, next_at + 1), "a value follows `=`; a type follows `:`")
                .fix("write `=`", slice.span(name.len(), next_at + 1), " ="),
        ),
        "==" => Some(
            Diagnostic::error(Code::Unexpected, format!("expected `=` after `{name}`, found `==`"))
                .label(slice.span(next_at, next_at + 2), "`==` compares")
                .fix("write `=`", slice.span(next_at, next_at + 2), "="),
        ),
        "=" if after_next.is_empty() => Some(missing_value(slice, name, next_at + 1)),
        _ if next.starts_with(|c: char| c.is_ascii_digit() || c == '"')
            || next == "[" && !slice.text.contains('=')
            || is_name(next) && after_next.is_empty() =>
        {
            Some(
                Diagnostic::error(Code::Unexpected, format!("expected `=` after `{name}`"))
                    .label(end, "`=` is missing here")
                    .fix("insert `=`", end, " ="),
            )
        }
        _ => None,
    }
}

fn missing_value(slice: Slice<'_>, name: &str, at: usize) -> Diagnostic {
    Diagnostic::error(Code::Unexpected, format!("`{name}` has no value"))
        .label(slice.span(at, at), "expected a value after `=`")
        .help("the value starts on the line of its `=`")
}

fn declaration(slice: Slice<'_>) -> Option<Diagnostic> {
    let word = token(slice.text);
    if word == "}" {
        return Some(
            Diagnostic::error(Code::Unexpected, "this `}` closes nothing")
                .label(slice.span(0, 1), "no `{` is open here")
                .help("delete it, or look for a `}` too many above"),
        );
    }
    if !is_name(word) || DECLARATIONS.contains(&word) {
        return None;
    }
    Some(unknown_declaration(slice, word))
}

/// A line that starts with a word that starts no declaration.
pub(in crate::syntax) fn unknown_declaration(slice: Slice<'_>, word: &str) -> Diagnostic {
    let at = slice.span(0, word.len());
    let rest = slice.after(word.len()).trim_start();
    let field = rest.starts_with('=') || rest.starts_with(':');
    match nearest(word, DECLARATIONS) {
        Some(near) if !field => {
            Diagnostic::error(Code::UnknownDeclaration, format!("no declaration starts with `{word}`"))
                .label(at, format!("did you mean `{near}`?"))
                .fix(format!("write `{near}`"), at, near)
        }
        Some(_) | None if field => {
            Diagnostic::error(Code::UnknownDeclaration, format!("`{word}` stands outside any declaration"))
                .label(at, "a field belongs between the `{` and `}` of a declaration")
                .help(format!("a constant is declared with `let {word} = …`; or a `}}` above comes too early"))
        }
        Some(_) | None => Diagnostic::error(Code::UnknownDeclaration, format!("no declaration starts with `{word}`"))
            .label(at, "not a declaration")
            .help(format!("declarations start with {}", list(DECLARATIONS))),
    }
}

/// From position and expectation alone.
fn general(slice: Slice<'_>, answer: &Answer) -> Diagnostic {
    let found = token(slice.after(answer.at));
    let before = last_token(slice.before(answer.at));
    let expected = words(&answer.expected);
    let ends = found.is_empty();
    let at = if ends { slice.before(answer.at).len() } else { answer.at };
    let span = slice.span(at, at + found.len());
    if let Some(diagnostic) = numbers(slice, at, before, found) {
        return diagnostic;
    }
    let wanted = match expected.as_slice() {
        [] => "something else".to_owned(),
        ["a line break"] => "a line break or `,`".to_owned(),
        words => list(words),
    };
    let place = if before.is_empty() { String::new() } else { format!(" after `{before}`") };
    let message = match ends {
        true => format!("expected {wanted}{place}"),
        false => format!("expected {wanted}{place}, found `{found}`"),
    };
    let odd = found.chars().next().filter(|_| found.len() == 1).and_then(odd);
    let code = if odd.is_some() { Code::BadCharacter } else { Code::Unexpected };
    let label = if ends { format!("{wanted} is missing here") } else { "does not fit here".to_owned() };
    let diagnostic = Diagnostic::error(code, message).label(span, label);
    match odd {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

/// `60 s`, `10 %`, `1.2.3`, `5.`, `.5`.
fn numbers(slice: Slice<'_>, at: usize, before: &str, found: &str) -> Option<Diagnostic> {
    let number = before.starts_with(|c: char| c.is_ascii_digit())
        && before.chars().all(|c| c.is_ascii_digit() || ".e_".contains(c));
    let from = slice.before(at).len().checked_sub(before.len())?;
    let glued = slice.before(at).len() == at;
    if number && !glued && (is_unit(found) || found == "%") {
        let whole = slice.span(from, at + found.len());
        return Some(
            Diagnostic::error(Code::BadNumber, format!("a unit stands right after its number: `{before}{found}`"))
                .label(whole, "without a blank between")
                .fix("join them", whole, format!("{before}{found}")),
        );
    }
    let point = found == "." || before == ".";
    let digits = slice.after(at).trim_start_matches('.').starts_with(|c: char| c.is_ascii_digit());
    if !point || !(number || digits) {
        return None;
    }
    let diagnostic =
        Diagnostic::error(Code::BadNumber, "this is not a number").label(slice.span(at, at + found.len()), "here");
    Some(diagnostic.help(match number && digits {
        true => "a number has one point; a version is a string: `\"1.2.3\"`",
        false => "digits stand on both sides of a point: `0.5`, `5.0`",
    }))
}

/// Units that people set apart from the number.
fn is_unit(word: &str) -> bool {
    const UNITS: &[&str] = &[
        "ns", "us", "ms", "s", "min", "h", "d", "B", "KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB", "percent",
        "sec",
    ];
    UNITS.contains(&word)
}

/// The token at the start of a text: a word, a number, a string's quote, an operator; empty at the end of a line.
pub(in crate::syntax) fn token(text: &str) -> &str {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let length = match text.chars().next() {
        None | Some('\n' | '\r') => 0,
        Some(c) if is_word(c) => text.find(|c| !is_word(c)).unwrap_or(text.len()),
        Some('"') => text.get(1..).and_then(|t| t.find(['"', '\n'])).map_or(1, |end| end + 2).min(text.len()),
        Some(_) if text.starts_with("//") => 0,
        Some(_) if ["==", "!=", "<=", ">=", "&&", "||", "->", "=>", ".."].iter().any(|op| text.starts_with(op)) => 2,
        Some(c) => c.len_utf8(),
    };
    match text.get(..length) {
        Some(word) if length <= 40 => word.trim_end_matches('\n'),
        Some(_) | None => text.get(..1).unwrap_or(""),
    }
}

/// The token at the end of a text.
fn last_token(text: &str) -> &str {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "_.%".contains(c);
    let word = text.len() - text.trim_end_matches(is_word).len();
    let length = match text.chars().last() {
        _ if word > 0 => word,
        Some(c) => c.len_utf8(),
        None => 0,
    };
    let token = text.get(text.len() - length..).unwrap_or("");
    if token.len() <= 40 { token } else { "" }
}

pub(in crate::syntax) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

/// "a, b or c".
fn list<S: AsRef<str>>(words: &[S]) -> String {
    match words {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [init @ .., last] => {
            let init: Vec<&str> = init.iter().map(AsRef::as_ref).collect();
            format!("{} or {}", init.join(", "), last.as_ref())
        }
    }
}
