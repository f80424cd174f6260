//! Why a request failed, and the HTTP status that says so. Every message names the thing at fault; none
//! carries a path or a backtrace, and none is longer than a line of a log should be, whatever a client wrote.

use std::fmt;

/// A failed request: a status and one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub kind: Kind,
    pub message: String,
}

/// Whose fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 400: the body or a header can't be read, or a value is not of the declared type.
    Malformed,
    /// 404: no such path or model.
    Unknown,
    /// 405: the path is there, the method is not.
    Method,
    /// 408: the body did not arrive in time.
    Slow,
    /// 413: the body is larger than the spec allows.
    TooLarge,
    /// 415: the content type, or the format of an image or a sound.
    Media,
    /// 422: of the declared type, but a step can't take it.
    Rejected,
    /// 500: the model, the engine or this program.
    Internal,
    /// 503: loading or draining.
    Unready,
    /// 503: more requests at once than the process can hold.
    Busy,
    /// 504: longer than the spec's timeout.
    Timeout,
}

/// In bytes. Messages quote what a client wrote, and are written to the log.
const LONGEST: usize = 1000;

impl Fault {
    /// The message is cut where it is too long to be read.
    #[must_use]
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Fault { kind, message: clipped(message.into()) }
    }

    /// The HTTP status code.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self.kind {
            Kind::Malformed => 400,
            Kind::Unknown => 404,
            Kind::Method => 405,
            Kind::Slow => 408,
            Kind::TooLarge => 413,
            Kind::Media => 415,
            Kind::Rejected => 422,
            Kind::Internal => 500,
            Kind::Unready | Kind::Busy => 503,
            Kind::Timeout => 504,
        }
    }

    /// The same fault, saying where it happened.
    #[must_use]
    pub fn at(mut self, place: &str) -> Self {
        self.message = clipped(format!("{place}: {}", self.message));
        self
    }
}

/// Text of a length that a log line can take.
#[must_use]
pub fn clipped(mut text: String) -> String {
    if text.len() > LONGEST {
        text.truncate(text.floor_char_boundary(LONGEST));
        text.push('…');
    }
    text
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_message_is_cut_between_characters() {
        let fault = Fault::new(Kind::Malformed, "ä".repeat(LONGEST));
        assert_eq!(fault.message, format!("{}…", "ä".repeat(LONGEST / 2)));
        let placed = fault.at("step `a`");
        assert!(placed.message.starts_with("step `a`: ä") && placed.message.len() <= LONGEST + 3, "{placed}");
        assert_eq!(Fault::new(Kind::Malformed, "short").message, "short");
    }
}
