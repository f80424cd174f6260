//! A relative path starts at the folder of the file in which it is written, whatever carries it from there.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use servec::compile::{Options, compile_with};
use servec::files::{Nothing, Overlay};
use servec::report::{Format, Look, PLAIN_WIDTH, render};
use servec::stack::{Artifact, Origin, Stack};

/// A program of a stack in `app` over parts in `lib`, each with files of the same names.
fn stack(app: &str, lib: &str) -> Stack {
    let mut texts: BTreeMap<Utf8PathBuf, String> = BTreeMap::new();
    for folder in ["app", "lib"] {
        for name in ["first.bin", "second.bin", "request.json", "labels.txt"] {
            texts.insert(format!("{folder}/{name}").into(), folder.to_owned());
        }
    }
    texts.insert("app/main.serve".into(), app.to_owned());
    texts.insert("lib/parts.serve".into(), lib.to_owned());
    let compiled =
        compile_with(Utf8Path::new("app/main.serve"), &Options::default(), &Overlay { texts, below: Nothing });
    let shown = render(&compiled.sources, &compiled.diagnostics, Format::Text(Look::Plain, PLAIN_WIDTH));
    assert!(!compiled.failed, "{shown}");
    compiled.stacks.into_iter().next().unwrap()
}

fn artifact(stack: &Stack, model: &str) -> String {
    match &stack.models[model].origin {
        Origin::Framework { artifact, .. } => match &artifact.value {
            Artifact::File { path, .. } => path.to_string(),
            Artifact::Remote { uri } => uri.to_string(),
        },
        Origin::Image { .. } => String::new(),
    }
}

const MODEL: &str = "framework = onnx(\"1.20\"), input x: tensor<f32>[1], output y: tensor<f32>[1]";

#[test]
fn what_an_override_writes_starts_at_the_file_of_the_override() {
    let lib = format!(
        r#"model m {{ {MODEL}, artifact = "./first.bin" }}
        endpoint kept {{ serve = m, mode = realtime {{ timeout = 5s }}, sample {{ request = "./request.json" }} }}
        endpoint other {{ serve = m, mode = realtime {{ timeout = 5s }}, sample {{ request = "./request.json" }} }}"#
    );
    let app = r#"use "../lib/parts.serve".{m, kept, other}
        stack dev on local {
          deploy kept
          deploy other { serve = m with { artifact = "./second.bin" }, sample { request = "request.json" } }
        }"#;
    let stack = stack(app, &lib);
    assert_eq!(artifact(&stack, "m"), "lib/first.bin");
    assert_eq!(artifact(&stack, "m@with"), "app/second.bin");
    let requests: Vec<&str> =
        stack.endpoints.iter().map(|e| e.sample.as_ref().unwrap().value.request.as_str()).collect();
    assert_eq!(requests, ["lib/request.json", "app/request.json"]);
}

/// Names, fields of records, choices and parameters' defaults carry a path, and leave it where it was written.
#[test]
fn what_a_name_carries_starts_where_it_was_written() {
    let lib = r#"let first = "./first.bin"
        let again = first
        let paths = { second = "./second.bin" }
        param given: string = "./second.bin""#;
    let app = format!(
        r#"use "../lib/parts.serve".{{again, paths, given}}
        let own = "./first.bin"
        let chosen = if true then paths.second else own
        model a {{ {MODEL}, artifact = again }}
        model b {{ {MODEL}, artifact = paths.second }}
        model c {{ {MODEL}, artifact = chosen }}
        model d {{ {MODEL}, artifact = given }}
        model e {{ {MODEL}, artifact = own }}
        model f {{ {MODEL}, artifact = "${{again}}" }}
        endpoint one {{ serve = a, mode = realtime {{ timeout = 5s }} }}
        stack dev on local {{ deploy one }}"#
    );
    let found = stack(&app, lib);
    assert_eq!(artifact(&found, "a"), "lib/first.bin");
    let each = |model: &str| {
        let other = app.replace("serve = a,", &format!("serve = {model},"));
        let stack = stack(&other, lib);
        artifact(&stack, stack.models.keys().next().unwrap())
    };
    assert_eq!(each("b"), "lib/second.bin");
    assert_eq!(each("c"), "lib/second.bin");
    assert_eq!(each("d"), "lib/second.bin");
    assert_eq!(each("e"), "app/first.bin");
    // A text that is made anew is written here.
    assert_eq!(each("f"), "app/first.bin");
    assert_eq!(each("(a with { artifact = paths.second })"), "lib/second.bin");
}
