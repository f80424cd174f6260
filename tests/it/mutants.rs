//! Texts near a good program: one character lost or gained at every place, and random mutants. The parser never fails,
//! and says little about a little mistake.

use servec::report::Sink;
use servec::source::FileId;
use servec::syntax;

use crate::syntax::examples;

/// What people hit by accident, and all the brackets.
const GUESTS: &[char] =
    &['{', '}', '(', ')', '[', ']', '"', ',', '=', ':', '.', '/', 'x', '1', ' ', '\n', '$', '@', '-', '<'];

#[derive(Default)]
struct Tally {
    mutants: usize,
    broken: usize,
    errors: usize,
    most: usize,
    worst: String,
}

impl Tally {
    fn add(&mut self, text: &str) {
        let errors = errors(text);
        self.mutants += 1;
        self.broken += usize::from(errors > 0);
        self.errors += errors;
        if errors > self.most {
            self.most = errors;
            self.worst = text.to_owned();
        }
    }

    /// Over all mutants, and over those that have an error at all.
    fn means(&self) -> (f64, f64) {
        (self.errors as f64 / self.mutants as f64, self.errors as f64 / self.broken.max(1) as f64)
    }
}

fn errors(text: &str) -> usize {
    let mut sink = Sink::default();
    let _ = syntax::parse(FileId(0), text, &mut sink);
    sink.as_slice().len()
}

#[test]
fn one_character_lost_or_gained_gives_little_more_than_one_error() {
    for (name, text) in examples() {
        let (mut lost, mut gained) = (Tally::default(), Tally::default());
        for (at, c) in text.char_indices() {
            let (head, tail) = text.split_at(at);
            lost.add(&format!("{head}{}", &tail[c.len_utf8()..]));
            for turn in 0..3 {
                let guest = GUESTS[(at * 7 + turn * 13) % GUESTS.len()];
                gained.add(&format!("{head}{guest}{tail}"));
            }
        }
        for (what, tally) in [("lost", lost), ("gained", gained)] {
            let (all, broken) = tally.means();
            println!(
                "{name}: {what}: {} mutants, mean {all:.3}, of broken {broken:.3}, most {}",
                tally.mutants, tally.most
            );
            if let Ok(path) = std::env::var("WORST") {
                std::fs::write(format!("{path}.{what}"), &tally.worst).unwrap();
            }
            assert!(broken <= 1.2, "{name}: {what}: a mean of {broken:.3} errors");
            assert!(tally.most <= 4, "{name}: {what}: {} errors in\n{}", tally.most, tally.worst);
        }
    }
}
