//! Tokens of a slice, for wording: rougher than the grammar's, and never failing.

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
pub(super) fn last_token(text: &str) -> &str {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "_.%".contains(c);
    let run = text.get(text.trim_end_matches(is_word).len()..).unwrap_or("");
    let token = match text.chars().next_back() {
        None => "",
        Some('"') => {
            text.get(..text.len() - 1).and_then(|t| t.rfind('"')).and_then(|at| text.get(at..)).unwrap_or("\"")
        }
        Some(c) if run.is_empty() => text.get(text.len() - c.len_utf8()..).unwrap_or(""),
        Some(_) if run.ends_with("..") => "..",
        Some(_) => {
            let run = run.rsplit("..").next().unwrap_or(run);
            match run.starts_with(|c: char| c.is_ascii_digit()) || run.ends_with('.') {
                true => run,
                false => run.rsplit('.').next().unwrap_or(run),
            }
        }
    };
    if token.len() <= 40 { token } else { "" }
}

pub(in crate::syntax) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}
