//! What reaches a template: every property that the typed structs have stands in some fixture, and every field of random
//! programs that the table grants changes what is emitted, or stands on a list with its reason.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use camino::Utf8Path;
use serde_json::Value;
use servec::capability::fit;
use servec::catalog::Overrides;
use servec::compile::{Options, compile_unfitted};
use servec::files::{Nothing, Overlay};
use servec::report::{Severity, Sink};
use servec::target::sagemaker::SageMaker;
use servec::target::{Emitter as _, Target as _};

use crate::sagemaker::{fixtures, root, template};
use crate::support::written::{FILES, Made, program};

/// The structs of `src/target/sagemaker/cfn`: for each its fields, as they are written, with the struct that each holds.
#[derive(Default)]
struct Shapes {
    fields: BTreeMap<String, Vec<(String, Option<String>)>>,
    /// By type of CloudFormation.
    kinds: BTreeMap<String, String>,
}

fn pascal(name: &str) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    name.trim_start_matches("r#").split('_').map(capital).collect()
}

/// Names are unique but for `Policy`, which a role and a scaling policy have: by file.
fn shapes() -> Shapes {
    let mut shapes = Shapes::default();
    let folder = root().join("src/target/sagemaker/cfn");
    for entry in folder.read_dir_utf8().unwrap() {
        let path = entry.unwrap().into_path();
        let file = path.file_stem().unwrap().to_owned();
        if matches!(&*file, "mod" | "text" | "dashboard" | "job") {
            continue;
        }
        let own = |name: &str| if name == "Policy" { format!("{file}::Policy") } else { name.to_owned() };
        let (mut open, mut rename) = (None, None);
        for line in fs::read_to_string(&path).unwrap().lines() {
            let line = line.trim();
            if let Some(name) = line.strip_prefix("pub struct ").and_then(|rest| rest.strip_suffix(" {")) {
                shapes.fields.insert(own(name), vec![]);
                open = Some(own(name));
            } else if let Some((_, rest)) = line.split_once("rename = \"") {
                rename = Some(rest.split('"').next().unwrap().to_owned());
            } else if let (Some(of), Some((name, ty))) =
                (&open, line.strip_prefix("pub ").and_then(|l| l.split_once(": ")))
            {
                let inner = ty.trim_end_matches(',').rsplit('<').next().unwrap().trim_end_matches('>').to_owned();
                let named = rename.take().unwrap_or_else(|| pascal(name));
                let inner = (!ty.contains("BTreeMap")).then_some(own(&inner));
                shapes.fields.get_mut(of).unwrap().push((named, inner));
            } else if let Some(rest) = line.strip_prefix("properties!(") {
                let (name, kind) = rest.split_once(", \"").unwrap();
                shapes.kinds.insert(kind.split('"').next().unwrap().to_owned(), own(name));
            } else if line == "}" {
                open = None;
            }
        }
    }
    shapes
}

fn mark(
    value: &Value,
    shape: &str,
    shapes: &Shapes,
    seen: &mut BTreeSet<(String, String)>,
    unknown: &mut BTreeSet<String>,
) {
    if let Some(items) = value.as_array() {
        return items.iter().for_each(|item| mark(item, shape, shapes, seen, unknown));
    }
    let (Some(fields), Some(known)) = (value.as_object(), shapes.fields.get(shape)) else { return };
    for (name, value) in fields {
        match known.iter().find(|(known, _)| known == name) {
            Some((_, inner)) => {
                seen.insert((shape.to_owned(), name.clone()));
                if let Some(inner) = inner {
                    mark(value, inner, shapes, seen, unknown);
                }
            }
            None => drop(unknown.insert(format!("{shape}.{name}"))),
        }
    }
}

#[test]
fn every_property_that_can_be_emitted_stands_in_a_fixture() {
    let shapes = shapes();
    assert!(shapes.kinds.len() >= 9 && shapes.fields.len() >= 40, "{} of {}", shapes.kinds.len(), shapes.fields.len());
    let (mut seen, mut unknown) = (BTreeSet::new(), BTreeSet::new());
    for path in fixtures() {
        let template = template(&path);
        for resource in template["Resources"].as_object().unwrap().values() {
            let kind = resource["Type"].as_str().unwrap();
            let Some(shape) = shapes.kinds.get(kind) else {
                assert_eq!(kind, "AWS::CloudWatch::Dashboard");
                continue;
            };
            mark(&resource["Properties"], shape, &shapes, &mut seen, &mut unknown);
        }
    }
    let all =
        shapes.fields.iter().flat_map(|(shape, fields)| fields.iter().map(move |(f, _)| (shape.clone(), f.clone())));
    let missing: Vec<(String, String)> = all.filter(|field| !seen.contains(field)).collect();
    assert!(missing.is_empty(), "in no fixture: {missing:#?}");
    assert!(unknown.is_empty(), "written, and read in no struct: {unknown:?}");
}

