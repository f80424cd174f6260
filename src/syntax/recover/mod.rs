//! What to say about what could not be read: where it went wrong, what was expected, and one error for one mistake.
//! Building the tree is `lower`'s work.

mod ask;
pub(super) mod chars;
mod general;
mod nearest;
mod opener;
mod settle;
mod statement;
pub(super) mod token;
pub(super) mod wording;

pub(super) use ask::Question;
pub(super) use nearest::nearest;
pub(super) use opener::{lone_closer, separators, unclosed_brace};
pub(super) use settle::{MOST, settle};

use crate::report::Diagnostic;
use crate::source::Span;

/// A diagnostic on its way to the sink.
#[derive(Debug)]
pub(super) struct Problem {
    pub diagnostic: Diagnostic,
    /// Where the parser noticed; the diagnostic may stand elsewhere (at an opener, say).
    pub noticed: u32,
    /// What later passes stay silent about.
    pub silence: Span,
}

impl Problem {
    /// A problem noticed where it stands, in a part that later passes must not judge.
    pub fn new(diagnostic: Diagnostic, silence: Span) -> Self {
        let noticed = diagnostic.span().map_or(silence.start, |s| s.start);
        Self { diagnostic, noticed, silence }
    }

    pub fn noticed_at(mut self, offset: u32) -> Self {
        self.noticed = offset;
        self
    }
}
