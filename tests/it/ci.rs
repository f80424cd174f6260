//! What the documents on CI tell people to run is what the command line takes.

use std::path::Path;

use clap::Parser;
use servec::cli::args::Cli;

fn text(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The commands of servec in a text, without what a shell does with their output.
fn commands(text: &str) -> Vec<Vec<String>> {
    let fenced = text.split("```").skip(1).step_by(2).collect::<Vec<_>>();
    let blocks = if fenced.is_empty() { vec![text] } else { fenced };
    let lines = blocks.into_iter().flat_map(str::lines);
    lines
        .filter_map(|line| line.split("servec ").nth(1).filter(|_| line.contains("run: servec ") || starts(line)))
        .map(|rest| rest.split(['>', '|', '#']).next().unwrap_or(rest))
        .map(|rest| ["servec"].into_iter().chain(rest.split_whitespace()).map(str::to_owned).collect())
        .collect()
}

fn starts(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("servec ") || line.starts_with("entry: servec ")
}

#[test]
fn every_command_that_the_documents_on_ci_show_is_one() {
    for (path, least) in [("docs/ci.md", 8), (".pre-commit-hooks.yaml", 2)] {
        let commands = commands(&text(path));
        assert!(commands.len() >= least, "{path}: only {commands:?}");
        for words in commands {
            assert!(Cli::try_parse_from(&words).is_ok(), "{path}: {words:?}");
        }
    }
}

#[test]
fn a_hook_runs_on_the_files_of_the_language_and_on_no_others() {
    let hooks = text(".pre-commit-hooks.yaml");
    assert_eq!(hooks.matches("- id: ").count(), hooks.matches("files: \\.serve$").count());
}
