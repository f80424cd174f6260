//! Both engines, and the choice between them. The tests of ONNX Runtime need its shared library, named in
//! ORT_DYLIB_PATH; in CI (CI=true) a missing one is a failure.

use serde_json::{Value, json};

use crate::onnx::{self, F16, F32, N, Onnx, S, STRING};
use crate::server::{Folder, Server, command};
use crate::specs;

/// The library, or nothing to test with outside CI.
pub fn library() -> Option<String> {
    let library = std::env::var("ORT_DYLIB_PATH").ok().filter(|path| !path.is_empty());
    let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
    assert!(library.is_some() || !ci, "ORT_DYLIB_PATH is not set, so ONNX Runtime is not tested");
    if library.is_none() {
        eprintln!("NOT TESTED: ORT_DYLIB_PATH is not set");
    }
    library
}

fn one(folder: &Folder, bytes: &[u8], engine: &str, input: Value, output: Value) -> Value {
    let mut model = specs::model(
        folder.asset("m.onnx", bytes),
        json!([specs::port("x", input)]),
        json!([specs::port("y", output)]),
    );
    model["engine"] = json!(engine);
    specs::only(specs::lone("m", &model), json!({ "m": model }))
}

fn pair() -> Value {
    specs::tensor("f32", json!(["n", 2]))
}

fn binarizer() -> Vec<u8> {
    Onnx::default()
        .input("x", F32, &[S("n"), N(2)])
        .output("y", F32, &[S("n"), N(2)])
        .node_with("Binarizer", "ai.onnx.ml", &["x"], &["y"], &[])
        .bytes()
}

