//! Plain text: case, white space, lines.

use serde_json::Value as Json;

use super::params::Params;
use super::ports::{json, outputs, text};
use super::{Reject, Transform, function};

/// `text.lowercase`, by Unicode's rules.
pub fn lowercase(_: &Params) -> Result<Box<dyn Transform>, String> {
    function(|inputs| outputs([("lower", text(&inputs.text("source")?.to_lowercase()))]))
}

/// `text.normalize`: white space at the ends goes, and each run inside becomes one space.
pub fn normalize(_: &Params) -> Result<Box<dyn Transform>, String> {
    function(|inputs| {
        let source = inputs.text("source")?;
        let mut clean = String::with_capacity(source.len());
        for word in source.split_whitespace() {
            clean.push_str(if clean.is_empty() { "" } else { " " });
            clean.push_str(word);
        }
        outputs([("clean", text(&clean))])
    })
}

/// `text.truncate`: at most `length` characters.
pub fn truncate(params: &Params) -> Result<Box<dyn Transform>, String> {
    let length = params.size("length", None, 0)?;
    function(move |inputs| {
        let source = inputs.text("source")?;
        let end = source.char_indices().nth(length).map_or(source.len(), |(at, _)| at);
        outputs([("start", text(source.get(..end).unwrap_or(source)))])
    })
}

/// Lines of one text.
const MOST_LINES: usize = 1 << 20;

/// `text.split_lines`: a list of lines, without their ends.
pub fn split_lines(_: &Params) -> Result<Box<dyn Transform>, String> {
    function(|inputs| {
        // An empty line is one byte of the source and a hundred of a list.
        let lines: Vec<&str> = inputs.text("source")?.lines().take(MOST_LINES + 1).collect();
        if lines.len() > MOST_LINES {
            return Err(Reject(format!("`source` has more than {MOST_LINES} lines")));
        }
        outputs([("lines", json(Json::from(lines)))])
    })
}

/// `text.join`: a list of strings as one text.
pub fn join(params: &Params) -> Result<Box<dyn Transform>, String> {
    let separator = params.string("separator", Some("\n"))?;
    function(move |inputs| {
        let parts = inputs.texts("parts")?;
        let between = separator.len().saturating_mul(parts.len());
        let size = parts.iter().map(|part| part.len()).sum::<usize>().saturating_add(between);
        super::elements(&[size])?;
        outputs([("joined", text(&parts.join(&separator)))])
    })
}

/// `bytes.text`: bytes read as UTF-8; a byte order mark is dropped.
pub fn from_bytes(_: &Params) -> Result<Box<dyn Transform>, String> {
    function(|inputs| {
        let read = std::str::from_utf8(inputs.bytes("file")?)
            .map_err(|why| Reject(format!("`file` is not UTF-8 text after byte {}", why.valid_up_to())))?;
        outputs([("content", text(read.strip_prefix('\u{feff}').unwrap_or(read)))])
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use serde_json::json;

    use crate::transform::ports::{json as as_json, text};
    use crate::transform::tests::{bytes, call};

    #[test]
    fn case_and_space() {
        let out = call("text.lowercase", json!({}), [("source", text("ÄB C"))]).unwrap();
        assert_eq!(out["lower"], text("äb c"));
        let out = call("text.normalize", json!({}), [("source", text(" a\t\n b  "))]).unwrap();
        assert_eq!(out["clean"], text("a b"));
    }

    #[test]
    fn truncating_never_splits_a_character() {
        let out = call("text.truncate", json!({"length": 2}), [("source", text("äöü"))]).unwrap();
        assert_eq!(out["start"], text("äö"));
        let out = call("text.truncate", json!({"length": 9}), [("source", text("äöü"))]).unwrap();
        assert_eq!(out["start"], text("äöü"));
    }

    #[test]
    fn lines_apart_and_together() {
        let out = call("text.split_lines", json!({}), [("source", text("a\r\nb\n"))]).unwrap();
        assert_eq!(out["lines"], as_json(json!(["a", "b"])));
        let why = call("text.split_lines", json!({}), [("source", text(&"\n".repeat(2 << 20)))]).unwrap_err();
        assert_eq!(why.0, "`source` has more than 1048576 lines");
        let out = call("text.join", json!({"separator": ", "}), [("parts", as_json(json!(["a", "b"])))]).unwrap();
        assert_eq!(out["joined"], text("a, b"));
        assert!(call("text.join", json!({}), [("parts", as_json(json!(["a", 1])))]).is_err());
    }

    #[test]
    fn bytes_that_are_no_text_are_refused_with_the_place() {
        let why = call("bytes.text", json!({}), [("file", bytes(b"ab\xff"))]).unwrap_err();
        assert_eq!(why.0, "`file` is not UTF-8 text after byte 2");
        let out = call("bytes.text", json!({}), [("file", bytes(b"\xef\xbb\xbfab"))]).unwrap();
        assert_eq!(out["content"], text("ab"));
    }
}
