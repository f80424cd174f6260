//! How diagnostics are shown: for people, and as JSON, SARIF and GitHub annotations.

use proptest::prelude::*;
use serde_json::{Value, json};
use servec::report::{Code, Diagnostic, Format, Look, PLAIN_WIDTH, render};
use servec::source::{FileId, SourceMap, Span};

const PLAIN: Format = Format::Text(Look::Plain, PLAIN_WIDTH);

/// The span of `needle`'s first occurrence.
fn span(sources: &SourceMap, file: FileId, needle: &str) -> Span {
    let at = sources.get(file).unwrap().text.find(needle).unwrap() as u32;
    Span::new(file, at, at + needle.len() as u32)
}

/// A message with labels in two files, help, a note and a fix.
fn program() -> (SourceMap, Vec<Diagnostic>) {
    let mut sources = SourceMap::default();
    let main = sources.add("main.serve", "endpoint süß {\n  serve = m\n  scale = 0..2\n}\n");
    let models = sources.add("models, all.serve", "model m {\n  concurrency = 1\n}\n");
    let first = Diagnostic::error(Code::Unexpected, "`endpoint süß` scales to zero: 100% no")
        .label(span(&sources, main, "0..2"), "this asks for none")
        .label(span(&sources, models, "concurrency = 1"), "one call at once")
        .label(span(&sources, main, "süß"), "")
        .help("write `1..2`, or move it to another target")
        .note("as of 2026-11-01, from the provider's page")
        .fix("scale to one", span(&sources, main, "0..2"), "1..2");
    let second = Diagnostic::warning(Code::NoSuchPath, "nothing here is to blame");
    (sources, vec![first, second])
}

