//! What a secret parameter holds: kept beside the stack, and shown nowhere.

use std::collections::BTreeMap;

use camino::Utf8Path;
use servec::check::{Given, TargetInfo, check};
use servec::compile::{Options, compile_with};
use servec::files::{Nothing, Overlay};
use servec::names::resolve;
use servec::report::{Format, Look, PLAIN_WIDTH, Sink, render};
use servec::source::SourceMap;
use servec::stack::Secrets;

use crate::support::program::{MAIN, Program};

const TAGS: &str = r#"
model tagger {
  image = "registry/tagger:3"
  input  photo: image<jpeg>
  output tags:  json
  env = { A = by_default, B = by_with, C = by_flag, D = by_name, E = again }
}
endpoint tags {
  serve = tagger
}
"#;

/// One parameter for each way of giving a value. The `with` names another secret, a constant, and what a flag gives too.
const PARAMS: &str = r#"
let kept = "hush-constant"
param by_default: string = "hush-default" { secret = true }
param by_with: string { secret = true }
param by_flag: string = "hush-unused" { secret = true }
param by_name: string { secret = true }
param again: string { secret = true }
stack dev on local {
  with { by_with = "hush-with", by_name = kept, again = by_default }
  deploy tags
}
"#;

fn secrets(text: &str) -> Secrets {
    let texts = [("main.serve".into(), text.to_owned())].into();
    let files = Overlay { texts, below: Nothing };
    let (mut sources, mut sink) = (SourceMap::default(), Sink::default());
    let names = resolve(&["main.serve".into()], &files, &mut sources, &mut sink);
    let set = BTreeMap::from([("by_flag".to_owned(), "hush-flag".to_owned())]);
    let targets = [TargetInfo { name: "local", settings: &[] }];
    let given = Given { files: &files, targets: &targets, texts: &set, set: &set, stacks: &[] };
    let stacks = check(&names, &given, &mut sink);
    assert!(!sink.has_errors(), "{:?}", sink.as_slice());
    stacks[0].secrets.clone()
}

#[test]
fn a_secret_is_known_however_it_is_given() {
    let found = secrets(&format!("{PARAMS}{TAGS}")).0;
    let found: Vec<(&str, &str)> = found.iter().map(|(name, value)| (&**name, &**value)).collect();
    let expected = [
        ("again", "hush-default"),
        ("by_default", "hush-default"),
        ("by_flag", "hush-flag"),
        ("by_name", "hush-constant"),
        ("by_with", "hush-with"),
    ];
    assert_eq!(found, expected);
    assert!(!format!("{:?}", secrets(&format!("{PARAMS}{TAGS}"))).contains("hush"));
}

/// Mistakes on the very lines that spell a secret out, or about the secret itself.
#[test]
fn no_diagnostic_shows_a_secret() {
    let mistakes = [
        ("by_with = ", "by_wiht = 1, by_with = "),
        ("again = by_default", "again = by_default, again = \"hush-twice\""),
        ("by_default: string", "by_default: sting"),
        ("by_default: string", "by_default: int"),
        ("by_with: string", "by_with: \"one\" | \"two\""),
        ("A = by_default", "A = \"${by_default}\""),
        ("image = \"registry/tagger:3\"", "image = by_name"),
        ("let kept = \"hush-constant\"", "let kept: int = \"hush-constant\""),
        ("by_with = \"hush-with\"", "by_with = if true then \"hush-with\" else \"hush-other\""),
        ("deploy tags", "deploy tugs"),
    ];
    for (from, to) in mistakes {
        let text = format!("{PARAMS}{TAGS}").replace(from, to);
        let files = Overlay { texts: [("main.serve".into(), text)].into(), below: Nothing };
        let set =
            BTreeMap::from([("by_flag".to_owned(), "hush-flag".to_owned()), ("by_with".into(), "hush-no".into())]);
        let compiled = compile_with(Utf8Path::new("main.serve"), &Options { set, ..Options::default() }, &files);
        assert!(compiled.failed, "{to}");
        for format in [Format::Text(Look::Plain, PLAIN_WIDTH), Format::Json, Format::Sarif, Format::Github] {
            let shown = render(&compiled.sources, &compiled.diagnostics, format);
            assert!(!shown.contains("hush"), "{to}\n{shown}");
        }
    }
}

#[test]
fn no_command_shows_a_secret() {
    let program = Program::new();
    let stack = "with { by_with = \"hush-with\", by_name = kept, again = by_default }\n  deploy score";
    let params = PARAMS.split("stack dev").next().unwrap();
    program.write("main.serve", format!("{params}{}", MAIN.replace("deploy score", stack)).as_bytes());
    let flags = ["--set", "by_flag=hush-flag", "--log", "log"];
    for words in [
        &["check"][..],
        &["check", "--format", "sarif"],
        &["graph"],
        &["graph", "--format", "json"],
        &["plan", "--explain", "-v"],
        &["plan", "--format", "json", "--out", "saved"],
        &["diff"],
        &["build", "--out", "built"],
        &["apply", "--yes", "-v"],
        &["status", "--format", "json"],
        &["destroy", "--yes"],
        &["try", "-v"],
    ] {
        let ran = program.run(&[words, &flags].concat()).ends_with(0);
        assert!(!ran.out.contains("hush") && !ran.err.contains("hush"), "{words:?}: {ran:?}");
    }
    let kept = walkdir(program.path()).into_iter().filter(|path| !path.ends_with("main.serve"));
    for path in kept {
        let bytes = std::fs::read(&path).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("hush"), "{path}");
    }
}

fn walkdir(folder: &Utf8Path) -> Vec<camino::Utf8PathBuf> {
    let mut out = vec![];
    for entry in folder.read_dir_utf8().unwrap() {
        let path = entry.unwrap().into_path();
        if path.is_dir() { out.extend(walkdir(&path)) } else { out.push(path) }
    }
    out
}
