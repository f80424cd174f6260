//! Random programs made of the schemas themselves, small and valid, with where each field is written: a field that is
//! added to the language is written here from then on.

use std::fmt::Write as _;
use std::ops::Range;

use servec::check::schema::{
    Block, Construct, ENDPOINT, Field, JOB, MODEL, Need, POOL, SCALE_POLICIES, STACK, Schema, Shape, TRANSFORM,
};
use servec::stack::metric::{Measure, Metric};
use servec::stack::{Setting, Type};
use servec::target::ALL;

use crate::random::Random;

/// One field that a program writes.
#[derive(Debug, Clone)]
pub struct Written {
    /// `endpoint.mode.async.timeout`
    pub path: String,
    pub value: String,
    /// The entry: name and value.
    pub at: Range<usize>,
    /// The heads of the blocks and constructs around it, below the declaration: `alarm slow`, `mode = async`.
    pub heads: Vec<Range<usize>>,
    /// The stack that it is written in, as an index; `None` where it holds for all.
    pub stack: Option<usize>,
}

/// A program with a stack for each target, in the order of the list of targets.
#[derive(Debug, Default)]
pub struct Made {
    pub text: String,
    pub fields: Vec<Written>,
}

/// Files that programs name.
pub const FILES: &[(&str, &str)] = &[("m.bin", "weights"), ("request.json", "{}"), ("steps.py", "def step(x): ...")];

/// The same for the same seed.
pub fn program(seed: u64) -> Made {
    let mut writer = Writer {
        random: Random::new(seed),
        made: Made::default(),
        heads: vec![],
        stack: None,
        fresh: 0,
        metric: Metric::Cpu,
        bounds: (1, 1),
        shadow: false,
    };
    writer.whole();
    writer.made
}

const PORTS: &str = "input x: tensor<f32>[batch, 2]\n output y: tensor<f32>[batch, 2]\n";

struct Writer {
    random: Random,
    made: Made,
    heads: Vec<Range<usize>>,
    stack: Option<usize>,
    /// Makes names that differ.
    fresh: usize,
    /// Of the policy that is being written.
    metric: Metric,
    /// Of the scale that is being written.
    bounds: (usize, usize),
    /// Whether the variant that is being written is a shadow.
    shadow: bool,
}

impl Writer {
    fn put(&mut self, text: &str) {
        self.made.text.push_str(text);
    }

    fn here(&self) -> usize {
        self.made.text.len()
    }

    fn whole(&mut self) {
        let served = self.random.pick(&["m", "m", "p", "pool_of_some"]);
        let job = self.random.once_in(4);
        self.put("endpoint e {\n");
        self.serve("serve", "endpoint.serve", served);
        let variants = self.random.once_in(3);
        let other = variants && served == "m";
        if variants {
            let block = ENDPOINT.block("variant").unwrap();
            (0..1 + self.random.below(2)).for_each(|nth| self.nested(block, "endpoint", nth));
        }
        if other {
            let start = self.here();
            self.put("variant other {\n");
            self.heads.push(start..start + 13);
            self.serve("serve", "endpoint.variant.serve", "n");
            self.heads.pop();
            self.put("}\n");
        }
        self.block(&ENDPOINT, "endpoint", &["serve", "variant"], &[]);
        let written: Vec<String> = self.made.fields.iter().map(|f| f.path.clone()).collect();
        self.put("}\n");
        if job {
            self.put("job j {\n");
            self.serve("run", "job.run", "m");
            self.block(&JOB, "job", &["run"], &[]);
            self.put("}\n");
        }
        let named = served == "pool_of_some" && self.random.once_in(2);
        if served != "pool_of_some" || named || job {
            self.model("m", named);
        }
        if other || named {
            self.model("n", named);
        }
        match served {
            "p" => self.pipeline(),
            "pool_of_some" => self.pool(named),
            _ => {}
        }
        for (i, target) in ALL.iter().enumerate() {
            self.stack = Some(i);
            writeln!(self.made.text, "stack s{i} on {} {{", target.name()).unwrap();
            self.block(&STACK, "stack", &["with"], &[]);
            for setting in target.settings() {
                self.setting(setting);
            }
            self.put("deploy e");
            if self.random.once_in(4) {
                self.put(" {\n");
                let names = ENDPOINT.names().filter(|name| {
                    written.iter().any(|path| path.split('.').nth(1) == Some(name))
                        || ["serve", "variant"].contains(name)
                });
                let skip: Vec<&str> = names.collect();
                self.block(&ENDPOINT, "endpoint", &skip, &[]);
                self.put("}");
            }
            self.put(if job { "\ndeploy j\n}\n" } else { "\n}\n" });
        }
    }

