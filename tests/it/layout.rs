//! The shape of the source tree, which the compiler does not keep: see `docs/architecture.md`.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};

/// Longest file of `src`, in lines.
const MOST_LINES: usize = 400;

fn root() -> &'static Utf8Path {
    Utf8Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Path relative to `src`, and text, of every Rust file below it.
fn sources() -> Vec<(Utf8PathBuf, String)> {
    let src = root().join("src");
    let mut found = Vec::new();
    let mut folders = vec![src.clone()];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir_utf8().unwrap() {
            let path = entry.unwrap().into_path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension() == Some("rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(&src).unwrap().to_owned(), text));
            }
        }
    }
    found.sort();
    assert!(found.len() > 20, "the sources were not found");
    found
}

/// The modules of `src/lib.rs`, in its order.
fn modules() -> Vec<String> {
    let text = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let names = text.lines().filter_map(|l| l.strip_prefix("pub mod ")?.strip_suffix(';'));
    names.map(str::to_owned).collect()
}

/// What a line names after `crate::`: `crate::a::b` gives `a`, `crate::{a::b, c}` gives `a` and `c`.
fn named(line: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (at, _) in line.match_indices("crate::") {
        // `$crate::` in a macro and `other_crate::` are something else.
        if line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let rest = &line[at + "crate::".len()..];
        let mut depth = 0;
        let mut start = true;
        let mut word = String::new();
        for c in rest.chars() {
            match c {
                '{' => (depth, start) = (depth + 1, depth == 0),
                '}' => depth -= 1,
                ',' if depth == 1 => start = true,
                ' ' => {}
                c if start && (c.is_alphanumeric() || c == '_') => {
                    word.push(c);
                    continue;
                }
                _ => start = start && word.is_empty(),
            }
            if !word.is_empty() {
                out.push(std::mem::take(&mut word));
                start = c == ',' && depth == 1;
            }
            if depth == 0 && !start {
                break;
            }
        }
        if !word.is_empty() {
            out.push(word);
        }
    }
    out
}

#[test]
fn modules_use_only_those_above_them() {
    let order = modules();
    let place = |name: &str| order.iter().position(|m| m == name);
    let mut problems = Vec::new();
    for (path, text) in sources() {
        let module = path.components().next().unwrap().as_str().trim_end_matches(".rs").to_owned();
        let Some(own) = place(&module) else { continue };
        for (number, line) in text.lines().enumerate() {
            if line.trim_start().starts_with("//") {
                continue;
            }
            for used in named(line) {
                if place(&used).is_some_and(|p| p > own) {
                    problems
                        .push(format!("src/{path}:{}: `{module}` uses `{used}`, which stands below it", number + 1));
                }
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn what_a_use_names_is_read_right() {
    assert_eq!(named("use crate::report::Code;"), ["report"]);
    assert_eq!(named("use crate::{report::{Code, Sink}, source::Span};"), ["report", "source"]);
    assert_eq!(named("fn f(_: &crate::stack::Stack, _: crate::graph::Dag)"), ["stack", "graph"]);
    assert_eq!(named("use my_crate::report;"), Vec::<String>::new());
}

#[test]
fn files_are_small() {
    let long: Vec<String> = sources()
        .iter()
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > MOST_LINES)
        .map(|(path, lines)| format!("src/{path} has {lines} lines"))
        .collect();
    assert!(long.is_empty(), "at most {MOST_LINES}: {}", long.join(", "));
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent: Vec<String> =
        sources().into_iter().filter(|(p, t)| p != "lib.rs" && !t.starts_with("//!")).map(|(p, _)| p.into()).collect();
    assert!(silent.is_empty(), "no `//!` at the head of {}", silent.join(", "));
}

/// No code asks which target this is: it asks what is supported. Comments may give examples. `local` is an English word, so it counts as a whole
/// string only.
#[test]
fn targets_are_named_only_in_their_folders() {
    let targets = ["sagemaker", "vertex", "kubernetes"];
    let mut problems = Vec::new();
    for (path, text) in sources() {
        if path.starts_with("target") {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let lower = line.to_lowercase();
            let code = lower.split("//").next().unwrap_or("");
            if targets.iter().any(|t| code.contains(t)) || code.contains("\"local\"") || code.contains("target::local")
            {
                problems.push(format!("src/{path}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Only `report` writes to the process's streams.
#[test]
fn only_report_prints() {
    let mut problems = Vec::new();
    for (path, text) in sources() {
        if path.starts_with("report") {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            if ["println!(", "eprintln!(", "io::stdout().lock", "io::stdout().write"].iter().any(|w| line.contains(w)) {
                problems.push(format!("src/{path}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
