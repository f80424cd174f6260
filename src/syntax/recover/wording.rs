//! The sentences about a slice that is no statement, no declaration, no value.

use super::ask::{Question, ask};
use super::general::{general, list};
use super::nearest::nearest;
use super::opener::unclosed;
use super::statement::{quoted, statement};
use super::token::{is_name, token};
use crate::report::{Code, Diagnostic};
use crate::source::{FileId, Span};

/// What starts a declaration.
pub(in crate::syntax) const DECLARATIONS: &[&str] =
    &["endpoint", "job", "let", "model", "moved", "param", "pipeline", "policy", "pool", "stack", "transform", "use"];

/// A slice of a file that went wrong.
#[derive(Debug, Clone, Copy)]
pub(in crate::syntax) struct Slice<'a> {
    pub file: FileId,
    /// Where it starts in the file.
    pub start: u32,
    pub text: &'a str,
}

impl<'a> Slice<'a> {
    pub fn span(self, from: usize, to: usize) -> Span {
        Span::new(self.file, self.start + from as u32, self.start + to as u32)
    }

    pub fn all(self) -> Span {
        self.span(0, self.text.len())
    }

    pub(super) fn after(self, at: usize) -> &'a str {
        self.text.get(at..).unwrap_or("")
    }

    pub(super) fn before(self, at: usize) -> &'a str {
        self.text.get(..at).unwrap_or("").trim_end_matches([' ', '\t', '\r', '\n'])
    }
}

/// Of a longer slice only so much is read again; no statement comes near.
const LONGEST: usize = 1 << 16;

/// Says what is wrong with a slice that should be a statement (`Question::Entry`) and so on.
pub(in crate::syntax) fn about(question: Question, slice: Slice<'_>) -> Diagnostic {
    let special = match question {
        Question::Entry => statement(slice),
        Question::Item => declaration(slice),
        Question::Value => None,
    };
    if let Some(diagnostic) = special {
        return diagnostic;
    }
    let asked = slice.text.get(..LONGEST).unwrap_or(slice.text);
    let cut = asked.len() < slice.text.len();
    match ask(question, asked) {
        Some(answer) if !cut || answer.at + 100 < asked.len() => general(question, slice, &answer),
        Some(_) | None => left_open(slice),
    }
}

/// The strict rule has nothing against it: then it is a bracket at its end that closes nowhere.
fn left_open(slice: Slice<'_>) -> Diagnostic {
    match unclosed(slice.text) {
        Some((at, bracket)) => Diagnostic::error(Code::Unclosed, format!("this `{bracket}` is never closed"))
            .label(slice.span(at, at + 1), "opened here")
            .label(slice.all().end_point(), "expected its end before this"),
        None => Diagnostic::error(Code::Unexpected, "this can't be read").label(slice.all(), "here"),
    }
}

fn declaration(slice: Slice<'_>) -> Option<Diagnostic> {
    let word = token(slice.text);
    if word == "}" {
        return Some(
            Diagnostic::error(Code::Unexpected, "this `}` closes nothing")
                .label(slice.span(0, 1), "no `{` is open here")
                .help("delete it, or look for a `}` too many above"),
        );
    }
    let rest = slice.text.get(word.len()..).unwrap_or("").trim_start();
    if DECLARATIONS.contains(&word) && rest.starts_with('"') && word != "use" {
        return quoted(slice, slice.text.len() - rest.len(), token(rest));
    }
    if !is_name(word) || DECLARATIONS.contains(&word) {
        return None;
    }
    Some(unknown_declaration(slice, word))
}

/// A line that starts with a word that starts no declaration.
pub(in crate::syntax) fn unknown_declaration(slice: Slice<'_>, word: &str) -> Diagnostic {
    let at = slice.span(0, word.len());
    let rest = slice.after(word.len()).trim_start();
    let field = rest.starts_with('=') || rest.starts_with(':');
    match nearest(word, DECLARATIONS) {
        Some(near) if !field => {
            Diagnostic::error(Code::UnknownDeclaration, format!("no declaration starts with `{word}`"))
                .label(at, format!("did you mean `{near}`?"))
                .fix(format!("write `{near}`"), at, near)
        }
        Some(_) | None if field => {
            Diagnostic::error(Code::UnknownDeclaration, format!("`{word}` stands outside any declaration"))
                .label(at, "a field belongs between the `{` and `}` of a declaration")
                .help(format!("a constant is declared with `let {word} = …`; or a `}}` above comes too early"))
        }
        Some(_) | None => Diagnostic::error(Code::UnknownDeclaration, format!("no declaration starts with `{word}`"))
            .label(at, "not a declaration")
            .help(format!("declarations start with {}", list(DECLARATIONS))),
    }
}
