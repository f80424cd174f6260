//! The whole check over generated programs: valid ones are clean, the answer is always the same, and whatever is taken
//! out, there is an answer.

use camino::Utf8Path;
use proptest::prelude::*;
use servec::compile::{Compiled, Options, compile_with};
use servec::files::{Nothing, Overlay};
use servec::report::{Format, Look, PLAIN_WIDTH, render};

use crate::support::valid::valid_program;

fn check(text: &str) -> Compiled {
    let files = Overlay { texts: [("main.serve".into(), text.to_owned())].into(), below: Nothing };
    compile_with(Utf8Path::new("main.serve"), &Options::default(), &files)
}

fn shown(compiled: &Compiled) -> String {
    render(&compiled.sources, &compiled.diagnostics, Format::Text(Look::Plain, PLAIN_WIDTH))
}

/// Words, numbers, texts and signs, with where each begins and ends.
fn tokens(text: &str) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = vec![];
    let word = |c: char| c.is_alphanumeric() || c == '_';
    for (at, c) in text.char_indices().filter(|(_, c)| !c.is_whitespace()) {
        match found.last_mut() {
            Some((start, end)) if *end == at && word(c) && text[*start..*end].chars().all(word) => *end += c.len_utf8(),
            _ => found.push((at, at + c.len_utf8())),
        }
    }
    found
}

#[test]
fn generated_programs_are_clean() {
    for (endpoints, seed) in [(0, 1), (1, 2), (2, 3), (10, 4), (10, 5), (60, 6)] {
        let text = valid_program(endpoints, seed);
        let compiled = check(&text);
        assert_eq!(shown(&compiled), "", "{endpoints} endpoints, seed {seed}\n{text}");
        assert_eq!(text.matches("\nendpoint ").count(), endpoints);
    }
}

#[test]
fn one_seed_is_one_program() {
    assert_eq!(valid_program(20, 7), valid_program(20, 7));
    assert_ne!(valid_program(20, 7), valid_program(20, 8));
}

/// Each thread has hash maps of an order of its own, so a hash's order would show between them.
#[test]
fn the_answer_does_not_depend_on_hashing() {
    let mut text = valid_program(30, 9);
    for (from, to) in [("memory", "memroy"), ("patience }", "patiense }"), ("cpu", "cqu"), ("weight = ", "weight = -")]
    {
        text = text.replace(from, to);
    }
    let again = |text: String| std::thread::spawn(move || shown(&check(&text))).join().unwrap();
    let first = again(text.clone());
    assert!(first.contains("E0306") && first.contains("E0201") && first.contains("E0305"), "{first}");
    for _ in 0..5 {
        assert_eq!(again(text.clone()), first);
    }
}

/// The stacks that come out are the same, too.
#[test]
fn stacks_come_out_the_same() {
    let text = valid_program(30, 10);
    let again = |text: String| std::thread::spawn(move || format!("{:?}", check(&text).stacks)).join().unwrap();
    let first = again(text.clone());
    assert!(first.contains("endpoint_"));
    assert_eq!(again(text), first);
}

#[test]
fn every_token_can_be_left_out() {
    let text = valid_program(6, 11);
    for (start, end) in tokens(&text) {
        let less = format!("{}{}", &text[..start], &text[end..]);
        let compiled = check(&less);
        assert_eq!(compiled.failed, compiled.stacks.is_empty() && !compiled.diagnostics.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// Two tokens change places: names end up where values stood, and kinds where names did.
    #[test]
    fn tokens_can_change_places(seed in 0u64..1000, a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>()) {
        let text = valid_program(3, seed);
        let tokens = tokens(&text);
        let (a, b) = (*a.get(&tokens), *b.get(&tokens));
        let ((s1, e1), (s2, e2)) = if a <= b { (a, b) } else { (b, a) };
        if e1 <= s2 {
            let swapped = [&text[..s1], &text[s2..e2], &text[e1..s2], &text[s1..e1], &text[e2..]].concat();
            let compiled = check(&swapped);
            prop_assert!(!compiled.failed || compiled.stacks.is_empty());
            prop_assert!(shown(&compiled).len() < 1 << 20);
        }
    }
}
