//! The examples' pipelines against the answers that their own `reference.py` recorded with Python ONNX Runtime.
//!
//! `recorded/*.spec.json` are the examples lowered by hand. They are stepped through here by the plainest executor there
//! can be, builtin transforms and models in `rten`, so that a wrong answer is a transform's fault and nothing else's.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value as Json, json};
use serve_runtime::transform::{self, Param, Transform};
use serve_runtime::value::{Data, Tensor, Value};
use serve_spec::{Arg, Call, Graph, Ref, Spec, Step};

/// A spec with its models and builtins.
struct Loaded {
    graph: Graph,
    calls: Vec<Callee>,
}

enum Callee {
    /// The model, and its port's and its artifact's names for its one input and its one output.
    Model {
        model: Arc<rten::Model>,
        input: [String; 2],
        output: [String; 2],
    },
    Builtin(Box<dyn Transform>),
}

fn load(name: &str) -> Loaded {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded");
    let text = std::fs::read_to_string(folder.join(format!("{name}.spec.json"))).unwrap();
    let spec: Spec = serde_json::from_str(&text).unwrap();
    let models: BTreeMap<&String, Arc<rten::Model>> = (spec.models.iter())
        .map(|(name, model)| {
            let content = std::fs::read(folder.join(&model.artifact.path)).unwrap();
            (name, Arc::new(rten::Model::load(content).unwrap()))
        })
        .collect();
    let graph = spec.graphs.values().next().unwrap().clone();
    let calls = graph.steps.iter().map(|step| match &step.call {
        Call::Builtin(name) => Callee::Builtin(transform::build(name, &params(step, &folder)).unwrap()),
        Call::Model(name) => {
            let names = |port: &serve_spec::Port| [port.name.clone(), port.from.clone().unwrap()];
            let (input, output) = (names(&spec.models[name].inputs[0]), names(&spec.models[name].outputs[0]));
            Callee::Model { model: Arc::clone(&models[name]), input, output }
        }
    });
    Loaded { calls: calls.collect(), graph }
}

fn params(step: &Step, folder: &Path) -> BTreeMap<String, Param> {
    let param = |arg: &Arg| match arg {
        Arg::Ref(_) => None,
        Arg::Const(value) => Some(Param::Const(value.clone())),
        Arg::Asset(asset) => Some(Param::Asset(std::fs::read(folder.join(&asset.path)).unwrap().into())),
    };
    step.args.iter().filter_map(|(name, arg)| Some((name.clone(), param(arg)?))).collect()
}

type Values = BTreeMap<String, Value>;

impl Loaded {
    /// The answer to a request of one input, as JSON.
    fn answer(&self, request: Vec<u8>) -> Result<Json, String> {
        let request = Value::Bytes(request.into());
        let mut done: BTreeMap<&str, Values> = BTreeMap::new();
        let fetch = |from: &Ref, done: &BTreeMap<&str, Values>| match from {
            Ref::Input(_) => request.clone(),
            Ref::Step { id, output } => done[id.as_str()][output].clone(),
        };
        for (step, callee) in self.graph.steps.iter().zip(&self.calls) {
            let given = |arg: &Arg| if let Arg::Ref(from) = arg { Some(fetch(from, &done)) } else { None };
            let values: Values = step.args.iter().filter_map(|(name, arg)| Some((name.clone(), given(arg)?))).collect();
            let outputs = match callee {
                Callee::Builtin(builtin) => builtin.call(&values).map_err(|reject| reject.0)?,
                Callee::Model { model, input, output } => {
                    let value = run(model, &values[&input[0]], &input[1], &output[1]);
                    BTreeMap::from([(output[0].clone(), value)])
                }
            };
            assert!(step.outputs.iter().all(|port| outputs.contains_key(&port.name)), "{}", step.id);
            done.insert(&step.id, outputs);
        }
        let outputs = self.graph.outputs.iter();
        Ok(outputs
            .map(|output| (output.name.clone(), shown(&fetch(&output.value, &done))))
            .collect::<serde_json::Map<_, _>>()
            .into())
    }
}

fn run(model: &rten::Model, value: &Value, from: &str, to: &str) -> Value {
    let Value::Tensor(tensor) = value else { panic!("{value:?}") };
    let input = if let Data::F32(data) = &tensor.data {
        rten::Value::from_shape(&tensor.shape, data.clone()).unwrap()
    } else if let Data::I32(data) = &tensor.data {
        rten::Value::from_shape(&tensor.shape, data.clone()).unwrap()
    } else {
        panic!("{:?}", tensor.data)
    };
    let (from, to) = (model.find_node(from).unwrap(), model.find_node(to).unwrap());
    let output = model.run(vec![(from, input.into())], &[to], None).unwrap().remove(0);
    let (shape, data) = floats(output);
    Value::Tensor(Arc::new(Tensor { shape, data: Data::F32(data) }))
}

