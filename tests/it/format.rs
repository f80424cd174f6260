//! Formatting: the same program in one form, comments kept, a second run changes nothing, a broken text is refused.

use servec::report::Sink;
use servec::source::FileId;
use servec::syntax::{self, ast};

use crate::generate::program;
use crate::syntax::examples;

fn tree(text: &str) -> ast::File {
    let mut sink = Sink::default();
    let tree = syntax::parse(FileId(0), text, &mut sink);
    assert!(sink.as_slice().is_empty(), "{:?}\n{text}", sink.as_slice());
    tree
}

/// The tree without places and comments.
fn meaning(tree: &ast::File) -> String {
    let all = format!("{:?}", tree.items);
    let mut out = String::new();
    let mut pieces = all.split("Span {");
    out.push_str(pieces.next().unwrap());
    for piece in pieces {
        out.push_str(piece.split_once('}').unwrap().1);
    }
    out
}

fn comments(tree: &ast::File) -> Vec<&str> {
    tree.comments.iter().map(|c| c.text.trim_end()).collect()
}

fn format(text: &str) -> String {
    let mut sink = Sink::default();
    let formatted = syntax::format(FileId(0), text, &mut sink);
    formatted.unwrap_or_else(|| panic!("{:?}\n{text}", sink.as_slice()))
}

fn keeps(text: &str) {
    let once = format(text);
    let (before, after) = (tree(text), tree(&once));
    assert_eq!(meaning(&before), meaning(&after), "another program:\n{text}\n=>\n{once}");
    assert_eq!(comments(&before), comments(&after), "other comments:\n{text}\n=>\n{once}");
    let twice = format(&once);
    assert_eq!(once, twice, "a second run changes it:\n{text}");
}

#[test]
fn every_example_keeps_its_meaning_and_comments() {
    for (name, text) in examples() {
        println!("{name}");
        keeps(&text);
    }
}

#[test]
fn the_examples_and_the_standard_library_are_in_the_one_form() {
    for (name, text) in examples() {
        if !name.starts_with("tests/") {
            assert_eq!(format(&text), text, "{name}: run `servec fmt`");
        }
    }
}

#[test]
fn generated_programs_keep_their_meaning_and_comments() {
    let many = if std::env::var_os("CI").is_some() { 10_000 } else { 3_000 };
    for seed in 0..many {
        keeps(&program(seed, 1 + seed as usize % 4));
    }
}

#[test]
fn layout_is_as_documented() {
    let loose = "model  a{memory=4GiB , latency=18ms\n  cpu = 2 // why\n}\nlet x=[1,2,\n3,]\n";
    let tidy =
        "model a {\n  memory  = 4GiB\n  latency = 18ms\n  cpu     = 2  // why\n}\n\nlet x = [\n  1,\n  2,\n  3\n]\n";
    assert_eq!(format(loose), tidy);
    let long = format!("let names = f(\"{}\", \"{}\")\n", "a".repeat(50), "b".repeat(50));
    let broken = format!("let names = f(\n  \"{}\",\n  \"{}\"\n)\n", "a".repeat(50), "b".repeat(50));
    assert_eq!(format(&long), broken);
    assert_eq!(format(""), "");
    assert_eq!(format("\u{feff}let a = 1\r\n\r\n\r\n\r\nlet b = 2"), "let a = 1\n\nlet b = 2\n");
}

#[test]
fn a_broken_text_is_refused_with_its_errors() {
    let mut sink = Sink::default();
    assert_eq!(syntax::format(FileId(0), "model a {\n  memory 4GiB\n}\n", &mut sink), None);
    assert!(sink.has_errors());
}

/// Every pair of `docs/formatting.md`: what stands below "Written:" becomes what stands below "In form:".
#[test]
fn the_page_about_the_form_tells_the_truth() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/formatting.md")).unwrap();
    let block = |part: &str| {
        let (_, rest) = part.split_once("```serve\n").unwrap();
        rest.split_once("```").unwrap().0.to_owned()
    };
    let mut pairs = 0;
    for part in page.split("Written:\n").skip(1) {
        let (written, in_form) = part.split_once("In form:\n").unwrap();
        let (written, in_form) = (block(written), block(in_form));
        assert_ne!(written, in_form);
        assert_eq!(format(&written), in_form);
        keeps(&written);
        pairs += 1;
    }
    assert_eq!(pairs, 4);
}
