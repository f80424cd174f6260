//! Texts near a good program: one character lost or gained at every place, and random mutants. The parser never fails,
//! and says little about a little mistake.

use servec::report::Sink;
use servec::source::FileId;
use servec::syntax;

use crate::generate::{Random, program};
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

/// All places in CI; elsewhere some, spread over the text.
fn step() -> usize {
    if std::env::var_os("CI").is_some() { 1 } else { 5 }
}

#[test]
fn one_character_lost_or_gained_gives_little_more_than_one_error() {
    for (name, text) in examples() {
        let (mut lost, mut gained) = (Tally::default(), Tally::default());
        for (at, c) in text.char_indices().step_by(step()) {
            let (head, tail) = text.split_at(at);
            lost.add(&format!("{head}{}", &tail[c.len_utf8()..]));
            for turn in 0..2 {
                let guest = GUESTS[(at / step() * 7 + turn * 13) % GUESTS.len()];
                gained.add(&format!("{head}{guest}{tail}"));
            }
        }
        for (what, tally) in [("lost", lost), ("gained", gained)] {
            let (all, broken) = tally.means();
            println!(
                "{name}: {what}: {} mutants, {} broken, mean {all:.3}, of broken {broken:.3}, most {}",
                tally.mutants, tally.broken, tally.most
            );
            assert!(broken <= 1.2, "{name}: {what}: a mean of {broken:.3} errors");
            assert!(tally.most <= 4, "{name}: {what}: {} errors in\n{}", tally.most, tally.worst);
        }
    }
}

/// Lists of twelve elements, each on a line of its own, in the places where lists stand.
fn lists_over_lines() -> Vec<String> {
    let rows = |element: &dyn Fn(usize) -> String| (0..12).map(element).collect::<Vec<_>>().join(",\n    ");
    let members = rows(&|i| format!("shop_{i}"));
    let uris = rows(&|i| format!("\"s3://models/{i}.onnx\""));
    let sizes = rows(&|i| format!("{i}0MiB"));
    let calls = rows(&|i| format!("resize(image, width: {i})"));
    let records = rows(&|i| format!("{{ name = \"a{i}\", at = {i} }}"));
    let sums = rows(&|i| format!("first + {i} * second"));
    let named = rows(&|i| format!("port_{i}: {i}"));
    vec![
        format!("pool shops {{\n  members = [\n    {members}\n  ]\n  cache = on\n}}\n"),
        format!("pool shops {{\n  cache = on\n  members = [\n    {members},\n  ]\n}}\n\nstack a on local {{}}\n"),
        format!("stack dev on local {{\n  region = \"here\"\n  deploy {members}\n  protect = true\n}}\n"),
        format!("stack dev on local {{\n  subnets = [\n    {uris}\n  ]\n  protect = true\n}}\n"),
        format!("model a {{\n  sizes = [\n    {sizes}\n  ]\n  memory = 1GiB\n}}\n"),
        format!("pipeline a {{\n  parts = [\n    {calls}\n  ]\n  output b = parts\n}}\n"),
        format!("model a {{\n  parts = [\n    {records}\n  ]\n  memory = 1GiB\n}}\n"),
        format!("model a {{\n  parts = [\n    {sums}\n  ]\n  memory = 1GiB\n}}\n"),
        format!("pipeline a {{\n  all = join(\n    {named}\n  )\n  output b = all\n}}\n"),
        format!("use std/images.{{\n    {members}\n}}\n\nlet a = 1\n"),
        format!("let all = [\n    {members}\n]\n\nlet b = 1\n"),
        format!("model a {{\n  input x: tensor<f32>[\n    {members}\n  ]\n  memory = 1GiB\n}}\n"),
    ]
}

#[test]
fn a_list_over_many_lines_that_loses_a_bracket_is_one_mistake_and_not_one_a_line() {
    for text in lists_over_lines() {
        assert_eq!(errors(&text), 0, "{text}");
        let mut tally = Tally::default();
        for (at, c) in text.char_indices() {
            let (head, tail) = text.split_at(at);
            tally.add(&format!("{head}{}", &tail[c.len_utf8()..]));
            GUESTS.iter().for_each(|guest| tally.add(&format!("{head}{guest}{tail}")));
        }
        let (_, broken) = tally.means();
        println!("{:?}: mean {broken:.3}, most {}", text.lines().nth(1).unwrap_or(""), tally.most);
        assert!(tally.most <= 4, "{} errors in\n{}", tally.most, tally.worst);
    }
}

