//! Diagnostics: what they are, where passes push them, and how they are shown. Only this folder prints.

pub mod amount;
mod code;
mod diagnostic;
mod github;
pub mod human;
pub mod json;
mod place;
mod proposal;
mod redact;
mod sarif;
mod sink;
mod stream;
pub mod suggest;
mod view;

pub use code::Code;
pub use diagnostic::{Diagnostic, Edit, Fix, Label, Severity};
pub use human::{Look, PLAIN_WIDTH};
pub use place::shown;
pub use proposal::{Change, Proposal};
pub use redact::redacted;
pub use sink::Sink;
pub use stream::Streams;

use crate::source::SourceMap;

/// How diagnostics are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people, of this look and width in columns.
    Text(Look, usize),
    /// `docs/diagnostics.schema.json`.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// GitHub's workflow commands.
    Github,
}

/// All diagnostics of one run in one text, ready to write. JSON and SARIF are whole documents even for none.
pub fn render(sources: &SourceMap, diagnostics: &[Diagnostic], format: Format) -> String {
    let diagnostics = &*redacted(sources, diagnostics);
    match format {
        Format::Text(look, width) => human::render(sources, diagnostics, look, width),
        Format::Json => json::render(sources, diagnostics),
        Format::Sarif => sarif::render(sources, diagnostics),
        Format::Github => github::render(sources, diagnostics),
    }
}
