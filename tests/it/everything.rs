//! Nothing that a program writes is dropped on any target: over thousands of random programs, each field is asked of the
//! target by a demand, a metric or an amount that points at it, or is spoken of where it stands, or needs no target and
//! stands on the list below with its reason. And what a table does not say a plain yes to is always said.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};

use camino::Utf8Path;
use servec::capability::{Demands, Feature, Measure, Support, Table, demands, fit, measures};
use servec::compile::{Compiled, Options, compile_unfitted};
use servec::files::{Nothing, Overlay};
use servec::report::{Diagnostic, Sink};
use servec::source::Span;
use servec::stack::Stack;
use servec::target::{ALL, find};

use crate::support::written::{FILES, Made, Written, program};

const PROGRAMS: u64 = 10_000;

/// Fields that no platform has to honour, with the value for which that is so (none: for any), and why.
const ELSEWHERE: &[(&str, Option<&str>, &str)] = &[
    ("endpoint.serve", None, "what it names asks by itself"),
    ("job.run", None, "what it names asks by itself"),
    ("model.latency", None, "checked against the timeout of what serves it; scaling is computed with it"),
    ("pool.model.latency", None, "checked against the timeout of what serves it; scaling is computed with it"),
    ("model.concurrency", None, "servec's own runtime keeps it; scaling is computed with it"),
    ("pool.model.concurrency", None, "servec's own runtime keeps it; scaling is computed with it"),
    (
        "transform.handler",
        None,
        "asked where it is called: one of the standard library stands in no file of the user's",
    ),
    ("transform.handler.builtin.name", None, "a name of the runtime's own steps, checked with the program"),
    ("transform.handler.python.name", None, "what the handler is asks"),
    ("transform.handler.container.name", None, "what the handler is asks"),
    ("pool.cache", Some("on"), "what a pool is unless said"),
    ("pool.share", Some("container"), "what a pool is unless said"),
    ("endpoint.network.private", Some("false"), "switched off: nothing is asked"),
    ("endpoint.network.isolated", Some("false"), "switched off: nothing is asked"),
    ("job.mode.batch.input", None, "a batch job without its data is none: the mode asks"),
    ("job.mode.batch.output", None, "a batch job without its answers is none: the mode asks"),
    ("stack.allow", None, "lets through what the target says is in preview or emulated"),
    ("stack.protect", None, "kept by `plan` and `apply`"),
    ("stack.*", None, "a setting that the target itself declares"),
];

fn compiled(made: &Made) -> Compiled {
    let mut texts: BTreeMap<_, _> = FILES.iter().map(|(name, text)| ((*name).into(), (*text).to_owned())).collect();
    texts.insert("main.serve".into(), made.text.clone());
    compile_unfitted(Utf8Path::new("main.serve"), &Options::default(), &Overlay { texts, below: Nothing })
}

/// Where a stack's target is asked something.
struct Place {
    at: Range<usize>,
    /// Whether what is asked there is asked of the whole block, fields and all.
    whole: bool,
}

/// What points at a whole construct, and does not ask for its fields: each of them asks for itself.
const NOT_WHOLE: [Feature; 12] = [
    Feature::Realtime,
    Feature::Streaming,
    Feature::Serverless,
    Feature::Async,
    Feature::Batch,
    Feature::OneReplica,
    Feature::ManyReplicas,
    Feature::ScaleToZero,
    Feature::RolloutCanary,
    Feature::RolloutLinear,
    Feature::RolloutRolling,
    Feature::RolloutAllAtOnce,
];

fn places(demands: &Demands, measures: &[Measure], said: &[Diagnostic]) -> Vec<Place> {
    let place = |span: Span, whole| Place { at: span.start as usize..span.end as usize, whole };
    let features = demands.features.iter().flat_map(|demand| {
        let whole = !NOT_WHOLE.contains(&demand.feature);
        demand.spans.iter().map(move |span| place(*span, whole))
    });
    let metrics = demands.metrics.iter().map(|demand| place(demand.span, false));
    let amounts = measures.iter().flat_map(|measure| measure.places.iter().map(|(span, _)| place(*span, true)));
    let said = said.iter().flat_map(|d| d.labels.iter().map(|label| place(label.span, true)));
    features.chain(metrics).chain(amounts).chain(said).collect()
}

/// A place in the field itself; or one around it or on the head of a block that it stands in, where that asks for the
/// whole block.
fn is_met(field: &Written, places: &[Place]) -> bool {
    let within = |inner: &Range<usize>, outer: &Range<usize>| outer.start <= inner.start && inner.end <= outer.end;
    places.iter().any(|Place { at, whole }| {
        within(at, &field.at) || *whole && (within(&field.at, at) || field.heads.iter().any(|head| within(at, head)))
    })
}

fn unaccounted<'m>(made: &'m Made, stack: usize, places: &[Place]) -> Vec<&'m Written> {
    let listed = |field: &Written| {
        let same = |(path, value, _): &(&str, Option<&str>, &str)| {
            *path == field.path && value.is_none_or(|value| value == field.value)
        };
        ELSEWHERE.iter().any(same)
    };
    let here = made.fields.iter().filter(|field| field.stack.is_none_or(|at| at == stack));
    here.filter(|field| !listed(field) && !is_met(field, places)).collect()
}

