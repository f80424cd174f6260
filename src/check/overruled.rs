//! What `--set` gives to a parameter that a stack's own `with` gives as well: the stack goes first, and whoever typed the
//! flag is told so.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::report::suggest::one_of;
use crate::report::{Code, Diagnostic, Sink};
use crate::source::Span;
use crate::syntax::ast::{Decl, Entry, Field};

/// One note for each parameter, whichever of the stacks that are meant it does not reach.
pub fn overruled<'a>(stacks: impl Iterator<Item = &'a Decl>, set: &BTreeMap<String, String>, sink: &mut Sink) {
    let mut found: BTreeMap<&str, Vec<(&Arc<str>, Span)>> = BTreeMap::new();
    for stack in stacks {
        for field in given(stack) {
            if let Some((name, _)) = set.get_key_value(&*field.name.value) {
                found.entry(name).or_default().push((&stack.name.value, field.name.span));
            }
        }
    }
    for (name, places) in found {
        let word = if places.len() == 1 { "stack" } else { "any of the stacks" };
        let names = one_of(places.iter().map(|(stack, _)| &***stack));
        let mut d = Diagnostic::notice(Code::Overruled, format!("`--set {name}=…` does not reach {word} {names}"));
        for (_, span) in places {
            d = d.label(span, "the stack gives it itself, and that goes first");
        }
        sink.push(d.help(format!("to set it from outside, leave `{name}` out of the `with`, or make it the default")));
    }
}

/// What a stack's `with` gives to parameters.
pub fn given(stack: &Decl) -> impl Iterator<Item = &Field> {
    let nested = stack.body.entries.iter().filter_map(|entry| match entry {
        Entry::Nested(nested) if nested.name.is_none() && &*nested.kind.value == "with" => Some(&nested.body),
        _ => None,
    });
    nested.flat_map(|body| &body.entries).filter_map(|entry| match entry {
        Entry::Field(field) => Some(field),
        _ => None,
    })
}
