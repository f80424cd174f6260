//! Nothing that a program writes for Vertex AI is dropped on the way to the platform: over random programs, whatever the
//! table grants changes the emitted calls when it is changed or left out, or stands on the list below with its reason.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use camino::Utf8Path;
use servec::compile::{Compiled, Options, compile_with};
use servec::files::{Nothing, Overlay};
use servec::report::Severity;
use servec::stack::Stack;
use servec::target::vertex::Vertex;
use servec::target::{ALL, Emitter as _};

use crate::support::written::{FILES, Made, Written, program};
use crate::vertex::lowered;

/// Fields whose change the calls need not show, and why.
const SILENT: &[(&str, &str)] = &[
    ("model.latency", "checked against timeouts and objectives; the platform has no field"),
    ("pool.model.latency", "as of a model"),
    ("model.concurrency", "servec's runtime keeps it; other containers know their own"),
    ("pool.model.concurrency", "as of a model"),
    ("model.cpu", "chooses the machine: a small change of a need may choose the same"),
    ("model.memory", "chooses the machine: a small change of a need may choose the same"),
    ("pool.model.cpu", "as of a model"),
    ("pool.model.memory", "as of a model"),
    ("model.accelerator", "chooses the machine"),
    ("model.accelerator.gpu.memory", "chooses the machine: a small change of a need may choose the same"),
    ("model.accelerator.gpu.count", "chooses the machine: a small change of a need may choose the same"),
    ("pool.model.accelerator", "as of a model"),
    ("pool.model.accelerator.gpu.memory", "as of a model"),
    ("pool.model.accelerator.gpu.count", "as of a model"),
    ("model.batching.max_size", "spoken of: the platform and the runtime join no calls"),
    ("model.batching.max_delay", "spoken of: the platform and the runtime join no calls"),
    ("pool.model.batching.max_size", "as of a model"),
    ("pool.model.batching.max_delay", "as of a model"),
    ("model.framework", "a version chooses the image; of ONNX there is one runtime for all"),
    ("model.framework.onnx.version", "there is one runtime for all versions"),
    ("pool.framework.onnx.version", "there is one runtime for all versions"),
    ("pool.model.framework.onnx.version", "there is one runtime for all versions"),
    ("model.framework.vllm.version", "spoken of: there is one image"),
    ("pool.framework", "there is one runtime for all ONNX models, and pools of others are refused"),
    ("pool.model.framework", "as of a pool"),
    ("endpoint.budget", "held against the cost of what is chosen; the platform has no field"),
    ("endpoint.slo.p50", "spoken of: nothing on the platform watches it"),
    ("endpoint.slo.p99", "spoken of: nothing on the platform watches it"),
    ("endpoint.slo.errors", "spoken of: nothing on the platform watches it"),
    ("endpoint.slo.cold_start", "spoken of: nothing on the platform watches it"),
    ("endpoint.sample.request", "sent by `invoke --sample`, no part of what is deployed"),
    ("endpoint.sample.expect", "compared by `invoke --sample`"),
    ("endpoint.sample.tolerance", "compared by `invoke --sample`"),
    ("endpoint.capture.output", "spoken of: what is kept goes into a table of BigQuery; one of those is emitted"),
    ("endpoint.network.private", "the stack's `endpoint = private` emits it, and the table asks for that"),
    ("endpoint.network.isolated", "refused where it is switched on"),
    ("endpoint.mode.realtime.timeout", "a shared endpoint has a time of its own, which the table asks for"),
    ("endpoint.mode", "a bare word that is the default"),
    ("endpoint.scale", "without a policy nothing moves the count: the most is never reached"),
    ("endpoint.variant.weight", "a share is relative: of one variant it is all"),
    ("endpoint.variant.shadow", "switched off: nothing is asked"),
    ("endpoint.machine", "names the machine that would be chosen anyway"),
    ("endpoint.rollout", "a bare word that is the default: all at once"),
    ("pool.cache", "`on` is what a pool is unless said"),
    ("pool.share", "`container` is what a pool is unless said"),
    ("job.mode.batch.split", "`line` is what a job is unless said"),
    ("stack.allow", "lets through what the target says is in preview or emulated"),
    ("stack.protect", "kept by `plan` and `apply`"),
    ("stack.*", "a setting may name its default"),
    ("transform.handler", "chosen with the program"),
    ("transform.handler.builtin.name", "a name of the runtime's own steps"),
];

/// So that what is in preview or emulated fits.
const ALLOW: &str = "[emulation, preview]";
const SEEDS: u64 = 1_500;

struct Text {
    made: Made,
    stack: usize,
}

