//! The `use` items of a text: where a name is added, and all of them in order.

use crate::report::Sink;
use crate::source::FileId;
use crate::syntax::ast::{Item, Use, UsePath};
use crate::syntax::parse;

/// Where to put what, so that `name` of `part` means something: into the `use` of that part, or as a new one below the others.
pub fn add(text: &str, part: &str, name: &str) -> (usize, String) {
    let head = text.get(..head_end(text)).unwrap_or(text);
    let file = parse(FileId(u32::MAX), head, &mut Sink::default());
    let uses = || file.items.iter().filter_map(use_of);
    let same = uses().find(|item| path(item) == part);
    if let Some(last) = same.and_then(|item| item.names.last()) {
        let end = last.alias.as_ref().unwrap_or(&last.name).span.end as usize;
        return (end, format!(", {name}"));
    }
    let line = format!("use {part}.{{{name}}}\n");
    match uses().next_back() {
        Some(last) => {
            let end = last.span.end as usize;
            let below = text.get(end..).and_then(|rest| rest.find('\n')).map(|n| end + n + 1);
            below.map_or((text.len(), format!("\n{line}")), |at| (at, line))
        }
        None => {
            let at = comments_end(text);
            (at, format!("{line}\n"))
        }
    }
}

/// Where the file's own head of `use`s ends at the latest: at the first declaration of another kind.
fn head_end(text: &str) -> usize {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let first = line.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or("");
        if !first.is_empty() && first != "use" && super::keywords::declaration(first).is_some() {
            return at;
        }
        at += line.len();
    }
    at
}

/// Behind the comment at the file's head that documents the file, and the blank line after it.
fn comments_end(text: &str) -> usize {
    let head = text.split_inclusive('\n').take_while(|line| line.starts_with("//!") || line.trim().is_empty());
    head.map(str::len).sum()
}

pub fn use_of(item: &Item) -> Option<&Use> {
    match item {
        Item::Use(item) => Some(item),
        Item::Param(_) | Item::Let(_) | Item::Decl(_) | Item::Moved(_) | Item::Bad(_) => None,
    }
}

/// A `use`'s path as it is written.
pub fn path(item: &Use) -> String {
    match &item.from {
        UsePath::Std(name) => name.value.to_string(),
        UsePath::File(path) => format!("\"{}\"", path.value),
        UsePath::Bad(_) => String::new(),
    }
}
