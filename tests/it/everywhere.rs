//! The examples on every target: they compile there once their files lie where the target reads them, or each thing that
//! is in the way is refused with a source.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use servec::compile::Compiled;
use servec::report::{Diagnostic, Severity};

use crate::cases::{compile_over, folders};

/// What a stack on a target must say, and where model files lie there, from a file's name on.
struct Place {
    target: &'static str,
    settings: &'static str,
    files: Option<(&'static str, &'static str)>,
}

const PLACES: [Place; 4] = [
    Place { target: "local", settings: "", files: None },
    Place { target: "kubernetes", settings: "", files: Some(("s3://shop/", ".onnx")) },
    Place { target: "sagemaker", settings: "  region = \"us-east-1\"\n", files: Some(("s3://shop/", ".tar.gz")) },
    Place {
        target: "vertex",
        settings: "  project = \"shop\"\n  region = \"us-central1\"\n",
        files: Some(("gs://shop/", ".onnx")),
    },
];

#[test]
fn every_example_compiles_on_every_target_or_says_with_a_source_why_not() {
    let root = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let (mut compiled, mut refused) = (vec![], vec![]);
    for example in folders(&root).into_iter().filter(|folder| folder.join("main.serve").exists()) {
        for place in &PLACES {
            let on = format!("{} on {}", example.file_name().unwrap(), place.target);
            let result = at(&example, place);
            let errors: Vec<&Diagnostic> =
                result.diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
            for error in &errors {
                let sourced = error.notes.iter().any(|note| note.starts_with("source: ") && note.contains(", as of "));
                assert!(sourced && error.help.is_some(), "{on}: {}: {}", error.code.id(), error.message);
            }
            if errors.is_empty() { compiled.push(on) } else { refused.push(on) }
        }
    }
    println!("{} compile: {}\n{} don't: {}", compiled.len(), compiled.join(", "), refused.len(), refused.join(", "));
    // Machines are pinned by SageMaker's names in the one example whose point is what they cost.
    assert!(refused.iter().all(|on| on.starts_with("pool-or-not on ")), "{refused:?}");
    assert!(compiled.len() >= 9, "{compiled:?}");
}

/// The example with all its stacks on one target, and its model files there.
fn at(example: &Utf8Path, place: &Place) -> Compiled {
    let path = Utf8PathBuf::from("main.serve");
    let text = std::fs::read_to_string(example.join(&path)).unwrap();
    let mut out = String::new();
    for line in text.lines() {
        let line = match place.files {
            Some((before, after)) => moved(line, before, after),
            None => line.to_owned(),
        };
        match line.strip_prefix("stack ").and_then(|rest| rest.split_once(" on ")) {
            Some((name, _)) => out.push_str(&format!("stack {name} on {} {{\n{}", place.target, place.settings)),
            // Another target's.
            None if line.trim_start().starts_with("region ") => {}
            None => {
                out.push_str(&line);
                out.push('\n');
            }
        }
    }
    compile_over(example, BTreeMap::from([(path, out)]))
}

/// A line with a model's file in a bucket.
fn moved(line: &str, before: &str, after: &str) -> String {
    let Some((head, rest)) = line.split_once("\"./models/").filter(|(head, _)| head.contains("artifact")) else {
        return line.to_owned();
    };
    let (file, tail) = rest.split_once(".onnx\"").unwrap();
    format!("{head}\"{before}{file}{after}\"{tail}")
}
