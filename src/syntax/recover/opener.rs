//! Which `{` was never closed: the one whose line is indented deeper than the line of the `}` that took its place.

/// `text` starts at the `{` that lacks its `}` by count, and goes to where that was noticed. Answers the offset in
/// `text` of the `{` that, by the indentation, is the one to blame. `indent` is that of the first `{`'s line.
pub(in crate::syntax) fn unclosed_brace(text: &str, indent: usize) -> usize {
    let mut open: Vec<(usize, usize)> = vec![];
    let mut at = 0;
    let mut indent = indent;
    for line in text.split_inclusive('\n') {
        let blank = line.len() - line.trim_start_matches([' ', '\t']).len();
        if at > 0 {
            indent = blank;
        }
        let mut code = Code { text: line.as_bytes(), at: 0 };
        while let Some((offset, byte)) = code.next_of(b"{}") {
            match byte {
                b'{' => open.push((at + offset, indent)),
                _ => {
                    let (opener, level) = open.pop().unwrap_or((0, 0));
                    if offset == blank && at > 0 && level > blank {
                        return opener;
                    }
                }
            }
        }
        at += line.len();
    }
    open.first().map_or(0, |(opener, _)| *opener)
}

/// The innermost bracket that a text leaves open.
pub(super) fn unclosed(text: &str) -> Option<(usize, char)> {
    let mut open: Vec<(usize, char)> = vec![];
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let mut code = Code { text: line.as_bytes(), at: 0 };
        while let Some((offset, byte)) = code.next_of(b"{}()[]") {
            match byte {
                b'{' | b'(' | b'[' => open.push((start + offset, char::from(byte))),
                _ => drop(open.pop()),
            }
        }
        start += line.len();
    }
    open.pop()
}

/// Where a text closes a `(` or `[` that it did not open.
pub(in crate::syntax) fn lone_closer(text: &str) -> Option<usize> {
    let mut open: Vec<u8> = vec![];
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let mut code = Code { text: line.as_bytes(), at: 0 };
        while let Some((offset, byte)) = code.next_of(b"()[]") {
            let opener = if byte == b')' { b'(' } else { b'[' };
            match byte {
                b'(' | b'[' => open.push(byte),
                _ if open.last() == Some(&opener) => drop(open.pop()),
                _ => return Some(start + offset),
            }
        }
        start += line.len();
    }
    None
}

/// The signs of a text that separate its parts, `=`, `:` and `,`: those in no string, bracket or comment.
pub(in crate::syntax) fn separators(text: &str) -> String {
    let mut outside = String::new();
    let mut depth = 0_usize;
    for line in text.split_inclusive('\n') {
        let mut code = Code { text: line.as_bytes(), at: 0 };
        while let Some((_, byte)) = code.next_of(SEPARATORS) {
            match byte {
                b'{' | b'(' | b'[' => depth += 1,
                b'}' | b')' | b']' => depth = depth.saturating_sub(1),
                _ if depth == 0 => outside.push(char::from(byte)),
                _ => {}
            }
        }
    }
    outside
}

/// Brackets, and what separates parts.
const SEPARATORS: &[u8] = b"{}()[]=:,";

struct Code<'a> {
    text: &'a [u8],
    at: usize,
}

impl Code<'_> {
    /// The next of some signs in the line that is in no string and no comment.
    fn next_of(&mut self, signs: &[u8]) -> Option<(usize, u8)> {
        let mut in_text = false;
        while let Some(&byte) = self.text.get(self.at) {
            let at = self.at;
            self.at += 1;
            match byte {
                b'\\' if in_text => self.at += 1,
                b'"' => in_text = !in_text,
                b'/' if !in_text && self.text.get(self.at) == Some(&b'/') => return None,
                _ if !in_text && signs.contains(&byte) => return Some((at, byte)),
                _ => {}
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::unclosed_brace;

    #[test]
    fn indentation_tells_which_brace_lacks_its_closer() {
        let text = "{\n  a = 1..2 {\n    track x { b = 1\n  }\n  c = 2\n}\n";
        assert_eq!(text.get(unclosed_brace(text, 0)..).map(|t| t.starts_with("{ b = 1")), Some(true));
        assert_eq!(unclosed_brace("{\n  a = 1\n", 0), 0);
    }
}
