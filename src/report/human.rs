//! Diagnostics for people, drawn by miette: with colour and lines on a terminal, plain ASCII anywhere else.

use std::fmt::{self, Write as _};

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode, ThemeCharacters, ThemeStyles};

use crate::source::SourceMap;

use super::place::counts;
use super::view::{Texts, View, harmless};
use super::{Diagnostic, Severity};

/// What the reader's side can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// A terminal with colours.
    Colour,
    /// A terminal whose reader asked for no colours.
    Mono,
    /// A file, a pipe, a log: ASCII only.
    Plain,
}

/// Width of what is not a terminal, in columns.
pub const PLAIN_WIDTH: usize = 100;

/// All diagnostics, then a line that counts them. Empty for none.
pub fn render(sources: &SourceMap, diagnostics: &[Diagnostic], look: Look, width: usize) -> String {
    let texts = Texts::new(sources, diagnostics);
    let handler = handler(look, width);
    let mut out = String::new();
    for diagnostic in diagnostics {
        let view = texts.view(diagnostic);
        let message = Message::new(diagnostic, &view);
        if handler.render_report(&mut out, &message).is_err() {
            // Drawing failed, which writing into a string can't: say it without the drawing.
            let _ = writeln!(out, "  {}", message);
        }
        footer(&mut out, diagnostic, width);
        out.push('\n');
    }
    out.push_str(&summary(diagnostics));
    // Wrapped lines of snippets and labels must not leave blanks at the ends of lines.
    out.lines().flat_map(|line| [line.trim_end(), "\n"]).collect()
}

fn handler(look: Look, width: usize) -> GraphicalReportHandler {
    let theme = match look {
        Look::Colour => GraphicalTheme { characters: words(ThemeCharacters::unicode()), styles: ThemeStyles::ansi() },
        Look::Mono => GraphicalTheme { characters: words(ThemeCharacters::unicode()), styles: ThemeStyles::none() },
        Look::Plain => GraphicalTheme { characters: words(ThemeCharacters::ascii()), styles: ThemeStyles::none() },
    };
    // Below this width a snippet is unreadable however it is wrapped.
    GraphicalReportHandler::new_themed(theme).with_width(width.max(24)).with_context_lines(1).with_links(false)
}

/// Severities as words: a reader of a log searches for `error:`.
fn words(characters: ThemeCharacters) -> ThemeCharacters {
    ThemeCharacters { error: "error:".into(), warning: "warning:".into(), advice: "note:".into(), ..characters }
}

fn footer(out: &mut String, diagnostic: &Diagnostic, width: usize) {
    for note in &diagnostic.notes {
        paragraph(out, "note: ", &harmless(note), width);
    }
    if let Some(fix) = &diagnostic.fix {
        paragraph(out, "fix: ", &harmless(&fix.title), width);
    }
}

/// A paragraph in the shape of miette's help: two blanks, the word, wrapped under itself.
fn paragraph(out: &mut String, head: &str, text: &str, width: usize) {
    let room = width.max(24).saturating_sub(2 + head.len());
    for (index, line) in text.lines().flat_map(|line| wrap(line, room)).enumerate() {
        let lead = if index == 0 { head } else { "" };
        let _ = writeln!(out, "  {lead:<pad$}{line}", pad = head.len());
    }
}

fn wrap(line: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in line.split(' ') {
        match lines.last_mut() {
            Some(last) if last.is_empty() => last.push_str(word),
            Some(last) if last.chars().count() + 1 + word.chars().count() <= room => {
                last.push(' ');
                last.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// `2 errors, 1 warning; servec explain E0301 says more`.
fn summary(diagnostics: &[Diagnostic]) -> String {
    let counts = counts(diagnostics);
    let named = [("error", counts.errors), ("warning", counts.warnings), ("note", counts.notes)];
    let words: Vec<String> = named
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(word, count)| format!("{count} {word}{}", if *count == 1 { "" } else { "s" }))
        .collect();
    let first = diagnostics.iter().find(|d| d.severity == Severity::Error).or_else(|| diagnostics.first());
    first.map_or(String::new(), |d| format!("{}; `servec explain {}` says more", words.join(", "), d.code.id()))
}

/// Our diagnostic in miette's clothes.
struct Message<'a> {
    diagnostic: &'a Diagnostic,
    view: &'a View<'a>,
    labels: Vec<LabeledSpan>,
}

impl<'a> Message<'a> {
    fn new(diagnostic: &'a Diagnostic, view: &'a View<'a>) -> Self {
        let mut labels = Vec::new();
        for (index, label) in diagnostic.labels.iter().enumerate() {
            let Some(span) = view.span(label.span) else { continue };
            let text = Some(harmless(&label.text).into_owned()).filter(|text| !text.is_empty());
            labels.push(if index == 0 {
                LabeledSpan::new_primary_with_span(text, span)
            } else {
                LabeledSpan::new_with_span(text, span)
            });
        }
        Self { diagnostic, view, labels }
    }
}

impl fmt::Display for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&harmless(&self.diagnostic.message))
    }
}

impl fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.diagnostic, f)
    }
}

impl std::error::Error for Message<'_> {}

impl miette::Diagnostic for Message<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(format!("{} {}", self.diagnostic.code.id(), self.diagnostic.code.name())))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.diagnostic.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Note => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.diagnostic.help.as_ref().map(|help| Box::new(harmless(help)) as _)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        (!self.labels.is_empty()).then_some(self.view as _)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        (!self.labels.is_empty()).then(|| Box::new(self.labels.iter().cloned()) as _)
    }
}
