//! Taking parts out of a row of parts that commas or line breaks separate, so that what remains is such a row.

use crate::report::Edit;
use crate::source::Span;

/// A row of parts between brackets: the entries of a block, or the elements of a list.
pub(super) struct Row<'t> {
    pub text: &'t str,
    /// With the brackets.
    pub within: Span,
    /// In source order.
    pub parts: Vec<Span>,
}

impl Row<'_> {
    /// The edits that take the parts of these indices out.
    pub(super) fn without(&self, out: &[usize]) -> Vec<Edit> {
        let mut edits = vec![];
        let mut run: Option<(usize, usize)> = None;
        for index in out.iter().copied() {
            if let Some(span) = self.parts.get(index).and_then(|part| self.lines(*part)) {
                edits.push(Edit { span, text: String::new() });
                continue;
            }
            run = match run {
                Some((first, last)) if last + 1 == index => Some((first, index)),
                before => {
                    edits.extend(before.and_then(|(first, last)| self.within_a_line(first, last)));
                    Some((index, index))
                }
            };
        }
        edits.extend(run.and_then(|(first, last)| self.within_a_line(first, last)));
        edits
    }

    fn between(&self, start: u32, end: u32) -> &str {
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }

    /// The whole lines of a part that has them for itself, with its `///` above and its comma and comment behind.
    fn lines(&self, part: Span) -> Option<Span> {
        let before = self.between(0, part.start);
        let mut start = before.rfind('\n').map_or(0, |at| at + 1);
        if !before.get(start..)?.trim().is_empty() || (start as u32) < self.within.start {
            return None;
        }
        while let Some(above) = before.get(..start).and_then(|text| text.strip_suffix('\n')) {
            let line = above.rfind('\n').map_or(0, |at| at + 1);
            if !above.get(line..)?.trim_start().starts_with("///") {
                break;
            }
            start = line;
        }
        let after = self.text.get(part.end as usize..)?;
        let (line, _) = after.split_once('\n')?;
        let rest = line.trim_start().trim_start_matches(',').trim_start();
        let alone = rest.is_empty() || rest.starts_with("//");
        let end = part.end + line.len() as u32 + 1;
        (alone && end <= self.within.end).then_some(Span { start: start as u32, end, ..part })
    }

    /// Parts that stand beside others, with one of the separators around them.
    fn within_a_line(&self, first: usize, last: usize) -> Option<Edit> {
        let (head, tail) = (*self.parts.get(first)?, *self.parts.get(last)?);
        let own = head.to(tail);
        let next = self.parts.get(last + 1).filter(|next| !self.between(own.end, next.start).contains('\n'));
        let previous = first.checked_sub(1).and_then(|index| self.parts.get(index));
        let previous = previous.filter(|part| !self.between(part.end, own.start).contains("//"));
        let span = match (next, previous) {
            (Some(next), _) => Span { end: next.start, ..own },
            (None, Some(previous)) => Span { start: previous.end, ..own },
            (None, None) => {
                let after = self.between(own.end, self.within.end.saturating_sub(1));
                let rest =
                    after.trim_start_matches([' ', '\t']).trim_start_matches(',').trim_start_matches([' ', '\t']);
                Span { end: own.end + (after.len() - rest.len()) as u32, ..own }
            }
        };
        Some(Edit { span, text: String::new() })
    }
}
