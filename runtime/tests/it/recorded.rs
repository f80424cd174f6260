//! The examples against the answers that their own `reference.py` recorded with Python ONNX Runtime: the real server, with
//! each engine, over HTTP.
//!
//! `runtime/tests/recorded/*.spec.json` are what the compiler lowers the examples to; a test of the compiler keeps them so.
//! Texts, labels, their order and coordinates must be equal; scores may differ as the order of summing makes them.

use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::{Value, json};

use crate::engines::library;
use crate::server::{Answer, Server, command};

/// The largest difference between two scores. The quickstart's layer norm subtracts two large sums, so engines differ by
/// up to 1.4e-4 where the model itself is unsure, and below 1e-5 elsewhere.
const TOLERANCE: f64 = 1e-3;

#[tokio::test]
async fn the_quickstart_answers_as_recorded_with_rten() {
    answers_as_recorded("quickstart", "bin", 9, Engine::Rten).await;
}

#[tokio::test]
async fn the_quickstart_answers_as_recorded_with_onnx_runtime() {
    let Some(library) = library() else { return };
    answers_as_recorded("quickstart", "bin", 9, Engine::Ort(library)).await;
}

#[tokio::test]
async fn the_reader_answers_as_recorded_with_rten() {
    answers_as_recorded("reader", "png", 20, Engine::Rten).await;
}

#[tokio::test]
async fn the_reader_answers_as_recorded_with_onnx_runtime() {
    let Some(library) = library() else { return };
    answers_as_recorded("reader", "png", 20, Engine::Ort(library)).await;
}

#[tokio::test]
async fn the_examples_refuse_what_they_can_not_read() {
    let server = Engine::Rten.start("quickstart").await;
    let error = raw(&server, b"  \n short".to_vec()).await.error(422);
    assert!(error.starts_with("step `tokens`: `file` has fewer than 8 bytes"), "{error}");
    let server = Engine::Rten.start("reader").await;
    let error = raw(&server, b"hello".to_vec()).await.error(415);
    assert_eq!(error, "input `photo`: expected image<jpeg | png>, got 5 bytes of an unknown format");
    let error = raw(&server, b"\x89PNG\r\n\x1a\n cut short".to_vec()).await.error(422);
    assert!(error.starts_with("step `page`: `photo` can't be read: "), "{error}");
}

enum Engine {
    Rten,
    /// With its library.
    Ort(String),
}

impl Engine {
    fn name(&self) -> &'static str {
        match self {
            Engine::Rten => "rten",
            Engine::Ort(_) => "ort",
        }
    }

    async fn start(&self, example: &str) -> Server {
        let spec = root().join("tests/recorded").join(format!("{example}.spec.json"));
        let mut command = command(&spec, &["--engine", self.name()]);
        if let Engine::Ort(library) = self {
            command.args(["--ort", library]);
        }
        Server::spawn(command).await
    }
}

async fn answers_as_recorded(example: &str, ending: &str, count: usize, engine: Engine) {
    let server = engine.start(example).await;
    let engines = server.get("/servec/spec").await.ok()["engines"].clone();
    assert!(engines.as_object().unwrap().values().all(|running| running == engine.name()), "{engines}");
    let recorded = recorded(example, ending);
    assert_eq!(recorded.len(), count, "{example} has this many recorded answers");
    let (mut worst, began) = (0.0, Instant::now());
    for (path, request, wanted) in recorded {
        let given = raw(&server, request).await.ok();
        match compared("answer", &given, &wanted) {
            Ok(difference) => worst = difference.max(worst),
            Err(why) => panic!("{} with {}: {why}", path.display(), engine.name()),
        }
    }
    let (name, took) = (engine.name(), began.elapsed());
    println!("{example} with {name}: {count} answers as recorded, scores at most {worst:.1e} apart, in {took:.1?}");
}

async fn raw(server: &Server, body: Vec<u8>) -> Answer {
    let request = server.post("/invocations").header("content-type", "application/octet-stream").body(body);
    Answer::of(request.send().await.unwrap()).await
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Requests of an example with the answers beside them.
fn recorded(example: &str, ending: &str) -> Vec<(PathBuf, Vec<u8>, Value)> {
    let folder = root().join("../examples").join(example).join("recorded");
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

/// The largest difference between the scores of two answers that agree in everything else.
fn compared(at: &str, given: &Value, wanted: &Value) -> Result<f64, String> {
    let differ = || Err(format!("{at} is {given}, not {wanted}"));
    match (given, wanted) {
        (Value::Number(a), Value::Number(b)) if at.ends_with(".score") => {
            let difference = (a.as_f64().unwrap() - b.as_f64().unwrap()).abs();
            if difference <= TOLERANCE { Ok(difference) } else { differ() }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let pairs = a.iter().zip(b).enumerate();
            worst(pairs.map(|(n, (a, b))| compared(&format!("{at}[{n}]"), a, b)))
        }
        (Value::Object(a), Value::Object(b)) if a.len() == b.len() => {
            let pairs = a.iter().map(|(key, a)| match b.get(key) {
                Some(b) => compared(&format!("{at}.{key}"), a, b),
                None => differ(),
            });
            worst(pairs)
        }
        (given, wanted) if given == wanted => Ok(0.0),
        _ => differ(),
    }
}

fn worst(mut differences: impl Iterator<Item = Result<f64, String>>) -> Result<f64, String> {
    differences.try_fold(0.0, |worst, difference| Ok(difference?.max(worst)))
}

/// A difference must show, or the tests above could not fail.
#[test]
fn differences_are_found() {
    let wanted = json!({ "lines": [{ "score": 0.5, "box": [1.0, 2.0], "text": "x" }], "text": "x" });
    let with = |spoil: fn(&mut Value)| {
        let mut other = wanted.clone();
        spoil(&mut other);
        compared("answer", &other, &wanted)
    };
    assert_eq!(with(|answer| answer["lines"][0]["score"] = json!(0.5009765625)), Ok(0.0009765625));
    assert_eq!(with(|answer| answer["lines"][0]["box"][0] = json!(1.0)), Ok(0.0));
    let spoilt: [fn(&mut Value); 7] = [
        |answer| answer["lines"][0]["score"] = json!(0.502),
        |answer| answer["lines"][0]["score"] = json!(null),
        |answer| answer["lines"][0]["box"][1] = json!(2.0001),
        |answer| answer["lines"][0]["text"] = json!("y"),
        |answer| answer["lines"] = json!([]),
        |answer| answer["more"] = json!(1),
        |answer| *answer = json!([]),
    ];
    for spoil in spoilt {
        assert!(with(spoil).is_err());
    }
}
