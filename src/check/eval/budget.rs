//! How much evaluation may cost: copies of values, and what is worked out again for each item of a list. What a text
//! spells out once is free, so a program may be as long as it likes; what multiplies is bounded.

use crate::report::{Code, Diagnostic, Sink};
use crate::source::Span;
use crate::stack::{Fields, ValueKind};

/// Most parts of values that may be copied, and steps taken for items of lists, in one program.
const MOST: u32 = 1_000_000;
/// A copy of a value of so many parts is free.
pub const SMALL: u32 = 64;
/// Bytes of text that count as one part.
const TEXT: usize = 32;

/// What is spent so far.
#[derive(Debug, Default)]
pub struct Budget {
    spent: u32,
    over: bool,
}

impl Budget {
    /// Whether there is enough left; the first time that there is not is reported.
    pub fn spend(&mut self, cost: u32, span: Span, sink: &mut Sink) -> bool {
        self.spent = self.spent.saturating_add(cost);
        if cost > 0 && self.spent > MOST {
            self.give_up(span, "gave up here: lists or texts within each other multiply", sink);
            return false;
        }
        true
    }

    /// Reports that evaluation ends here, once.
    pub fn give_up(&mut self, span: Span, why: &str, sink: &mut Sink) {
        if !self.over {
            self.over = true;
            sink.push(Diagnostic::error(Code::TooLong, "this takes too long to evaluate").label(span, why));
        }
    }
}

/// The parts of a value: what a copy of it costs.
pub fn weight(kind: &ValueKind) -> u32 {
    let fields = |fields: &Fields| fields.values().map(|v| weight(&v.kind)).fold(1, u32::saturating_add);
    match kind {
        ValueKind::String(text) => u32::try_from(1 + text.len() / TEXT).unwrap_or(u32::MAX),
        ValueKind::List(items) => items.iter().map(|v| weight(&v.kind)).fold(1, u32::saturating_add),
        ValueKind::Record(inner) | ValueKind::Construct { fields: inner, .. } | ValueKind::Ref { with: inner, .. } => {
            fields(inner)
        }
        ValueKind::Range { entries, .. } => entries.iter().map(|(_, v)| weight(&v.kind)).fold(3, u32::saturating_add),
        ValueKind::Condition { bound, .. } => weight(&bound.kind).saturating_add(1),
        ValueKind::Bool(_)
        | ValueKind::Int(_)
        | ValueKind::Float(_)
        | ValueKind::Quantity(_)
        | ValueKind::Word(_)
        | ValueKind::Secret(_)
        | ValueKind::Unknown => 1,
    }
}
