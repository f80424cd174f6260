//! The examples as the model server is told them. The specs lie beside the server's own tests, which serve them with both
//! engines against recorded answers; here they must be what the compiler says today, but for where files are.

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;
use servec::capability::fit;
use servec::compile::{Options, compile};
use servec::graph;
use servec::report::Sink;
use servec::resource::{Address, Desired};
use servec::target::local::Local;
use servec::target::{Emitter as _, Target as _};
use similar::TextDiff;

#[test]
fn the_specs_that_the_server_is_tested_with_are_what_the_examples_lower_to() {
    let root = Utf8Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut problems = vec![];
    for (example, endpoint) in [("quickstart", "kinds"), ("reader", "reader")] {
        let desired = lowered(&root.join("examples").join(example));
        let mut spec = desired.resources[&Address::new("endpoint", endpoint)].body.clone();
        place(&mut spec, &sources(&desired, root));
        let (path, now) = (format!("runtime/tests/recorded/{example}.spec.json"), format!("{spec:#}\n"));
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(root.join(&path), now).unwrap();
            continue;
        }
        let recorded = std::fs::read_to_string(root.join(&path)).unwrap();
        if recorded != now {
            problems.push(TextDiff::from_lines(&recorded, &now).unified_diff().header(&path, "now").to_string());
        }
    }
    assert!(problems.is_empty(), "look at each, then UPDATE_EXPECT=1 rewrites them\n\n{}", problems.join("\n"));
}

fn lowered(example: &Utf8Path) -> Desired {
    let compiled = compile(example, &Options::default());
    let [stack] = compiled.stacks.as_slice() else { panic!("{:?}", compiled.diagnostics) };
    let mut sink = Sink::default();
    let dag = graph::build(stack, &mut sink).unwrap();
    Local.lower(&fit(stack, &dag, Local.table(), &mut sink).unwrap())
}

/// Every file that the stack takes along: its hash, and where it is, seen from the folder of the specs.
fn sources(desired: &Desired, root: &Utf8Path) -> Vec<(String, Utf8PathBuf)> {
    let artifacts = desired.resources.values().filter(|resource| &*resource.kind == "artifact");
    let found = artifacts.map(|artifact| {
        let text = |key: &str| artifact.body[key].as_str().unwrap();
        let source = Utf8Path::new(text("source")).strip_prefix(root).unwrap();
        (text("sha256").to_owned(), Utf8Path::new("../../..").join(source))
    });
    found.collect()
}

/// Names each file where the repository has it, so that nothing needs to be copied to serve the spec.
fn place(body: &mut Value, sources: &[(String, Utf8PathBuf)]) {
    if let Some(fields) = body.as_object_mut() {
        let source = sources.iter().find(|(sha256, _)| fields.get("sha256").and_then(Value::as_str) == Some(sha256));
        if let (Some((_, source)), true) = (source, fields.contains_key("path")) {
            fields.insert("path".to_owned(), source.as_str().into());
        }
        fields.values_mut().for_each(|value| place(value, sources));
    } else if let Some(items) = body.as_array_mut() {
        items.iter_mut().for_each(|value| place(value, sources));
    }
}