/// Errors of every pass, as `servec check` shows them.
fn checked(name: &str, text: &str) -> usize {
    let path = camino::Utf8Path::new(name);
    let texts = [(path.to_owned(), text.to_owned())].into();
    let files = servec::files::Overlay { texts, below: servec::files::Disk };
    let compiled = servec::compile::compile_with(path, &Default::default(), &files);
    compiled.diagnostics.iter().filter(|d| d.severity == servec::report::Severity::Error).count()
}

#[test]
fn one_character_lost_in_an_example_gives_few_errors_over_all_passes() {
    let step = step();
    let (mut mutants, mut broken, mut all, mut most) = (0, 0, 0, (0, String::new()));
    for (name, text) in examples().into_iter().filter(|(name, _)| name.starts_with("examples/")) {
        for (at, c) in text.char_indices().step_by(step) {
            let (head, tail) = text.split_at(at);
            let errors = checked(&name, &format!("{head}{}", &tail[c.len_utf8()..]));
            mutants += 1;
            broken += usize::from(errors > 0);
            all += errors;
            if errors > most.0 {
                most = (errors, format!("{name}: {at}: {c:?} of {:?}", head.lines().last()));
            }
        }
    }
    let (mean, of_broken) = (all as f64 / mutants as f64, all as f64 / broken as f64);
    println!("{mutants} mutants, {broken} broken, mean {mean:.3}, of broken {of_broken:.3}, most {most:?}");
    assert!(mean <= 1.2);
    assert!(most.0 <= 4, "{most:?}");
}

/// A few lines in a row, so that a mutant is read fast and its mistakes are near one another.
fn excerpt(text: &str, random: &mut Random) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let from = random.below(lines.len());
    lines[from..(from + 1 + random.below(20)).min(lines.len())].concat()
}

fn mutate(text: &mut Vec<char>, random: &mut Random) {
    let at = random.below(text.len() + 1);
    match random.below(4) {
        0 if at < text.len() => drop(text.remove(at)),
        1 if at < text.len() => {
            let other = random.below(text.len());
            text.swap(at, other);
        }
        2 => {
            let end = (at + random.below(12)).min(text.len());
            let copy: Vec<char> = text[at..end].to_vec();
            let to = random.below(text.len() + 1);
            text.splice(to..to, copy);
        }
        _ => text.insert(at, GUESTS[random.below(GUESTS.len())]),
    }
}

#[test]
fn random_mutants_never_fail_and_every_error_is_within_the_text() {
    let many = if std::env::var_os("CI").is_some() { 100_000 } else { 20_000 };
    let examples = examples();
    let mut random = Random::new(7);
    let mut broken = 0;
    for _ in 0..many {
        let mut text: Vec<char> = excerpt(&examples[random.below(examples.len())].1, &mut random).chars().collect();
        for _ in 0..1 + random.below(8) {
            mutate(&mut text, &mut random);
        }
        let text: String = text.into_iter().collect();
        let mut sink = Sink::default();
        let tree = syntax::parse(FileId(0), &text, &mut sink);
        assert_eq!(tree.span.end as usize, text.len());
        broken += usize::from(sink.has_errors());
        for diagnostic in sink.as_slice() {
            let edits = diagnostic.fix.iter().flat_map(|f| &f.edits).map(|e| e.span);
            for span in diagnostic.labels.iter().map(|l| l.span).chain(edits) {
                assert!(text.get(span.start as usize..span.end as usize).is_some(), "{diagnostic:?}\n{text}");
            }
            assert!(!diagnostic.message.contains("can't be read"), "no reason: {diagnostic:?}\n{text}");
        }
    }
    println!("{many} mutants, {broken} broken");
    assert!(broken > many / 2);
}

#[test]
fn generated_programs_lose_or_gain_a_character_without_failing() {
    for seed in 0..2_000 {
        let mut random = Random::new(seed);
        let mut text: Vec<char> = program(seed, 1 + seed as usize % 3).chars().collect();
        mutate(&mut text, &mut random);
        let text: String = text.into_iter().collect();
        let said = errors(&text);
        assert!(said <= 8, "{said} errors in\n{text}");
    }
}
