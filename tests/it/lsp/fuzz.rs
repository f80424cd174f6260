//! Random edits to the examples, with every question asked at random places: nothing panics, nothing hangs, and in the end the
//! diagnostics are those of a fresh check.

use std::time::{Duration, Instant};

use camino::{Utf8Path, Utf8PathBuf};
use lsp_server::Connection;
use serde_json::{Value, json};
use servec::compile::Options;
use servec::lsp::serve::{Ended, routes, serve, uri};
use servec::lsp::{Analysis, Buffers, Root};
use servec::report::{json as written, redacted};

use super::client::Client;
use crate::cases::folders;
use crate::random::Random;

const EDITS: usize = 10_000;
/// After so many edits questions are asked: one of each sort, at places of their own.
const EVERY: usize = 40;
/// Nothing that is asked takes so long, on a machine that does other things too.
const SLOW: Duration = Duration::from_secs(10);

/// What people and tools put into a text.
const PIECES: [&str; 38] = [
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "\"",
    "\n",
    ",",
    ".",
    "..",
    "=",
    ":",
    "<",
    ">",
    "|",
    "/",
    "//",
    "${",
    "}",
    "->",
    "&&",
    " ",
    "use ",
    "with ",
    "model m {\n",
    "endpoint e { serve = ",
    "stack s on local {\n",
    "deploy ",
    "track cpu ",
    "60s",
    "16GiB",
    "1..",
    "tensor<f32>[",
    "é",
    "😀",
    "\u{0}",
    "for x in ",
];

fn examples() -> Vec<(Utf8PathBuf, String)> {
    let root = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let main = |folder: Utf8PathBuf| {
        let path = folder.join("main.serve");
        let text = std::fs::read_to_string(&path).unwrap();
        (path, text)
    };
    folders(&root).into_iter().map(main).collect()
}

