//! The built `servec` as people and programs meet it.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A program without a mistake, in form.
const GOOD: &str = "param stage: \"dev\" | \"prod\" = \"dev\"\n";

fn servec(folder: &TempDir, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_servec"));
    command.args(args).current_dir(folder.path()).env_remove("NO_COLOR").stdin(Stdio::null());
    command.output().unwrap()
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (path, text) in files {
        fs::write(folder.path().join(path), text).unwrap();
    }
    folder
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

#[test]
fn a_good_program_passes_and_a_bad_one_fails_with_one() {
    let good = servec(&folder(&[("main.serve", GOOD)]), &["check"]);
    assert_eq!(code(&good), 0, "{}", err(&good));
    let bad = servec(&folder(&[("main.serve", "let a = \n")]), &["check"]);
    assert_eq!(code(&bad), 1);
    assert!(err(&bad).contains("[main.serve:1:"), "paths are as short as they can be: {}", err(&bad));
    assert_eq!(out(&bad), "", "text goes to standard error");
}

#[test]
fn bad_usage_is_an_error_and_help_is_not() {
    let folder = folder(&[]);
    for args in
        [&[][..], &["no-such-command"], &["check", "--no-such-flag"], &["check", "--set", "x"], &["-q", "-v", "man"]]
    {
        let output = servec(&folder, args);
        assert_eq!((code(&output), out(&output).as_str()), (1, ""), "{args:?}");
        assert!(!err(&output).is_empty());
    }
    for args in [&["--help"][..], &["check", "--help"], &["--version"], &["help", "explain"]] {
        let output = servec(&folder, args);
        assert_eq!((code(&output), err(&output).as_str()), (0, ""), "{args:?}");
    }
    assert_eq!(out(&servec(&folder, &["--version"])), concat!("servec ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn a_path_without_anything_names_what_is_near() {
    let folder = folder(&[]);
    fs::create_dir(folder.path().join("shop")).unwrap();
    let output = servec(&folder, &["check", "shpo"]);
    assert_eq!(code(&output), 1);
    assert!(
        err(&output).contains("there is no file or folder `shpo`") && err(&output).contains("did you mean `shop`?")
    );
}

#[test]
fn what_programs_read_is_alone_on_standard_output() {
    let folder = folder(&[("main.serve", "let a = \n")]);
    for (format, key) in [("json", "diagnostics"), ("sarif", "runs")] {
        let output = servec(&folder, &["check", "--format", format]);
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(document[key].as_array().unwrap().len(), 1);
        assert_eq!((code(&output), err(&output).as_str()), (1, ""));
    }
    let output = servec(&folder, &["check", "--format", "github"]);
    assert!(out(&output).starts_with("::error file=main.serve,line=1,"), "{}", out(&output));
    let output = servec(&folder, &["check", "nowhere", "--format", "json"]);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["diagnostics"][0]["code"], "E0001");
}

#[test]
fn colour_follows_the_flag() {
    let folder = folder(&[("main.serve", "let a = \n")]);
    assert!(!err(&servec(&folder, &["check"])).contains('\u{1b}'), "a pipe gets none");
    assert!(err(&servec(&folder, &["check", "--color", "always"])).contains('\u{1b}'));
}

#[test]
fn explain_prints_a_page_or_all_titles() {
    let folder = folder(&[]);
    let page = servec(&folder, &["explain", "e0101"]);
    assert_eq!(out(&page), include_str!("../../docs/codes/E0101.md"));
    assert_eq!(out(&servec(&folder, &["explain", "serve::syntax::unexpected"])), out(&page));
    let all = out(&servec(&folder, &["explain"]));
    assert_eq!(all.lines().count(), servec::report::Code::ALL.len());
    let unknown = servec(&folder, &["explain", "E01O1"]);
    assert_eq!(code(&unknown), 1);
    assert!(err(&unknown).contains("did you mean `E0101`?"), "{}", err(&unknown));
}

#[test]
fn init_makes_programs_that_pass_and_writes_over_nothing() {
    for template in ["quickstart", "words"] {
        let folder = folder(&[]);
        let output = servec(&folder, &["init", "shop", "--template", template]);
        assert_eq!(code(&output), 0, "{}", err(&output));
        for args in [&["check", "shop"][..], &["fmt", "--check", "shop"]] {
            let output = servec(&folder, args);
            assert_eq!(code(&output), 0, "{args:?} {}", err(&output));
        }

        let main = folder.path().join("shop/main.serve");
        fs::write(&main, "mine").unwrap();
        fs::remove_dir_all(folder.path().join("shop/samples")).unwrap();
        let again = servec(&folder, &["init", "shop", "--template", template]);
        assert_eq!(code(&again), 1);
        assert!(err(&again).contains("main.serve` is there already"));
        assert_eq!(fs::read_to_string(&main).unwrap(), "mine");
        assert!(!folder.path().join("shop/samples").exists(), "all or nothing");
    }
}

#[test]
fn completions_and_manual_pages_know_every_command() {
    let folder = folder(&[]);
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = out(&servec(&folder, &["completions", shell]));
        assert!(script.contains("explain") && script.contains("vars"), "{shell}");
    }
    let output = servec(&folder, &["man", "--out", "pages"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    for page in ["servec.1", "servec-check.1", "servec-init.1", "servec-explain.1"] {
        let text = fs::read_to_string(folder.path().join("pages").join(page)).unwrap();
        assert!(text.contains(".TH servec"), "{page}");
    }
    assert!(!folder.path().join("pages/servec-serve-runtime.1").exists());
    assert!(out(&servec(&folder, &["man", "check"])).contains(".TH servec-check 1"));
    assert_eq!(code(&servec(&folder, &["man", "chekc"])), 1);
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_servec"))
        .args(["completions", "bash"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((code(&output), err(&output).as_str()), (0, ""));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_servec")).arg("explain").stdout(full).output().unwrap();
    assert_eq!(code(&output), 1);
    assert!(err(&output).contains("the output can't be written"), "{}", err(&output));
}

#[test]
fn the_log_holds_what_was_said() {
    let folder = folder(&[("main.serve", "let a = \n")]);
    servec(&folder, &["check", "--log", "log.jsonl"]);
    let log = fs::read_to_string(folder.path().join("log.jsonl")).unwrap();
    let lines: Vec<Value> = log.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert!(
        lines.iter().any(|l| l["level"] == "diagnostic" && l["text"].as_str().unwrap().starts_with("E01")),
        "{log}"
    );
    let output = servec(&folder, &["check", "--log", "no/such/folder/log"]);
    assert_eq!(code(&output), 1);
    assert!(err(&output).contains("E0002"), "{}", err(&output));
}

#[test]
fn fmt_writes_only_what_changes_and_nothing_that_is_broken() {
    let broken = "model m {\n";
    let folder = folder(&[("a.serve", "let   a=1\n"), ("b.serve", "let b = 1\n"), ("c.serve", broken)]);
    let before = fs::metadata(folder.path().join("b.serve")).unwrap().modified().unwrap();

    let check = servec(&folder, &["fmt", "--check", "a.serve", "b.serve"]);
    assert_eq!(code(&check), 1);
    assert!(out(&check).contains("-let   a=1\n+let a = 1\n"), "{}", out(&check));
    assert_eq!(fs::read_to_string(folder.path().join("a.serve")).unwrap(), "let   a=1\n", "--check changes nothing");

    let output = servec(&folder, &["fmt"]);
    assert_eq!(code(&output), 1, "one file is broken");
    assert!(err(&output).contains("formatted a.serve\n"), "{}", err(&output));
    assert!(!err(&output).contains("formatted b.serve"));
    assert_eq!(fs::read_to_string(folder.path().join("a.serve")).unwrap(), "let a = 1\n");
    assert_eq!(fs::read_to_string(folder.path().join("c.serve")).unwrap(), broken);
    assert_eq!(fs::metadata(folder.path().join("b.serve")).unwrap().modified().unwrap(), before);
    assert_eq!(code(&servec(&folder, &["fmt", "--check", "a.serve", "b.serve"])), 0);
}

#[test]
fn fmt_reads_standard_input() {
    let run = |text: &str, args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_servec"));
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    };
    let formed = run("let   a=1\n", &["fmt", "--stdin"]);
    assert_eq!((code(&formed), out(&formed).as_str()), (0, "let a = 1\n"));
    let broken = run("model m {\n", &["fmt", "--stdin"]);
    assert_eq!((code(&broken), out(&broken).as_str()), (1, ""));
    assert_eq!(code(&run("let   a=1\n", &["fmt", "--stdin", "--check"])), 1);
}

#[cfg(unix)]
#[test]
fn fmt_keeps_permissions_and_links() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let folder = folder(&[("real.txt", "let   a=1\n")]);
    let real = folder.path().join("real.txt");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o600)).unwrap();
    symlink("real.txt", folder.path().join("main.serve")).unwrap();
    assert_eq!(code(&servec(&folder, &["fmt"])), 0);
    assert!(fs::symlink_metadata(folder.path().join("main.serve")).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(&real).unwrap(), "let a = 1\n");
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o600);
}
