//! Numbers with their units, and strings.

use super::Lower;
use crate::report::{Code, Diagnostic};
use crate::source::{Span, Spanned};
use crate::syntax::ast::*;
use crate::syntax::grammar::{Node, Rule};
use crate::syntax::recover::Question;

impl Lower<'_> {
    pub(super) fn number(&mut self, node: Node<'_>) -> Number {
        let span = self.span(&node);
        let mut digits = "".into();
        let mut unit = None;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::digits => {
                    self.check_underscores(part.as_str(), span);
                    digits = part.as_str().replace('_', "").into();
                }
                Rule::unit => {
                    let text = part.as_str().trim_start();
                    let at = self.span(&part);
                    let at = Span { start: at.end - text.len() as u32, ..at };
                    self.check_unit(part.as_str(), at, span);
                    unit = Some(Spanned::new(text.into(), at));
                }
                _ => {}
            }
        }
        Number { digits, unit }
    }

    fn check_underscores(&mut self, digits: &str, span: Span) {
        let bare = digits.split(['.', 'e', 'E']).any(|part| part.ends_with('_') || part.contains("__"));
        if bare {
            let diagnostic = Diagnostic::error(Code::BadNumber, format!("`{digits}` is not a number"))
                .label(span, "`_` stands between digits, one at a time");
            self.say(diagnostic, span);
        }
    }

    /// What a unit looks like; whether there is such a unit is for the checker.
    fn check_unit(&mut self, written: &str, at: Span, number: Span) {
        let unit = written.trim_start();
        let bad = |message: String| Diagnostic::error(Code::BadNumber, message);
        let money = unit.split_once('/').filter(|(currency, _)| !currency.is_empty());
        let diagnostic = match money {
            Some((_, period)) if !matches!(period, "month" | "day" | "hour") => {
                bad(format!("`{period}` is not a period of cost")).label(at, "expected `/month`, `/day` or `/hour`")
            }
            Some(_) if unit.len() == written.len() => bad(format!("`{unit}` stands apart from its amount"))
                .label(at, "expected a blank before this")
                .fix("insert a blank", at.start_point(), " "),
            None if unit.chars().any(|c| c.is_ascii_digit() || c == '_') => bad(format!("`{unit}` is not a unit"))
                .label(at, "a unit has no digits")
                .help("a name can't start with a digit"),
            Some(_) | None => return,
        };
        self.say(diagnostic, number);
    }

    pub(super) fn string(&mut self, node: Node<'_>) -> Vec<Piece> {
        let mut pieces = vec![];
        let mut plain = String::new();
        for part in node.into_inner() {
            let at = self.span(&part);
            match part.as_rule() {
                Rule::text => plain.push_str(part.as_str()),
                Rule::escape => match unescape(part.as_str()) {
                    Some(c) => plain.push(c),
                    None => self.bad_escape(part.as_str(), at),
                },
                Rule::hole => {
                    flush(&mut plain, &mut pieces);
                    if let Some(value) = part.into_inner().find(|n| n.as_rule() == Rule::expr) {
                        pieces.push(Piece::Hole(self.expr(value)));
                    }
                }
                Rule::bad_hole => {
                    flush(&mut plain, &mut pieces);
                    self.bad_hole(&part);
                    pieces.push(Piece::Hole(self.bad(at)));
                }
                _ => {}
            }
        }
        flush(&mut plain, &mut pieces);
        pieces
    }

    /// A string that stands for itself: a path, an artifact's own name. `${…}` in it is refused.
    pub(super) fn plain_string(&mut self, node: Node<'_>) -> Option<Spanned<String>> {
        let span = self.span(&node);
        match self.string(node).as_slice() {
            [] => Some(Spanned::new(String::new(), span)),
            [Piece::Text(text)] => Some(Spanned::new(text.clone(), span)),
            _ => {
                let diagnostic = Diagnostic::error(Code::Unexpected, "`${…}` can't stand in this string")
                    .label(span, "must be known before anything is evaluated");
                self.say(diagnostic, span);
                None
            }
        }
    }

    fn bad_escape(&mut self, written: &str, at: Span) {
        let help = match written.starts_with("\\u") {
            true => "a character by its number is written `\\u{1F600}`, up to `\\u{10FFFF}`",
            false => "known are `\\\"`, `\\\\`, `\\n`, `\\t`, `\\r`, `\\$` and `\\u{…}`; a backslash itself is `\\\\`",
        };
        let diagnostic =
            Diagnostic::error(Code::BadEscape, format!("`{written}` is not an escape")).label(at, "unknown").help(help);
        self.say(diagnostic, at);
    }

    fn bad_hole(&mut self, node: &Node<'_>) {
        let from = node.as_span().start() as u32 + 2;
        let to = node.as_span().end() as u32;
        let inner = node.as_str().get(2..).unwrap_or("");
        if inner.strip_suffix('}').is_some_and(|i| i.trim().is_empty()) {
            let at = self.span(node);
            let diagnostic = Diagnostic::error(Code::Unexpected, "`${}` is empty")
                .label(at, "expected a value in the braces")
                .help("for the characters themselves, write `\\${}`");
            self.say(diagnostic, at);
        } else if inner.ends_with('}') {
            self.say_about(Question::Value, from, to - 1);
        } else {
            self.say_unclosed('{', from - 1, to, self.span(node));
        }
    }
}

fn flush(plain: &mut String, pieces: &mut Vec<Piece>) {
    if !plain.is_empty() {
        pieces.push(Piece::Text(std::mem::take(plain)));
    }
}

fn unescape(written: &str) -> Option<char> {
    Some(match written.strip_prefix('\\')? {
        "\"" => '"',
        "\\" => '\\',
        "n" => '\n',
        "t" => '\t',
        "r" => '\r',
        "$" => '$',
        hex => {
            let hex = hex.strip_prefix("u{")?.strip_suffix('}')?;
            char::from_u32(u32::from_str_radix(hex, 16).ok()?)?
        }
    })
}
