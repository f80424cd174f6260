//! Nothing that may be written is silently dropped: on the local target, every field of every block shows in what is
//! lowered, or is named by what the target says of it, or stands on the list below with its reason. The fields are read
//! from the schemas themselves, so that a new one fails here until it is accounted for.

use std::collections::{BTreeMap, BTreeSet};

use servec::check::schema::{
    Construct, ENDPOINT, Field, JOB, MODEL, Need, PARAM, POLICY, POOL, SCALE_POLICIES, STACK, Schema, Shape, TRANSFORM,
};
use servec::compile::{Options, compile};
use servec::target::find;

use crate::support::onnx;
use crate::support::program::Program;

/// What the local target need not say, and why.
const ELSEWHERE: &[(&str, &str)] = &[
    ("model.framework.onnx.version", "an ONNX file says its own operator sets, and there is one runtime to run it"),
    ("model.memory", "a need: the machine's own memory serves it"),
    ("model.disk", "a need: the machine's own disk serves it"),
    ("model.latency", "checked against the timeout of what serves it"),
    ("model.load_time", "checked against the longest cold start"),
    ("endpoint.network.private", "an embedded endpoint listens on this machine alone"),
    ("endpoint.budget", "this machine costs nothing"),
    ("endpoint.sample.request", "sent by `try`, `invoke` and the check after `apply`"),
    ("endpoint.sample.expect", "compared by `try` and `invoke`"),
    ("endpoint.sample.tolerance", "compared with by `try` and `invoke`"),
    ("stack.allow", "lets features through that the target says are in preview or emulated: local has none"),
    ("param.secret", "keeps a value out of what is lowered, which is the same for every value"),
];

