//! The front end's speed and memory: parsing and the whole check, over generated programs of growing size; and what
//! holding a program against every target adds.
//!
//! `cargo bench --bench front_end [-- SIZE…]` prints one table. Its limits: ten times the bytes take at most eleven times
//! as long, a file of 1,000 lines is checked within an editor's budget of 20 ms (95 of 100 times), and 1,000 endpoints on
//! four targets take at most twice as long as without asking the targets.
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
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use camino::Utf8Path;
use servec::compile::{Compiled, Options, compile_unfitted, compile_with};
use servec::files::{Files, Nothing, Overlay};
use servec::report::Sink;
use servec::source::SourceMap;
use servec::syntax;
use servec::target;
use valid::valid_program;

/// Counts what is held, and the most that ever was.
struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

fn grow(bytes: usize) {
    let held = HELD.fetch_add(bytes, Relaxed) + bytes;
    PEAK.fetch_max(held, Relaxed);
}

// SAFETY: every call is handed to the system's allocator unchanged; only sizes are counted beside it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        grow(size);
        HELD.fetch_sub(layout.size(), Relaxed);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const SEED: u64 = 2026;
/// What a size is measured for; at least once, at most so often.
const PATIENCE: Duration = Duration::from_secs(3);
const MOST_RUNS: usize = 200;

fn main() {
    let sizes: Vec<usize> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![10, 100, 1_000, 10_000] } else { sizes };
    println!("                               parse            whole check    peak ÷ source");
    println!("endpoints      KiB   lines       MB/s       MB/s         ms   parse   check  growth of the time");
    let mut before: Option<(usize, Duration)> = None;
    for endpoints in sizes {
        let text = valid_program(endpoints, SEED);
        let (parsing, tree) = measure(|| parse(&text));
        let (checking, peak) = measure(|| check(&text));
        let (parsing, checking) = (median(parsing), median(checking));
        let growth = before.map_or(String::new(), |(bytes, time)| {
            let (times, larger) = (checking.as_secs_f64() / time.as_secs_f64(), text.len() as f64 / bytes as f64);
            format!("{:.1} (for 10.0 times the bytes)", times / larger * 10.0)
        });
        println!(
            "{endpoints:9} {:8} {:7} {:10.1} {:10.1} {:10.2} {:7.1} {:7.1}  {growth}",
            text.len() / 1024,
            text.lines().count(),
            speed(text.len(), parsing),
            speed(text.len(), checking),
            checking.as_secs_f64() * 1e3,
            tree as f64 / text.len() as f64,
            peak as f64 / text.len() as f64,
        );
        before = Some((text.len(), checking));
    }
    editor();
    targets();
}

/// A thousand endpoints, all of them in a stack on each target.
fn targets() {
    let text = on_every_target(1_000);
    let (unfitted, _) = measure(|| run(&text, compile_unfitted));
    let (fitted, _) = measure(|| run(&text, compile_with));
    let said = run(&text, compile_with).diagnostics.len();
    let (unfitted, fitted) = (median(unfitted), median(fitted));
    println!(
        "1,000 endpoints on {} targets: {:.1} ms, {:.1} ms without asking the targets: {:.2} times (limit: 2.00); {said} \
         diagnostics",
        target::ALL.len(),
        fitted.as_secs_f64() * 1e3,
        unfitted.as_secs_f64() * 1e3,
        fitted.as_secs_f64() / unfitted.as_secs_f64(),
    );
}

fn on_every_target(endpoints: usize) -> String {
    let program = valid_program(endpoints, SEED);
    let declared = program.split("stack dev on").next().unwrap();
    let names: Vec<String> = (0..endpoints).map(|n| format!("endpoint_{n}")).collect();
    let stacks = target::ALL.iter().enumerate().map(|(i, target)| {
        let settings = target.settings().iter().filter(|setting| setting.required).map(|setting| match setting.name {
            "region" if target.name() == "vertex" => "  region = \"europe-west4\"\n".to_owned(),
            name => format!("  {name} = \"eu-west-1\"\n"),
        });
        let settings: String = settings.collect();
        format!("stack s{i} on {} {{\n{settings}  deploy {}\n}}\n", target.name(), names.join(", "))
    });
    declared.to_owned() + &stacks.collect::<String>()
}

fn run(text: &str, compile: fn(&Utf8Path, &Options, &dyn Files) -> Compiled) -> Compiled {
    let files = Overlay { texts: [("main.serve".into(), text.to_owned())].into(), below: Nothing };
    compile(Utf8Path::new("main.serve"), &Options::default(), &files)
}

/// A file of 1,000 lines, as an editor has it checked at each key.
fn editor() {
    let endpoints = (1..).find(|n| valid_program(*n, SEED).lines().count() >= 1_000).unwrap();
    let text = valid_program(endpoints, SEED);
    let (mut times, _) = measure(|| check(&text));
    times.sort();
    let p95 = times[(times.len() - 1) * 95 / 100];
    println!(
        "\nwhole check of {} lines: p95 {:.2} ms over {} runs (budget: 20 ms)",
        text.lines().count(),
        p95.as_secs_f64() * 1e3,
        times.len()
    );
}

fn parse(text: &str) -> syntax::ast::File {
    let (mut sources, mut sink) = (SourceMap::default(), Sink::default());
    let file = sources.add("main.serve", text);
    let tree = syntax::parse(file, text, &mut sink);
    assert!(!sink.has_errors());
    tree
}

fn check(text: &str) -> Compiled {
    let compiled = run(text, compile_with);
    assert!(!compiled.failed, "{:?}", compiled.diagnostics.first());
    compiled
}

/// The times of many runs, and the most memory that one held beyond what was held before it.
fn measure<T>(run: impl Fn() -> T) -> (Vec<Duration>, usize) {
    drop(black_box(run()));
    let (mut times, mut peak) = (Vec::new(), 0);
    let start = Instant::now();
    while times.is_empty() || (start.elapsed() < PATIENCE && times.len() < MOST_RUNS) {
        let held = HELD.load(Relaxed);
        PEAK.store(held, Relaxed);
        let one = Instant::now();
        let result = black_box(run());
        times.push(one.elapsed());
        peak = peak.max(PEAK.load(Relaxed).saturating_sub(held));
        drop(result);
    }
    (times, peak)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Millions of bytes a second.
fn speed(bytes: usize, time: Duration) -> f64 {
    bytes as f64 / 1e6 / time.as_secs_f64()
}
