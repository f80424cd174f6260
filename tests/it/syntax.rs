//! Text to tree: what is said of each case in `tests/cases/syntax`, and what the tree keeps of broken texts.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use servec::report::{Diagnostic, Sink};
use servec::source::{SourceMap, Span};
use servec::syntax;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Name and text of every good program at hand.
pub fn examples() -> Vec<(String, String)> {
    let folders = ["examples", "stdlib", "tests/cases/syntax/language"];
    let found = folders.into_iter().flat_map(|f| programs(&root().join(f)));
    let mut found: Vec<(String, String)> = found
        .map(|path| {
            let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(&path).unwrap())
        })
        .collect();
    found.sort();
    assert!(!found.is_empty());
    found
}

fn programs(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return vec![] };
    let mut found = vec![];
    for path in entries.map(|e| e.unwrap().path()) {
        if path.is_dir() {
            found.extend(programs(&path));
        } else if path.extension().is_some_and(|e| e == "serve") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Diagnostics as plain text: code, place, message; then labels, help and fix.
fn render(map: &SourceMap, diagnostics: &[Diagnostic]) -> String {
    let at = |span: Span| {
        let file = map.get(span.file).unwrap();
        let (start, end) = (file.line_column(span.start), file.line_column(span.end));
        match start.line == end.line {
            true => format!("{}:{}-{}", start.line + 1, start.column + 1, end.column + 1),
            false => format!("{}:{}-{}:{}", start.line + 1, start.column + 1, end.line + 1, end.column + 1),
        }
    };
    let mut out = String::new();
    for d in diagnostics {
        writeln!(out, "{} {} {}", d.code.id(), at(d.span().unwrap()), d.message).unwrap();
        for label in &d.labels {
            writeln!(out, "  {} {}", at(label.span), label.text).unwrap();
        }
        if let Some(help) = &d.help {
            writeln!(out, "  help: {help}").unwrap();
        }
        if let Some(fix) = &d.fix {
            for edit in &fix.edits {
                writeln!(out, "  fix: {}: {:?} at {}", fix.title, edit.text, at(edit.span)).unwrap();
            }
        }
    }
    if out.is_empty() { "no errors\n".to_owned() } else { out }
}

#[test]
fn each_case_says_what_is_expected() {
    let mut different = vec![];
    for path in programs(&root().join("tests/cases/syntax")) {
        let text = std::fs::read_to_string(&path).unwrap();
        let mut map = SourceMap::default();
        let file = map.add("main.serve", text.as_str());
        let mut sink = Sink::default();
        let _ = syntax::parse(file, &text, &mut sink);
        let said = render(&map, &sink.into_sorted());
        let expected = path.with_file_name("expected.txt");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&expected, &said).unwrap();
        } else if std::fs::read_to_string(&expected).unwrap_or_default() != said {
            different.push(format!("{}\n{said}", path.display()));
        }
    }
    assert!(different.is_empty(), "UPDATE_EXPECT=1 rewrites what is expected:\n{}", different.join("\n"));
}

#[test]
fn show() {
    let Ok(path) = std::env::var("SHOW") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let mut sink = Sink::default();
    println!("{}", syntax::format(servec::source::FileId(0), &text, &mut sink).unwrap());
}