    fn serve(&mut self, name: &str, path: &str, what: &str) {
        let start = self.here();
        write!(self.made.text, "{name} = {what}").unwrap();
        self.record(path, start, start + name.len() + 3);
        self.put("\n");
    }

    fn model(&mut self, name: &str, named: bool) {
        writeln!(self.made.text, "model {name} {{\n{PORTS}").unwrap();
        // Members of one server run in one framework.
        if named {
            self.field(MODEL.field("artifact").unwrap(), "model");
            let start = self.here();
            self.put("framework = triton");
            self.record("model.framework", start, start + 12);
            self.put("\n");
            self.block(&MODEL, "model", &["framework", "image", "artifact"], &[]);
        } else if self.random.once_in(5) {
            self.block(&MODEL, "model", &["framework"], &["image"]);
        } else {
            self.block(&MODEL, "model", &["image"], &["framework", "artifact"]);
        }
        self.put("}\n");
    }

    fn pipeline(&mut self) {
        writeln!(self.made.text, "transform t {{\n{PORTS}").unwrap();
        self.block(&TRANSFORM, "transform", &[], &[]);
        let body =
            self.random.pick(&["a = t(x)\n output y = m(a)", "a = t(x)\n b = m(a)\n output y = m(x)\n output z = b"]);
        writeln!(self.made.text, "}}\npipeline p {{\n input x: tensor<f32>[batch, 2]\n {body}\n}}").unwrap();
    }

    fn pool(&mut self, named: bool) {
        self.put("pool pool_of_some {\n");
        if named {
            let start = self.here();
            self.put("members = [m, n]");
            self.record("pool.members", start, start + 10);
            self.put("\n");
            self.block(&POOL, "pool", &["members", "artifacts", "framework", "model"], &[]);
        } else {
            let (outer, inner): (&[&str], &[&str]) = self.either(&["framework"]);
            self.block(&POOL, "pool", &[&["members", "model"], outer].concat(), &[&["artifacts"], inner].concat());
            let start = self.here();
            self.put("model {\n");
            self.heads.push(start..start + 5);
            self.put(PORTS);
            self.block(&MODEL, "pool.model", &[&["image", "artifact"], inner].concat(), outer);
            self.heads.pop();
            self.put("}\n");
        }
        self.put("}\n");
    }