impl Text {
    /// Programs are written for all targets: here with places and names in the forms of this one.
    fn of(seed: u64) -> Self {
        let stack = ALL.iter().position(|target| target.name() == "vertex").unwrap();
        let mut made = program(seed);
        made.text = made.text.replace("\"s3://", "\"gs://").replace("tags = { A", "tags = { a");
        let allow = made.fields.iter().position(|f| f.path == "stack.allow" && f.stack == Some(stack));
        match allow {
            Some(i) => put(&mut made, i, ALLOW),
            None => {
                let head = format!("stack s{stack} on vertex {{\n");
                let at = made.text.find(&head).unwrap() + head.len();
                let line = format!("allow = {ALLOW}\n");
                made.text.insert_str(at, &line);
                shift(&mut made, at, at, line.len() as isize);
            }
        }
        let forms = [
            ("endpoint.encrypt.key", "\"projects/p/locations/europe-west4/keyRings/r/cryptoKeys/k1\""),
            ("endpoint.identity.role", "\"a1@p.iam.gserviceaccount.com\""),
            ("model.image", "\"europe-docker.pkg.dev/p/r/m:1\""),
        ];
        for (path, value) in forms {
            while let Some(i) = made.fields.iter().position(|f| f.path == path && f.value != value) {
                put(&mut made, i, value);
            }
        }
        Self { made, stack }
    }

    fn compiled(&self, text: &str) -> Compiled {
        let mut texts: BTreeMap<_, _> = FILES.iter().map(|(name, text)| ((*name).into(), (*text).to_owned())).collect();
        texts.insert("main.serve".into(), text.to_owned());
        let options = Options { stacks: vec![format!("s{}", self.stack)], ..Options::default() };
        compile_with(Utf8Path::new("main.serve"), &options, &Overlay { texts, below: Nothing })
    }

    fn mine(&self) -> impl Iterator<Item = &Written> {
        self.made.fields.iter().filter(|field| field.stack.is_none_or(|at| at == self.stack))
    }

    /// Everything that can be left out: fields, and blocks from their heads on.
    fn units(&self) -> Vec<Range<usize>> {
        let mut units: Vec<Range<usize>> = self.mine().map(|field| field.at.clone()).collect();
        units.extend(self.mine().flat_map(|field| &field.heads).filter_map(|head| block(&self.made.text, head)));
        units.sort_by_key(ExactSizeIterator::len);
        units.dedup();
        units
    }

    /// Leaves out what this target refuses until the rest fits.
    fn fitting(&self) -> Option<String> {
        let (mut text, units) = (self.made.text.clone(), self.units());
        for _ in 0..60 {
            let compiled = self.compiled(&text);
            if !compiled.failed {
                return Some(text);
            }
            let errors = compiled.diagnostics.iter().filter(|d| d.severity == Severity::Error);
            let spans: Vec<_> = errors.filter_map(|d| d.labels.first()).map(|label| label.span).collect();
            let span = spans.first()?;
            let (start, end) = (span.start as usize, span.end as usize);
            let around = units.iter().find(|unit| unit.start <= start && end <= unit.end && !is_blank(&text, unit));
            let within = || units.iter().rev().find(|u| start <= u.start && u.end <= end && !is_blank(&text, u));
            let unit = around.or_else(within)?;
            blank(&mut text, unit);
        }
        None
    }
}

/// Another value for a field.
fn put(made: &mut Made, field: usize, value: &str) {
    let (at, old) = (made.fields[field].at.clone(), made.fields[field].value.clone());
    let start = at.end - old.len();
    made.text.replace_range(start..at.end, value);
    made.fields[field].value = value.to_owned();
    shift(made, start, at.end, value.len() as isize - old.len() as isize);
}

fn shift(made: &mut Made, start: usize, end: usize, by: isize) {
    let moved = |at: &mut Range<usize>| {
        if at.start >= end {
            at.start = at.start.strict_add_signed(by);
        }
        if at.end >= end && at.end > start {
            at.end = at.end.strict_add_signed(by);
        }
    };
    for field in &mut made.fields {
        moved(&mut field.at);
        field.heads.iter_mut().for_each(moved);
    }
}

/// From the head of a block to its closing brace; `None` for a construct that is a field's value.
fn block(text: &str, head: &Range<usize>) -> Option<Range<usize>> {
    let open = text[head.end..].find(|c: char| !c.is_whitespace()).filter(|i| text[head.end + i..].starts_with('{'))?;
    let mut depth = 0;
    for (i, c) in text[head.end + open..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(head.start..head.end + open + i + 1);
        }
    }
    None
}

fn is_blank(text: &str, at: &Range<usize>) -> bool {
    text[at.clone()].trim().is_empty()
}

fn blank(text: &mut String, at: &Range<usize>) {
    let blanks: String = text[at.clone()].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
    text.replace_range(at.clone(), &blanks);
}

fn emitted(compiled: &Compiled) -> Option<Vec<u8>> {
    let stack = compiled.stacks.first().filter(|_| !compiled.failed)?;
    let files = Vertex.files(&lowered(stack));
    Some(files.into_iter().flat_map(|file| file.contents).collect())
}

