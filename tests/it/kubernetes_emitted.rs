//! Every field of a program that fits reaches the manifests: taking it out, or changing it, changes them; or it is listed
//! here, with where else it counts.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};

use camino::Utf8Path;
use serde_json::Value;
use servec::capability::fit;
use servec::compile::{Options, compile_unfitted};
use servec::files::{Nothing, Overlay};
use servec::report::{Severity, Sink};
use servec::target::kubernetes::Kubernetes;
use servec::target::{Emitter as _, Target as _};

use crate::support::written::{FILES, Made, program};

/// Programs that fit, and how many are looked at to find them.
const FITTING: usize = 250;
const MOST: u64 = 60_000;

/// Fields that reach no manifest, and why.
const ELSEWHERE: &[(&str, &str)] = &[
    ("endpoint.budget", "a warning says that nothing is held against it"),
    ("endpoint.slo.p50", "a warning says that nothing in the cluster watches it"),
    ("endpoint.slo.p99", "a warning says that nothing in the cluster watches it"),
    ("endpoint.slo.errors", "a warning says that nothing in the cluster watches it"),
    ("endpoint.slo.cold_start", "a warning says that nothing in the cluster watches it"),
    ("endpoint.sample.request", "what `invoke --sample` sends"),
    ("endpoint.sample.expect", "what `invoke --sample` compares with"),
    ("endpoint.sample.tolerance", "what `invoke --sample` compares with"),
    ("endpoint.capture.sample", "a warning says that all calls are kept"),
    (
        "model.framework",
        "of its version a warning says that KServe's runtimes have their own; servec's reads any of ONNX",
    ),
    ("pool.framework", "as of a model"),
    ("pool.model.framework", "as of a model"),
    ("model.latency", "checked against the timeout"),
    ("pool.model.latency", "checked against the timeout"),
    ("stack.allow", "lets through what is in preview or emulated"),
    ("stack.protect", "kept by `plan` and `apply`"),
];

/// Fields that reach a manifest in some program, and not in every one that has them, and why.
const SOMETIMES: &[(&str, &str)] = &[
    ("endpoint.mode", "realtime is what an endpoint is unless said, and what streams answers through the same Service"),
    ("endpoint.scale", "the least of a serverless endpoint is none"),
    ("endpoint.network.private", "switched off: nothing is asked"),
    ("endpoint.network.isolated", "switched off: nothing is asked"),
    ("endpoint.variant.shadow", "switched off: nothing is asked"),
    ("endpoint.variant.weight", "a lone variant answers all calls, whatever its weight"),
    ("model.concurrency", "a container of the user's own keeps it"),
    ("pool.model.concurrency", "a container of the user's own keeps it"),
    ("model.batching.max_size", "a warning says that calls are not joined without KServe"),
    ("model.batching.max_delay", "a warning says that calls are not joined without KServe"),
    ("pool.model.batching.max_size", "a warning says that calls are not joined without KServe"),
    ("pool.model.batching.max_delay", "a warning says that calls are not joined without KServe"),
    ("pool.cache", "what a pool is unless said"),
    ("pool.share", "what a pool is unless said"),
    ("model.cpu", "of several models in one container the largest counts"),
    ("model.disk", "of several models in one container the largest counts"),
    ("model.accelerator", "of several models in one container the largest counts"),
    ("model.memory", "of several models in one container the largest counts, and that of `serverless` before it"),
    ("pool.model.memory", "that of `serverless` counts before it"),
    ("model.env", "of several models in one container another may say the same; where they differ the stack is refused"),
    ("model.load_time", "a cluster waits a minute at least"),
    ("pool.model.load_time", "a cluster waits a minute at least"),
    ("model.health.timeout", "a cluster counts in seconds"),
    ("pool.model.health.timeout", "a cluster counts in seconds"),
    ("stack.*", "a setting counts where what it sets is used"),
];

