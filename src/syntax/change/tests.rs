//! Texts before and after each change.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by it")]

use super::*;
use crate::report::Sink;
use crate::source::FileId;

/// The text after a change, with every place of `what` given to it; what is left must be readable, and its names.
fn changed(text: &str, what: &[&str], change: impl Fn(Written, &[Span]) -> Option<Left>) -> (String, Vec<String>) {
    let mut sink = Sink::default();
    let tree = super::super::parse(FileId(0), text, &mut sink);
    assert!(!sink.has_errors(), "{text}");
    let span = |word: &&str| {
        let at = text.find(word).unwrap() as u32;
        Span::new(FileId(0), at, at + word.len() as u32)
    };
    let spans: Vec<Span> = what.iter().map(span).collect();
    let left = change(Written { tree: &tree, text }, &spans).unwrap();
    let mut edits = left.edits;
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.span.start));
    let mut after = text.to_owned();
    for edit in edits {
        after.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
    }
    let mut sink = Sink::default();
    super::super::parse(FileId(0), &after, &mut sink);
    assert!(!sink.has_errors(), "{after}");
    (after, left.names)
}

fn without(text: &str, what: &[&str]) -> String {
    changed(text, what, |written, spans| written.leave_out(spans)).0
}

#[test]
fn an_entry_of_a_line_goes_with_its_line() {
    let text = "endpoint e {\n  serve = m\n  /// Why.\n  machine = \"x\", // as before\n  budget = 1 USD/month\n}\n";
    assert_eq!(without(text, &["\"x\""]), "endpoint e {\n  serve = m\n  budget = 1 USD/month\n}\n");
    assert_eq!(without(text, &["1 USD/month", "\"x\""]), "endpoint e {\n  serve = m\n}\n");
}

#[test]
fn an_entry_within_a_line_goes_with_one_comma() {
    let text = "endpoint e { serve = m, mode = async, machine = \"x\" }\n";
    assert_eq!(without(text, &["async"]), "endpoint e { serve = m, machine = \"x\" }\n");
    assert_eq!(without(text, &["\"x\""]), "endpoint e { serve = m, mode = async }\n");
    assert_eq!(without(text, &["async", "\"x\""]), "endpoint e { serve = m }\n");
    assert_eq!(without(text, &["= m", "\"x\""]), "endpoint e { mode = async }\n");
}

#[test]
fn lines_that_are_shared_keep_what_else_they_have() {
    let text = "endpoint e {\n  serve = m, mode = async\n  rollout = canary { first = 10%,\n    bake = 1min }\n}\n";
    assert_eq!(
        without(text, &["async"]),
        "endpoint e {\n  serve = m\n  rollout = canary { first = 10%,\n    bake = 1min }\n}\n"
    );
    assert_eq!(
        without(text, &["1min"]),
        "endpoint e {\n  serve = m, mode = async\n  rollout = canary { first = 10% }\n}\n"
    );
}

#[test]
fn braces_that_are_emptied_go_too() {
    let text = "endpoint e {\n  serve = m\n  scale = 1..4 { schedule s { cron = \"x\" } }\n  network { private = true, isolated = true }\n}\n";
    assert_eq!(
        without(text, &["schedule s { cron = \"x\" }"]),
        "endpoint e {\n  serve = m\n  scale = 1..4\n  network { private = true, isolated = true }\n}\n"
    );
    let (after, names) = changed(text, &["private", "isolated = true"], |written, spans| written.leave_out(spans));
    assert_eq!(after, "endpoint e {\n  serve = m\n  scale = 1..4 { schedule s { cron = \"x\" } }\n}\n");
    assert_eq!(names, ["private", "isolated"]);
}

#[test]
fn a_named_block_stays_without_its_entries() {
    let text = "endpoint e {\n  variant stable { weight = 90 }\n}\n";
    assert_eq!(without(text, &["90"]), "endpoint e {\n  variant stable { }\n}\n");
}

#[test]
fn an_element_goes_with_one_comma() {
    let text = "pool p { members = [cats, dogs, owls] }\n";
    let drop = |what: &[&str]| changed(text, what, |written, spans| written.leave_elements_out(spans)).0;
    assert_eq!(drop(&["cats"]), "pool p { members = [dogs, owls] }\n");
    assert_eq!(drop(&["owls"]), "pool p { members = [cats, dogs] }\n");
    assert_eq!(drop(&["owls", "cats"]), "pool p { members = [dogs] }\n");
}

#[test]
fn an_entry_is_added_in_the_way_of_its_block() {
    let with = |text: &str, to: &str, entry: &str| {
        let add = |written: Written, to: &[Span]| Some(Left { edits: vec![written.add(to[0], entry)?], names: vec![] });
        changed(text, &[to], add).0
    };
    let line = "endpoint pets { serve = m }\n";
    assert_eq!(with(line, "pets", "mode = async"), "endpoint pets { mode = async, serve = m }\n");
    let lines = "endpoint pets { // one\n    serve = m\n}\n";
    assert_eq!(with(lines, "pets", "mode = async"), "endpoint pets { // one\n    mode = async\n    serve = m\n}\n");
    let empty = "stack shop on local {}\n";
    assert_eq!(with(empty, "shop", "allow = [preview]"), "stack shop on local { allow = [preview] }\n");
    let word = "endpoint pets { rollout = rolling, serve = m }\n";
    assert_eq!(
        with(word, "rolling", "bake = 1min"),
        "endpoint pets { rollout = rolling { bake = 1min }, serve = m }\n"
    );
}
