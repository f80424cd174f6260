//! Wording for single characters and strings that never end.

use super::Problem;
use crate::report::{Code, Diagnostic};
use crate::source::Span;

/// A `"` whose line ends before the string does. `line` is the text from the `"` on.
pub(in crate::syntax) fn unterminated(line: &str, span: Span) -> Problem {
    let start = Span { end: span.start + 1, ..span };
    let message = match hole_is_open(line) {
        true => "this string never ends: the `${` in it has no `}`",
        false => "this string never ends",
    };
    let diagnostic = Diagnostic::error(Code::UnterminatedString, message)
        .label(start, "starts here")
        .help("a string ends with `\"` on the line it starts on; write `\\n` for a line break");
    Problem::new(diagnostic, span)
}

fn hole_is_open(line: &str) -> bool {
    line.rfind("${").is_some_and(|at| !line.get(at..).unwrap_or("").contains('}')) && line.trim_end().ends_with('"')
}

/// NUL, bell, a lone carriage return and their like.
pub(in crate::syntax) fn control(byte: u8, span: Span) -> Problem {
    let message = format!("a control character (U+{byte:04X}) can't stand in a program");
    Problem::new(
        Diagnostic::error(Code::BadCharacter, message)
            .label(span, "here")
            .help("delete it; in a string, write `\\u{…}`")
            .fix("delete it", span, ""),
        span,
    )
}

/// Characters outside ASCII that are in no string and no comment; `letters` if they are part of a name.
pub(in crate::syntax) fn foreign(word: &str, letters: bool, span: Span) -> Problem {
    let word: &str = word.char_indices().nth(40).map_or(word, |(at, _)| word.get(..at).unwrap_or(word));
    if letters {
        let message = format!("`{word}` can't be a name: names use a–z, A–Z, 0–9 and `_`");
        let diagnostic = Diagnostic::error(Code::BadCharacter, message).label(span, "not a name").help(
            "names end up in addresses and metrics of every target, so they keep to what all accept; \
             any letter can stand in a string",
        );
        return Problem::new(diagnostic, span);
    }
    let first = word.chars().next().unwrap_or(' ');
    let shown = if first.is_whitespace() { format!("U+{:04X}", first as u32) } else { format!("`{first}`") };
    let mut diagnostic = Diagnostic::error(Code::BadCharacter, format!("{shown} has no meaning here"))
        .label(span, "outside strings and comments, only ASCII");
    if let Some(plain) = plain(first) {
        let one = Span { end: span.start + first.len_utf8() as u32, ..span };
        diagnostic = diagnostic.help(format!("write `{plain}`")).fix("use the plain character", one, plain);
    }
    Problem::new(diagnostic, span)
}

/// What an editor or a chat program made a look-alike of.
fn plain(c: char) -> Option<&'static str> {
    match c {
        '“' | '”' | '„' | '«' | '»' => Some("\""),
        '–' | '—' | '−' => Some("-"),
        '→' => Some("->"),
        '…' => Some(".."),
        '×' => Some("*"),
        '≤' => Some("<="),
        '≥' => Some(">="),
        '≠' => Some("!="),
        '\u{a0}' | '\u{2003}' | '\u{2009}' | '\u{202f}' | '\u{3000}' => Some(" "),
        '\u{feff}' | '\u{200b}' => Some(""),
        _ => None,
    }
}

/// What the user may have meant by an ASCII character that the language has no use for.
pub(super) fn odd(c: char) -> Option<&'static str> {
    match c {
        '\'' => Some("strings are written with double quotes: `\"…\"`"),
        '`' => Some("strings are written with double quotes: `\"…\"`"),
        '#' => Some("a comment starts with `//`"),
        ';' => Some("a statement ends with its line, or with `,`"),
        '$' => Some("`${…}` stands inside a string: `\"${name}/path\"`"),
        '@' | '~' | '^' | '\\' => Some("this character has no meaning outside strings and comments"),
        '&' => Some("`and` is written `&&`"),
        '|' => Some("`or` is written `||`; a union of types stands after `:`"),
        _ => None,
    }
}
