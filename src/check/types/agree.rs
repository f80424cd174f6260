//! Whether a value of one type may stand where another is expected, without following sizes along edges.

use crate::stack::Type;

use super::unify::{Sizes, unify};
use crate::source::{FileId, Span};

/// May a value of type `found` stand where `expected` is asked? [`Type::Unknown`] agrees with all; the error says what
/// differs. A symbol of `expected` takes any size, the same one wherever it stands.
pub fn agree(expected: &Type, found: &Type) -> Result<(), String> {
    let nowhere = Span::new(FileId(0), 0, 0);
    unify(expected, found, nowhere, &mut Sizes::default()).map_err(|differences| {
        let words: Vec<String> = differences.iter().map(ToString::to_string).collect();
        words.join("; ")
    })
}