/// The field left out, and the field with each digit of its value changed.
fn changes(text: &str, field: &Written) -> Vec<String> {
    let mut without = text.to_owned();
    blank(&mut without, &field.at);
    let mut other = text.to_owned();
    let start = field.at.end - field.value.len();
    let value: String = text[start..field.at.end]
        .chars()
        .map(|c| if c.is_ascii_digit() { char::from(b'2' + (c as u8 - b'0' + 1) % 8) } else { c })
        .collect();
    other.replace_range(start..field.at.end, &value);
    let flipped = match text[start..field.at.end].trim() {
        "true" => Some("false"),
        "on" => Some("off"),
        _ => None,
    };
    let turned = flipped.map(|word| {
        let mut turned = text.to_owned();
        turned.replace_range(start..field.at.end, word);
        turned
    });
    let all = [Some(without), Some(other), turned].into_iter().flatten();
    all.filter(|changed| changed != text).collect()
}

/// What a program showed.
#[derive(Default)]
struct Seen {
    fits: usize,
    reached: BTreeMap<String, usize>,
    dropped: BTreeMap<String, String>,
    written: BTreeSet<String>,
}

/// Whether a field of a model belongs to one that the stack reaches: `m` and `n` may be declared for nothing.
fn is_reached(field: &Written, text: &str, stack: &Stack) -> bool {
    let head = text[..field.at.start].rfind("\nmodel ").map(|at| &text[at + 7..]);
    let name = head.and_then(|head| head.split_whitespace().next()).unwrap_or("");
    !field.path.starts_with("model.") || stack.models.contains_key(name)
}

fn look(seed: u64, silent: &BTreeMap<&str, &str>, seen: &mut Seen) {
    let text = Text::of(seed);
    let Some(fitting) = text.fitting() else { return };
    let compiled = text.compiled(&fitting);
    let (Some(before), Some(stack)) = (emitted(&compiled), compiled.stacks.first()) else { return };
    seen.fits += 1;
    let mine = text.mine().filter(|field| !is_blank(&fitting, &field.at) && is_reached(field, &fitting, stack));
    for field in mine {
        seen.written.insert(field.path.clone());
        let after = changes(&fitting, field).into_iter().filter_map(|changed| emitted(&text.compiled(&changed)));
        let after: Vec<_> = after.collect();
        if after.iter().any(|after| *after != before) {
            *seen.reached.entry(field.path.clone()).or_insert(0) += 1;
        } else if !after.is_empty() && !silent.contains_key(&*field.path) {
            let shown = || format!("{seed}: `{}`\n{fitting}", field.value);
            seen.dropped.entry(field.path.clone()).or_insert_with(shown);
        }
    }
}

#[test]
fn what_the_table_grants_reaches_the_calls() {
    let silent: BTreeMap<&str, &str> = SILENT.iter().copied().collect();
    let next = AtomicU64::new(0);
    let work = || {
        let mut seen = Seen::default();
        loop {
            match next.fetch_add(1, Relaxed) {
                seed if seed < SEEDS => look(seed, &silent, &mut seen),
                _ => return seen,
            }
        }
    };
    let found = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..2).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect::<Vec<_>>()
    });
    let mut seen = Seen::default();
    for more in found {
        seen.fits += more.fits;
        more.reached.into_iter().for_each(|(path, times)| *seen.reached.entry(path).or_insert(0) += times);
        seen.dropped.extend(more.dropped);
        seen.written.extend(more.written);
    }
    println!("{} programs fit; {} fields reach the calls: {:#?}", seen.fits, seen.reached.len(), seen.reached);
    let shown: Vec<String> =
        seen.dropped.iter().take(3).map(|(path, example)| format!("{path} of {example}")).collect();
    let heads: Vec<&String> = seen.dropped.keys().collect();
    assert!(heads.is_empty(), "{heads:#?} change nothing that is emitted\n{}", shown.join("\n"));
    assert!(seen.fits >= 90, "{}", seen.fits);
    let missing: Vec<&&str> = MUST.iter().filter(|path| !seen.reached.contains_key(**path)).collect();
    assert!(missing.is_empty(), "never seen to reach the calls: {missing:#?}\n{:#?}", seen.written);
}

/// Fields that are seen to reach the calls in some program at least: the test above can fail.
const MUST: &[&str] = &[
    "endpoint.capture.sample",
    "endpoint.encrypt.key",
    "endpoint.identity.role",
    "endpoint.scale",
    "endpoint.scale.track.target",
    "endpoint.variant.weight",
    "endpoint.mode.async.output",
    "endpoint.mode.async.timeout",
    "endpoint.mode.async.on_done",
    "endpoint.mode.realtime.timeout",
    "endpoint.mode.streaming.timeout",
    "endpoint.rollout.canary.first",
    "endpoint.rollout.canary.bake",
    "endpoint.rollout.canary.abort_on",
    "job.mode.batch.input",
    "job.mode.batch.output",
    "job.mode.batch.split",
    "model.artifact",
    "model.env",
    "model.health.path",
    "model.health.timeout",
    "model.image",
    "model.load_time",
    "pool.artifacts",
    "pool.cache",
    "stack.*",
    "stack.tags",
];
