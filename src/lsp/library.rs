//! What the standard library declares, for completion: read once.

use std::sync::{Arc, OnceLock};

use camino::Utf8PathBuf;

use crate::names::kind_word;
use crate::report::Sink;
use crate::source::FileId;
use crate::stdlib;
use crate::syntax::ast::{ExprKind, Item};
use crate::syntax::parse;

/// A declaration of the library.
#[derive(Debug, Clone)]
pub struct Listed {
    /// `std/images`
    pub part: String,
    pub name: Arc<str>,
    /// `transform`, `let`.
    pub word: &'static str,
    pub doc: String,
    pub kind: Value,
}

/// What a constant is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Range,
    /// `gpu { … }`, `onnx("…")`
    Construct(Arc<str>),
    Other,
}

/// Everything, part by part.
pub fn all() -> &'static [Listed] {
    static FOUND: OnceLock<Vec<Listed>> = OnceLock::new();
    FOUND.get_or_init(|| {
        let mut out = Vec::new();
        for part in stdlib::names() {
            let text = stdlib::text(&Utf8PathBuf::from(format!("{part}.serve"))).unwrap_or_default();
            for item in items(text) {
                if let Some((name, word, doc)) = named(&item) {
                    let kind = value(&item);
                    out.push(Listed { part: part.to_owned(), name: name.into(), word, doc, kind });
                }
            }
        }
        out
    })
}

/// What a text declares: name, word and documentation.
pub fn declared(text: &str) -> Vec<(String, &'static str, String)> {
    items(text).iter().filter_map(named).collect()
}

fn items(text: &str) -> Vec<Item> {
    parse(FileId(u32::MAX), text, &mut Sink::default()).items
}

fn named(item: &Item) -> Option<(String, &'static str, String)> {
    let (name, doc) = match item {
        Item::Decl(d) => (&d.name, &d.doc),
        Item::Let(l) => (&l.name, &l.doc),
        Item::Param(p) => (&p.name, &p.doc),
        Item::Use(_) | Item::Moved(_) | Item::Bad(_) => return None,
    };
    Some((name.value.to_string(), kind_word(item), doc.as_deref().unwrap_or("").to_owned()))
}

fn value(item: &Item) -> Value {
    let Item::Let(item) = item else { return Value::Other };
    match &item.value.kind {
        ExprKind::Range { .. } => Value::Range,
        ExprKind::Construct { kind, .. } => Value::Construct(kind.value.clone()),
        ExprKind::Call { callee, .. } => match &callee.kind {
            ExprKind::Name(name) => Value::Construct(name.clone()),
            _ => Value::Other,
        },
        _ => Value::Other,
    }
}