fn error_of(folder: &Folder, spec: &Value, args: &[&str], env: &[(&str, &str)]) -> String {
    let output = command(&folder.spec(spec), args).envs(env.iter().copied()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(text.trim_end().lines().count(), 1, "{text}");
    text
}

#[test]
fn without_a_library_it_says_what_is_missing() {
    let folder = Folder::new();
    let spec = one(&folder, &binarizer(), "auto", pair(), pair());
    let error = error_of(&folder, &spec, &[], &[]);
    assert!(error.contains("Binarizer") && error.contains("`--ort PATH` or in ORT_DYLIB_PATH"), "{error}");
    let spec = one(&folder, &onnx::scale(2.0), "ort", pair(), pair());
    assert!(error_of(&folder, &spec, &[], &[]).contains("name its shared library"));
    let error = error_of(&folder, &spec, &["--ort", "/none/lib.so"], &[]);
    assert!(error.contains("no ONNX Runtime library at /none/lib.so"), "{error}");
    std::fs::write(folder.path("lib.so"), "no library").unwrap();
    let path = folder.path("lib.so");
    let error = error_of(&folder, &spec, &[], &[("ORT_DYLIB_PATH", path.to_str().unwrap())]);
    assert!(error.contains("ONNX Runtime: failed to load"), "{error}");
    let error = error_of(&folder, &spec, &[], &[("SERVE_RUNTIME_ENGINE", "tract")]);
    assert!(error.contains("SERVE_RUNTIME_ENGINE is `tract`, it may be `rten` or `ort`"), "{error}");
    let empty = [("ORT_DYLIB_PATH", ""), ("SERVE_RUNTIME_ENGINE", ""), ("SAGEMAKER_BIND_TO_PORT", "")];
    assert!(error_of(&folder, &spec, &[], &empty).contains("name its shared library"));
}

#[test]
fn an_operator_that_rten_gets_wrong_is_not_left_to_it() {
    let folder = Folder::new();
    let bytes = Onnx::default()
        .input("x", F32, &[S("n"), N(2)])
        .output("y", F32, &[S("n"), N(2)])
        .node_with("DynamicQuantizeLSTM", "com.microsoft", &["x"], &["y"], &[])
        .bytes();
    let error = error_of(&folder, &one(&folder, &bytes, "auto", pair(), pair()), &[], &[]);
    assert!(error.contains("rten does not get `DynamicQuantizeLSTM` right; for ONNX Runtime"), "{error}");
}

#[test]
fn the_override_replaces_auto_only() {
    let folder = Folder::new();
    let spec = one(&folder, &onnx::scale(2.0), "auto", pair(), pair());
    let error = error_of(&folder, &spec, &[], &[("SERVE_RUNTIME_ENGINE", "ort")]);
    assert!(error.contains("name its shared library"), "{error}");
    let spec = one(&folder, &binarizer(), "rten", pair(), pair());
    let error = error_of(&folder, &spec, &[], &[("SERVE_RUNTIME_ENGINE", "ort")]);
    assert!(error.contains("rten can't load it"), "{error}");
}

#[tokio::test]
async fn auto_takes_onnx_runtime_for_what_rten_lacks() {
    let Some(library) = library() else { return };
    let folder = Folder::new();
    let spec = one(&folder, &binarizer(), "auto", pair(), pair());
    let server = Server::start(folder, &spec, &["--ort", &library]).await;
    assert_eq!(server.get("/servec/spec").await.ok()["engines"], json!({ "m": "ort" }));
    let answer = server.json("/invocations", r#"{"x": [[0.5, -0.5]]}"#).await;
    assert_eq!(answer.text(), r#"{"y":[[1.0,0.0]]}"#);
}

#[tokio::test]
async fn both_engines_answer_alike() {
    let Some(library) = library() else { return };
    let body = r#"{"x": [[0.1, 2], [-3, 1e-7]]}"#;
    let mut answers = vec![];
    for engine in ["rten", "ort"] {
        let folder = Folder::new();
        let spec = folder.spec(&specs::diamond(&folder));
        let mut command = command(&spec, &[]);
        command.env("ORT_DYLIB_PATH", &library).env("SERVE_RUNTIME_ENGINE", engine);
        let server = Server::spawn(command).await;
        assert_eq!(server.get("/servec/spec").await.ok()["engines"]["join"], engine);
        answers.push(server.json("/invocations", body).await.text());
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], r#"{"echo":[[0.1,2.0],[-3.0,1e-7]],"sum":[[0.5,10.0],[-15.0,5e-7]]}"#);
}

#[tokio::test]
async fn onnx_runtime_carries_every_element_type() {
    let Some(library) = library() else { return };
    for (dtype, number, good) in [
        ("i64", onnx::I64, "[5000000000]"),
        ("bool", onnx::BOOL, "[true]"),
        ("f16", F16, "[0.5]"),
        ("string", STRING, "[\"grüß\"]"),
        ("u8", 2, "[255]"),
        ("i8", 3, "[-128]"),
        ("u16", 4, "[65535]"),
        ("i16", 5, "[-5]"),
        ("i32", 6, "[7]"),
        ("f64", 11, "[0.1]"),
        ("u32", 12, "[4294967295]"),
        ("u64", 13, "[18446744073709551615]"),
        ("bf16", 16, "[1.5]"),
    ] {
        let folder = Folder::new();
        let bytes = Onnx::default().input("x", number, &[S("n")]).output("y", number, &[S("n")]);
        let bytes = bytes.node("Identity", &["x"], &["y"]).bytes();
        let ty = specs::tensor(dtype, json!(["n"]));
        let spec = one(&folder, &bytes, "ort", ty.clone(), ty);
        let server = Server::start(folder, &spec, &["--ort", &library]).await;
        let answer = server.json("/invocations", &format!("{{\"x\": {good}}}")).await;
        assert_eq!(answer.text(), format!("{{\"y\":{good}}}"), "{dtype}");
        assert_eq!(server.json("/invocations", "{\"x\": []}").await.text(), "{\"y\":[]}", "{dtype}");
    }
}

#[tokio::test]
async fn a_list_of_maps_is_json() {
    let Some(library) = library() else { return };
    let folder = Folder::new();
    let mut spec = one(&folder, &onnx::zipmap(), "ort", pair(), json!("json"));
    spec["models"]["m"]["outputs"][0]["from"] = json!("z");
    let server = Server::start(folder, &spec, &["--ort", &library]).await;
    let answer = server.json("/invocations", r#"{"x": [[0.25, 0.75]]}"#).await;
    assert_eq!(answer.ok(), json!({ "y": [{ "7": 0.25, "9": 0.75 }] }));
}

#[tokio::test]
async fn calls_at_once_share_the_sessions_and_all_are_answered() {
    let library = library();
    for engine in ["rten", "ort"] {
        let args: Vec<&str> = match (engine, &library) {
            ("ort", None) => continue,
            ("ort", Some(library)) => vec!["--ort", library],
            _ => vec![],
        };
        let folder = Folder::new();
        let spec = one(&folder, &onnx::scale(2.0), engine, pair(), pair());
        let server = Server::start(folder, &spec, &args).await;
        let mut calls = tokio::task::JoinSet::new();
        for at in 0..64 {
            let request = server.post("/invocations").header("content-type", "application/json");
            let request = request.body(format!("{{\"x\": [[{at}, 1]]}}"));
            calls.spawn(async move { (at, request.send().await.unwrap().text().await.unwrap()) });
        }
        while let Some(done) = calls.join_next().await {
            let (at, text) = done.unwrap();
            assert_eq!(text, format!("{{\"y\":[[{}.0,2.0]]}}", at * 2));
        }
    }
}