/// Two values of a field whose meaning its shape does not tell.
fn special(path: &str) -> Option<(&'static str, &'static str)> {
    Some(match path {
        "model.artifact" => (r#""./m.onnx""#, r#""./n.onnx""#),
        "transform.handler.builtin.name" => (r#""text.lowercase""#, r#""text.normalize""#),
        "pool.artifacts" => (r#""s3://a/x/""#, r#""s3://b/x/""#),
        "pool.members" => ("[m, n]", "[n, m]"),
        "endpoint.serve" | "endpoint.variant.serve" | "job.run" => ("m", "n"),
        "endpoint.sample.request" | "endpoint.sample.expect" => (r#""./request.json""#, r#""./expected.json""#),
        "endpoint.scale" => ("1..2", "1..3"),
        "endpoint.scale.track.target" => ("60%", "70%"),
        "endpoint.scale.step.metric" => ("cpu", "memory"),
        "endpoint.scale.step.steps" => ("[{ above = 60%, add = 1 }]", "[{ above = 70%, add = 1 }]"),
        "endpoint.scale.schedule.cron" => (r#""0 7 * * *""#, r#""0 8 * * *""#),
        "endpoint.scale.schedule.min" | "endpoint.scale.schedule.max" => ("1", "2"),
        "endpoint.scale.schedule.zone" => (r#""UTC""#, r#""Europe/Berlin""#),
        "policy.require" => ("true", "false"),
        "stack.with.*" => ("1", "2"),
        _ => return None,
    })
}

fn by_shape(shape: &Shape) -> (String, String) {
    let texts = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    match shape {
        Shape::Bool => texts("true", "false"),
        Shape::Int => texts("2", "3"),
        Shape::Float => texts("2.0", "3.0"),
        Shape::String | Shape::Text | Shape::Path => texts(r#""a""#, r#""b""#),
        Shape::Duration => texts("2s", "3s"),
        Shape::Size => texts("2GiB", "3GiB"),
        Shape::Percent | Shape::Share => texts("10%", "20%"),
        Shape::Rate => texts("2/s", "3/s"),
        Shape::Money => texts("20 USD/month", "30 USD/month"),
        Shape::Uri(_) => texts(r#""s3://a/x""#, r#""s3://b/x""#),
        Shape::Words(words) => (words[0].0.to_owned(), words.last().unwrap().0.to_owned()),
        Shape::Range => texts("1..2", "1..3"),
        Shape::List(inner) => {
            let (a, b) = by_shape(inner);
            (format!("[{a}]"), format!("[{b}]"))
        }
        Shape::Map(inner) => {
            let (a, b) = by_shape(inner);
            (format!("{{ A = {a} }}"), format!("{{ A = {b} }}"))
        }
        Shape::AnyOf(shapes) => by_shape(&shapes[0]),
        Shape::Condition(_) => texts("errors > 1%", "p99 > 2s"),
        Shape::Any => texts("1", "2"),
        Shape::Construct(_) | Shape::Record(_) | Shape::Ref(_) => panic!("no two values for {shape:?}"),
    }
}

/// A field to be accounted for: its path, and the entry of its declaration that writes it, with either value.
#[derive(Debug)]
struct Leaf {
    path: String,
    with: [String; 2],
}

/// Every field of a schema. `around` puts an entry of this block into an entry of the declaration.
fn leaves(schema: &Schema, path: &str, around: &dyn Fn(&str) -> String, out: &mut Vec<Leaf>) {
    for field in schema.fields {
        let path = format!("{path}.{}", field.name);
        let others = others(schema, field.name, &path);
        let whole = |value: &str| around(&join(&[format!("{} = {value}", field.name), others.clone()]));
        match &field.shape {
            Shape::Construct(forms) => forms.iter().for_each(|form| of_form(form, &path, &whole, out)),
            shape => {
                let (a, b) = special(&path).map_or_else(|| by_shape(shape), |(a, b)| (a.into(), b.into()));
                out.push(Leaf { path: path.clone(), with: [whole(&a), whole(&b)] });
                if matches!(shape, Shape::Range) {
                    leaves(&SCALE_POLICIES, &path, &|entry| whole(&format!("1..2 {{ {entry} }}")), out);
                }
            }
        }
    }
    for block in schema.blocks {
        let name = if block.named { "cpu " } else { "" };
        let inside = |entry: &str| around(&format!("{} {name}{{ {entry} }}", block.kind));
        leaves(block.schema, &format!("{path}.{}", block.kind), &inside, out);
    }
    if schema.open.is_some() {
        let path = format!("{path}.*");
        let (a, b) = special(&path).unwrap_or((r#""a""#, r#""b""#));
        out.push(Leaf { path, with: [a, b].map(|value| around(&format!("any = {value}"))) });
    }
}

fn of_form(form: &Construct, path: &str, whole: &dyn Fn(&str) -> String, out: &mut Vec<Leaf>) {
    let path = format!("{path}.{}", form.kind);
    for arg in form.args {
        let path = format!("{path}.{}", arg.name);
        let (a, b) = special(&path).map_or_else(|| by_shape(&arg.shape), |(a, b)| (a.into(), b.into()));
        out.push(Leaf { path, with: [a, b].map(|value| whole(&format!("{}({value})", form.kind))) });
    }
    if let Some(schema) = form.schema {
        leaves(schema, &path, &|entry| whole(&format!("{} {{ {entry} }}", form.kind)), out);
    }
}

/// What must stand beside a field.
fn others(schema: &Schema, but: &str, path: &str) -> String {
    let top = path.matches('.').count() == 1;
    let needed = |f: &&Field| f.need == Need::Required && f.name != but && !top;
    let parent = path.rsplit_once('.').unwrap().0;
    let texts = schema.fields.iter().filter(needed).map(|field| {
        let first =
            special(&format!("{parent}.{}", field.name)).map_or_else(|| by_shape(&field.shape).0, |(a, _)| a.into());
        format!("{} = {first}", field.name)
    });
    join(&texts.collect::<Vec<_>>())
}

fn join(entries: &[String]) -> String {
    entries.iter().filter(|e| !e.is_empty()).cloned().collect::<Vec<_>>().join(", ")
}

const PORTS: &str = "input x: tensor<f32>[batch, 2], output y: tensor<f32>[batch, 2]";

/// The whole program: each declaration with its usual entries, one of which the leaf's own takes the place of.
fn program(leaf: Option<(&str, &str)>) -> String {
    let (kind, entry) = leaf.unwrap_or(("", ""));
    let named = entry.split([' ', '=']).next().unwrap_or("");
    let decl = |of: &str, usual: &[(&str, &str)]| {
        // What excludes each other is never written together.
        let excluded: &[&str] = match (of == kind, named) {
            (true, "image") => &["framework", "artifact"],
            (true, "members") => &["framework", "artifacts", "model"],
            _ => &[],
        };
        let kept = usual.iter().filter(|(name, _)| !(of == kind && (*name == named || excluded.contains(name))));
        let mut entries: Vec<String> = kept.map(|(_, text)| (*text).to_owned()).collect();
        if of == kind {
            entries.push(entry.to_owned());
        }
        entries.join("\n  ")
    };
    let shape = format!("model {{ {PORTS} }}");
    let shape = if kind == "pool" && named == "model" {
        entry.replacen("model {", &format!("model {{ {PORTS},"), 1)
    } else {
        shape
    };
    let onnx = ("framework", "framework = onnx");
    let pool = decl("pool", &[onnx, ("artifacts", r#"artifacts = "s3://a/x/""#), ("model", &shape)]);
    let pool = if kind == "pool" && named == "model" { pool.replacen(entry, &shape, 1) } else { pool };
    let deploys = match kind {
        "job" => "deploy e, j",
        "pool" => "deploy e, f",
        _ => "deploy e, t",
    };
    format!(
        r#"param any: int = 3
param word: string = "x" {{ {param} }}
model m {{ {model}
  {PORTS} }}
model n {{ framework = onnx, artifact = "./n.onnx", concurrency = any, env = {{ A = word }}, {PORTS} }}
transform step {{ input words: text, output same: text
  {transform} }}
pipeline p {{ input words: text, output same = step(words) }}
pool shops {{ {pool} }}
endpoint e {{ {endpoint} }}
endpoint f {{ serve = shops }}
endpoint t {{ serve = p }}
endpoint u {{ serve = n }}
job j {{ {job} }}
policy q {{ {policy} }}
stack dev on local {{ {stack}
  {deploys}, u }}
"#,
        param = decl("param", &[]),
        model = decl("model", &[onnx, ("artifact", r#"artifact = "./m.onnx""#)]),
        transform = decl("transform", &[("handler", r#"handler = builtin("text.lowercase")"#)]),
        endpoint = decl("endpoint", &[("serve", "serve = m"), ("", "variant stable { weight = 1 }")]),
        job = decl("job", &[("run", "run = m"), ("mode", r#"mode = batch { input = "s3://a/", output = "s3://b/" }"#)]),
        policy = decl(
            "policy",
            &[("require", "require = false"), ("message", r#"message = "no""#), ("level", "level = warning")]
        ),
        stack = decl("stack", &[]),
    )
}

/// What a program becomes: what is lowered, and what is said.
#[derive(Debug, PartialEq)]
struct Outcome {
    lowered: String,
    said: BTreeSet<String>,
}

fn outcome(folder: &Program, path: &str, text: &str, problems: &mut Vec<String>) -> Outcome {
    folder.write("main.serve", text.as_bytes());
    let compiled = compile(folder.path(), &Options::default());
    for d in &compiled.diagnostics {
        let code = d.code.id();
        // What the target can't honour, a policy, what is refused where it stands, and a metric that is tracked for a
        // model of one call at a time; else the test's own program is wrong.
        if !code.starts_with("E06") && !["E0426", "E0311", "E0432"].contains(&code) {
            problems.push(format!("{path}: {code} {}: {:?}\n{text}", d.message, d.labels));
        }
    }
    let said = compiled.diagnostics.iter().map(|d| format!("{:?} {}", d.severity, d.message)).collect();
    let lowered = compiled.stacks.iter().map(|stack| {
        let mut sink = servec::report::Sink::default();
        let dag = servec::graph::build(stack, &mut sink).unwrap();
        let target = find("local").unwrap();
        let desired =
            target.emitter().unwrap().lower(&servec::capability::fit(stack, &dag, target.table(), &mut sink).unwrap());
        let bodies: BTreeMap<_, _> = desired.resources.iter().map(|(at, r)| (at.as_str(), &r.body)).collect();
        format!("{} {} {bodies:?}", desired.stack, desired.protect)
    });
    Outcome { lowered: lowered.collect(), said }
}

fn all() -> Vec<(&'static str, Leaf)> {
    let mut out = vec![];
    let schemas: [(&str, &Schema); 8] = [
        ("model", &MODEL),
        ("transform", &TRANSFORM),
        ("pool", &POOL),
        ("endpoint", &ENDPOINT),
        ("job", &JOB),
        ("stack", &STACK),
        ("policy", &POLICY),
        ("param", &PARAM),
    ];
    for (kind, schema) in schemas {
        let mut found = vec![];
        leaves(schema, kind, &str::to_owned, &mut found);
        out.extend(found.into_iter().map(|leaf| (kind, leaf)));
    }
    out
}

#[test]
fn every_field_is_lowered_or_spoken_of_or_listed() {
    let folder = Program::new();
    folder.write("n.onnx", &onnx::add([30.0, 40.0]));
    let (mut problems, mut elsewhere) = (vec![], BTreeSet::new());
    let base = outcome(&folder, "nothing", &program(None), &mut problems);
    let all = all();
    assert!(all.len() > 80, "{all:#?}");
    for (kind, leaf) in &all {
        let [a, b] = [0, 1].map(|i| outcome(&folder, &leaf.path, &program(Some((kind, &leaf.with[i]))), &mut problems));
        let spoken = !a.said.is_subset(&base.said) || !b.said.is_subset(&base.said);
        let accounted = a != b || spoken;
        let listed = ELSEWHERE.iter().any(|(path, _)| *path == leaf.path);
        match (accounted, listed) {
            (true, false) => {}
            (false, true) => {
                elsewhere.insert(leaf.path.clone());
            }
            (false, false) => problems.push(format!("`{}` changes nothing, and nothing says so", leaf.path)),
            (true, true) => problems.push(format!("`{}` is listed, and yet changes something", leaf.path)),
        }
    }
    let stale = ELSEWHERE.iter().filter(|(path, _)| !elsewhere.contains(*path));
    problems.extend(stale.map(|(path, _)| format!("`{path}` is listed, and is no such field")));
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
