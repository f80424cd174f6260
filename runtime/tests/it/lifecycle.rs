//! Loading, draining, and specs that can't be served.

use std::path::Path;
use std::process::Output;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use serve_runtime::http::{self, Serving};

use crate::onnx::{F32, N, Onnx, S};
use crate::server::{Folder, Server, command};
use crate::specs;

#[tokio::test]
async fn while_loading_it_is_alive_and_not_ready() {
    let folder = Folder::new();
    let spec: serve_spec::Spec = serde_json::from_value(specs::doubler(&folder)).unwrap();
    let serving = Arc::new(Serving::new(spec, String::new()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(http::serve(listener, http::router(serving), std::future::pending(), Duration::ZERO));
    let client = reqwest::Client::new();
    for path in ["/ping", "/healthz", "/v2/health/ready", "/v2/models/demo/ready", "/servec/spec"] {
        let answer = client.get(format!("{base}{path}")).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 503, "{path}");
        assert_eq!(answer.text().await.unwrap(), r#"{"error":"the models are still loading"}"#);
    }
    assert_eq!(client.post(format!("{base}/invocations")).body("{}").send().await.unwrap().status().as_u16(), 503);
    assert_eq!(client.get(format!("{base}/v2/health/live")).send().await.unwrap().status().as_u16(), 200);
}

#[tokio::test]
async fn a_request_in_flight_is_answered_before_the_end() {
    let folder = Folder::new();
    let spec = specs::slow(&folder, 60);
    let mut server = Server::start(folder, &spec, &[]).await;
    let request = server.post("/invocations").header("content-type", "application/json").body(r#"{"x": [[1]]}"#);
    let answer = tokio::spawn(request.send());
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.terminate();
    let status = answer.await.unwrap().unwrap().status().as_u16();
    assert_eq!(status, 200);
    assert_eq!(server.wait(Duration::from_secs(20)).code(), Some(0));
    assert!(server.http.get(format!("{}/ping", server.base)).send().await.is_err());
}

#[tokio::test]
async fn idle_connections_do_not_hold_up_the_end() {
    let folder = Folder::new();
    let spec = specs::doubler(&folder);
    let mut server = Server::start(folder, &spec, &[]).await;
    server.get("/ping").await;
    let _silent = tokio::net::TcpStream::connect(&server.address).await.unwrap();
    server.terminate();
    assert_eq!(server.wait(Duration::from_secs(10)).code(), Some(0));
}

fn run(spec: &Path) -> Output {
    command(spec, &[]).output().unwrap()
}

/// One line on standard error, and exit code 1.
fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(text.trim_end().lines().count(), 1, "{text}");
    text
}

#[test]
fn a_spec_that_cannot_be_served_is_one_line_and_exit_code_1() {
    type Spoil = fn(&mut Value);
    let cases: [(Spoil, &str); 16] = [
        (|s| s["version"] = json!(2), "it is of version 2, this runtime reads version 1"),
        (|s| s["surprise"] = json!(1), "unknown field `surprise`"),
        (|s| s["timeout_ms"] = json!(0), "timeout_ms and max_request_bytes must be more than 0"),
        (|s| s["variants"] = json!([]), "no variant answers"),
        (|s| s["variants"][0]["graph"] = json!("h"), "variant `main`: no graph `h`"),
        (
            |s| {
                let mut other = s["graphs"]["g"].clone();
                other["outputs"][0]["name"] = json!("other");
                s["graphs"]["h"] = other;
                let new = json!({ "name": "new", "weight": 1, "graph": "h" });
                s["variants"].as_array_mut().unwrap().push(new);
            },
            "variant `new`: its outputs are not called as those of `main`",
        ),
        (|s| s["models"]["double"]["framework"] = json!("torch"), "framework `torch`"),
        (|s| s["models"]["double"]["concurrency"] = json!(0), "concurrency and threads must be more than 0"),
        (|s| s["models"]["double"]["artifact"]["path"] = json!("none.onnx"), "none.onnx: No such file"),
        (|s| s["models"]["double"]["artifact"]["sha256"] = json!("00"), "its SHA-256 is"),
        (
            |s| s["models"]["double"]["inputs"][0]["from"] = json!("z"),
            "input `pixels`: its file has no `z`, it has `x`",
        ),
        (
            |s| s["models"]["double"]["inputs"][0]["type"]["tensor"]["dtype"] = json!("i64"),
            "declared tensor<i64>[batch, 2], its file says f32",
        ),
        (
            |s| s["models"]["double"]["outputs"][0]["type"]["tensor"]["dims"] = json!([3]),
            "its file says tensor<f32>[batch, 2]",
        ),
        (|s| s["graphs"]["g"]["steps"][0]["call"] = json!({ "builtin": "images.sharpen_not" }), "images.sharpen_not"),
        (
            |s| s["graphs"]["g"]["steps"][0]["args"]["pixels"] = json!({ "ref": { "input": "q" } }),
            "step `call`: the graph has no input `q`",
        ),
        (
            |s| s["graphs"]["g"]["outputs"][0]["value"] = json!({ "step": { "id": "no", "output": "o" } }),
            "output `scores`: no step `no`",
        ),
    ];
    for (spoil, wanted) in cases {
        let folder = Folder::new();
        let mut spec = specs::doubler(&folder);
        spoil(&mut spec);
        let error = refused(&run(&folder.spec(&spec)));
        assert!(error.contains(wanted), "{error} lacks {wanted}");
    }
    let folder = Folder::new();
    assert!(refused(&run(&folder.path("none.json"))).contains("No such file"));
    std::fs::write(folder.path("bad.json"), "{").unwrap();
    assert!(refused(&run(&folder.path("bad.json"))).contains("EOF while parsing"));
}

#[test]
fn a_poisoned_model_is_an_error_and_never_a_crash() {
    let good = crate::onnx::scale(2.0);
    let mut lying_length = good.clone();
    lying_length[3] = 0xff;
    let unknown = Onnx::default()
        .input("x", F32, &[S("batch"), N(2)])
        .output("y", F32, &[S("batch"), N(2)])
        .node("NoSuchOperator", &["x"], &["y"])
        .bytes();
    let dangling = Onnx::default()
        .input("x", F32, &[S("batch"), N(2)])
        .output("y", F32, &[S("batch"), N(2)])
        .node("Relu", &["nowhere"], &["y"])
        .bytes();
    let short = Onnx::default()
        .input("x", F32, &[S("batch"), N(2)])
        .constant("c", &[1 << 40], &[1.0])
        .output("y", F32, &[S("batch"), N(2)])
        .node("Mul", &["x", "c"], &["y"])
        .bytes();
    for bytes in
        [vec![], b"not a model".to_vec(), good[..good.len() / 2].to_vec(), lying_length, unknown, dangling, short]
    {
        let folder = Folder::new();
        let mut spec = specs::doubler(&folder);
        spec["models"]["double"]["artifact"] = folder.asset("double.onnx", &bytes);
        let error = refused(&run(&folder.spec(&spec)));
        assert!(error.starts_with("serve-runtime: model `double`: "), "{error}");
    }
}

#[tokio::test]
async fn a_model_that_fails_is_500_and_says_in_which_step() {
    let folder = Folder::new();
    let bytes = Onnx::default()
        .input("a", F32, &[S("n")])
        .input("b", F32, &[S("m")])
        .output("y", F32, &[S("n")])
        .node("Add", &["a", "b"], &["y"])
        .bytes();
    let vector = |name: &str, dim: &str| specs::port(name, specs::tensor("f32", json!([dim])));
    let model = specs::model(
        folder.asset("m.onnx", &bytes),
        json!([vector("a", "n"), vector("b", "m")]),
        json!([vector("y", "n")]),
    );
    let spec = specs::only(specs::lone("m", &model), json!({ "m": model }));
    let server = Server::start(folder, &spec, &[]).await;
    let error = server.json("/invocations", r#"{"a": [1, 2], "b": [1, 2, 3]}"#).await.error(500);
    assert!(error.starts_with("step `call`: model `m`: "), "{error}");
    // It runs, and what it gives is not what is declared.
    let error = server.json("/invocations", r#"{"a": [1], "b": [1, 2, 3]}"#).await.error(500);
    let wanted = "output `y`: expected tensor<f32>[n] with n = 1, got tensor<f32>[3]";
    assert_eq!(error, format!("step `call`: model `m`: {wanted}"));
    assert_eq!(server.json("/invocations", r#"{"a": [1], "b": [2]}"#).await.text(), r#"{"y":[3.0]}"#);
}

#[test]
fn a_taken_port_is_one_line_and_exit_code_1() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = Folder::new();
    let spec = folder.spec(&specs::doubler(&folder));
    let port = taken.local_addr().unwrap().port().to_string();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_serve-runtime"));
    let output = command.args(["serve", "--port", &port, "--spec"]).arg(&spec).output().unwrap();
    assert!(refused(&output).contains("can't listen on 127.0.0.1:"));
}

#[test]
fn inspect_prints_a_signature_and_the_version_is_known() {
    let folder = Folder::new();
    folder.asset("m.onnx", &crate::onnx::integers());
    let binary = env!("CARGO_BIN_EXE_serve-runtime");
    let output = std::process::Command::new(binary).arg("inspect").arg(folder.path("m.onnx")).output().unwrap();
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(shown["inputs"][0], json!({ "name": "a", "dtype": "i64", "dims": ["n"] }));
    assert_eq!(shown["outputs"][1], json!({ "name": "flags", "dtype": "bool", "dims": ["n"] }));
    assert_eq!(shown["operators"], json!({ "ai.onnx": ["Add", "Equal"] }));
    let output = std::process::Command::new(binary).arg("--version").output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), concat!("serve-runtime ", env!("CARGO_PKG_VERSION"), "\n"));
    let output = std::process::Command::new(binary).arg("frobnicate").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
}
