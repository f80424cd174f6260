//! The commands that use live state, as people meet them: the built binary, real processes, a real model.

use std::process::Command;
use std::time::Duration;

use crate::support::live::processes;
use crate::support::onnx;
use crate::support::program::{MAIN, Program, Ran};

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn plan_apply_plan_destroy_from_nothing_to_nothing() {
    let program = Program::new();
    let plan = program.run(&["plan", "--detailed-exitcode"]).ends_with(2);
    assert!(plan.out.contains("2 to create"), "{plan:?}");
    assert!(!program.data().exists(), "a plan changes nothing");
    assert!(plan.out.contains("note: endpoint `score` serves model adder; apply chooses its port"), "{plan:?}");
    let applied = program.run(&["apply", "--yes"]).ends_with(0);
    let steps = applied.err.lines().filter(|line| line.contains("created ") && line.ends_with("s)")).count();
    assert_eq!(steps, 2, "a line for each step, when it is done: {applied:?}");
    assert!(!applied.err.contains("checking"), "what it is at is for a terminal: {applied:?}");
    assert!(applied.err.ends_with("2 done: what is served is as declared\n"), "{applied:?}");
    let plan = program.run(&["plan", "--detailed-exitcode"]).ends_with(0);
    assert!(plan.out.contains("no changes"), "{plan:?}");
    let answer = program.run(&["invoke", "score", "--data", r#"{"x": [[0.5, 0.5]]}"#]).ends_with(0);
    assert_eq!(json(&answer.out), serde_json::json!({ "y": [[10.5, 20.5]] }));
    let status = json(&program.run(&["status", "--format", "json"]).ends_with(0).out);
    assert_eq!(status["endpoints"][0]["requests"]["200"], 1);
    let destroyed = program.run(&["destroy", "--yes"]).ends_with(0);
    assert!(destroyed.err.ends_with("2 removed: nothing of stack `dev` is left\n"), "{destroyed:?}");
    assert!(!program.data().exists(), "destroy leaves no file");
    assert_eq!(processes(program.path()), Vec::<u32>::new(), "destroy leaves no process");
}

#[test]
fn a_plan_explains_where_every_field_comes_from() {
    let program = Program::new();
    let plan = program.run(&["plan", "--explain"]).ends_with(0).out;
    assert!(plan.contains("/timeout_ms = 5000  (written at main.serve:10:"), "{plan}");
    assert!(plan.contains("/models/adder/threads = 1  (follows from main.serve:1:"), "{plan}");
    assert!(plan.contains("/max_request_bytes = 67108864  (nobody wrote it"), "{plan}");
}

/// What the target does differently is a diagnostic where the program is read, and a note where a plan stands alone.
#[test]
fn what_is_honoured_in_part_is_said_once() {
    let program = Program::new();
    program.write("main.serve", MAIN.replace("  sample {", "  slo    { p99 = 2s }\n  sample {").as_bytes());
    let words = "nothing watches it here";
    let plan = program.run(&["plan", "--out", "saved"]).ends_with(0);
    let places = |ran: &Ran| (ran.out.matches(words).count(), ran.err.matches(words).count());
    assert_eq!(places(&plan), (0, 1), "{plan:?}");
    assert!(plan.out.contains("note: endpoint `score` serves model adder"), "{plan:?}");
    let document = program.run(&["plan", "--format", "json"]).ends_with(0);
    let notes = json(&document.out)["notes"].clone();
    assert_eq!(notes.as_array().unwrap().len(), 2, "{notes}");
    assert!(notes[0].as_str().unwrap().contains(words), "{notes}");
    let saved = program.run(&["apply", "saved", "--yes"]).ends_with(0);
    assert_eq!(places(&saved), (0, 1), "{saved:?}");
    let again = program.run(&["apply", "--yes"]).ends_with(0);
    assert_eq!(places(&again), (0, 1), "{again:?}");
    program.run(&["destroy", "--yes"]).ends_with(0);
}

#[test]
fn nobody_to_ask_is_no_yes() {
    let program = Program::new();
    let refused = program.run(&["apply"]).ends_with(1);
    assert!(refused.err.contains("E0812") && refused.err.contains("--yes"), "{refused:?}");
    assert!(!program.data().exists());
}

/// The invariant: what can't be compiled can't say what should go.
#[test]
fn a_file_with_errors_never_plans_a_deletion() {
    let program = Program::new();
    program.run(&["apply", "--yes"]).ends_with(0);
    let broken = [
        MAIN.replace("serve  = adder", "serve  = addr"),
        MAIN.replace("stack dev on local {", "stack dev on local"),
        MAIN.replace("timeout = 5s", "timeout = 5"),
        MAIN.replace("deploy score", "deploy"),
        "stack dev on local { deploy".to_owned(),
        "}".to_owned(),
        String::new(),
        "stack dev on local { }".to_owned(),
    ];
    for text in broken {
        program.write("main.serve", text.as_bytes());
        let saved = program.path().join("p.plan");
        for args in [&["plan", "--out", "p.plan"][..], &["apply", "--yes"], &["up", "--detach"], &["diff"]] {
            let ran = program.run(args);
            let refused = ran.code == 1 || !saved.exists() && args[0] != "apply" && args[0] != "up";
            assert!(refused, "{args:?} of {text:?}: {ran:?}");
            assert_eq!(processes(program.path()).len(), 1, "{args:?} of {text:?} ended the endpoint: {ran:?}");
        }
    }
    program.write("main.serve", MAIN.as_bytes());
    program.run(&["plan", "--detailed-exitcode"]).ends_with(0);
}

#[test]
fn a_saved_plan_does_what_it_says_once_and_is_then_stale() {
    let program = Program::new();
    program.run(&["plan", "--out", "first.plan"]).ends_with(0);
    program.run(&["apply", "first.plan", "--yes"]).ends_with(0);
    let stale = program.run(&["apply", "first.plan", "--yes"]).ends_with(1);
    assert!(stale.err.contains("E0901"), "{stale:?}");
    program.run(&["invoke", "score", "--sample"]).ends_with(0);
}

#[test]
fn a_change_keeps_the_address_and_says_what_callers_notice() {
    let program = Program::new();
    program.run(&["apply", "--yes"]).ends_with(0);
    let port = program.port();
    program.write("m.onnx", &onnx::add([1.0, 1.0]));
    program.write("expected.json", br#"{ "y": [[2.0, 3.0]] }"#);
    let applied = program.run(&["apply", "--yes"]).ends_with(0);
    assert!(applied.err.contains("callers notice brief errors"), "{applied:?}");
    assert_eq!(program.port(), port);
    program.run(&["invoke", "score", "--sample"]).ends_with(0);
}

#[test]
fn a_renamed_endpoint_that_was_declared_moved_is_updated_in_place() {
    let program = Program::new();
    program.run(&["apply", "--yes"]).ends_with(0);
    let port = program.port();
    let renamed = MAIN.replace("endpoint score", "endpoint points").replace("deploy score", "deploy points");
    program.write("main.serve", format!("{renamed}\nmoved score -> points\n").as_bytes());
    let applied = program.run(&["apply", "--yes"]).ends_with(0);
    assert!(applied.err.contains("0 to create, 1 to update, 0 to delete"), "{applied:?}");
    program.run(&["invoke", "points", "--sample"]).ends_with(0);
    let status = json(&program.run(&["status", "--format", "json"]).ends_with(0).out);
    assert_eq!(status["endpoints"][0]["url"], format!("http://127.0.0.1:{port}"));
    program.run(&["plan", "--detailed-exitcode"]).ends_with(0);
}

#[test]
fn an_apply_that_is_killed_is_finished_by_the_next() {
    let program = Program::new();
    let mut first = program.start_slowly(&["apply", "--yes"], 0.5);
    program.wait_for_process();
    first.kill().unwrap();
    first.wait().unwrap();
    program.run(&["apply", "--yes"]).ends_with(0);
    assert_eq!(processes(program.path()).len(), 1, "the first one's process is not left beside it");
    program.run(&["invoke", "score", "--sample"]).ends_with(0);
    program.run(&["plan", "--detailed-exitcode"]).ends_with(0);
}

#[test]
fn an_update_that_is_killed_leaves_no_second_process() {
    let program = Program::new();
    program.run(&["apply", "--yes"]).ends_with(0);
    program.write("main.serve", MAIN.replace("5s", "6s").as_bytes());
    let mut update = program.start_slowly(&["apply", "--yes"], 5.0);
    let started = std::time::Instant::now();
    while processes(program.path()).len() < 2 {
        assert!(started.elapsed().as_secs() < 20);
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    update.kill().unwrap();
    update.wait().unwrap();
    program.run(&["invoke", "score", "--sample"]).ends_with(0);
    // The change is taken back: there is nothing to do, and still the second process goes.
    program.write("main.serve", MAIN.as_bytes());
    program.run(&["apply", "--yes"]).ends_with(0);
    assert_eq!(processes(program.path()).len(), 1);
}

#[test]
fn two_applies_at_once_the_second_is_told_who_and_how() {
    let program = Program::new();
    let first = program.start_slowly(&["apply", "--yes"], 1.5);
    program.wait_for_process();
    let second = program.run(&["apply", "--yes"]).ends_with(1);
    assert!(second.err.contains("E0801") && second.err.contains(&format!("process {}", first.id())), "{second:?}");
    assert!(second.err.contains(&format!("kill {}", first.id())), "{second:?}");
    Ran::of(first.wait_with_output().unwrap()).ends_with(0);
}

#[test]
fn a_model_server_that_does_not_start_is_told_with_its_own_words() {
    let program = Program::new();
    program.write("m.onnx", b"this is no model");
    program.write("main.serve", MAIN.as_bytes());
    let ran = program.run(&["apply", "--yes"]).ends_with(1);
    assert!(ran.err.contains("m.onnx") || ran.err.contains("log:"), "{ran:?}");
    assert_eq!(processes(program.path()), Vec::<u32>::new());
}

#[test]
fn a_killed_process_is_drift() {
    let program = Program::new();
    program.run(&["apply", "--yes"]).ends_with(0);
    program.run(&["drift", "--detailed-exitcode"]).ends_with(0);
    let pid = processes(program.path())[0];
    Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap();
    while !processes(program.path()).is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let drift = program.run(&["drift", "--detailed-exitcode", "--format", "json"]).ends_with(2);
    assert_eq!(json(&drift.out)["drifted"][0]["address"], "endpoint.score");
    program.run(&["invoke", "score", "--sample"]).ends_with(1);
    program.run(&["apply", "--yes"]).ends_with(0);
    program.run(&["drift", "--detailed-exitcode"]).ends_with(0);
}

#[test]
fn trying_shows_the_answer_beside_the_expected_one_and_leaves_nothing() {
    let program = Program::new();
    let tried = program.run(&["try"]).ends_with(0);
    assert_eq!(tried.out, "", "what people read is no output");
    assert!(tried.err.contains("answer  expected\n  y[0][0]  11.0    11.0\n  y[0][1]  22.0    22.0\n"), "{tried:?}");
    let last = tried.err.lines().last().unwrap();
    assert_eq!(last, "score: the answer agrees; the largest difference is 0.0e0, the tolerance 1.0e-3");
    program.write("expected.json", br#"{ "y": [[11.0, 23.0]] }"#);
    let tried = program.run(&["try", "--format", "json"]).ends_with(1);
    assert!(tried.err.contains("E0808") && tried.err.contains("y[0][1]: expected 23.0, got 22.0"), "{tried:?}");
    assert_eq!(json(&tried.out)["endpoints"][0]["largest_difference"], 1.0);
    left_nothing(&program);
}

#[test]
fn trying_without_a_sample_is_no_success() {
    let program = Program::new();
    let without: Vec<&str> = MAIN.lines().filter(|line| !line.contains("sample")).collect();
    program.write("main.serve", without.join("\n").as_bytes());
    let tried = program.run(&["try"]).ends_with(1);
    assert!(tried.err.contains("E0809"), "{tried:?}");
    left_nothing(&program);
}

#[test]
fn trying_that_is_interrupted_leaves_nothing() {
    let program = Program::new();
    let trying = program.start_slowly(&["try"], 5.0);
    program.wait_for_process();
    Command::new("kill").args(["-INT", &trying.id().to_string()]).status().unwrap();
    Ran::of(trying.wait_with_output().unwrap()).ends_with(130);
    left_nothing(&program);
}

#[track_caller]
fn left_nothing(program: &Program) {
    assert_eq!(processes(program.path()), Vec::<u32>::new());
    assert!(!program.data().exists());
    assert_eq!(std::fs::read_dir(program.path().join("tmp")).unwrap().count(), 0, "the temporary folder is gone");
}

#[test]
fn up_shows_a_line_that_works_and_down_ends_it() {
    let program = Program::new();
    let up = program.run(&["up", "--detach"]).ends_with(0);
    let line = up.out.lines().find(|line| line.contains("curl")).unwrap();
    let answer = Command::new("sh").args(["-c", &format!("{} -s", line.trim())]).current_dir(program.path()).output();
    assert_eq!(json(&String::from_utf8(answer.unwrap().stdout).unwrap()), serde_json::json!({ "y": [[11.0, 22.0]] }));
    program.run(&["down"]).ends_with(0);
    left_nothing(&program);
}

#[test]
fn a_refused_request_says_why() {
    let program = Program::new();
    program.run(&["apply", "--yes"]).ends_with(0);
    let refused = program.run(&["invoke", "score", "--data", r#"{"z": 1}"#]).ends_with(1);
    assert!(refused.err.contains("answered 400") && refused.err.contains("no input `z`"), "{refused:?}");
    let near = program.run(&["invoke", "scor", "--sample"]).ends_with(1);
    assert!(near.err.contains("did you mean `score`?"), "{near:?}");
    let variant = program.run(&["invoke", "score", "--sample", "--variant", "new"]).ends_with(1);
    assert!(variant.err.contains("its variants: `default`"), "{variant:?}");
    program.run(&["invoke", "score", "--sample", "--variant", "default"]).ends_with(0);
    let missing = program.run(&["invoke", "score", "--data", "@nothing"]).ends_with(1);
    assert!(missing.err.contains("`nothing` can't be read") && !missing.err.contains("os error"), "{missing:?}");
    let logs = program.run(&["logs", "score"]).ends_with(0);
    assert!(logs.out.contains("status=400"), "{logs:?}");
}

#[test]
fn building_twice_gives_the_same_bytes() {
    let program = Program::new();
    program.run(&["build", "--out", "one"]).ends_with(0);
    program.run(&["build", "--out", "two"]).ends_with(0);
    let same = Command::new("diff").args(["-r", "one", "two"]).current_dir(program.path()).status().unwrap();
    assert!(same.success());
    assert!(program.path().join("one/dev/endpoints/score/spec.json").exists());
}

/// Not in what is said, not in what is saved, not in the processes.
#[test]
fn a_secret_is_never_shown_or_kept() {
    const SECRET: &str = "hunter2-is-no-secret";
    let program = Program::new();
    let text =
        MAIN.replace("model adder {", "param key: string { secret = true }\n\nmodel adder {\n  env = { KEY = key }");
    program.write("main.serve", text.as_bytes());
    let set = format!("key={SECRET}");
    for args in [
        &["build", "--out", "out"][..],
        &["plan", "--explain", "--out", "p.plan"],
        &["try", "-v", "--log", "log.jsonl"],
        &["apply", "--yes", "-v", "--log", "log.jsonl"],
        &["diff"],
        &["drift", "--format", "json"],
        &["graph", "--format", "json"],
        &["invoke", "score", "--sample", "--print"],
        &["status", "--format", "json"],
        &["plan", "--format", "json"],
        &["logs", "score"],
    ] {
        let mut args = args.to_vec();
        args.extend(["--set", &set]);
        let ran = program.run(&args).ends_with(0);
        assert!(!ran.out.contains(SECRET) && !ran.err.contains(SECRET), "{args:?}: {ran:?}");
    }
    let mistyped = program.run(&["plan", "--set", SECRET]).ends_with(1);
    assert!(mistyped.err.contains("name=value") && !mistyped.err.contains(SECRET), "{mistyped:?}");
    for vars in [format!("key = \"{SECRET}"), format!("{{\"key\": {SECRET}"), format!("key={SECRET}")] {
        program.write("vars", vars.as_bytes());
        let ran = program.run(&["plan", "--vars", "vars"]);
        assert!(!ran.out.contains(SECRET) && !ran.err.contains(SECRET), "{vars}: {ran:?}");
        std::fs::remove_file(program.path().join("vars")).unwrap();
    }
    let kept = Command::new("grep").args(["-r", "-l", SECRET, "."]).current_dir(program.path()).output().unwrap();
    assert_eq!(String::from_utf8(kept.stdout).unwrap(), "", "no file holds it");
    for what in ["environ", "cmdline"] {
        let process = std::fs::read(format!("/proc/{}/{what}", processes(program.path())[0])).unwrap();
        assert!(!String::from_utf8_lossy(&process).contains(SECRET), "{what} holds it");
    }
    // And nothing pretends that it was used: nothing on this machine would read it.
    let ran = program.run(&["check", "--set", &set]).ends_with(0);
    assert!(ran.err.contains("E0604") && ran.err.contains("it is left out"), "{ran:?}");
}

/// What can't clean up after itself is cleaned up by the next run: the server, and the folder.
#[test]
fn a_try_that_was_killed_is_cleared_by_the_next() {
    let program = Program::new();
    let folders = || std::fs::read_dir(program.path().join("tmp")).unwrap().count();
    let mut killed = program.start_slowly(&["try"], 0.3);
    program.wait_for_process();
    killed.kill().unwrap();
    killed.wait().unwrap();
    // The script goes on to be the server, which nobody waits for.
    std::thread::sleep(Duration::from_secs(1));
    let left = processes(program.path());
    assert_eq!((left.len(), folders()), (1, 1), "the kill leaves both");
    let next = program.run(&["try"]).ends_with(0);
    assert!(next.err.contains("cleared what a `try` left that was ended by force"), "{next:?}");
    assert_eq!((processes(program.path()), folders()), (vec![], 0));
    let third = program.run(&["try"]).ends_with(0);
    assert!(!third.err.contains("cleared"), "{third:?}");
}

#[test]
fn a_try_that_still_runs_is_left_alone() {
    let program = Program::new();
    let slow = program.start_slowly(&["try"], 2.0);
    program.wait_for_process();
    let other = program.run(&["try"]).ends_with(0);
    assert!(!other.err.contains("cleared"), "{other:?}");
    Ran::of(slow.wait_with_output().unwrap()).ends_with(0);
    assert_eq!(processes(program.path()), Vec::<u32>::new());
}
