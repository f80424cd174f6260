//! What can be folded: brackets, comments and `use`s over several lines.

use super::lex::{Kind, lex};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fold {
    Brackets,
    Comment,
    Uses,
}

/// Ranges of lines, both included, counted from zero.
pub fn folds(text: &str) -> Vec<(u32, u32, Fold)> {
    let mut out = Vec::new();
    let (mut line, mut open) = (0_u32, Vec::new());
    for token in lex(text, 0) {
        match token.kind {
            Kind::Newline => line += 1,
            Kind::Open(_) => open.push(line),
            Kind::Close(_) => {
                if let Some(start) = open.pop()
                    // The closing line stays to be seen.
                    && line > start + 1
                {
                    out.push((start, line - 1, Fold::Brackets));
                }
            }
            Kind::Word | Kind::Number | Kind::Text | Kind::Comment | Kind::Comma | Kind::Sign => {}
        }
    }
    runs(text, Fold::Comment, |line| line.trim_start().starts_with("//"), &mut out);
    runs(text, Fold::Uses, |line| line.starts_with("use "), &mut out);
    out.sort_by_key(|(start, end, _)| (*start, *end));
    out
}

/// Lines of one kind that follow each other.
fn runs(text: &str, kind: Fold, is: impl Fn(&str) -> bool, out: &mut Vec<(u32, u32, Fold)>) {
    let (mut start, mut number) = (None, 0_u32);
    for line in text.lines().map(Some).chain([None]) {
        match (line.is_some_and(&is), start) {
            (true, None) => start = Some(number),
            (false, Some(from)) => {
                if number > from + 1 {
                    out.push((from, number - 1, kind));
                }
                start = None;
            }
            (true, Some(_)) | (false, None) => {}
        }
        number += 1;
    }
}