/// Every object of the program's stack on a cluster; none where it is wrong or does not fit.
fn manifests(text: &str) -> Option<BTreeMap<String, Value>> {
    let mut texts: BTreeMap<_, _> = FILES.iter().map(|(name, text)| ((*name).into(), (*text).to_owned())).collect();
    texts.insert("main.serve".into(), text.to_owned());
    let files = Overlay { texts, below: Nothing };
    let compiled = compile_unfitted(Utf8Path::new("main.serve"), &Options::default(), &files);
    let stack = compiled.stacks.iter().find(|stack| &*stack.target == Kubernetes.name())?;
    let mut sink = Sink::default();
    let dag = servec::graph::build(stack, &mut sink)?;
    let fitted = fit(stack, &dag, Kubernetes.table(), &mut sink)?;
    Kubernetes.hold(stack, &mut sink);
    if sink.as_slice().iter().any(|said| said.severity == Severity::Error) {
        return None;
    }
    let desired = Kubernetes.lower(&fitted);
    Some(desired.resources.into_iter().map(|(address, resource)| (address.to_string(), resource.body)).collect())
}

fn without(text: &str, at: &Range<usize>) -> String {
    format!("{}{}", &text[..at.start], &text[at.end..])
}

/// The field's value with its last number one higher, or with other letters.
fn changed(text: &str, at: &Range<usize>) -> Option<String> {
    let field = &text[at.clone()];
    let end = field.rfind(|c: char| c.is_ascii_digit())?;
    let digit = field.as_bytes()[end];
    let next = if digit == b'9' { '8' } else { char::from(digit + 1) };
    Some(format!("{}{}{next}{}{}", &text[..at.start], &field[..end], &field[end + 1..], &text[at.end..]))
}

/// `model.framework.onnx.version`: as the framework.
fn is_version(path: &str) -> bool {
    path.contains(".framework.") && path.ends_with(".version")
}

struct Found {
    /// Fields that reached the manifests in some program.
    emitted: BTreeSet<String>,
    /// Fields that did not, with a program.
    silent: BTreeMap<String, String>,
}

fn look(made: &Made, stack: usize, found: &mut Found) -> bool {
    let Some(before) = manifests(&made.text) else { return false };
    for field in made.fields.iter().filter(|field| field.stack.is_none_or(|at| at == stack)) {
        if ELSEWHERE.iter().any(|(path, _)| *path == field.path) || is_version(&field.path) {
            continue;
        }
        let texts = [Some(without(&made.text, &field.at)), changed(&made.text, &field.at)];
        let others: Vec<_> = texts.into_iter().flatten().filter_map(|text| manifests(&text)).collect();
        if others.is_empty() {
            continue;
        }
        if others.iter().any(|other| *other != before) {
            found.emitted.insert(field.path.clone());
        } else {
            found.silent.entry(field.path.clone()).or_insert_with(|| format!("`{}` in\n{}", field.value, made.text));
        }
    }
    true
}

#[test]
fn each_field_that_fits_changes_what_is_emitted() {
    let stack = servec::target::ALL.iter().position(|target| target.name() == Kubernetes.name()).unwrap();
    let (next, fitting) = (AtomicU64::new(0), AtomicUsize::new(0));
    let work = || {
        let mut found = Found { emitted: BTreeSet::new(), silent: BTreeMap::new() };
        loop {
            let seed = next.fetch_add(1, Relaxed);
            if fitting.load(Relaxed) >= FITTING || seed >= MOST {
                return found;
            }
            fitting.fetch_add(usize::from(look(&program(seed), stack, &mut found)), Relaxed);
        }
    };
    let found = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..2).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect::<Vec<_>>()
    });
    let (mut emitted, mut silent) = (BTreeSet::new(), BTreeMap::new());
    for one in found {
        emitted.extend(one.emitted);
        silent.extend(one.silent);
    }
    let (seeds, fitting) = (next.load(Relaxed), fitting.load(Relaxed));
    println!("{fitting} of {seeds} programs fit; {} fields emitted", emitted.len());
    let sometimes = |path: &str| SOMETIMES.iter().any(|(listed, _)| *listed == path) && emitted.contains(path);
    silent.retain(|path, _| !sometimes(path));
    let heads: Vec<String> =
        silent.keys().map(|path| format!("{path}{}", if emitted.contains(path) { " (in some)" } else { "" })).collect();
    let examples: Vec<String> = silent.iter().map(|(path, text)| format!("{path}: {text}")).collect();
    assert!(silent.is_empty(), "{fitting} of {seeds} fit; silent: {heads:#?}\n{}", examples.join("\n\n"));
    assert!(fitting >= FITTING / 2, "{fitting} of {seeds}");
}
