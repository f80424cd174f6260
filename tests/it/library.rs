//! The standard library and the examples are programs like any other: they are checked without a word.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use servec::compile::{Options, compile, compile_with};
use servec::files::{Nothing, Overlay};
use servec::report::{Format, Look, render};
use servec::stdlib;

#[test]
fn every_part_of_the_standard_library_is_clean() {
    for name in stdlib::names() {
        let path = Utf8PathBuf::from(format!("{name}.serve"));
        let text = stdlib::text(&path).unwrap();
        let own = Utf8PathBuf::from("program").join(path.file_name().unwrap());
        let files = Overlay { texts: BTreeMap::from([(own.clone(), text.to_owned())]), below: Nothing };
        let compiled = compile_with(&own, &Options::default(), &files);
        let said = render(&compiled.sources, &compiled.diagnostics, Format::Text(Look::Plain, 100));
        assert!(compiled.diagnostics.is_empty(), "{name}:\n{said}");
        assert!(compiled.names.declarations().count() > 0, "{name} declares nothing");
    }
}

#[test]
fn the_library_lists_every_file_of_its_folder() {
    let folder = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("stdlib");
    let mut there: Vec<String> = folder
        .read_dir_utf8()
        .unwrap()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.extension() == Some("serve"))
        .map(|path| format!("std/{}", path.file_stem().unwrap()))
        .collect();
    there.sort();
    assert_eq!(there, stdlib::names().collect::<Vec<_>>());
}

#[test]
fn every_example_is_clean_and_deploys_something() {
    let folder = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut seen = 0;
    for entry in folder.read_dir_utf8().unwrap() {
        let example = entry.unwrap().into_path();
        let compiled = compile(&example, &Options::default());
        let said = render(&compiled.sources, &compiled.diagnostics, Format::Text(Look::Plain, 100));
        assert!(compiled.diagnostics.is_empty(), "{example}:\n{said}");
        assert!(compiled.stacks.iter().any(|stack| !stack.endpoints.is_empty()), "{example} deploys nothing");
        assert!(example.join("README.md").exists(), "{example} has no README.md");
        seen += 1;
    }
    assert!(seen >= 2);
}
