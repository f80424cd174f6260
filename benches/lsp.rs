//! The language server as an editor feels it: from a change to its diagnostics, and to a completion, through the real loop over a
//! connection in memory; and what it holds after many edits.
//!
//! `cargo bench --bench lsp [-- EDITS]` prints one table and fails past its limits: 95 of 100 changes have their diagnostics within
//! 20 ms in a program of 1,000 lines and 150 ms in one of 10,000, completions come within 10 ms in both, and after 10,000 edits the
//! server holds at most a tenth more than after 1,000.
#![allow(unsafe_code, reason = "a counting allocator is one")]
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark prints, and may panic"
)]

#[path = "../tests/it/support/valid.rs"]
mod valid;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use lsp_server::{Connection, Message, Notification, Request, RequestId};
use serde_json::{Value, json};
use servec::compile::Options;
use servec::lsp::serve::{routes, serve};
use valid::valid_program;

struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is handed to the system's allocator unchanged; only sizes are counted beside it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        HELD.fetch_add(layout.size(), Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        HELD.fetch_add(size, Relaxed);
        HELD.fetch_sub(layout.size(), Relaxed);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const SEED: u64 = 2026;
const RUNS: usize = 200;
const URI: &str = "file:///bench/main.serve";

fn main() {
    let edits = std::env::args().skip(1).find_map(|a| a.parse().ok()).unwrap_or(10_000);
    let mut fine = true;
    println!("   lines      KiB   change → diagnostics: median, p95   change → completion: median, p95");
    for (lines, most) in [(1_000, 20), (10_000, 150)] {
        let text = program(lines);
        let mut editor = Editor::open(&text);
        let changes = (0..RUNS).map(|_| editor.change()).collect();
        let completions = (0..RUNS).map(|_| editor.complete()).collect();
        let ((a, b), (c, d)) = (of(changes), of(completions));
        let shown = |d: Duration| format!("{:.1} ms", d.as_secs_f64() * 1e3);
        println!(
            "{:8} {:8} {:>26} {:>9} {:>29} {:>9}",
            text.lines().count(),
            text.len() / 1024,
            shown(a),
            shown(b),
            shown(c),
            shown(d)
        );
        fine &= b <= Duration::from_millis(most) && d <= Duration::from_millis(10);
    }
    fine &= flat(edits);
    assert!(fine, "past a limit: see the head of this file");
}

/// What is held does not grow with the number of edits.
fn flat(edits: usize) -> bool {
    let text = program(1_000);
    let mut editor = Editor::open(&text);
    let mut early = 0;
    for done in 1..=edits {
        editor.change();
        if done == edits / 10 {
            early = HELD.load(Relaxed);
        }
    }
    let late = HELD.load(Relaxed);
    let share = late as f64 / early as f64;
    println!(
        "held after {} edits: {} KiB; after {edits}: {} KiB, {share:.3} of it",
        edits / 10,
        early >> 10,
        late >> 10
    );
    share <= 1.1
}

/// A valid program of at least so many lines.
fn program(lines: usize) -> String {
    let mut endpoints = lines / 16;
    loop {
        let text = valid_program(endpoints, SEED);
        if text.lines().count() >= lines {
            return text;
        }
        endpoints += 1 + endpoints / 50;
    }
}

/// Median and 95th percentile.
fn of(mut times: Vec<Duration>) -> (Duration, Duration) {
    times.sort();
    (times[times.len() / 2], times[times.len() * 95 / 100])
}

struct Editor {
    connection: Connection,
    version: i64,
    next: i32,
    /// Where a comment is written and taken away again: the middle of the text, at a line's end.
    line: usize,
    column: usize,
    written: usize,
    /// Places in the middle of the text right behind a `=`.
    values: Vec<(usize, usize)>,
}

impl Editor {
    fn open(text: &str) -> Self {
        let (connection, server) = Connection::memory();
        std::thread::spawn(move || serve(&server, &Options::default(), routes::all()));
        let line = text.lines().count() / 2;
        let column = text.lines().nth(line).unwrap().len();
        let behind = |(at, text): (usize, &str)| Some((at, text.find("= ")? + 2)).filter(|_| !text.contains("//"));
        let values: Vec<(usize, usize)> = text.lines().enumerate().skip(line + 1).filter_map(behind).take(40).collect();
        let mut editor = Self { connection, version: 1, next: 0, line, column, written: 0, values };
        let capabilities = json!({ "general": { "positionEncodings": ["utf-8"] } });
        editor.ask("initialize", json!({ "processId": null, "capabilities": capabilities }));
        editor.tell("initialized", json!({}));
        let document = json!({ "uri": URI, "languageId": "serve", "version": 1, "text": text });
        editor.tell("textDocument/didOpen", json!({ "textDocument": document }));
        editor.wait();
        editor
    }

    /// From a change to the diagnostics of its version.
    fn change(&mut self) -> Duration {
        let start = Instant::now();
        self.edit();
        self.wait();
        start.elapsed()
    }

    /// From a change to the completion that is asked for right behind it.
    fn complete(&mut self) -> Duration {
        let start = Instant::now();
        self.edit();
        let (line, character) = self.values[self.next as usize % self.values.len()];
        let position = json!({ "line": line, "character": character });
        let answer =
            self.ask("textDocument/completion", json!({ "textDocument": { "uri": URI }, "position": position }));
        assert!(answer.is_object(), "{answer}");
        start.elapsed()
    }

    /// Types one character of a comment, or takes the comment away when it is long.
    fn edit(&mut self) {
        self.version += 1;
        let at = |column| json!({ "line": self.line, "character": column });
        let end = self.column + self.written;
        let (range, text) = match self.written {
            0 => (json!({ "start": at(end), "end": at(end) }), " // "),
            40.. => (json!({ "start": at(self.column), "end": at(end) }), ""),
            _ => (json!({ "start": at(end), "end": at(end) }), "x"),
        };
        self.written = if text.is_empty() { 0 } else { self.written + text.len() };
        let document = json!({ "uri": URI, "version": self.version });
        let changes = json!([{ "range": range, "text": text }]);
        self.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    }

    fn tell(&self, method: &str, params: Value) {
        let note = Notification { method: method.into(), params };
        self.connection.sender.send(Message::Notification(note)).unwrap();
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        let id = RequestId::from(self.next);
        self.connection
            .sender
            .send(Message::Request(Request { id: id.clone(), method: method.into(), params }))
            .unwrap();
        loop {
            if let Message::Response(response) = self.connection.receiver.recv().unwrap()
                && response.id == id
            {
                return response.response_result.unwrap_or_else(|error| panic!("{method}: {}", error.message));
            }
        }
    }

    fn wait(&mut self) {
        loop {
            let Message::Notification(note) = self.connection.receiver.recv().unwrap() else { continue };
            if note.method == "textDocument/publishDiagnostics" && note.params["version"] == self.version {
                assert_eq!(note.params["diagnostics"], json!([]), "the program is valid");
                return;
            }
        }
    }
}
