//! From pest's nodes to the tree of `ast`, noting on the way what is to be said about bad parts. Names are not looked up
//! and units not judged here.

#![allow(clippy::wildcard_enum_match_arm, reason = "a node's children are few of the grammar's hundred rules")]

mod chain;
mod entry;
mod expr;
mod item;
mod literal;
mod ty;

use std::sync::Arc;

use super::ast::{Doc, Expr, ExprKind, Name};
use super::grammar::{Node, end, start};
use super::recover::wording::{Slice, about};
use super::recover::{MOST, Problem, Question};
use crate::report::{Code, Diagnostic};
use crate::source::{FileId, Span, Spanned};

/// Most levels of operators, calls and brackets within one another (brackets alone are limited before parsing), so that
/// later passes may walk the tree recursively.
pub(super) const MAX_DEPTH: usize = 256;

pub(super) struct Lower<'a> {
    pub file: FileId,
    /// Where the parsed text starts in its file.
    pub base: u32,
    pub text: &'a str,
    /// Start and end of each comment, as offsets in the file.
    pub comments: &'a [(u32, u32)],
    pub problems: Vec<Problem>,
    /// Bad parts about which nothing more is to be said.
    pub silent: Vec<Span>,
    pub depth: usize,
}

impl<'a> Lower<'a> {
    fn span(&self, node: &Node<'_>) -> Span {
        self.range(start(node), end(node))
    }

    /// A span from offsets in the parsed text.
    fn range(&self, start: u32, end: u32) -> Span {
        Span::new(self.file, self.base + start, self.base + end)
    }

    fn slice(&self, start: u32, end: u32) -> Slice<'a> {
        let text = self.text.get(start as usize..end as usize).unwrap_or("").trim_end();
        Slice { file: self.file, start: self.base + start, text }
    }

    fn name(&self, node: &Node<'_>) -> Name {
        Spanned::new(Arc::from(node.as_str()), self.span(node))
    }

    fn bad(&self, at: Span) -> Expr {
        Expr { kind: ExprKind::Bad, span: at }
    }

    fn say(&mut self, diagnostic: Diagnostic, silence: Span) {
        self.problems.push(Problem::new(diagnostic, silence));
    }

    /// Asks what is wrong with the text between two offsets, and notes it.
    fn say_about(&mut self, question: Question, start: u32, end: u32) {
        let slice = self.slice(start, end);
        match self.problems.len() < 2 * MOST {
            true => self.say(about(question, slice), slice.all()),
            false => self.silence(slice.all()),
        }
    }

    /// A closer that is not there: `what` was opened at `opener` and its end was noticed at `noticed`.
    fn say_unclosed(&mut self, what: char, opener: u32, noticed: u32, silence: Span) {
        let closer = match what {
            '{' => '}',
            '(' => ')',
            _ => ']',
        };
        let here = self.range(noticed, noticed);
        let diagnostic = Diagnostic::error(Code::Unclosed, format!("this `{what}` is never closed"))
            .label(self.range(opener, opener + 1), "opened here")
            .label(here, format!("expected `{closer}` before this"));
        self.problems.push(Problem::new(diagnostic, silence).noticed_at(here.start));
    }

    /// One level deeper by `levels`; false (and said) if the tree gets too deep.
    fn silence(&mut self, span: Span) {
        self.silent.push(span);
    }

    fn enter(&mut self, levels: usize, node: &Node<'_>) -> bool {
        self.depth += levels;
        let fits = self.depth <= MAX_DEPTH;
        if !fits {
            let span = self.span(node);
            let diagnostic = Diagnostic::error(Code::SyntaxLimit, "this expression is nested too deep")
                .label(Span { end: span.start + 1, ..span }, format!("more than {MAX_DEPTH} levels"))
                .help("name parts of it with `let`");
            self.say(diagnostic, span);
        }
        fits
    }

    fn leave(&mut self, levels: usize) {
        self.depth -= levels;
    }

    /// The `///` lines right above an offset of the parsed text.
    fn doc(&self, at: u32) -> Doc {
        let mut below = self.base + at;
        let upto = self.comments.partition_point(|(start, _)| *start < below);
        let mut lines = vec![];
        for (start, end) in self.comments.get(..upto).unwrap_or(&[]).iter().rev() {
            let between = self.at(*end, below).trim_start_matches([' ', '\t', '\r']);
            let text = self.at(*start, *end);
            let adjacent =
                between.strip_prefix('\n').is_some_and(|rest| !rest.contains('\n') && rest.trim().is_empty());
            let Some(doc) = text.strip_prefix("///").filter(|_| adjacent && self.starts_line(*start)) else { break };
            lines.push(doc.strip_prefix(' ').unwrap_or(doc));
            below = *start;
        }
        lines.reverse();
        (!lines.is_empty()).then(|| Arc::from(lines.join("\n")))
    }

    fn at(&self, start: u32, end: u32) -> &'a str {
        self.text.get((start - self.base) as usize..(end - self.base) as usize).unwrap_or("")
    }

    fn starts_line(&self, offset: u32) -> bool {
        self.at(self.base, offset).trim_end_matches([' ', '\t']).chars().next_back().is_none_or(|c| c == '\n')
    }

    fn has_newline(&self, start: u32, end: u32) -> bool {
        self.text.get(start as usize..end as usize).is_some_and(|t| t.contains('\n'))
    }
}
