//! Statements that are wrong in one of the usual ways.

use super::token::{is_name, token};
use super::wording::Slice;
use crate::report::{Code, Diagnostic};

/// Wrong in one of the usual ways: no `=`, `:` for `=`, no value, quotes around a name.
pub(super) fn statement(slice: Slice<'_>) -> Option<Diagnostic> {
    let name = token(slice.text);
    if name.starts_with('"') {
        return quoted(slice, 0, name);
    }
    if !is_name(name) {
        return None;
    }
    let next_at = slice.text.len() - slice.after(name.len()).trim_start().len();
    let next = token(slice.after(next_at));
    let then_at = slice.text.len() - slice.after(next_at + next.len()).trim_start().len();
    let then = token(slice.after(then_at));
    match name {
        "input" | "output" | "param" if is_name(next) => return None,
        "deploy" if next != "=" => return deploy(slice, next_at, next),
        _ => {}
    }
    let end = slice.span(name.len(), name.len());
    let equals = |found: &str, why: &str| {
        Diagnostic::error(Code::Unexpected, format!("expected `=` after `{name}`, found `{found}`"))
            .label(slice.span(next_at, next_at + found.len()), why)
            .fix("write `=`", slice.span(name.len(), next_at + found.len()), " =")
    };
    match next {
        ":" => Some(equals(":", "a value follows `=`; a type follows `:`")),
        "==" => Some(equals("==", "`==` compares")),
        "=" if then.is_empty() => {
            let at = slice.span(next_at + 1, next_at + 1);
            let diagnostic = Diagnostic::error(Code::Unexpected, format!("`{name}` has no value"));
            Some(diagnostic.label(at, "expected a value after `=`").help("the value starts on the line of its `=`"))
        }
        "" => Some(
            Diagnostic::error(Code::Unexpected, format!("expected `=` or `{{` after `{name}`"))
                .label(end, "a value or a block is missing here"),
        ),
        _ if is_name(next) && then == "=" => Some(
            Diagnostic::error(Code::Unexpected, format!("`{name} {next}` is not a name"))
                .label(slice.span(0, next_at + next.len()), "a name is one word")
                .fix("join the words", slice.span(0, next_at + next.len()), format!("{name}_{next}")),
        ),
        _ if next.starts_with('"') && then == "{" => quoted(slice, next_at, next),
        _ if next.starts_with(|c: char| c.is_ascii_digit() || c == '"')
            || next == "[" && !slice.text.contains('=')
            || is_name(next) && then.is_empty() =>
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

/// A name in quotes.
pub(super) fn quoted(slice: Slice<'_>, at: usize, string: &str) -> Option<Diagnostic> {
    let name = string.strip_prefix('"')?.strip_suffix('"')?;
    let word = is_name(name) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let span = slice.span(at, at + string.len());
    let diagnostic = Diagnostic::error(Code::Unexpected, format!("expected a name, found the string `{string}`"))
        .label(span, "not a name");
    match word {
        true => Some(diagnostic.help("names are written without quotes").fix("remove the quotes", span, name)),
        false => Some(diagnostic.help("a name has letters, digits and `_`, and no quotes")),
    }
}

fn deploy(slice: Slice<'_>, at: usize, next: &str) -> Option<Diagnostic> {
    if is_name(next) {
        return None;
    }
    let found = if next.is_empty() { String::new() } else { format!(", found `{next}`") };
    let diagnostic = Diagnostic::error(Code::Unexpected, format!("expected a name after `deploy`{found}"));
    Some(
        diagnostic
            .label(slice.span(at, at + next.len()), "here")
            .help("names are listed plainly: `deploy search, shops`"),
    )
}