/// One edit of a text: start, end and what is put there, on boundaries of characters.
fn edit(text: &str, dice: &mut Random) -> (usize, usize, String) {
    let boundary = |mut at: usize| {
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = boundary(dice.below(text.len() + 1));
    match dice.below(10) {
        // What was there comes back, and a text does not wear away.
        0..=2 => (start, start, PIECES[dice.below(PIECES.len())].to_owned()),
        3..=4 => (start, boundary((start + 1 + dice.below(12)).min(text.len())).max(start), String::new()),
        5..=6 => {
            let from = boundary(dice.below(text.len() + 1));
            let to = boundary((from + dice.below(60)).min(text.len())).max(from);
            (start, start, text[from..to].to_owned())
        }
        7 => {
            let end = boundary((start + dice.below(20)).min(text.len())).max(start);
            (start, end, PIECES[dice.below(PIECES.len())].to_owned())
        }
        _ => (start, start, char::from(b'a' + dice.below(26) as u8).to_string()),
    }
}

#[test]
fn ten_thousand_edits_break_nothing() {
    let (client, server) = Connection::memory();
    let thread = std::thread::spawn(move || serve(&server, &Options::default(), routes::all()).unwrap());
    let mut client = Client::new(client);
    client.initialize(&["utf-8"]);
    let mut dice = Random::new(8);
    let (mut done, mut version, mut asked) = (0, 0, 0);
    let examples = examples();
    let mut round = 0;
    while done < EDITS {
        let (path, original) = &examples[round % examples.len()];
        round += 1;
        let address = uri::of(path);
        let mut text = original.clone();
        version += 1;
        client.open(&address, version, &text);
        // Few edits leave most of a program whole, many leave none of it.
        let most = [5, 60, 200][dice.below(3)];
        for n in 0..most {
            let (start, end, put) = edit(&text, &mut dice);
            let range = json!({ "start": position(&text, start), "end": position(&text, end) });
            text.replace_range(start..end, &put);
            version += 1;
            client.change(&address, version, json!([{ "range": range, "text": put }]));
            done += 1;
            if done % EVERY == 0 || n + 1 == most {
                asked += ask_everything(&mut client, &address, &text, &mut dice);
            }
        }
        let told = client.diagnostics(&address, i64::from(version));
        let told: Vec<Value> = told.into_iter().map(|d| d["data"].clone()).collect();
        assert_eq!(told, fresh(path, &text), "after a change of {path}:\n{text}");
        client.tell("textDocument/didClose", json!({ "textDocument": { "uri": address } }));
        client.published.remove(&address);
    }
    let bugs: Vec<_> = client.notes.iter().filter(|n| n.method == "window/logMessage").collect();
    assert!(bugs.is_empty(), "{bugs:#?}");
    assert!(asked > 5_000, "{asked} questions");
    client.leave();
    assert_eq!(thread.join().unwrap(), Ended::AsAsked);
    println!("{done} edits, {asked} questions");
}

/// What a fresh check of the texts finds.
fn fresh(path: &Utf8Path, text: &str) -> Vec<Value> {
    let buffers = Buffers::from([(path.to_owned(), text.to_owned())]);
    let compiled = Analysis::new(Root::of_folder(path.parent().unwrap()), &Options::default(), buffers).compiled;
    let found = redacted(&compiled.sources, &compiled.diagnostics);
    written::document(&compiled.sources, &found)["diagnostics"].as_array().unwrap().clone()
}

fn position(text: &str, at: usize) -> Value {
    let before = &text[..at];
    let start = before.rfind('\n').map_or(0, |n| n + 1);
    json!({ "line": before.matches('\n').count(), "character": at - start })
}

/// Every request there is, each somewhere else; answers may be anything but a bug.
fn ask_everything(client: &mut Client, address: &str, text: &str, dice: &mut Random) -> usize {
    let document = json!({ "uri": address });
    let mut place = || {
        let mut at = dice.below(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        position(text, at)
    };
    let mut all: Vec<(&str, Value)> = Vec::new();
    for route in routes::all() {
        let (at, to) = (place(), place());
        let range = json!({ "start": at, "end": at });
        let params = match route.method {
            "workspace/symbol" => json!({ "query": "a" }),
            "callHierarchy/incomingCalls" | "callHierarchy/outgoingCalls" => continue,
            "textDocument/selectionRange" => json!({ "textDocument": document, "positions": [at, to] }),
            "textDocument/references" => {
                json!({ "textDocument": document, "position": at, "context": { "includeDeclaration": true } })
            }
            "textDocument/rename" => json!({ "textDocument": document, "position": at, "newName": "renamed" }),
            "textDocument/codeAction" => {
                json!({ "textDocument": document, "range": range, "context": { "diagnostics": [] } })
            }
            "textDocument/inlayHint" | "textDocument/semanticTokens/range" => {
                json!({ "textDocument": document, "range": { "start": { "line": 0, "character": 0 }, "end": at } })
            }
            "textDocument/rangeFormatting" => {
                let options = json!({ "tabSize": 2, "insertSpaces": true });
                json!({ "textDocument": document, "range": range, "options": options })
            }
            "textDocument/formatting" => {
                json!({ "textDocument": document, "options": { "tabSize": 2, "insertSpaces": true } })
            }
            "textDocument/onTypeFormatting" => {
                let options = json!({ "tabSize": 2, "insertSpaces": true });
                json!({ "textDocument": document, "position": at, "ch": "\n", "options": options })
            }
            _ => json!({ "textDocument": document, "position": at }),
        };
        all.push((route.method, params));
    }
    let count = all.len();
    for (method, params) in all {
        let start = Instant::now();
        match client.ask(method, params.clone()) {
            // `RequestFailed`: a renaming that was refused.
            Ok(_) | Err((-32803, _)) => {}
            Err(error) => panic!("{method} {params}: {error:?} in\n{text}"),
        }
        assert!(start.elapsed() < SLOW, "{method} took {:?} in\n{text}", start.elapsed());
    }
    count
}
