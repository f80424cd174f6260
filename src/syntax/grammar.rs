//! The parser of `grammar/serve.pest`, which is built in a crate of its own, and its nodes. Nothing outside `syntax` sees it.

use pest::iterators::Pair;

pub(super) use serve_grammar::{Rule, parse};

pub(super) type Node<'a> = Pair<'a, Rule>;

/// Where a node starts in the parsed text.
pub(super) fn start(node: &Node<'_>) -> u32 {
    node.as_span().start() as u32
}

/// Where a node's last token ends. pest's own span goes on over blanks and comments that it tried a further part after.
pub(super) fn end(node: &Node<'_>) -> u32 {
    let mut node = node.clone();
    loop {
        match node.clone().into_inner().rfind(|inner| !is_empty(inner)) {
            Some(last) if node.as_rule() != Rule::string && node.as_rule() != Rule::hole => node = last,
            _ => return node.as_span().end() as u32,
        }
    }
}

fn is_empty(node: &Node<'_>) -> bool {
    let span = node.as_span();
    span.start() == span.end() || node.as_rule() == Rule::nl
}
