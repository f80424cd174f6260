//! A text as tokens, whatever state it is in: for what editors ask about a line that is still being written. Strings are whole
//! tokens, their holes included.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Word,
    /// With its unit.
    Number,
    /// With its quotes; one that is not closed ends with its line.
    Text,
    Comment,
    Newline,
    Open(u8),
    Close(u8),
    Comma,
    /// Any other punctuation: `=`, `==`, `->`, `..`.
    Sign,
}

/// A token and where it stands, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    pub kind: Kind,
    pub text: &'a str,
    pub start: usize,
    pub end: usize,
}

/// All tokens of a text whose first byte is at `base`.
pub fn lex(text: &str, base: usize) -> Vec<Token<'_>> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let (kind, end) = match byte {
            b' ' | b'\t' | b'\r' => {
                at += 1;
                continue;
            }
            b'\n' => (Kind::Newline, at + 1),
            b'"' => (Kind::Text, text_end(bytes, at)),
            b'/' if bytes.get(at + 1) == Some(&b'/') => (Kind::Comment, line_end(bytes, at)),
            b'{' | b'(' | b'[' => (Kind::Open(byte), at + 1),
            b'}' | b')' | b']' => (Kind::Close(byte), at + 1),
            b',' => (Kind::Comma, at + 1),
            b'0'..=b'9' => (Kind::Number, number_end(bytes, at)),
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => (Kind::Word, word_end(bytes, at)),
            0x80.. => (Kind::Word, foreign_end(text, at)),
            _ => (Kind::Sign, sign_end(bytes, at)),
        };
        out.push(Token { kind, text: text.get(at..end).unwrap_or(""), start: base + at, end: base + end });
        at = end;
    }
    out
}

/// Whether a byte may stand in a name.
pub fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn while_at(bytes: &[u8], from: usize, is: impl Fn(u8) -> bool) -> usize {
    bytes.iter().skip(from).position(|b| !is(*b)).map_or(bytes.len(), |n| from + n)
}

fn word_end(bytes: &[u8], at: usize) -> usize {
    while_at(bytes, at, is_word)
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    while_at(bytes, at, |b| b != b'\n')
}

/// A run of characters outside ASCII.
fn foreign_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or("");
    at + rest.find(|c: char| c.is_ascii()).unwrap_or(rest.len()).max(1)
}

/// `1_000`, `1.5e3`, `60s`, `10%`, `50/s`, `1..`: not the dots of a range.
fn number_end(bytes: &[u8], at: usize) -> usize {
    let mut end = while_at(bytes, at, |b| b.is_ascii_digit() || b == b'_');
    if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
        end = while_at(bytes, end + 1, |b| b.is_ascii_digit() || b == b'_');
    }
    match bytes.get(end) {
        Some(b'%') => end + 1,
        Some(b'/') if bytes.get(end + 1).is_some_and(u8::is_ascii_alphabetic) => word_end(bytes, end + 1),
        _ => word_end(bytes, end),
    }
}

fn sign_end(bytes: &[u8], at: usize) -> usize {
    const LONG: [&[u8]; 8] = [b"->", b"==", b"!=", b"<=", b">=", b"&&", b"||", b".."];
    let two = bytes.get(at..at + 2).unwrap_or_default();
    if LONG.contains(&two) { at + 2 } else { at + 1 }
}

/// Behind the closing quote, or at the line's end. A quote in a hole does not close it.
fn text_end(bytes: &[u8], start: usize) -> usize {
    let (mut at, mut holes, mut inner) = (start + 1, 0_usize, false);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\n' => return at,
            b'\\' if bytes.get(at + 1).is_some_and(|b| *b != b'\n') => at += 1,
            b'$' if !inner && bytes.get(at + 1) == Some(&b'{') => {
                holes += 1;
                at += 1;
            }
            b'}' if !inner => holes = holes.saturating_sub(1),
            b'"' if holes > 0 => inner = !inner,
            b'"' => return at + 1,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "a test may panic")]
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        lex(text, 0).into_iter().map(|t| t.text).collect()
    }

    #[test]
    fn numbers_keep_their_units_and_ranges_their_dots() {
        assert_eq!(
            texts("a = 1..20 { b = 1.5s, c = 10% }"),
            ["a", "=", "1", "..", "20", "{", "b", "=", "1.5s", ",", "c", "=", "10%", "}"]
        );
        assert_eq!(texts("x = 40/s // so\n"), ["x", "=", "40/s", "// so", "\n"]);
    }

    #[test]
    fn a_text_holds_its_holes_and_ends_with_its_line() {
        assert_eq!(texts("\"a${f(\"b\")}c\" d"), ["\"a${f(\"b\")}c\"", "d"]);
        assert_eq!(texts("\"open\nnext"), ["\"open", "\n", "next"]);
    }

    #[test]
    fn every_byte_outside_of_blanks_is_in_a_token() {
        for text in ["ü = 3", "€€ ?", "a\u{1}b", "1.2.3", "\"\\", "${", "/"] {
            let tokens = lex(text, 0);
            let blank = |range: std::ops::Range<usize>| text[range].trim().is_empty();
            let mut at = 0;
            for token in &tokens {
                assert!(blank(at..token.start), "{text:?}");
                at = token.end;
            }
            assert!(blank(at..text.len()), "{text:?}");
        }
    }
}
