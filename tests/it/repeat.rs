//! The same program gives the same bytes, stage by stage: in one process, where each hash map has an order of its own,
//! and in two.

use std::fmt::Write as _;
use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};
use servec::compile::{Compiled, Options, compile_with};
use servec::files::{Disk, Files, Nothing, Overlay};
use servec::graph::{build, export};
use servec::report::{Format, Look, PLAIN_WIDTH, Sink, render};
use servec::resource::Observed;
use servec::source::SourceMap;
use servec::stack::Stack;
use servec::{capability, diff, plan, target};

use crate::generate::program;
use crate::support::valid::valid_program;

fn examples() -> Vec<Utf8PathBuf> {
    let folder = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut found: Vec<Utf8PathBuf> =
        folder.read_dir_utf8().unwrap().map(|e| e.unwrap().into_path()).filter(|p| p.is_dir()).collect();
    found.sort();
    assert!(!found.is_empty());
    found
}

/// Clean programs, programs with many mistakes, and texts that mean nothing.
fn generated() -> Vec<String> {
    let clean = (0..12).map(|seed| valid_program(4 + seed as usize, seed));
    let wrong = (20..32).map(|seed| {
        let text = valid_program(8, seed);
        text.replace("memory", "memroy").replace("patience }", "patiense }").replace("deploy ", "deploy nobody, ")
    });
    let random = (40..52).map(|seed| program(seed, 12));
    clean.chain(wrong).chain(random).collect()
}

/// What every stage makes of a program, as text.
fn everything(path: &Utf8Path, files: &dyn Files) -> String {
    let compiled = compile_with(path, &Options::default(), files);
    let mut out = String::new();
    for format in [Format::Text(Look::Plain, PLAIN_WIDTH), Format::Json, Format::Sarif, Format::Github] {
        out.push_str(&render(&compiled.sources, &compiled.diagnostics, format));
    }
    for stack in &compiled.stacks {
        writeln!(out, "{stack:?}").unwrap();
        further(stack, &compiled, &mut out);
    }
    out
}

fn further(stack: &Stack, compiled: &Compiled, out: &mut String) {
    let mut sink = Sink::default();
    let dag = build(stack, &mut sink).unwrap();
    let drawings = export::drawings(stack, &dag);
    for text in [export::text(&drawings), export::dot(&drawings), export::mermaid(&drawings)] {
        out.push_str(&text);
    }
    writeln!(out, "{:#}", export::json(&drawings)).unwrap();
    let Some(emitter) = target::find(&stack.target).unwrap().emitter() else {
        return writeln!(out, "{} is checked only", stack.target).unwrap();
    };
    let fitted = capability::fit(stack, &dag, compiled.tables.get(&stack.target).unwrap(), &mut sink).unwrap();
    let desired = emitter.lower(&fitted);
    writeln!(out, "{desired:?}").unwrap();
    for file in emitter.files(&desired) {
        writeln!(out, "{}\n{}", file.path, String::from_utf8_lossy(&file.contents)).unwrap();
    }
    let observed = Observed::default();
    let changes = diff::diff(&desired, &observed, emitter.rules());
    let made = plan::plan(&desired, &observed, &changes, &compiled.sources);
    writeln!(out, "{}{:#}\n{}", made.to_text(false), made.to_json(), made.to_diff(false)).unwrap();
    assert!(!plan::plan(&desired, &observed, &changes, &SourceMap::default()).is_empty());
}

#[test]
fn two_runs_in_one_process_make_the_same_bytes() {
    for path in examples() {
        let first = everything(&path, &Disk);
        let goes_all_the_way = first.contains("to create") || first.contains(" is checked only");
        assert!(goes_all_the_way, "{path} reaches a plan\n{first}");
        assert_eq!(everything(&path, &Disk), first, "{path}");
    }
    let (mut planned, mut refused) = (0, 0);
    for text in generated() {
        let once = || {
            let files = Overlay { texts: [("main.serve".into(), text.clone())].into(), below: Nothing };
            everything(Utf8Path::new("main.serve"), &files)
        };
        // A thread has hash maps with keys of its own.
        let (first, second) = std::thread::scope(|s| (s.spawn(once).join().unwrap(), s.spawn(once).join().unwrap()));
        assert_eq!(first, second, "{text}");
        planned += usize::from(first.contains("to create"));
        refused += usize::from(first.contains("\"severity\": \"error\""));
    }
    assert!(planned >= 6 && refused >= 12, "{planned} were planned and {refused} refused");
}

#[test]
fn two_processes_make_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let folder = Utf8Path::from_path(folder.path()).unwrap();
    let mut programs = examples();
    for (n, text) in generated().into_iter().enumerate() {
        let path = folder.join(format!("p{n}.serve"));
        std::fs::write(&path, text).unwrap();
        programs.push(path);
    }
    let run = |words: &[&str], path: &Utf8Path, folder: &Utf8Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_servec"));
        command.args(words).arg(path).current_dir(folder).env("SERVEC_DATA", folder.join("data"));
        let ran = command.output().unwrap();
        (ran.status.code(), String::from_utf8(ran.stdout).unwrap(), String::from_utf8(ran.stderr).unwrap())
    };
    for path in &programs {
        for words in [
            &["check", "--format", "json"][..],
            &["graph", "--format", "json"],
            &["plan", "--explain"],
            &["plan", "--format", "json"],
            &["build", "--format", "json", "--out", "built"],
        ] {
            let first = run(words, path, folder);
            let built = contents(&folder.join("built"));
            assert_eq!(run(words, path, folder), first, "{words:?} {path}");
            assert_eq!(contents(&folder.join("built")), built, "{path}");
            let _ = std::fs::remove_dir_all(folder.join("built"));
        }
    }
}

/// Every file below a folder, with its bytes.
fn contents(folder: &Utf8Path) -> Vec<(Utf8PathBuf, Vec<u8>)> {
    let mut out = vec![];
    for entry in folder.read_dir_utf8().into_iter().flatten() {
        let path = entry.unwrap().into_path();
        if path.is_dir() {
            out.extend(contents(&path));
        } else {
            out.push((path.clone(), std::fs::read(&path).unwrap()));
        }
    }
    out.sort();
    out
}
