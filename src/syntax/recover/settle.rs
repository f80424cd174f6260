//! One mistake, one error: of several problems on one line, the first in rank is told.

use std::collections::BTreeSet;

use super::Problem;
use crate::report::{Code, Sink};
use crate::source::{FileId, Span};

/// So many are told of one file, and of one kind looked for; the rest is rarely read, and each costs.
pub(in crate::syntax) const MOST: usize = 100;

/// Pushes what is worth telling; silences all bad parts.
pub(in crate::syntax) fn settle(
    file: FileId,
    text: &str,
    mut problems: Vec<Problem>,
    mut silent: Vec<Span>,
    sink: &mut Sink,
) {
    if problems.is_empty() {
        return;
    }
    let starts: Vec<u32> =
        std::iter::once(0).chain(text.bytes().zip(1u32..).filter(|(b, _)| *b == b'\n').map(|(_, i)| i)).collect();
    let line = |offset: u32| starts.partition_point(|start| *start <= offset);
    problems.sort_by_key(|p| (rank(p.diagnostic.code), p.noticed));
    let mut lines = BTreeSet::new();
    let mut told = vec![];
    for problem in problems {
        silent.push(problem.silence);
        let stands = problem.diagnostic.span().map_or(problem.noticed, |s| s.start);
        let at = [line(stands), line(problem.noticed)];
        if !at.iter().any(|l| lines.contains(l)) {
            lines.extend(at);
            told.push(problem.diagnostic);
        }
    }
    told.sort_by_key(|d| d.span().map(|s| s.start));
    told.into_iter().take(MOST).for_each(|d| sink.push(d));
    if silent.len() > MOST {
        silent = vec![Span::new(file, 0, text.len() as u32)];
    }
    silent.into_iter().for_each(|span| sink.silence(span));
}

/// What the characters say comes before what the grammar makes of them.
fn rank(code: Code) -> usize {
    const ORDER: &[&[Code]] =
        &[&[Code::SyntaxLimit], &[Code::UnterminatedString, Code::BadCharacter], &[Code::Unclosed]];
    ORDER.iter().position(|codes| codes.contains(&code)).unwrap_or(ORDER.len())
}
