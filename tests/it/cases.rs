//! Every folder of `tests/cases/<area>/<name>/`: a program, and the diagnostics it must get. See `tests/README.md`.

use std::collections::BTreeMap;
use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use clap::Parser as _;
use servec::cli::args::Cli;
use servec::compile::{Compiled, Options, compile_with};
use servec::files::{Disk, Overlay, Within};
use servec::report::{Format, Look, PLAIN_WIDTH, render};
use similar::TextDiff;

#[test]
fn every_case_is_as_expected() {
    let mut problems = Vec::new();
    let cases = cases();
    for case in &cases {
        let compiled = compile(case);
        let text = render(&compiled.sources, &compiled.diagnostics, Format::Text(Look::Plain, PLAIN_WIDTH));
        compare(&case.join("expected.txt"), &text, true, &mut problems);
    }
    assert!(
        problems.is_empty(),
        "{} of {} cases differ; look at each, then UPDATE_EXPECT=1 rewrites them\n\n{}",
        problems.len(),
        cases.len(),
        problems.join("\n")
    );
}

/// What a case says of other stages: a file that is there is compared.
#[test]
fn stages_that_a_case_names_are_as_expected() {
    let mut problems = Vec::new();
    for case in cases() {
        let main = case.join("main.serve");
        let form = case.join("fmt.expected");
        if form.exists() {
            compare(&form, &stdout(&["fmt", "--stdin"], Some(&main), &case), false, &mut problems);
        }
        let graph = case.join("graph.expected");
        if graph.exists() {
            compare(&graph, &stdout(&["graph"], None, &case), false, &mut problems);
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Compiles the way the command line would from within the case's folder; `args.txt` holds more arguments.
pub fn compile(case: &Utf8Path) -> Compiled {
    compile_over(case, BTreeMap::new())
}

/// The same with other texts in place of some files.
pub fn compile_over(case: &Utf8Path, texts: BTreeMap<Utf8PathBuf, String>) -> Compiled {
    let more = fs::read_to_string(case.join("args.txt")).unwrap_or_default();
    let words = ["servec", "check"].into_iter().chain(more.split_whitespace());
    let global = Cli::try_parse_from(words).unwrap_or_else(|e| panic!("{case}/args.txt: {e}")).global;
    let options = Options {
        set: global.set.into_iter().collect(),
        vars: global.vars,
        stacks: global.stack,
        capabilities: global.capabilities,
    };
    compile_with(Utf8Path::new("."), &options, &Overlay { texts, below: Within::new(case, Disk) })
}

fn stdout(args: &[&str], stdin: Option<&Utf8Path>, folder: &Utf8Path) -> String {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_servec"));
    command.args(args).current_dir(folder);
    if let Some(path) = stdin {
        command.stdin(fs::File::open(path).unwrap());
    }
    let output = command.output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn compare(path: &Utf8Path, actual: &str, needed: bool, problems: &mut Vec<String>) {
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        return fs::write(path, actual).unwrap();
    }
    match fs::read_to_string(path) {
        Ok(expected) if expected == actual => {}
        Ok(expected) => {
            let diff = TextDiff::from_lines(&expected, actual);
            problems.push(diff.unified_diff().header(path.as_str(), "now").to_string());
        }
        Err(_) if needed => problems.push(format!("{path} is missing; what is found now:\n{actual}")),
        Err(error) => problems.push(format!("{path}: {error}")),
    }
}

/// All case folders, in order.
pub fn cases() -> Vec<Utf8PathBuf> {
    let root = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut found = Vec::new();
    // What the parser alone says of `syntax` is compared in `syntax.rs`, in a form of its own.
    for area in folders(&root).into_iter().filter(|area| area.file_name() != Some("syntax")) {
        for case in folders(&area) {
            assert!(case.join("main.serve").exists(), "{case} has no main.serve");
            found.push(case);
        }
    }
    found
}

pub fn folders(of: &Utf8Path) -> Vec<Utf8PathBuf> {
    let entries = of.read_dir_utf8().unwrap().map(|e| e.unwrap().into_path());
    let mut folders: Vec<Utf8PathBuf> = entries.filter(|p| p.is_dir()).collect();
    folders.sort();
    folders
}

/// A name is one case: two areas may not hold the same folder name with other letters' case (some file systems).
#[test]
fn case_names_are_plain() {
    let mut seen = BTreeMap::new();
    for case in cases() {
        let name = case.as_str().to_lowercase();
        let plain = case.file_name().unwrap().chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        assert!(plain, "{case}: lower case, digits and `-` only");
        assert_eq!(seen.insert(name, case.clone()), None, "{case} twice");
    }
}
