//! What editors use: the colours of VS Code and its extension's package, and the tree-sitter grammar with its queries.
//! Needs the Python of `tests/all`, which has Node and npm beside it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::syntax::examples;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The interpreter; none where it is absent, which fails in CI.
fn python() -> Option<PathBuf> {
    let python = std::env::var_os("SERVEC_TEST_PYTHON").map(PathBuf::from);
    assert!(python.is_some() || std::env::var_os("CI").is_none(), "SERVEC_TEST_PYTHON is not set: run tests/all");
    python
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(output.status.success(), "{command:?}: {}\n{text}", output.status);
    text
}

/// A copy of a folder's own files, so that what npm installs and makes lies elsewhere.
fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (path, next) = (entry.path(), to.join(entry.file_name()));
        match path.is_dir() {
            true if entry.file_name() == "node_modules" => {}
            true => copied(&path, &next),
            false => drop(std::fs::copy(&path, &next).unwrap()),
        }
    }
}

#[test]
fn the_extension_for_vs_code_colours_finds_its_program_and_packs_with_its_client() {
    let Some(python) = python() else { return };
    let bin = python.parent().unwrap().to_owned();
    let home = tempfile::tempdir().unwrap();
    // The package script takes the licence from two folders up.
    let folder = home.path().join("editors/vscode");
    copied(&root().join("editors/vscode"), &folder);
    std::fs::copy(root().join("LICENSE"), home.path().join("LICENSE")).unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let npm = |words: &[&str]| {
        let mut command = Command::new(bin.join("npm"));
        run(command.args(words).current_dir(&folder).env("PATH", &path).env("npm_config_audit", "false"))
    };
    npm(&["ci", "--no-fund"]);
    let tested = npm(&["test"]);
    assert!(tested.contains("tests/declarations.serve run successfu"), "{tested}");
    assert!(tested.contains("# pass 3") || tested.contains("pass 3"), "{tested}");
    npm(&["run", "package"]);
    let list = "import sys, zipfile; print('\\n'.join(zipfile.ZipFile(sys.argv[1]).namelist()))";
    let packed = run(Command::new(&python).args(["-c", list]).arg(folder.join("servec.vsix")));
    for file in
        ["extension.js", "find.js", "syntaxes/serve.tmLanguage.json", "node_modules/vscode-languageclient/node.js"]
    {
        assert!(packed.contains(&format!("extension/{file}\n")), "{file} is not in\n{packed}");
    }
}

/// Every good program is a tree without a gap, and every query is one of this grammar.
#[test]
fn the_tree_sitter_grammar_reads_every_good_program() {
    let Some(python) = python() else { return };
    let home = tempfile::tempdir().unwrap();
    let (library, programs) = (home.path().join("serve.so"), home.path().join("programs"));
    let folder = root().join("editors/tree-sitter-serve");
    let cc = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let mut build = Command::new(cc);
    build
        .args(["-shared", "-fPIC", "-I"])
        .arg(folder.join("src"))
        .args(["parser.c", "scanner.c"].map(|file| folder.join("src").join(file)));
    run(build.arg("-o").arg(&library));
    std::fs::create_dir_all(&programs).unwrap();
    let generated = (0..200).map(|seed| (format!("generated-{seed}"), crate::generate::program(seed, 3)));
    let rest = std::fs::read_to_string(root().join("tests/editors/expressions.serve")).unwrap();
    let all = examples().into_iter().chain(generated).chain([("expressions".to_owned(), rest)]);
    for (at, (name, text)) in all.enumerate() {
        let mut sink = servec::report::Sink::default();
        let _ = servec::syntax::parse(servec::source::FileId(0), &text, &mut sink);
        assert!(!sink.has_errors(), "{name}: {:?}", sink.as_slice());
        std::fs::write(programs.join(format!("{at}.serve")), text).unwrap();
    }
    let script = root().join("tests/editors/read_trees.py");
    let said = run(Command::new(&python).arg(script).arg(&library).arg(&folder).arg(&programs));
    println!("{said}");
    assert!(said.contains("0 with errors") && said.contains("4 broken texts found broken"), "{said}");
}

/// What VS Code colours as a declaration, a type or a policy is what the language has.
#[test]
fn the_words_that_editors_colour_are_those_of_the_language() {
    let colours = std::fs::read_to_string(root().join("editors/vscode/syntaxes/serve.tmLanguage.json")).unwrap();
    let tree = std::fs::read_to_string(root().join("editors/tree-sitter-serve/grammar.js")).unwrap();
    let grammar = std::fs::read_to_string(root().join("grammar/serve.pest")).unwrap();
    let line = grammar.lines().find(|line| line.starts_with("decl_word")).unwrap();
    for word in line.split('"').skip(1).step_by(2) {
        assert!(
            colours.contains(&format!("|{word}|"))
                || colours.contains(&format!("({word}|"))
                || colours.contains(&format!("|{word})")),
            "{word}"
        );
        assert!(tree.contains(&format!("\"{word}\"")), "{word}");
    }
}
