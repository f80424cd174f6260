//! A large file in parts, each of whole declarations: pest holds some seventy times the text while it reads, so a part
//! at a time bounds memory and keeps the time in step with the text.

use super::grammar::{self, Rule};

/// Least size of a part, in bytes. Files below it are read whole.
const GRAIN: usize = 64 << 10;

/// What a head may begin with; a word that were missing here would only make parts larger.
const WORDS: [&str; 11] =
    ["model", "transform", "pipeline", "pool", "endpoint", "job", "stack", "policy", "let", "use", "moved"];

/// Where the parts of a text start, the first at 0. A part starts with a declaration's head in column 0, which always
/// starts a declaration, or with the comments right above it.
pub(super) fn starts(text: &str) -> Vec<usize> {
    starts_of(text, GRAIN)
}

fn starts_of(text: &str, grain: usize) -> Vec<usize> {
    let mut starts = vec![0];
    let (mut last, mut at, mut comments) = (0, 0, None);
    for line in text.split_inclusive('\n') {
        let from = at;
        at += line.len();
        if line.starts_with("//") {
            comments.get_or_insert(from);
            continue;
        }
        let cut = comments.take().unwrap_or(from);
        if cut - last >= grain.max(1) && is_head(line) {
            starts.push(cut);
            last = cut;
        }
    }
    starts
}

/// Whether a line is a declaration's head, which never goes over its end. The first word is looked at before the grammar
/// is asked, since a refusal of the grammar's is dear.
fn is_head(line: &str) -> bool {
    let word = line.split(|c: char| !c.is_ascii_lowercase()).next().unwrap_or("");
    WORDS.contains(&word) && grammar::parse(Rule::head, line).is_ok()
}

#[cfg(test)]
mod tests {
    use super::super::{parse_parts, starts_at};
    use super::starts_of;
    use crate::report::Sink;
    use crate::source::FileId;

    const TEXTS: [&str; 3] = [
        include_str!("../../examples/quickstart/main.serve"),
        include_str!("../../examples/reader/main.serve"),
        include_str!("../../tests/cases/syntax/language/main.serve"),
    ];

    #[test]
    fn a_file_in_parts_is_the_same_file() {
        for text in TEXTS {
            let parts = starts_of(text, 1);
            assert!(parts.len() > 3, "{parts:?}");
            let (mut whole_sink, mut parts_sink) = (Sink::default(), Sink::default());
            let whole = parse_parts(FileId(0), text, |_| vec![0], &mut whole_sink);
            let cut = parse_parts(FileId(0), text, |text| starts_of(text, 1), &mut parts_sink);
            assert_eq!(whole, cut);
            assert_eq!(whole_sink.into_sorted(), parts_sink.into_sorted());
        }
    }

    #[test]
    fn a_mistake_stays_in_its_part() {
        for text in TEXTS {
            for (at, gone) in text.char_indices().filter(|(at, _)| at % 7 == 0) {
                let mut broken = text.to_owned();
                broken.replace_range(at..at + gone.len_utf8(), "");
                let mut sink = Sink::default();
                let file = parse_parts(FileId(0), &broken, |text| starts_of(text, 1), &mut sink);
                let declared = starts_at(&file);
                let mut whole = Sink::default();
                let expected = parse_parts(FileId(0), &broken, |_| vec![0], &mut whole);
                assert_eq!(declared, starts_at(&expected), "without {gone:?} at {at}");
                assert_eq!(sink.as_slice().len(), whole.as_slice().len(), "without {gone:?} at {at}");
            }
        }
    }
}