/// A model's output of rank 2, 3 or 4.
fn floats(output: rten::Value) -> (Vec<usize>, Vec<f32>) {
    fn of<const RANK: usize>(output: rten::Value) -> Option<(Vec<usize>, Vec<f32>)> {
        output.into_shape_vec::<f32, RANK>().ok().map(|(shape, data)| (shape.to_vec(), data))
    }
    of::<2>(output.clone()).or_else(|| of::<3>(output.clone())).or_else(|| of::<4>(output)).unwrap()
}

fn shown(value: &Value) -> Json {
    if let Value::Json(json) = value {
        return json.as_ref().clone();
    }
    let Value::Text(text) = value else { panic!("{value:?}") };
    Json::from(text.as_ref())
}

/// Requests of an example with the answers beside them.
fn recorded(example: &str, ending: &str) -> Vec<(PathBuf, Vec<u8>, Json)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").join(example).join("recorded");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = entries.filter(|path| path.extension().is_some_and(|found| found == ending)).collect();
    paths.sort();
    let read = |path: PathBuf| {
        let answer = std::fs::read_to_string(path.with_extension("json")).unwrap();
        let request = std::fs::read(&path).unwrap();
        (path, request, serde_json::from_str(&answer).unwrap())
    };
    paths.into_iter().map(read).collect()
}

/// Where two answers differ in more than numbers by at most `tolerance`.
fn difference(at: &str, given: &Json, wanted: &Json, tolerance: f64) -> Option<String> {
    let differ = || Some(format!("{at} is {given}, not {wanted}"));
    match (given, wanted) {
        (Json::Number(a), Json::Number(b)) if (a.as_f64()? - b.as_f64()?).abs() <= tolerance => None,
        (Json::Array(a), Json::Array(b)) if a.len() == b.len() => {
            let mut pairs = a.iter().zip(b).enumerate();
            pairs.find_map(|(n, (a, b))| difference(&format!("{at}[{n}]"), a, b, tolerance))
        }
        (Json::Object(a), Json::Object(b)) if a.len() == b.len() => a.iter().find_map(|(key, a)| match b.get(key) {
            Some(b) => difference(&format!("{at}.{key}"), a, b, tolerance),
            None => differ(),
        }),
        (given, wanted) if given == wanted => None,
        _ => differ(),
    }
}

fn answers_as_recorded(example: &str, ending: &str, least: usize, tolerance: f64) {
    let loaded = load(example);
    let recorded = recorded(example, ending);
    assert!(recorded.len() >= least);
    for (path, request, wanted) in recorded {
        let given = loaded.answer(request).unwrap();
        assert_eq!(difference("answer", &given, &wanted, tolerance), None, "{}", path.display());
    }
}

/// This model's layer norm subtracts two large sums, so the engines' order of summing shows: up to 1.4e-4 where the
/// model itself is unsure, below 1e-5 elsewhere.
#[test]
fn the_quickstart_answers_as_recorded() {
    answers_as_recorded("quickstart", "bin", 5, 3e-4);
}

#[test]
fn the_quickstart_refuses_files_that_are_too_short() {
    assert!(load("quickstart").answer(b"  \n short".to_vec()).unwrap_err().contains("fewer than 8 bytes"));
}

#[test]
fn the_reader_answers_as_recorded() {
    answers_as_recorded("reader", "png", 20, 1e-4);
}

#[test]
fn the_reader_refuses_what_is_no_photo() {
    assert!(load("reader").answer(b"hello".to_vec()).unwrap_err().contains("neither JPEG nor PNG"));
}

/// A difference must show, or the tests above could not fail.
#[test]
fn differences_are_found() {
    let wanted = json!({"a": [1.0, {"b": "x"}]});
    assert_eq!(difference("answer", &json!({"a": [1.05, {"b": "x"}]}), &wanted, 0.1), None);
    for other in [
        json!({"a": [1.2, {"b": "x"}]}),
        json!({"a": [1.0]}),
        json!({"a": [1.0, {"b": "y"}]}),
        json!({"a": [1.0, {"c": "x"}]}),
        json!({}),
    ] {
        assert!(difference("answer", &other, &wanted, 0.1).is_some(), "{other}");
    }
}
