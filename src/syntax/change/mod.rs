//! Changes of a text by what stands in it: entries left out or added, with the separators that the grammar wants. For
//! fixes and editors; it knows no meanings.
#![allow(clippy::wildcard_enum_match_arm, reason = "a node is what is looked for, or it is not")]

mod cut;

use std::collections::{BTreeMap, BTreeSet};

use super::ast::{Block, Entry, Expr, ExprKind, File};
use super::locate::{Node, entry_span, locate};
use crate::report::Edit;
use crate::source::Span;
use cut::Row;

/// A file's tree and text.
#[derive(Debug, Clone, Copy)]
pub struct Written<'a> {
    pub tree: &'a File,
    pub text: &'a str,
}

/// What was left out.
#[derive(Debug, Default)]
pub struct Left {
    /// Of different places.
    pub edits: Vec<Edit>,
    /// As people name it: `capture`, `variant mirror`.
    pub names: Vec<String>,
}

impl Left {
    /// With what was left out elsewhere.
    pub fn and(&mut self, other: Left) {
        self.edits.extend(other.edits);
        self.names.extend(other.names);
    }
}

/// An entry within its block.
struct Home<'a> {
    entry: &'a Entry,
    block: &'a Block,
    /// What the block belongs to.
    owner: Option<Node<'a>>,
}

impl<'a> Written<'a> {
    /// Leaves out the innermost entries that these spans are in. A block that this empties goes too, where it says
    /// nothing by itself. `None` where one is in no entry.
    pub fn leave_out(self, spans: &[Span]) -> Option<Left> {
        let mut names: Vec<String> = vec![];
        for span in spans {
            let name = called(self.home(*span)?.entry);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let mut out: BTreeSet<Span> =
            spans.iter().filter_map(|span| Some(entry_span(self.home(*span)?.entry))).collect();
        // A block that is emptied is an entry of its own, whose block may be emptied by that.
        while let Some(whole) = self.emptied(&out) {
            out.retain(|span| !whole.contains(*span));
            out.insert(whole);
        }
        let mut rows: BTreeMap<Span, (Home, Vec<usize>)> = BTreeMap::new();
        for span in &out {
            let home = self.home(*span)?;
            let index = home.block.entries.iter().position(|entry| entry_span(entry) == *span)?;
            rows.entry(home.block.span).or_insert((home, vec![])).1.push(index);
        }
        let edits = rows.into_values().flat_map(|(home, indices)| {
            if let Some(start) = braces_of(&home).filter(|_| indices.len() == home.block.entries.len()) {
                return vec![Edit { span: Span { start, ..home.block.span }, text: String::new() }];
            }
            let parts = home.block.entries.iter().map(entry_span).collect();
            Row { text: self.text, within: home.block.span, parts }.without(&indices)
        });
        Some(Left { edits: edits.collect(), names })
    }

    /// Leaves out elements of lists, which are named by their text.
    pub fn leave_elements_out(self, spans: &[Span]) -> Option<Left> {
        let mut lists: BTreeMap<Span, (Vec<Span>, Vec<usize>)> = BTreeMap::new();
        let mut names = vec![];
        for span in spans {
            let path = locate(self.tree, span.start);
            let list = path.iter().rev().find_map(|node| match node {
                Node::Expr(Expr { kind: ExprKind::List(elements), span: within }) if within.contains(*span) => {
                    Some((*within, elements.iter().map(|element| element.span).collect::<Vec<_>>()))
                }
                _ => None,
            });
            let (within, parts) = list?;
            let (index, part) = parts.iter().enumerate().find(|(_, part)| part.contains(*span))?;
            names.push(self.text.get(part.start as usize..part.end as usize)?.to_owned());
            let (_, indices) = lists.entry(within).or_insert((parts, vec![]));
            indices.push(index);
            indices.sort_unstable();
            indices.dedup();
        }
        let edits = lists.into_iter().flat_map(|(within, (parts, indices))| {
            let row = Row { text: self.text, within, parts };
            row.without(&indices)
        });
        Some(Left { edits: edits.collect(), names })
    }

    /// Adds an entry to what has braces or may have them: a declaration or a block by its name, a value, or the empty
    /// span after a `{`.
    pub fn add(self, to: Span, entry: &str) -> Option<Edit> {
        let path = locate(self.tree, to.start);
        path.iter().rev().find_map(|node| match node {
            Node::Block(block) if to.start == to.end && block.span.start + 1 == to.start => self.insert(block, entry),
            Node::Expr(expr) if expr.span == to => match &expr.kind {
                ExprKind::Construct { body, .. } | ExprKind::Range { body: Some(body), .. } => self.insert(body, entry),
                ExprKind::Name(_) | ExprKind::Range { body: None, .. } => {
                    Some(Edit { span: to.end_point(), text: format!(" {{ {entry} }}") })
                }
                _ => None,
            },
            Node::Entry(Entry::Nested(nested)) if nested.span.contains(to) && !nested.body.span.contains(to) => {
                self.insert(&nested.body, entry)
            }
            Node::Item(super::ast::Item::Decl(decl)) if decl.name.span.contains(to) => self.insert(&decl.body, entry),
            _ => None,
        })
    }

    /// Adds an entry to the block of the innermost entry that a span is in.
    pub fn add_beside(self, of: Span, entry: &str) -> Option<Edit> {
        self.insert(self.home(of)?.block, entry)
    }

    /// Whether the block of the innermost entry that a span is in has an entry of this name.
    pub fn has_beside(self, of: Span, name: &str) -> bool {
        self.home(of).is_some_and(|home| home.block.entries.iter().any(|entry| called(entry) == name))
    }

    /// Another entry in place of the innermost one that a span is in.
    pub fn instead(self, of: Span, entry: &str) -> Option<Left> {
        let home = self.home(of)?;
        let edit = Edit { span: entry_span(home.entry), text: entry.to_owned() };
        Some(Left { edits: vec![edit], names: vec![called(home.entry)] })
    }

    /// Another kind for a value such as `canary { … }`, without some of its fields; `whole` in place of what is no such
    /// value.
    pub fn kind(self, of: Span, kind: &str, without: &[Span], whole: &str) -> Option<Vec<Edit>> {
        let path = locate(self.tree, of.start);
        let construct = path.iter().find_map(|node| match node {
            Node::Expr(Expr { kind: ExprKind::Construct { kind, body }, span }) if *span == of => Some((kind, body)),
            _ => None,
        });
        let Some((old, body)) = construct else { return Some(vec![Edit { span: of, text: whole.to_owned() }]) };
        let inner: Vec<Span> = without.iter().copied().filter(|span| body.span.contains(*span)).collect();
        let mut edits = self.leave_out(&inner)?.edits;
        edits.push(Edit { span: old.span, text: kind.to_owned() });
        Some(edits)
    }

    /// First in a block, in the way in which its entries stand: each on a line of its own, or one after the other.
    fn insert(self, block: &Block, entry: &str) -> Option<Edit> {
        let inside = Span { start: block.span.start + 1, end: block.span.start + 1, ..block.span };
        let Some(first) = block.entries.first().map(entry_span) else {
            let empty = self.text.get(inside.start as usize..block.span.end as usize)?;
            return match empty.strip_suffix('}')?.trim().is_empty() {
                true => Some(Edit { span: block.span, text: format!("{{ {entry} }}") }),
                false => Some(Edit { span: inside, text: format!("\n  {entry}\n") }),
            };
        };
        let before = self.text.get(inside.start as usize..first.start as usize)?;
        let Some(line) = before.find('\n') else {
            return Some(Edit { span: inside, text: format!(" {entry},") });
        };
        let blanks = before.get(before.rfind('\n')? + 1..)?;
        let at = inside.start + line as u32 + 1;
        Some(Edit { span: Span { start: at, end: at, ..inside }, text: format!("{blanks}{entry}\n") })
    }

    /// The innermost entry that holds a span.
    fn home(self, span: Span) -> Option<Home<'a>> {
        let path = locate(self.tree, span.start);
        let found = path.iter().enumerate().rev().find_map(|(at, node)| match node {
            Node::Entry(entry) if entry_span(entry).contains(span) => Some((at, *entry)),
            _ => None,
        });
        let (at, entry) = found?;
        let above = path.get(..at)?;
        let (at, block) = above.iter().enumerate().rev().find_map(|(at, node)| match node {
            Node::Block(block) => Some((at, *block)),
            _ => None,
        })?;
        Some(Home { entry, block, owner: above.get(..at)?.last().copied() })
    }