    /// These in the one place or in the other.
    fn either<'n>(&mut self, names: &'n [&'n str]) -> (&'n [&'n str], &'n [&'n str]) {
        if self.random.once_in(2) { (names, &[]) } else { (&[], names) }
    }

    fn setting(&mut self, setting: &Setting) {
        if !setting.required && !self.random.once_in(2) {
            return;
        }
        let start = self.here();
        let value = match (&setting.ty, setting.name, self.stack.map(|i| ALL[i].name())) {
            (_, "region", Some("vertex")) => "\"europe-west4\"".to_owned(),
            (_, "region", _) => "\"eu-west-1\"".to_owned(),
            (Type::Enum(words), ..) => words[self.random.below(words.len())].to_string(),
            (Type::Bool, ..) => "true".to_owned(),
            (Type::Int, ..) => "8080".to_owned(),
            (Type::Size, ..) => "64MiB".to_owned(),
            (Type::Uri(schemes), ..) => format!("\"{}://some/\"", schemes.first().map_or("file", |scheme| scheme)),
            _ => "\"some\"".to_owned(),
        };
        write!(self.made.text, "{} = {value}", setting.name).unwrap();
        self.record("stack.*", start, start + setting.name.len() + 3);
        self.put("\n");
    }

    /// A random part of a block's entries, with what is required and forced.
    fn block(&mut self, schema: &Schema, path: &str, skip: &[&str], force: &[&str]) {
        for field in schema.fields.iter().filter(|field| !skip.contains(&field.name)) {
            if field.need == Need::Required || force.contains(&field.name) || self.random.once_in(3) {
                self.field(field, path);
            }
        }
        for block in schema.blocks.iter().filter(|block| !skip.contains(&block.kind)) {
            let often = if block.named { 1 + self.random.below(2) } else { 1 };
            if self.random.once_in(3) {
                (0..often).for_each(|i| self.nested(block, path, i));
            }
        }
    }

    fn nested(&mut self, block: &Block, path: &str, nth: usize) {
        let path = format!("{path}.{}", block.kind);
        let start = self.here();
        self.put(block.kind);
        if block.kind == "track" {
            // A metric is tracked once: the first and the last of the list.
            let (half, offset) = (Metric::ALL.len() / 2, nth * Metric::ALL.len() / 2);
            self.metric = Metric::ALL[offset + self.random.below(half)];
            let word = self.metric.word();
            write!(self.made.text, " {word}").unwrap();
        } else if block.named {
            self.fresh += 1;
            let name = self.fresh;
            write!(self.made.text, " x{name}").unwrap();
        }
        self.heads.push(start..self.here());
        self.put(" {\n");
        let mut skip = vec![];
        if block.kind == "variant" {
            // The first always answers, and what a variant serves is chosen elsewhere.
            self.shadow = nth > 0 && self.random.once_in(2);
            skip = if self.shadow { vec!["serve", "weight", "shadow"] } else { vec!["serve"] };
            if self.shadow {
                self.field(block.schema.field("shadow").unwrap(), &path);
            }
        }
        self.block(block.schema, &path, &skip, &[]);
        self.heads.pop();
        self.put("}\n");
    }

    fn field(&mut self, field: &Field, path: &str) {
        let path = format!("{path}.{}", field.name);
        let start = self.here();
        write!(self.made.text, "{} = ", field.name).unwrap();
        let value = self.here();
        self.value(&field.shape, &path, start);
        self.record(&path, start, value);
        self.put("\n");
    }

    fn record(&mut self, path: &str, start: usize, value: usize) {
        let (at, value) = (start..self.here(), self.made.text[value..].to_owned());
        let (heads, stack) = (self.heads.clone(), self.stack);
        self.made.fields.push(Written { path: path.to_owned(), value, at, heads, stack });
    }

    /// `start` is where the entry begins.
    fn value(&mut self, shape: &Shape, path: &str, start: usize) {
        if let Some(text) = self.special(path) {
            return self.put(&text);
        }
        match shape {
            Shape::Construct(forms) => {
                let form = &forms[self.random.below(forms.len())];
                self.construct(form, path, start);
            }
            Shape::Range => {
                let low = self.random.below(3);
                self.bounds = (low, low + 1 + self.random.below(3));
                let (low, high) = self.bounds;
                write!(self.made.text, "{low}..{high}").unwrap();
                self.heads.push(start..self.here());
                self.put(" {\n");
                self.block(&SCALE_POLICIES, path, &[], &[]);
                self.put("}");
                self.heads.pop();
            }
            Shape::List(inner) => {
                self.put("[");
                self.value(inner, path, start);
                self.put("]");
            }
            Shape::Map(inner) => {
                self.put("{ A = ");
                self.value(inner, path, start);
                self.put(" }");
            }
            Shape::AnyOf(shapes) => self.value(&shapes[0], path, start),
            shape => {
                let text = self.plain(shape);
                self.put(&text);
            }
        }
    }

    fn construct(&mut self, form: &Construct, path: &str, start: usize) {
        let path = format!("{path}.{}", form.kind);
        self.put(form.kind);
        self.heads.push(start..self.here());
        if let Some(arg) = form.args.first()
            && (arg.need == Need::Required || self.random.once_in(2))
        {
            self.put("(");
            let inside = self.here();
            self.value(&arg.shape, &format!("{path}.{}", arg.name), inside);
            self.record(&format!("{path}.{}", arg.name), inside, inside);
            self.put(")");
        }
        if let Some(schema) = form.schema {
            self.put(" {\n");
            self.block(schema, &path, &[], &[]);
            self.put("}");
        }
        self.heads.pop();
    }

    fn plain(&mut self, shape: &Shape) -> String {
        let n = 2 + self.random.below(7);
        match shape {
            Shape::Bool => self.random.pick(&["true", "false"]).to_owned(),
            Shape::Int => n.to_string(),
            Shape::Float => format!("{n}.5"),
            Shape::String | Shape::Text => format!("\"word{n}\""),
            Shape::Duration => format!("{n}min"),
            Shape::Size => format!("{n}GiB"),
            Shape::Percent | Shape::Share => format!("{n}%"),
            Shape::Rate => format!("{n}/s"),
            Shape::Money => format!("{n}000 USD/month"),
            Shape::Uri(_) => format!("\"s3://a/{n}/\""),
            Shape::Path => "\"./request.json\"".to_owned(),
            Shape::Words(words) => words[self.random.below(words.len())].0.to_owned(),
            Shape::Condition(words) => match words[self.random.below(words.len())].0 {
                "errors" => format!("errors > {n}%"),
                metric => format!("{metric} > {n}s"),
            },
            Shape::Any => n.to_string(),
            other => panic!("no value for {other:?}"),
        }
    }

    /// Values whose meaning the shape does not tell.
    fn special(&mut self, path: &str) -> Option<String> {
        let n = 2 + self.random.below(7);
        let name = path.rsplit('.').next().unwrap();
        let text = match (path, name) {
            ("model.artifact", _) => {
                let known =
                    ["./m.bin", "s3://a/m.tar.gz", "s3://a/m", "gs://a/m", "hf://a/m", "https://a/m", "oci://a/m"];
                format!("\"{}\"", self.random.pick(&known))
            }
            ("transform.handler.builtin.name", _) => "\"text.lowercase\"".to_owned(),
            ("transform.handler.python.name", _) => "\"./steps.py:step\"".to_owned(),
            ("endpoint.variant.shadow", _) => self.shadow.to_string(),
            ("endpoint.scale.track.target", _) => self.bound(),
            ("endpoint.scale.step.metric", _) => {
                self.metric = Metric::ALL[self.random.below(Metric::ALL.len())];
                self.metric.word().to_owned()
            }
            ("endpoint.scale.step.steps", _) => format!("[{{ above = {}, add = {n} }}]", self.bound()),
            ("endpoint.scale.schedule.cron", _) => "\"0 7 * * 1-5\"".to_owned(),
            ("endpoint.scale.schedule.zone", _) => "\"Europe/Berlin\"".to_owned(),
            ("endpoint.scale.schedule.min", _) => self.bounds.0.to_string(),
            ("endpoint.scale.schedule.max", _) => self.bounds.1.to_string(),
            ("endpoint.slo.p50", _) => format!("{n}0ms"),
            ("endpoint.slo.cold_start", _) => "2h".to_owned(),
            (_, "latency" | "load_time") => format!("{n}ms"),
            // What a serverless worker of any size holds several of.
            (_, "memory") if path.starts_with("model.") || path.starts_with("pool.") => format!("{n}0MiB"),
            (_, "count") => (n / 2).to_string(),
            _ => return None,
        };
        Some(text)
    }

    /// In the unit of the metric.
    fn bound(&mut self) -> String {
        let n = 2 + self.random.below(7);
        match self.metric.measure() {
            Measure::Share => format!("{n}0%"),
            Measure::Rate => format!("{n}/s"),
            Measure::Number => n.to_string(),
        }
    }
}
