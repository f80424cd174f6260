//! Texts that lead somewhere: files that a `use` names, files beside the source, addresses.

use camino::{Utf8Path, Utf8PathBuf};

use crate::source::Span;
use crate::syntax::ast::{Item, UsePath};

use super::analysis::At;
use super::lex::{Kind, lex};

/// Where a link leads.
#[derive(Debug, Clone, PartialEq)]
pub enum To {
    /// A file of the disk, absolute.
    File(Utf8PathBuf),
    /// A part of the library: `std/images`.
    Library(String),
    Address(String),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    pub span: Span,
    pub to: To,
}

pub fn links(at: At) -> Vec<Link> {
    let file = at.unit.file;
    let home = at.analysis.absolute(at.unit.path.parent().unwrap_or(Utf8Path::new("")));
    let mut out = Vec::new();
    for item in &at.unit.ast.items {
        if let Item::Use(item) = item
            && let UsePath::Std(name) = &item.from
        {
            out.push(Link { span: name.span, to: To::Library(name.value.to_string()) });
        }
    }
    for token in lex(at.text(), 0).into_iter().filter(|t| t.kind == Kind::Text && t.text.len() > 2) {
        let text = token.text.trim_matches('"');
        if text.contains("${") || text.contains('\\') {
            continue;
        }
        let span = Span::new(file, token.start as u32 + 1, token.end.saturating_sub(1) as u32);
        let to = match text.split_once("://") {
            Some((_, _)) => address(text).map(To::Address),
            None if text.starts_with("./") || text.starts_with("../") => {
                // `./steps.py:function`
                let path = crate::files::join(&home, text.split(':').next().unwrap_or(text));
                path.is_file().then_some(To::File(path))
            }
            None => None,
        };
        out.extend(to.map(|to| Link { span, to }));
    }
    out.sort_by_key(|link| link.span);
    out
}

/// A page that a browser can show for an address.
fn address(uri: &str) -> Option<String> {
    let (scheme, rest) = uri.split_once("://")?;
    let plain = rest
        .bytes()
        .all(|b| b.is_ascii_graphic() && !matches!(b, b'<' | b'>' | b'"' | b'{' | b'}' | b'|' | b'^' | b'`'));
    if !plain || rest.is_empty() {
        return None;
    }
    let (first, path) = rest.split_once('/').unwrap_or((rest, ""));
    match scheme {
        "http" | "https" => Some(uri.to_owned()),
        "s3" => Some(format!("https://s3.console.aws.amazon.com/s3/buckets/{first}?prefix={path}")),
        "gs" => Some(format!("https://console.cloud.google.com/storage/browser/{first}/{path}")),
        "hf" => Some(format!("https://huggingface.co/{rest}")),
        _ => None,
    }
}
