//! One pass over the characters, before parsing: comments, how deep brackets nest, strings that never end, characters
//! that have no place. It knows strings and comments, and nothing else of the grammar.

use std::borrow::Cow;

use super::recover::{MOST, Problem, chars};
use crate::source::{FileId, Span};

/// Deepest nesting of brackets and of `${…}` that is read: what walks the tree recursively stays within 2 MiB of stack.
pub const MAX_NESTING: usize = 128;

/// What the pass found.
pub(super) struct Scan<'a> {
    /// The text to parse: as it came, but with blanks or `_` (of the same length) where a character was reported.
    pub text: Cow<'a, str>,
    /// Start and end of each comment, slashes included, line break excluded.
    pub comments: Vec<(u32, u32)>,
    pub problems: Vec<Problem>,
    /// The bracket that nests too deep: the text must not be parsed.
    pub too_deep: Option<u32>,
}

enum Frame {
    /// `"` at this offset.
    Text(usize),
    /// `${`
    Hole,
    Bracket(u8),
}

struct Scanner<'a> {
    file: FileId,
    base: u32,
    text: &'a str,
    frames: Vec<Frame>,
    masks: Vec<(usize, usize, u8)>,
    out: Scan<'a>,
}

/// Scans a text; `base` is where it starts in its file (after a byte order mark).
pub(super) fn scan(file: FileId, base: u32, text: &str) -> Scan<'_> {
    let out = Scan { text: Cow::Borrowed(text), comments: vec![], problems: vec![], too_deep: None };
    let mut scanner = Scanner { file, base, text, frames: vec![], masks: vec![], out };
    scanner.run();
    scanner.mask();
    scanner.out
}

impl Scanner<'_> {
    fn run(&mut self) {
        let bytes = self.text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            at = match self.frames.last() {
                Some(Frame::Text(start)) => {
                    let start = *start;
                    self.in_text(byte, at, start)
                }
                Some(Frame::Hole | Frame::Bracket(_)) | None => self.in_code(byte, at),
            };
            if self.frames.len() > MAX_NESTING {
                self.out.too_deep = Some(at as u32 - 1);
                return;
            }
        }
        self.end_of_line(bytes.len());
    }

    fn in_text(&mut self, byte: u8, at: usize, start: usize) -> usize {
        match byte {
            b'"' => {
                self.frames.pop();
                at + 1
            }
            b'\\' => match self.text.as_bytes().get(at + 1) {
                Some(b'\n') | None => at + 1,
                Some(_) => at + 2,
            },
            b'$' if self.text.as_bytes().get(at + 1) == Some(&b'{') => {
                self.frames.push(Frame::Hole);
                at + 2
            }
            b'\n' => {
                self.unterminated(start, at);
                at
            }
            0..=8 | 11 | 12 | 14..=31 | 127 => self.control(at),
            b'\r' if self.text.as_bytes().get(at + 1) != Some(&b'\n') => self.control(at),
            _ => at + 1,
        }
    }

    fn in_code(&mut self, byte: u8, at: usize) -> usize {
        match byte {
            b'"' => self.frames.push(Frame::Text(at)),
            b'{' | b'(' | b'[' => self.frames.push(Frame::Bracket(byte)),
            b'}' => self.close_brace(),
            b')' => self.close(b'('),
            b']' => self.close(b'['),
            b'/' if self.text.as_bytes().get(at + 1) == Some(&b'/') => return self.comment(at),
            b'\n' => self.end_of_line(at),
            0..=8 | 11 | 12 | 14..=31 | 127 => return self.control(at),
            b'\r' if self.text.as_bytes().get(at + 1) != Some(&b'\n') => return self.control(at),
            0x80.. => return self.foreign(at),
            _ => {}
        }
        at + 1
    }

    /// A `}` ends what was left open inside its braces.
    fn close_brace(&mut self) {
        let open = self.frames.iter().rposition(|f| matches!(f, Frame::Hole | Frame::Bracket(b'{')));
        if let Some(open) = open {
            self.frames.truncate(open);
        }
    }

    fn close(&mut self, opener: u8) {
        if matches!(self.frames.last(), Some(Frame::Bracket(top)) if *top == opener) {
            self.frames.pop();
        }
    }

    fn comment(&mut self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or("");
        let length = rest.find('\n').unwrap_or(rest.len());
        let line = rest.get(..length).unwrap_or("");
        let code = line.strip_suffix('\r').filter(|_| length < rest.len()).unwrap_or(line);
        let mut i = 0;
        while let Some(found) = code.bytes().skip(i).position(|b| (b < 32 && b != b'\t') || b == 127) {
            i = self.control(at + i + found) - at;
        }
        let end = at + line.trim_end_matches(['\r', ' ', '\t']).len();
        self.out.comments.push((self.base + at as u32, self.base + end as u32));
        at + length
    }

    /// A string, or a `${` in one, does not go over a line's end.
    fn end_of_line(&mut self, at: usize) {
        let first = self.frames.iter().find_map(|f| match f {
            Frame::Text(start) => Some(*start),
            Frame::Hole | Frame::Bracket(_) => None,
        });
        if let Some(start) = first {
            self.unterminated(start, at);
        }
    }

    fn unterminated(&mut self, start: usize, at: usize) {
        let outermost = self.frames.iter().position(|f| matches!(f, Frame::Text(_))).unwrap_or(0);
        let start = match self.frames.get(outermost) {
            Some(Frame::Text(outer)) => *outer,
            Some(Frame::Hole | Frame::Bracket(_)) | None => start,
        };
        self.frames.truncate(outermost);
        let line = self.text.get(start..at).unwrap_or("");
        let span = self.span(start, start + line.trim_end().len());
        self.say(chars::unterminated(line, span));
    }

    /// A run of one control character, told once.
    fn control(&mut self, at: usize) -> usize {
        let byte = self.text.as_bytes().get(at).copied().unwrap_or(0);
        let length = self.text.bytes().skip(at).take_while(|b| *b == byte).count().max(1);
        self.say(chars::control(byte, self.span(at, at + length)));
        self.masks.push((at, at + length, b' '));
        at + length
    }

    fn say(&mut self, problem: Problem) {
        if self.out.problems.len() < MOST {
            self.out.problems.push(problem);
        }
    }

    /// A run of characters outside ASCII, with the name around it.
    fn foreign(&mut self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or("");
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let letters = rest.starts_with(is_part);
        let length = match letters {
            true => rest.find(|c: char| !is_part(c)),
            false => rest.find(|c: char| c.is_ascii() || is_part(c)),
        }
        .unwrap_or(rest.len())
        .max(1);
        let before = self.text.get(..at).unwrap_or("");
        let head = before.len() - before.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').len();
        let start = if letters { at - head } else { at };
        let word = self.text.get(start..at + length).unwrap_or("");
        self.say(chars::foreign(word, letters, self.span(start, at + length)));
        let pieces = rest.get(..length).unwrap_or("").char_indices().filter(|(_, c)| !c.is_ascii());
        for (i, c) in pieces {
            self.masks.push((at + i, at + i + c.len_utf8(), if letters { b'_' } else { b' ' }));
        }
        at + length
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, self.base + start as u32, self.base + end as u32)
    }

    fn mask(&mut self) {
        if self.masks.is_empty() {
            return;
        }
        let mut bytes = self.text.as_bytes().to_vec();
        for (start, end, with) in &self.masks {
            if let Some(part) = bytes.get_mut(*start..*end) {
                part.fill(*with);
            }
        }
        if let Ok(text) = String::from_utf8(bytes) {
            self.out.text = Cow::Owned(text);
        }
    }
}
