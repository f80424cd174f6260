//! Bytes as model input.

use crate::value::Data;

use super::params::Params;
use super::ports::{Inputs, outputs, tensor};
use super::{Outputs, Reject, Transform, function};

/// `bytes.window`: `length` integers, half from the first bytes and half from the last, filled up with `padding`.
///
/// As magika 1.0 extracts its features (`_extract_features_from_seekable`): at most `block` bytes are read from each
/// end, white space is stripped from the outer side of each, the head is padded behind and the tail in front.
pub fn window(params: &Params) -> Result<Box<dyn Transform>, String> {
    let window = Window {
        half: params.size("length", Some(2048), 2)? / 2,
        block: params.size("block", Some(4096), 1)?,
        padding: i32::try_from(params.int("padding", Some(256), i32::MIN.into()..=i32::MAX.into())?)
            .map_err(|why| why.to_string())?,
        strip: params.bool("strip", Some(true))?,
        least: params.size("least", Some(0), 0)?,
    };
    if params.size("length", Some(2048), 2)? % 2 != 0 {
        return Err("`length` must be even: one half from each end".into());
    }
    if window.half > window.block {
        return Err("`block` must be at least half of `length`".into());
    }
    if window.block > 1 << 24 {
        return Err("`block` must be at most 16777216".into());
    }
    function(move |inputs| window.call(inputs))
}

struct Window {
    half: usize,
    block: usize,
    padding: i32,
    strip: bool,
    least: usize,
}

impl Window {
    fn call(&self, inputs: &Inputs) -> Outputs {
        let file = inputs.bytes("file")?;
        let read = self.block.min(file.len());
        let (mut head, _) = file.split_at_checked(read).unwrap_or((file, &[]));
        let (_, mut tail) = file.split_at_checked(file.len() - read).unwrap_or((&[], file));
        if self.strip {
            head = strip_start(head);
            tail = strip_end(tail);
        }
        if head.len() < self.least {
            return Err(Reject(format!(
                "`file` has fewer than {} bytes after its leading white space: too little to tell",
                self.least
            )));
        }
        let (head, _) = head.split_at_checked(self.half).unwrap_or((head, &[]));
        let (_, tail) = tail.split_at_checked(tail.len().saturating_sub(self.half)).unwrap_or((&[], tail));
        let pad = |count| std::iter::repeat_n(self.padding, count);
        let tokens: Vec<i32> = (head.iter().copied().map(i32::from))
            .chain(pad(self.half - head.len()))
            .chain(pad(self.half - tail.len()))
            .chain(tail.iter().copied().map(i32::from))
            .collect();
        outputs([("tokens", tensor(vec![1, tokens.len()], Data::I32(tokens)))])
    }
}

/// What Python's `bytes.strip` calls white space; `u8::is_ascii_whitespace` leaves out the vertical tab.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

fn strip_start(mut bytes: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = bytes
        && is_space(*first)
    {
        bytes = rest;
    }
    bytes
}

fn strip_end(mut bytes: &[u8]) -> &[u8] {
    while let [rest @ .., last] = bytes
        && is_space(*last)
    {
        bytes = rest;
    }
    bytes
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use serde_json::json;

    use crate::transform::tests::{bytes, call, i32s, params};

    #[test]
    fn pads_the_head_behind_and_the_tail_in_front() {
        let out = call("bytes.window", json!({"length": 8, "block": 8}), [("file", bytes(b" ab\n"))]);
        assert_eq!(i32s(&out.unwrap()["tokens"]), (vec![1, 8], vec![97, 98, 10, 256, 256, 32, 97, 98]));
    }

    #[test]
    fn takes_the_outer_bytes_of_a_long_file() {
        let out = call("bytes.window", json!({"length": 4, "block": 3}), [("file", bytes(b"\x0babcdefg "))]);
        assert_eq!(i32s(&out.unwrap()["tokens"]).1, b"abfg".map(i32::from));
    }

    #[test]
    fn refuses_an_odd_length() {
        let built = crate::transform::build("bytes.window", &params(&json!({"length": 5})));
        assert!(built.err().unwrap().contains("even"));
    }

    #[test]
    fn refuses_too_little_content() {
        let out = call("bytes.window", json!({"least": 3}), [("file", bytes(b"   ab"))]);
        assert!(out.unwrap_err().0.contains("fewer than 3 bytes"));
    }
}
