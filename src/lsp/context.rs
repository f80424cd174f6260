//! Where a cursor stands in a text that may be half written: the brackets around it with what stands before each, and the
//! statement up to it. Tokens only; what they mean is [`super::place`]'s concern.

use super::lex::{Kind, Token, is_word, lex};

/// An open bracket, and its statement up to it.
#[derive(Debug, Clone)]
pub struct Frame<'a> {
    pub open: u8,
    pub head: Vec<Token<'a>>,
    /// Offset of the bracket.
    pub at: usize,
}

/// What is around a cursor.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    /// From the outermost.
    pub frames: Vec<Frame<'a>>,
    /// The statement's tokens before the word at the cursor.
    pub statement: Vec<Token<'a>>,
    /// What of the word stands before the cursor; for a text, what stands between its quote and the cursor.
    pub prefix: &'a str,
    /// The whole word, text or number at the cursor: what an answer replaces.
    pub word: (usize, usize),
    pub within: Within,
}

/// What kind of thing the cursor is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Within {
    Code,
    /// Between quotes, outside of holes.
    Text,
    /// Behind a number's digits.
    Number,
    Comment,
}

/// The context at an offset. Only the declaration around it is looked at, so that it costs the same in a large file.
pub fn context(text: &str, offset: usize) -> Context<'_> {
    let start = declaration_start(text, offset);
    at(text.get(start..).unwrap_or(""), start, offset)
}

/// The offset of the nearest line above that starts in column 0 with a word, other than what closes a bracket.
pub fn declaration_start(text: &str, offset: usize) -> usize {
    let before = text.get(..offset).unwrap_or(text);
    let mut end = before.len();
    loop {
        let start = before.get(..end).and_then(|t| t.rfind('\n')).map_or(0, |n| n + 1);
        if before.as_bytes().get(start).is_some_and(u8::is_ascii_alphabetic) || start == 0 {
            return start;
        }
        end = start - 1;
    }
}

fn at(text: &str, base: usize, offset: usize) -> Context<'_> {
    let (mut frames, mut statement): (Vec<Frame>, Vec<Token>) = (vec![], vec![]);
    for token in lex(text.get(..until(text, base, offset)).unwrap_or(text), base) {
        if token.end >= offset && touches(&token, offset) {
            return end(token, offset, frames, statement);
        }
        match token.kind {
            Kind::Comment => {}
            Kind::Open(open) => frames.push(Frame { open, head: std::mem::take(&mut statement), at: token.start }),
            Kind::Close(close) => {
                let pair = |f: &Frame| matches!((f.open, close), (b'{', b'}') | (b'(', b')') | (b'[', b']'));
                if let Some(open) = frames.iter().rposition(pair)
                    && let Some(frame) = frames.drain(open..).next()
                {
                    statement = frame.head;
                }
                statement.push(token);
            }
            Kind::Newline => match frames.last().map(|f| f.open) {
                Some(b'{') | None => statement.clear(),
                Some(_) => {}
            },
            Kind::Comma if in_angles(&statement) || is_list_of_names(&statement) => statement.push(token),
            Kind::Comma => statement.clear(),
            Kind::Word | Kind::Number | Kind::Text | Kind::Sign => statement.push(token),
        }
    }
    Context { frames, statement, prefix: "", word: (offset, offset), within: Within::Code }
}

/// `deploy a, b`: its commas end no statement.
fn is_list_of_names(statement: &[Token]) -> bool {
    statement.first().is_some_and(|t| t.text == "deploy")
}

/// Whether `<` of a type is open: after a `:`, behind a word.
fn in_angles(statement: &[Token]) -> bool {
    let Some(colon) = statement.iter().position(|t| t.text == ":") else { return false };
    let of = |sign: &str| statement.iter().skip(colon).filter(|t| t.text == sign).count();
    of("<") > of(">")
}

/// The end of the line at the offset, as an index into the text: what lies below says nothing.
fn until(text: &str, base: usize, offset: usize) -> usize {
    let at = offset.saturating_sub(base).min(text.len());
    text.as_bytes().iter().skip(at).position(|b| *b == b'\n').map_or(text.len(), |n| at + n)
}

