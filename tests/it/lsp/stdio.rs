//! The built `servec lsp` over its streams, and the loop's promises: order, cancelling, panics, encodings.

use std::io::{BufReader, BufWriter, Write as _};
use std::process::{Command, Stdio};
use std::thread;

use lsp_server::{Connection, Message};
use serde_json::{Value, json};
use servec::compile::Options;
use servec::lsp::serve::routes::{self, Needs, Route};
use servec::lsp::serve::{Ended, serve, uri};

use super::client::Client;
use crate::support::program::{MAIN, Program};

/// A server in this process.
fn server(more: Vec<Route>) -> (Client, thread::JoinHandle<Ended>) {
    let (client, server) = Connection::memory();
    // The panics that a test brings about are expected.
    let thread = thread::spawn(move || {
        let routes = routes::all().into_iter().chain(more).collect();
        serve(&server, &Options::default(), routes).unwrap()
    });
    (Client::new(client), thread)
}

/// The built binary.
fn spawned(program: &Program) -> (Client, thread::JoinHandle<i32>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_servec"))
        .args(["lsp", "--stdio"])
        .current_dir(program.path())
        .env("XDG_CACHE_HOME", program.path().join("cache"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (ours, theirs) = Connection::memory();
    let mut stdin = BufWriter::new(child.stdin.take().unwrap());
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    thread::spawn(move || {
        while let Ok(message) = theirs.receiver.recv() {
            let _ = message.write(&mut stdin).and_then(|()| stdin.flush());
        }
    });
    let sender = theirs.sender.clone();
    let thread = thread::spawn(move || {
        while let Ok(Some(message)) = Message::read(&mut stdout) {
            let _ = sender.send(message);
        }
        child.wait().unwrap().code().unwrap_or(-1)
    });
    (Client::new(ours), thread)
}

fn at(uri: &str, line: u32, character: u32) -> Value {
    json!({ "textDocument": { "uri": uri }, "position": { "line": line, "character": character } })
}

#[test]
fn an_editor_finds_a_mistake_fixes_it_and_leaves() {
    let program = Program::new();
    let broken = MAIN.replace("timeout = 5s", "timeout = 5sec");
    let uri = uri::of(&program.path().join("main.serve"));
    let (mut client, thread) = spawned(&program);
    let said = client.initialize(&["utf-8", "utf-16"]);
    assert_eq!(said["serverInfo"]["name"], "servec");
    assert_eq!(said["capabilities"]["positionEncoding"], "utf-8");
    client.open(&uri, 1, &broken);
    let found = client.diagnostics(&uri, 1);
    let codes: Vec<&str> = found.iter().map(|d| d["code"].as_str().unwrap()).collect();
    assert_eq!(codes.len(), 1, "{found:#?}");

    let range = found[0]["range"].clone();
    let context = json!({ "diagnostics": found });
    let actions = client
        .ask("textDocument/codeAction", json!({ "textDocument": { "uri": uri }, "range": range, "context": context }))
        .unwrap();
    let fix = &actions[0];
    assert_eq!(fix["kind"], "quickfix");
    let edit = &fix["edit"]["documentChanges"][0];
    assert_eq!(edit["textDocument"]["version"], 1);
    let change = json!([{ "range": edit["edits"][0]["range"], "text": edit["edits"][0]["newText"] }]);
    client.change(&uri, 2, change);
    assert_eq!(client.diagnostics(&uri, 2), Vec::<Value>::new());

    let hover = client.ask("textDocument/hover", at(&uri, 8, 12)).unwrap();
    assert!(hover["contents"]["value"].as_str().unwrap().contains("model adder"), "{hover}");
    client.leave();
    drop(client);
    assert_eq!(thread.join().unwrap(), 0);
}

#[test]
fn a_client_that_leaves_without_a_word_ends_the_server() {
    let program = Program::new();
    let (mut client, thread) = spawned(&program);
    client.initialize(&[]);
    client.tell("exit", Value::Null);
    assert_eq!(thread.join().unwrap(), 1);
}

#[test]
fn a_panic_in_one_request_ends_only_that() {
    fn panics(
        _: &servec::lsp::serve::session::Session,
        _: Value,
    ) -> Result<Value, servec::lsp::serve::answer::Failure> {
        panic!("a bug that a test put here")
    }
    let bug = Route { method: "test/bug", needs: Needs::Text, handle: Box::new(panics) };
    let (mut client, thread) = server(vec![bug]);
    client.initialize(&[]);
    let uri = "file:///nowhere/main.serve";
    client.open(uri, 1, "let a = 1\n");
    let (code, message) = client.ask("test/bug", json!({})).unwrap_err();
    assert_eq!((code, message.as_str()), (-32603, "`test/bug` ended in an internal error"));
    let hover = client.ask("textDocument/hover", at(uri, 0, 4)).unwrap();
    assert!(hover["contents"]["value"].as_str().unwrap().contains("let a = 1"), "{hover}");
    client.leave();
    assert_eq!(thread.join().unwrap(), Ended::AsAsked);
}

#[test]
fn what_nobody_answers_and_what_is_no_question_get_an_error() {
    let (mut client, thread) = server(vec![]);
    client.initialize(&[]);
    assert_eq!(client.ask("textDocument/moniker", json!({})).unwrap_err().0, -32601);
    assert_eq!(client.ask("textDocument/hover", json!({ "position": 3 })).unwrap_err().0, -32602);
    client.tell("textDocument/didOpen", json!({ "what": "no" }));
    client.leave();
    assert_eq!(thread.join().unwrap(), Ended::AsAsked);
}

/// Requests that come together with the change that makes them moot, or with their own end, get no stale answer.
#[test]
fn superseded_and_cancelled_requests_end_at_once() {
    let (mut client, thread) = server(vec![]);
    client.initialize(&[]);
    let uri = "file:///nowhere/main.serve";
    // Long to check, so that requests have to wait.
    let long: String = (0..3000).map(|n| format!("let a{n} = {n}\n")).collect();
    client.open(uri, 1, &long);
    let superseded = client.send("textDocument/hover", at(uri, 0, 4));
    client.change(uri, 2, json!([{ "text": format!("let b = 2\n{long}") }]));
    let cancelled = client.send("textDocument/hover", at(uri, 0, 4));
    client.tell("$/cancelRequest", json!({ "id": cancelled }));
    let kept = client.send("textDocument/hover", at(uri, 0, 4));
    // Either it was answered before the change was seen, or it is told that the text has changed.
    match client.answer(superseded) {
        Err((code, _)) => assert_eq!(code, -32801),
        Ok(hover) => assert!(hover.to_string().contains("let a0"), "{hover}"),
    }
    match client.answer(cancelled) {
        Err((code, _)) => assert_eq!(code, -32800),
        Ok(hover) => assert!(hover.to_string().contains("let b"), "{hover}"),
    }
    let hover = client.answer(kept).unwrap();
    assert!(hover["contents"]["value"].as_str().unwrap().contains("let b = 2"), "{hover}");
    client.leave();
    thread.join().unwrap();
}

#[test]
fn columns_are_counted_as_the_client_counts() {
    let text = "let a = \"😀\" // ü\nlet b = \"😀${a}\"\n";
    for (encoding, column, length) in [("utf-8", 15, 1), ("utf-16", 13, 1)] {
        let (mut client, thread) = server(vec![]);
        assert_eq!(client.initialize(&[encoding])["capabilities"]["positionEncoding"], encoding);
        let uri = "file:///nowhere/main.serve";
        client.open(uri, 1, text);
        let found = client.ask("textDocument/definition", at(uri, 1, column)).unwrap();
        assert_eq!(found[0]["range"]["start"], json!({ "line": 0, "character": 4 }), "{encoding}");
        let uses = json!({ "textDocument": { "uri": uri }, "position": { "line": 0, "character": 4 },
            "context": { "includeDeclaration": false } });
        let found = client.ask("textDocument/references", uses).unwrap();
        assert_eq!(found[0]["range"]["start"]["character"], column, "{encoding}");
        assert_eq!(found[0]["range"]["end"]["character"], column + length, "{encoding}");
        client.leave();
        thread.join().unwrap();
    }
}

/// Unsaved texts of one file change what another is told.
#[test]
fn files_of_a_program_see_each_others_unsaved_texts() {
    let program = Program::new();
    program.write("main.serve", b"use \"./parts.serve\".{small}\nlet b = small\n");
    program.write("parts.serve", b"let large = 2\n");
    let of = |name: &str| uri::of(&program.path().join(name));
    let (mut client, thread) = server(vec![]);
    client.initialize(&[]);
    client.open(&of("main.serve"), 1, "use \"./parts.serve\".{small}\nlet b = small\n");
    assert_eq!(client.diagnostics(&of("main.serve"), 1).len(), 1);
    client.open(&of("parts.serve"), 1, "let small = 1\n");
    client.diagnostics(&of("parts.serve"), 1);
    // A request waits for the newest state, and with it for what is published of it.
    client.ask("textDocument/hover", at(&of("main.serve"), 1, 5)).unwrap();
    assert_eq!(client.published[&of("main.serve")].1, Vec::<Value>::new());
    let goes = client.ask("textDocument/definition", at(&of("main.serve"), 1, 10)).unwrap();
    assert_eq!(goes[0]["uri"], of("parts.serve"));
    client.tell("textDocument/didClose", json!({ "textDocument": { "uri": of("parts.serve") } }));
    client.ask("textDocument/hover", at(&of("main.serve"), 1, 5)).unwrap();
    assert_eq!(client.published[&of("main.serve")].1.len(), 1);
    client.leave();
    thread.join().unwrap();
}

/// A program of another folder uses the file, and nothing of it is open: its texts are renamed too.
#[test]
fn renaming_reaches_programs_that_are_not_open() {
    let program = Program::new();
    std::fs::create_dir_all(program.path().join("parts")).unwrap();
    std::fs::create_dir_all(program.path().join("app")).unwrap();
    program.write("parts/sizes.serve", b"let small = 1\n");
    program.write("app/main.serve", b"use \"../parts/sizes.serve\".{small}\nlet b = small\n");
    let of = |name: &str| uri::of(&program.path().join(name));
    let (mut client, thread) = server(vec![]);
    client.folders = vec![uri::of(program.path())];
    client.initialize(&[]);
    client.open(&of("parts/sizes.serve"), 1, "let small = 1\n");
    let mut params = at(&of("parts/sizes.serve"), 0, 5);
    params["newName"] = json!("tiny");
    let edit = client.ask("textDocument/rename", params.clone()).unwrap();
    let changed: Vec<(&str, usize)> = edit["documentChanges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| (change["textDocument"]["uri"].as_str().unwrap(), change["edits"].as_array().unwrap().len()))
        .collect();
    assert_eq!(changed, [(of("app/main.serve").as_str(), 2), (of("parts/sizes.serve").as_str(), 1)]);
    // There it would clash, so it is refused here.
    params["newName"] = json!("b");
    let (code, why) = client.ask("textDocument/rename", params).unwrap_err();
    assert_eq!((code, why.as_str()), (-32803, "with the name `b`: `b` is declared twice"));
    client.leave();
    thread.join().unwrap();
}