/// Fields of which some value changes nothing that is emitted, and why that is right.
const ELSEWHERE: &[(&str, &str)] = &[
    ("stack.allow", "lets through what is in preview; nothing is made of it"),
    ("stack.protect", "kept by `plan` and `apply`"),
    ("endpoint.budget", "held against the catalogue's prices by `check`"),
    ("endpoint.sample.request", "sent by `try` and `invoke --sample`"),
    ("endpoint.sample.expect", "compared by `try` and `invoke --sample`"),
    ("endpoint.sample.tolerance", "compared by `try` and `invoke --sample`"),
    ("endpoint.network.private", "limited, and said: the address at AWS stays public"),
    ("endpoint.network.isolated", "switched off, it is what is so anyway"),
    ("model.latency", "held against the timeout by `check`"),
    ("model.cpu", "chooses the machine, which may be the same"),
    ("model.memory", "chooses the machine, which may be the same"),
    ("model.disk", "said in a note where the machine brings its own; serverless disks are of one size"),
    ("model.load_time", "within the least that SageMaker waits, or of what has no machine"),
    ("model.concurrency", "read by servec's runtime and AWS's own servers; another image has its own way"),
    ("model.accelerator", "chooses the machine, which may be the same"),
    ("model.accelerator.gpu.memory", "chooses the machine, which may be the same"),
    ("model.accelerator.gpu.kind", "chooses the machine, which may be the same"),
    ("model.accelerator.gpu.count", "one is what is meant anyway"),
    ("model.health.timeout", "limited, and said: each check waits 2 s"),
    ("model.batching.max_size", "limited, and said: the model's own server joins calls"),
    ("model.batching.max_delay", "limited, and said: the model's own server joins calls"),
    ("pool.model.latency", "held against the timeout by `check`"),
    ("pool.model.cpu", "chooses the machine, which may be the same"),
    ("pool.model.memory", "chooses the machine, which may be the same"),
    ("pool.model.disk", "said in a note where the machine brings its own"),
    ("pool.model.load_time", "within the least that SageMaker waits"),
    ("pool.model.concurrency", "read by servec's runtime and AWS's own servers; another image has its own way"),
    ("pool.model.health.timeout", "limited, and said: each check waits 2 s"),
    ("pool.model.batching.max_size", "limited, and said"),
    ("pool.model.batching.max_delay", "limited, and said"),
    ("pool.cache", "`on` is what a pool is unless said"),
    ("pool.share", "`container` is what a pool is unless said"),
    ("endpoint.mode.realtime.timeout", "read by servec's runtime and AWS's own servers; another image has its own way"),
    (
        "endpoint.mode.streaming.timeout",
        "read by servec's runtime and AWS's own servers; another image has its own way",
    ),
    ("endpoint.mode.async.timeout", "read by servec's runtime and AWS's own servers; another image has its own way"),
    ("endpoint.scale", "a serverless endpoint's workers are SageMaker's own affair"),
    ("endpoint.machine", "the cheapest that fits may be the same"),
    ("endpoint.variant.weight", "the only variant has all calls; one is what is meant anyway"),
    ("endpoint.rollout.canary.first", "a tenth is what is meant anyway"),
    ("endpoint.rollout.linear.first", "a tenth is what is meant anyway"),
    ("endpoint.rollout.rolling.first", "a tenth is what is meant anyway"),
    ("pool.model.accelerator", "chooses the machine, which may be the same"),
    ("pool.model.accelerator.gpu.memory", "chooses the machine, which may be the same"),
    ("pool.model.accelerator.gpu.kind", "chooses the machine, which may be the same"),
    ("pool.model.accelerator.gpu.count", "one is what is meant anyway"),
    ("endpoint.encrypt.key", "a disk that comes with its machine takes no key, and a note says so"),
    ("endpoint.mode", "`realtime` is what a mode is unless said"),
    ("endpoint.rollout", "components without `rolling` go over all at once anyway"),
    ("endpoint.scale.schedule.min", "the scale's own is what a schedule goes back to"),
    ("endpoint.scale.schedule.max", "the scale's own is what a schedule goes back to"),
    ("endpoint.variant.shadow", "`false` is what is meant anyway"),
    ("job.mode.batch.split", "`file` is what is meant anyway"),
    ("model.framework", "the newest version is what is meant anyway"),
    ("pool.framework", "the newest version is what is meant anyway"),
    ("pool.model.framework", "the newest version is what is meant anyway"),
    ("model.framework.onnx.version", "servec's runtime runs a model of any version that it reads"),
    ("pool.framework.onnx.version", "servec's runtime runs a model of any version that it reads"),
    ("pool.model.framework.onnx.version", "servec's runtime runs a model of any version that it reads"),
    ("stack.*", "`artifacts` and `runtime_image`, of a stack that uploads nothing and runs no step itself"),
    ("transform.handler", "of a step that nothing calls here"),
    ("transform.handler.container.name", "of a step that nothing calls here"),
];