/// Whether the cursor is in a token, or right behind one that it goes on.
fn touches(token: &Token, offset: usize) -> bool {
    let inside = token.start < offset && offset < token.end;
    match token.kind {
        Kind::Word | Kind::Number => token.start <= offset && offset <= token.end,
        Kind::Text => inside || (offset == token.end && !is_closed(token)),
        Kind::Comment => token.start < offset,
        Kind::Sign | Kind::Newline | Kind::Open(_) | Kind::Close(_) | Kind::Comma => inside || token.start >= offset,
    }
}

fn is_closed(token: &Token) -> bool {
    token.text.len() > 1 && token.text.ends_with('"')
}

fn end<'a>(token: Token<'a>, offset: usize, frames: Vec<Frame<'a>>, statement: Vec<Token<'a>>) -> Context<'a> {
    let before = |from: usize| token.text.get(from - token.start..offset - token.start).unwrap_or("");
    let (prefix, word, within) = match token.kind {
        Kind::Word => (before(token.start), (token.start, token.end), Within::Code),
        Kind::Number => (before(token.start), (token.start, token.end), Within::Number),
        Kind::Text => match hole(token.text, offset - token.start) {
            Some(from) => return in_hole(token, token.start + from, offset, frames, statement),
            None => {
                let end = if is_closed(&token) { token.end - 1 } else { token.end };
                (before(token.start + 1), (token.start + 1, end), Within::Text)
            }
        },
        Kind::Comment => ("", (offset, offset), Within::Comment),
        Kind::Sign | Kind::Newline | Kind::Open(_) | Kind::Close(_) | Kind::Comma => {
            ("", (offset, offset), Within::Code)
        }
    };
    Context { frames, statement, prefix, word, within }
}

/// In a text's hole a word is an expression of its own.
fn in_hole<'a>(
    token: Token<'a>,
    from: usize,
    offset: usize,
    mut frames: Vec<Frame<'a>>,
    statement: Vec<Token<'a>>,
) -> Context<'a> {
    let bytes = token.text.as_bytes();
    let is = |i: &usize| bytes.get(*i - token.start).is_some_and(|b| is_word(*b));
    let start = (from..offset).rev().take_while(is).last().unwrap_or(offset);
    let end = (offset..token.end).take_while(is).last().map_or(offset, |i| i + 1);
    frames.push(Frame { open: b'$', head: statement, at: from });
    let inner = token.text.get(from - token.start..start - token.start).unwrap_or("");
    let prefix = token.text.get(start - token.start..offset - token.start).unwrap_or("");
    Context { frames, statement: lex(inner, from), prefix, word: (start, end), within: Within::Code }
}

/// Behind which `${` of a text an index stands, if it is in a hole.
fn hole(text: &str, at: usize) -> Option<usize> {
    let before = text.get(..at)?;
    let open = before.rfind("${")?;
    before.get(open..)?.find('}').is_none().then_some(open + 2)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    /// The heads of the frames, the statement and the prefix, with `|` as the cursor.
    fn shown(marked: &str) -> String {
        let offset = marked.find('|').unwrap();
        let text = marked.replacen('|', "", 1);
        let found = context(&text, offset);
        let words = |tokens: &[Token]| tokens.iter().map(|t| t.text).collect::<Vec<_>>().join(" ");
        let heads: Vec<String> = found.frames.iter().map(|f| words(&f.head)).collect();
        format!("{} / {} / {} {:?}", heads.join(" > "), words(&found.statement), found.prefix, found.within)
    }

    #[test]
    fn brackets_and_the_statement_are_found() {
        assert_eq!(
            shown("endpoint e {\n  mode = async { ti|meout = 5s }\n}\n"),
            "endpoint e > mode = async /  / ti Code"
        );
        assert_eq!(shown("model m {\n  a = 1\n  b = |\n"), "model m / b = /  Code");
        assert_eq!(shown("pipeline p {\n  x = f(a, width: 6|\n}"), "pipeline p > x = f / width : / 6 Number");
        assert_eq!(shown("let a = 1\nmod|"), " /  / mod Code");
    }

    #[test]
    fn texts_and_holes_are_told_apart() {
        assert_eq!(shown("let a = \"s3://${buck|}/x\""), "let a = /  / buck Code");
        assert_eq!(shown("let a = \"s3:/|\""), " / let a = / s3:/ Text");
        assert_eq!(shown("let a = 1 // so | that"), " / let a = 1 /  Comment");
    }
}