/// Demands that the table does not plainly grant, and of which nothing is said.
fn unsaid(stack: &Stack, table: &Table, demands: &Demands) -> Vec<String> {
    let mut sink = Sink::default();
    let dag = servec::graph::build(stack, &mut sink).unwrap();
    let fitted = fit(stack, &dag, table, &mut sink).is_some();
    let said: BTreeSet<Span> =
        sink.into_sorted().iter().flat_map(|d| d.labels.iter().map(|label| label.span).collect::<Vec<_>>()).collect();
    let mut out = vec![];
    for demand in &demands.features {
        let cell = table.cell(demand.feature, table.of(demand.mode, stack).unwrap()).unwrap();
        let heard = demand.spans.iter().all(|span| said.contains(span));
        if !matches!(cell.support, Support::Yes | Support::Moot) && !heard {
            out.push(format!("{:?} of {} is {}", demand.feature, demand.subject, cell.support.word()));
        }
        if cell.support == Support::No && fitted {
            out.push(format!("{:?} of {} is refused, and the stack fits", demand.feature, demand.subject));
        }
    }
    out
}

/// What one program shows: problems, and the paths that it wrote.
fn look(seed: u64, problems: &mut BTreeMap<String, String>, paths: &mut BTreeSet<String>) -> bool {
    let made = program(seed);
    let compiled = compiled(&made);
    if compiled.failed {
        let first = compiled.diagnostics.iter().find(|d| d.severity == servec::report::Severity::Error).unwrap();
        let problem = format!("a program that is not valid: {} {}", first.code.id(), first.message);
        problems.entry(problem).or_insert_with(|| format!("{seed}: {:?}\n{}", first.labels, made.text));
        return false;
    }
    for (i, stack) in compiled.stacks.iter().enumerate() {
        let demands = demands(stack);
        let places = places(&demands, &measures(stack), &compiled.diagnostics);
        for field in unaccounted(&made, i, &places) {
            let problem = format!("`{}` is asked of nothing and spoken of nowhere", field.path);
            problems.entry(problem).or_insert_with(|| format!("{seed}: `{}`\n{}", field.value, made.text));
        }
        for what in unsaid(stack, find(&stack.target).unwrap().table(), &demands) {
            let problem = format!("{}: {what}, and nothing says so", stack.target);
            problems.entry(problem).or_insert_with(|| format!("{seed}\n{}", made.text));
        }
    }
    paths.extend(made.fields.into_iter().map(|field| field.path));
    true
}

#[test]
fn each_field_of_thousands_of_programs_is_accounted_for_on_every_target() {
    let (next, valid) = (AtomicU64::new(0), AtomicUsize::new(0));
    let work = || {
        let (mut problems, mut paths) = (BTreeMap::new(), BTreeSet::new());
        loop {
            let seed = next.fetch_add(1, Relaxed);
            if valid.load(Relaxed) >= PROGRAMS as usize || seed >= 2 * PROGRAMS {
                return (problems, paths);
            }
            valid.fetch_add(usize::from(look(seed, &mut problems, &mut paths)), Relaxed);
        }
    };
    let found = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..2).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect::<Vec<_>>()
    });
    let (mut problems, mut paths) = (BTreeMap::new(), BTreeSet::new());
    for (more, seen) in found {
        problems.extend(more);
        paths.extend(seen);
    }
    assert!(problems.is_empty(), "{} problems\n{}", problems.len(), shown(&problems));
    assert!(valid.load(Relaxed) >= PROGRAMS as usize);
    assert!(paths.len() > 90, "{}: {paths:#?}", paths.len());
    let stale = ELSEWHERE.iter().filter(|(path, ..)| !paths.contains(*path));
    assert_eq!(stale.collect::<Vec<_>>(), Vec::<&(&str, Option<&str>, &str)>::new(), "listed, and never written");
}

fn shown(problems: &BTreeMap<String, String>) -> String {
    let all = problems.iter().map(|(problem, example)| format!("{problem}\n    {}", example.replace('\n', "\n    ")));
    let heads: Vec<&str> = problems.keys().map(String::as_str).collect();
    format!("{}\n\n{}", heads.join("\n"), all.take(4).collect::<Vec<_>>().join("\n"))
}

/// Leaving out one feature leaves its fields unaccounted for: the test above can fail.
#[test]
fn a_demand_that_is_left_out_is_noticed() {
    let cases = [
        (Feature::Capture, "endpoint.capture.sample"),
        (Feature::Alarm, "endpoint.alarm.when"),
        (Feature::Environment, "model.env"),
        (Feature::HealthPath, "model.health.path"),
        (Feature::ScaleSchedule, "endpoint.scale.schedule.zone"),
        (Feature::AsyncOutput, "endpoint.mode.async.output"),
        (Feature::ServerlessMemory, "endpoint.mode.serverless.memory"),
        (Feature::PoolCacheOff, "pool.cache"),
        (Feature::NetworkSubnets, "endpoint.network.subnets"),
        (Feature::RolloutAbort, "endpoint.rollout.canary.abort_on"),
        (Feature::RolloutBake, "endpoint.rollout.all_at_once.bake"),
    ];
    for (feature, path) in cases {
        let missed = (0..2000).any(|seed| {
            let made = program(seed);
            let compiled = compiled(&made);
            let Some(stack) = compiled.stacks.first() else { return false };
            let mut asked = demands(stack);
            asked.features.retain(|demand| demand.feature != feature);
            let places = places(&asked, &[], &compiled.diagnostics);
            unaccounted(&made, 0, &places).iter().any(|field| field.path == path)
        });
        assert!(missed, "without {feature:?}, `{path}` is still accounted for");
    }
}

#[test]
fn programs_are_the_same_for_the_same_seed_and_have_a_stack_for_every_target() {
    assert_eq!(program(7).text, program(7).text);
    assert_ne!(program(7).text, program(8).text);
    let compiled = (0..).map(|seed| compiled(&program(seed))).find(|compiled| !compiled.failed).unwrap();
    let targets: Vec<&str> = compiled.stacks.iter().map(|stack| &*stack.target).collect();
    assert_eq!(targets, ALL.iter().map(|target| target.name()).collect::<Vec<_>>());
}
