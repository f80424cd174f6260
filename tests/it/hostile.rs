//! Texts that no one writes by hand: each is answered within a second, in bounded memory, without a panic, also on a
//! thread with 2 MiB of stack.

use std::time::Duration;

use servec::report::{Code, Diagnostic, Sink};
use servec::source::FileId;
use servec::syntax;

use crate::generate::Random;

/// What this thread has used so far: a busy machine makes it no longer, as it would the time on the clock.
fn processor_time() -> Duration {
    let all = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(all.split(' ').next().unwrap().parse().unwrap())
}

const MEGABYTE: usize = 1 << 20;

/// What is said of a text, read on a small stack, and how long reading and dropping it took the processor.
fn read(text: String) -> (Vec<Diagnostic>, Duration) {
    let run = move || {
        let mut sink = Sink::default();
        let tree = syntax::parse(FileId(0), &text, &mut sink);
        drop(tree);
        (sink.into_sorted(), processor_time())
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap()
}

/// Reads a text that has errors, few and soon.
fn refused(what: &str, text: String) -> Vec<Diagnostic> {
    refused_within(Duration::from_secs(1), what, text)
}

fn refused_within(limit: Duration, what: &str, text: String) -> Vec<Diagnostic> {
    let (said, took) = read(text);
    println!("{what}: {took:?}, {} errors, first: {:?}", said.len(), said.first().map(|d| &d.message));
    assert!(!said.is_empty(), "{what}");
    assert!(said.len() <= 100, "{what}: {} errors", said.len());
    assert!(took < limit, "{what} took {took:?}");
    said
}

fn noise(seed: u64, bytes: usize) -> String {
    let mut random = Random::new(seed);
    let bytes: Vec<u8> = (0..bytes).map(|_| random.next() as u8).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn a_megabyte_of_one_bracket_or_sign() {
    for sign in "([{\"-!<>.,=:|})]$\\/a1@#é \0\u{feff}".chars() {
        let text = sign.to_string().repeat(MEGABYTE / sign.len_utf8());
        let quiet = matches!(sign, '/' | ' ');
        match quiet {
            true => assert!(read(text).0.is_empty()),
            false => drop(refused(&format!("1 MB of {sign:?}"), text)),
        }
    }
}

#[test]
fn a_megabyte_of_one_sign_as_a_value() {
    for sign in [
        "-", "!", "(", "[", "{", "\"", "a.", "a+", "a<", "a < ", "f(", "if ", "{a={", "[[", "\"${", "..", "1..", "a ",
        "not ", "/ ",
    ] {
        let text = format!("let x = {}", sign.repeat(MEGABYTE / sign.len()));
        refused(&format!("1 MB of {sign:?} as a value"), text);
    }
    for sign in ["list<", "{a:", "a|", "\"a\"|", "[", "tensor<f32>[", "a<b,"] {
        let text = format!("param x: {}", sign.repeat(MEGABYTE / sign.len()));
        refused(&format!("1 MB of {sign:?} as a type"), text);
    }
}

#[test]
fn a_megabyte_of_one_broken_line() {
    // Half a million statements, each with its own error.
    let limit = Duration::from_secs(3);
    for line in [
        "x\n",
        "model a {\n",
        "model a {",
        "}\n",
        "x = \n",
        "x = (\n",
        "  x = [{\n",
        "\"\n",
        "model a on\n",
        "let x = {\n a b\n }\n",
    ] {
        refused_within(limit, &format!("1 MB of {line:?}"), line.repeat(MEGABYTE / line.len()));
        let inside = format!("model m {{\n{}}}\n", line.repeat(MEGABYTE / line.len()));
        refused_within(limit, &format!("1 MB of {line:?} in a block"), inside);
    }
}

#[test]
fn random_bytes() {
    for seed in 0..3 {
        refused("1 MB of random bytes", noise(seed, MEGABYTE));
    }
}

#[test]
fn random_signs_of_the_language() {
    let signs: Vec<char> = "{}}))]]\"\"$.,:=<>|-+*/!\\ \n\n\nabmodel1".chars().collect();
    for seed in 0..3 {
        let mut random = Random::new(seed);
        let text: String = (0..MEGABYTE).map(|_| signs[random.below(signs.len())]).collect();
        refused("1 MB of random signs", text);
    }
}

#[test]
fn nested_lists_are_refused_at_the_bracket_that_is_too_deep() {
    let depth = 100_000;
    let said = refused("nested lists", format!("let x = {}1{}\n", "[".repeat(depth), "]".repeat(depth)));
    assert_eq!(said[0].code, Code::SyntaxLimit);
    assert_eq!(said[0].span().unwrap().start, 8 + syntax::MAX_NESTING as u32);
}

#[test]
fn nesting_up_to_the_limit_is_read_on_a_small_stack() {
    let all = syntax::MAX_NESTING;
    for (open, close) in
        [("[", "]"), ("(", ")"), ("{ a = ", " }"), ("f(", ")"), ("[for x in ", ": x]"), ("a { b = ", " }")]
    {
        let text = format!("let x = {}1{}\n", open.repeat(all), close.repeat(all));
        let (said, took) = read(text.clone());
        assert!(said.is_empty(), "{open}: {said:?}");
        assert!(took < Duration::from_secs(1));
        let mut sink = Sink::default();
        assert!(syntax::format(FileId(0), &text, &mut sink).is_some());
        // The same, broken in the middle.
        refused(open, format!("let x = {}1 1{}\n", open.repeat(all), close.repeat(all)));
        refused(open, format!("let x = {}1\n", open.repeat(all)));
    }
}

#[test]
fn a_file_past_the_limit_is_refused() {
    let said = refused("33 MiB", " ".repeat(33 << 20));
    assert_eq!(said[0].code, Code::SyntaxLimit);
}

#[test]
fn a_byte_order_mark_and_carriage_returns_are_read_and_offsets_stay_true() {
    let (said, _) = read("\u{feff}model a {\r\n  memory = 4GiB\r\n}\r\n".to_owned());
    assert!(said.is_empty(), "{said:?}");
    let text = "\u{feff}model a {\r\n  memory 4GiB\r\n}\r\n";
    let (said, _) = read(text.to_owned());
    assert_eq!(said[0].span().unwrap().start as usize, text.find(" 4GiB").unwrap());
}

#[test]
fn a_nul_and_a_lone_carriage_return_are_named() {
    for text in
        ["model a {\n  memory = \u{0}4GiB\n}\n", "model a {\r  memory = 4GiB }", "let a = \"x\0\"\n", "// a\0\n"]
    {
        let said = refused(text, text.to_owned());
        assert_eq!(said[0].code, Code::BadCharacter, "{said:?}");
    }
}