/// What is emitted of a program's stack on this target, and said; none where it is not valid or does not fit.
fn emitted(text: &str) -> Option<String> {
    let mut texts: BTreeMap<_, _> = FILES.iter().map(|(name, text)| ((*name).into(), (*text).to_owned())).collect();
    texts.insert("main.serve".into(), text.to_owned());
    let compiled =
        compile_unfitted(Utf8Path::new("main.serve"), &Options::default(), &Overlay { texts, below: Nothing });
    let stack = compiled.stacks.iter().find(|stack| &*stack.target == "sagemaker")?;
    let mut sink = Sink::default();
    let dag = servec::graph::build(stack, &mut sink)?;
    let fitted = fit(stack, &dag, SageMaker.table(), &mut sink)?;
    SageMaker.hold(stack, &mut sink);
    // As `compile` asks: a machine for all of it, and images.
    let catalog = SageMaker.catalog().unwrap();
    let estimate = servec::cost::estimate(stack, Some(catalog), &Overrides::default(), &mut sink);
    servec::catalog::images_exist(stack, catalog.images(), &estimate.region.unwrap(), &mut sink);
    if sink.into_sorted().iter().any(|d| d.severity == Severity::Error) {
        return None;
    }
    let desired = SageMaker.lower(&fitted);
    let files = SageMaker.files(&desired);
    let mut out: String = files.iter().map(|file| String::from_utf8_lossy(&file.contents).into_owned()).collect();
    out.extend(desired.notes);
    Some(out)
}

/// The same with one field left out, or, where it can't be, with another value.
fn changed(made: &Made, at: usize) -> Option<String> {
    let field = &made.fields[at];
    let (head, tail) = (&made.text[..field.at.start], &made.text[field.at.end..]);
    if let Some(without) = emitted(&format!("{head}{tail}")) {
        return Some(without);
    }
    let entry = &made.text[field.at.clone()];
    let value_at = entry.len() - field.value.len();
    let digit = entry[value_at..].char_indices().find(|(_, c)| c.is_ascii_digit())?;
    let (place, other) = (value_at + digit.0, if digit.1 == '2' { '3' } else { '2' });
    emitted(&format!("{head}{}{other}{}{tail}", &entry[..place], &entry[place + 1..]))
}

/// How many programs must fit for this to say something.
const PROGRAMS: usize = 150;

/// A program that fits this target, made of a random one by leaving out what is refused.
fn fitting(seed: u64) -> Option<Made> {
    let made = program(seed);
    emitted(&made.text).map(|_| made)
}

#[test]
fn each_field_of_random_programs_reaches_the_template_or_is_listed() {
    let (mut unchanged, mut reached) = (BTreeMap::new(), BTreeSet::new());
    let mut programs = 0;
    for seed in 0..40_000 {
        if programs == PROGRAMS {
            break;
        }
        let Some(made) = fitting(seed) else { continue };
        programs += 1;
        let before = emitted(&made.text).unwrap();
        for (i, field) in made.fields.iter().enumerate().filter(|(_, field)| field.stack.is_none_or(|at| at == 0)) {
            let Some(after) = changed(&made, i) else { continue };
            if after == before {
                unchanged
                    .entry(field.path.clone())
                    .or_insert_with(|| format!("{seed}: `{}`\n{}", field.value, made.text));
            } else {
                reached.insert(field.path.clone());
            }
        }
    }
    assert_eq!(programs, PROGRAMS, "too few programs fit");
    let listed: BTreeSet<&str> = ELSEWHERE.iter().map(|(path, _)| *path).collect();
    let dropped: Vec<_> = unchanged.iter().filter(|(path, _)| !listed.contains(path.as_str())).collect();
    let heads: Vec<&String> = dropped.iter().map(|(path, _)| *path).collect();
    assert!(
        dropped.is_empty(),
        "{heads:#?}\n\n{}",
        dropped.iter().take(3).map(|(p, e)| format!("{p}: {e}\n")).collect::<String>()
    );
    assert!(reached.len() > 40, "{}: {reached:#?}", reached.len());
}