    /// A block without a name of its own all of whose entries are left out.
    fn emptied(self, out: &BTreeSet<Span>) -> Option<Span> {
        out.iter().find_map(|span| {
            let home = self.home(*span)?;
            let Some(Node::Entry(Entry::Nested(nested))) = home.owner else { return None };
            let all = home.block.entries.iter().all(|entry| out.contains(&entry_span(entry)));
            (all && nested.name.is_none()).then_some(nested.span)
        })
    }
}

/// Where the braces of a value start, with the blank before them, if it may stand without.
fn braces_of(home: &Home) -> Option<u32> {
    let Some(Node::Expr(expr)) = home.owner else { return None };
    match &expr.kind {
        ExprKind::Construct { kind, .. } => Some(kind.span.end),
        ExprKind::With { base, .. } => Some(base.span.end),
        ExprKind::Range { high, .. } => Some(high.span.end),
        _ => None,
    }
}

fn called(entry: &Entry) -> String {
    match entry {
        Entry::Field(field) => field.name.value.to_string(),
        Entry::Nested(nested) => match &nested.name {
            Some(name) => format!("{} {}", nested.kind.value, name.value),
            None => nested.kind.value.to_string(),
        },
        Entry::Port(port) => port.name.value.to_string(),
        Entry::Param(param) => param.name.value.to_string(),
        Entry::Deploy(_) => "deploy".to_owned(),
        Entry::Bad(_) => String::new(),
    }
}

#[cfg(test)]
mod tests;
