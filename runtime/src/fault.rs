//! Why a request failed, and the HTTP status that says so. Every message names the thing at fault; none
//! carries a path or a backtrace.

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
    /// 504: longer than the spec's timeout.
    Timeout,
}

impl Fault {
    #[must_use]
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Fault { kind, message: message.into() }
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
            Kind::Unready => 503,
            Kind::Timeout => 504,
        }
    }

    /// The same fault, saying where it happened.
    #[must_use]
    pub fn at(mut self, place: &str) -> Self {
        self.message = format!("{place}: {}", self.message);
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
