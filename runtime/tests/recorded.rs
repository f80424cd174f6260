//! The examples' pipelines, stepped through by hand: builtin transforms and models in `rten`, against the answers that
//! the examples' own `reference.py` recorded with Python ONNX Runtime.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value as Json, json};
use serve_runtime::transform::{self, Param, Reject};
use serve_runtime::value::{Data, Tensor, Value};

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").join(name)
}

/// One step by a builtin.
fn step<const N: usize>(
    name: &str,
    params: Json,
    values: [(&str, &Value); N],
) -> Result<BTreeMap<String, Value>, Reject> {
    let param = |value: &Json| match value.as_str().and_then(|text| text.strip_prefix("file:")) {
        Some(path) => Param::Asset(std::fs::read(path).unwrap().into()),
        None => Param::Const(value.clone()),
    };
    let params = params.as_object().unwrap().iter().map(|(name, value)| (name.clone(), param(value))).collect();
    let values = values.into_iter().map(|(name, value)| (name.to_owned(), value.clone())).collect();
    transform::build(name, &params).unwrap().call(&values)
}

struct Model(rten::Model);

impl Model {
    fn load(path: PathBuf) -> Self {
        Model(rten::Model::load(std::fs::read(path).unwrap()).unwrap())
    }

    /// One step by a model of one input and one output.
    fn run<const RANK: usize>(&self, value: &Value) -> Value {
        let Value::Tensor(tensor) = value else { panic!("{value:?}") };
        let input = if let Data::F32(data) = &tensor.data {
            rten::Value::from_shape(&tensor.shape, data.clone()).unwrap()
        } else if let Data::I32(data) = &tensor.data {
            rten::Value::from_shape(&tensor.shape, data.clone()).unwrap()
        } else {
            panic!("{:?}", tensor.data)
        };
        let (from, to) = (self.0.input_ids()[0], self.0.output_ids()[0]);
        let output = self.0.run(vec![(from, input.into())], &[to], None).unwrap().remove(0);
        let (shape, data) = output.into_shape_vec::<f32, RANK>().unwrap();
        Value::Tensor(Arc::new(Tensor { shape: shape.to_vec(), data: Data::F32(data) }))
    }
}

/// The files of `recorded/` with one ending, and the answers beside them.
fn recorded(example: &Path, ending: &str) -> Vec<(PathBuf, Value, Json)> {
    let entries = std::fs::read_dir(example.join("recorded")).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = entries.filter(|path| path.extension().is_some_and(|found| found == ending)).collect();
    paths.sort();
    let read = |path: PathBuf| {
        let answer = std::fs::read_to_string(path.with_extension("json")).unwrap();
        let content = Value::Bytes(std::fs::read(&path).unwrap().into());
        (path, content, serde_json::from_str(&answer).unwrap())
    };
    paths.into_iter().map(read).collect()
}

/// Fails where two answers differ in more than numbers by more than `tolerance`.
fn agree(path: &Path, at: &str, given: &Json, wanted: &Json, tolerance: f64) {
    match (given, wanted) {
        (Json::Number(a), Json::Number(b)) => {
            let difference = (a.as_f64().unwrap() - b.as_f64().unwrap()).abs();
            assert!(difference <= tolerance, "{}: {at} is {a}, not {b}", path.display());
        }
        (Json::Array(a), Json::Array(b)) => {
            assert_eq!(a.len(), b.len(), "{}: {at}", path.display());
            a.iter().zip(b).enumerate().for_each(|(n, (a, b))| agree(path, &format!("{at}[{n}]"), a, b, tolerance));
        }
        (Json::Object(a), Json::Object(b)) => {
            assert!(a.keys().eq(b.keys()), "{}: {at}: {a:?}", path.display());
            a.iter().for_each(|(key, value)| agree(path, &format!("{at}.{key}"), value, &b[key], tolerance));
        }
        _ => assert_eq!(given, wanted, "{}: {at}", path.display()),
    }
}

fn shown(value: &Value) -> Json {
    if let Value::Json(json) = value {
        return json.as_ref().clone();
    }
    let Value::Text(text) = value else { panic!("{value:?}") };
    Json::from(text.as_ref())
}

/// This model's layer norm subtracts two large sums, so the engines' order of summing shows: up to 1.4e-4 where the
/// model itself is unsure, below 1e-5 elsewhere.
#[test]
fn the_quickstart_answers_as_recorded() {
    let folder = example("quickstart");
    let model = Model::load(folder.join("models/magika.onnx"));
    let labels = format!("file:{}", folder.join("models/labels.txt").display());
    let recorded = recorded(&folder, "bin");
    assert!(recorded.len() >= 5);
    for (path, file, wanted) in recorded {
        let window = step("bytes.window", json!({"least": 8}), [("file", &file)]).unwrap();
        let scores = model.run::<2>(&window["tokens"]);
        let params = json!({"labels": labels, "min": 0.01});
        let named = step("tensors.labels_above", params, [("scores", &scores)]).unwrap();
        agree(&path, "answer", &json!({"kinds": shown(&named["best"])}), &wanted, 3e-4);
    }
}

#[test]
fn the_reader_answers_as_recorded() {
    let folder = example("reader");
    let detector = Model::load(folder.join("models/detector.onnx"));
    let recogniser = Model::load(folder.join("models/recogniser.onnx"));
    let alphabet = format!("file:{}", folder.join("models/alphabet.txt").display());
    let recorded = recorded(&folder, "png");
    assert_eq!(recorded.len(), 20);
    for (path, photo, wanted) in recorded {
        let page = &step("images.decode", json!({}), [("photo", &photo)]).unwrap()["image"];
        let look = json!({"order": "bgr", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]});
        let map = detector.run::<4>(&step("images.scale_to", look, [("image", page)]).unwrap()["pixels"]);
        let params = json!({"threshold": 0.2, "min": 0.4, "grow": 1.4});
        let found = step("ocr.db_boxes", params, [("map", &map), ("image", page)]).unwrap();
        let boxes = &found["boxes"];
        let strips = step("ocr.crop_lines", json!({"order": "bgr"}), [("image", page), ("boxes", boxes)]).unwrap();
        let characters = recogniser.run::<3>(&strips["lines"]);
        let read = step("ocr.ctc_decode", json!({"alphabet": alphabet}), [("probabilities", &characters)]).unwrap();
        let values = [("texts", &read["texts"]), ("scores", &read["scores"]), ("boxes", boxes)];
        let sure = step("ocr.keep", json!({"min": 0.5}), values).unwrap();
        let text = step("text.join", json!({}), [("parts", &sure["kept"])]).unwrap();
        let given = json!({"lines": shown(&sure["lines"]), "text": shown(&text["joined"])});
        agree(&path, "answer", &given, &wanted, 1e-4);
    }
}