#[test]
fn labels_of_several_files_stand_in_one_message() {
    let (sources, diagnostics) = program();
    let text = render(&sources, &diagnostics, PLAIN);
    let expected = "\
E0101 serve::syntax::unexpected

  error: `endpoint süß` scales to zero: 100% no
   ,-[main.serve:3:11]
 1 | endpoint süß {
   :          ^^^
 2 |   serve = m
 3 |   scale = 0..2
   :           ^^|^
   :             `-- this asks for none
 4 | }
   `----
   ,-[models, all.serve:2:3]
 1 | model m {
 2 |   concurrency = 1
   :   ^^^^^^^|^^^^^^^
   :          `-- one call at once
 3 | }
   `----
  help: write `1..2`, or move it to another target
  note: as of 2026-11-01, from the provider's page
  fix: scale to one

E0001 serve::command::no_such_path

  warning: nothing here is to blame

1 error, 1 warning; `servec explain E0101` says more
";
    assert_eq!(text, expected);
}

#[test]
fn colour_is_only_for_who_asked_for_it() {
    let (sources, diagnostics) = program();
    assert!(render(&sources, &diagnostics, Format::Text(Look::Colour, 80)).contains('\u{1b}'));
    assert!(!render(&sources, &diagnostics, Format::Text(Look::Mono, 80)).contains('\u{1b}'));
    assert!(!render(&sources, &diagnostics, PLAIN).contains('\u{1b}'));
}

#[test]
fn a_narrow_terminal_wraps_prose() {
    let (sources, diagnostics) = program();
    let text = render(&sources, &diagnostics, Format::Text(Look::Mono, 40));
    let prose =
        text.lines().filter(|l| l.starts_with("  error:") || l.starts_with("  note:") || l.starts_with("  help:"));
    assert!(prose.clone().count() > 2 && prose.clone().all(|l| l.chars().count() <= 40), "{text}");
}

#[test]
fn no_diagnostics_are_no_text_but_a_whole_document() {
    let sources = SourceMap::default();
    assert_eq!(render(&sources, &[], PLAIN), "");
    assert_eq!(render(&sources, &[], Format::Github), "");
    let document: Value = serde_json::from_str(&render(&sources, &[], Format::Json)).unwrap();
    assert_eq!(document["diagnostics"], json!([]));
}

#[test]
fn source_text_can_not_steer_the_terminal() {
    let mut sources = SourceMap::default();
    let file = sources.add("a.serve", "let a = \"\u{1b}[2J\u{7}\u{202e}\u{85}\rx\"\r\nlet b = 1\r\n");
    let label = span(&sources, file, "let b");
    let diagnostics = [Diagnostic::error(Code::Unexpected, "bad `\u{1b}[2J`").label(label, "\u{1b}]0;title\u{7}")];
    let text = render(&sources, &diagnostics, PLAIN);
    assert!(!text.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{text:?}");
    assert!(text.contains("1 | let a = \"?[2J?\u{fffd}\u{bf}?x\""), "{text}");
}

#[test]
fn a_long_line_is_clipped_around_its_label() {
    let mut sources = SourceMap::default();
    let file = sources.add("a.serve", format!("{}HERE{}", "(".repeat(1 << 20), ")".repeat(1 << 20)));
    let diagnostics = [
        Diagnostic::error(Code::Unexpected, "far out").label(span(&sources, file, "HERE"), "here"),
        Diagnostic::error(Code::Unexpected, "all of it").label(Span::new(file, 0, 2 << 20), "all"),
    ];
    let text = render(&sources, &diagnostics, PLAIN);
    assert!(text.len() < 2_500, "{} bytes", text.len());
    assert!(text.contains("(((HERE)))") && text.contains("a.serve:1:1048577"), "{text}");
}

#[test]
fn the_end_of_a_file_can_be_pointed_at() {
    let mut sources = SourceMap::default();
    let file = sources.add("a.serve", "model m {\n");
    let diagnostics =
        [Diagnostic::error(Code::Unexpected, "not closed").label(Span::new(file, 10, 10), "`}` belongs here")];
    let text = render(&sources, &diagnostics, PLAIN);
    assert!(text.contains("1 | model m {\n   :          ^\n   :          `-- `}` belongs here\n"), "{text}");
    let empty = sources.add("empty.serve", "");
    let diagnostics = [Diagnostic::error(Code::Unexpected, "empty").label(Span::new(empty, 0, 0), "nothing")];
    assert!(render(&sources, &diagnostics, PLAIN).contains("empty.serve:1:1"));
}

#[test]
fn json_is_as_its_published_schema_says() {
    let schema: Value = serde_json::from_str(include_str!("../../docs/diagnostics.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let (sources, diagnostics) = program();
    let document: Value = serde_json::from_str(&render(&sources, &diagnostics, Format::Json)).unwrap();
    let errors: Vec<String> = validator.iter_errors(&document).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    // The schema is closed: what it does not name is refused.
    let mut more = document.clone();
    more["diagnostics"][0]["more"] = json!(1);
    assert!(!validator.is_valid(&more));

    let label = &document["diagnostics"][0]["labels"][0];
    assert_eq!((&label["file"], &label["start"], &label["end"]), (&json!("main.serve"), &json!(39), &json!(43)));
    assert_eq!((&label["from"], &label["to"]), (&json!({"line": 3, "column": 11}), &json!({"line": 3, "column": 15})));
    assert_eq!(
        document["diagnostics"][0]["labels"][2]["to"],
        json!({"line": 1, "column": 13}),
        "characters, not bytes"
    );
    assert_eq!(document["diagnostics"][0]["fix"]["edits"][0]["text"], json!("1..2"));
    assert_eq!((&document["errors"], &document["warnings"]), (&json!(1), &json!(1)));
}

#[test]
fn sarif_lists_every_rule_and_every_fix() {
    let (sources, diagnostics) = program();
    let log: Value = serde_json::from_str(&render(&sources, &diagnostics, Format::Sarif)).unwrap();
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), Code::ALL.len());
    let result = &run["results"][0];
    assert_eq!(rules[result["ruleIndex"].as_u64().unwrap() as usize]["id"], result["ruleId"]);
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "main.serve");
    assert_eq!(place["region"]["startLine"], 3);
    assert_eq!(place["region"]["startColumn"], 11);
    let related = &result["relatedLocations"][0]["physicalLocation"];
    assert_eq!(related["artifactLocation"]["uri"], "models,%20all.serve");
    let replacement = &result["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(replacement["insertedContent"]["text"], "1..2");
    assert_eq!(replacement["deletedRegion"]["byteOffset"], 39);
    assert_eq!(run["results"][1]["level"], "warning");
    assert_eq!(run["results"][1]["locations"], json!([]));
}

#[test]
fn github_annotations_are_one_escaped_line_each() {
    let (sources, diagnostics) = program();
    let text = render(&sources, &diagnostics, Format::Github);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(
        lines[0],
        "::error file=main.serve,line=3,endLine=3,col=11,endColumn=15,title=E0101 serve%3A%3Asyntax%3A%3Aunexpected::\
         `endpoint süß` scales to zero: 100%25 no%0Athis asks for none%0A\
         help: write `1..2`, or move it to another target%0Anote: as of 2026-11-01, from the provider's page"
    );
    assert!(lines[1].starts_with("::warning title=E0001"), "{}", lines[1]);
}

proptest! {
    /// Whatever the text and wherever the labels, also inside characters and past the end: drawn, and not too much of it.
    #[test]
    fn any_label_on_any_text_can_be_drawn(
        text in "(\\PC|[\n\r\t\u{1b}]|x{400}|é){0,60}",
        spans in prop::collection::vec((0u32..2000, 0u32..500), 1..5),
        width in 1usize..140,
    ) {
        let mut sources = SourceMap::default();
        let files = [sources.add("a.serve", text.clone()), sources.add("b.serve", text), FileId(9)];
        let mut diagnostic = Diagnostic::error(Code::Unexpected, "a message");
        for (index, (start, length)) in spans.iter().enumerate() {
            diagnostic = diagnostic.label(Span::new(files[index % 3], *start, start + length), "a label");
        }
        for look in [Look::Plain, Look::Colour] {
            let drawn = render(&sources, &[diagnostic.clone()], Format::Text(look, width));
            prop_assert!(drawn.contains("a message") || width < 30);
            prop_assert!(drawn.len() < 60_000);
        }
        for format in [Format::Json, Format::Sarif, Format::Github] {
            prop_assert!(!render(&sources, &[diagnostic.clone()], format).is_empty());
        }
    }
}
