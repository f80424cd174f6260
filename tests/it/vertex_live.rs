//! Stacks on a double of Google Cloud: what is applied is as planned, faults are gone over, and what is somebody else's
//! stays. The double (`tests/vertex/double.py`) is driven by Google's discovery documents, and says where it lies.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdin, Command, Output, Stdio};

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Value, json};

/// The double, until it is dropped.
struct Double {
    child: Child,
    stdin: Option<ChildStdin>,
    port: u16,
}

impl Double {
    /// `None` where Python is absent, which is no pass in CI.
    fn start() -> Option<Self> {
        let Ok(python) = std::env::var("SERVEC_TEST_PYTHON") else {
            assert!(std::env::var_os("CI").is_none(), "SERVEC_TEST_PYTHON is not set: run tests/all");
            println!("skipped: SERVEC_TEST_PYTHON is not set, run tests/all");
            return None;
        };
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vertex/double.py");
        let mut child = Command::new(python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().strip_prefix("listening ").unwrap().parse().unwrap();
        let stdin = child.stdin.take();
        Some(Self { child, stdin, port })
    }

    fn control(&self, body: Option<Value>) -> Value {
        let url = format!("http://127.0.0.1:{}/_control", self.port);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let client = reqwest::Client::new();
            let request = match &body {
                Some(body) => client.post(url).json(body),
                None => client.get(url),
            };
            request.send().await.unwrap().json().await.unwrap()
        })
    }

    fn state(&self) -> Value {
        self.control(None)
    }

    fn servec(&self, folder: &Utf8Path, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_servec"))
            .args(args)
            .current_dir(folder)
            .env("SERVEC_VERTEX_HOST", format!("http://127.0.0.1:{}", self.port))
            .env("SERVEC_VERTEX_SPEED", "2000")
            .env("GOOGLE_OAUTH_ACCESS_TOKEN", "of-a-test")
            .env("SECRET_token", "s3cr3t")
            .output()
            .unwrap()
    }

    #[track_caller]
    fn must(&self, folder: &Utf8Path, args: &[&str]) -> String {
        let output = self.servec(folder, args);
        let said = said(&output);
        assert!(output.status.success(), "{folder} {args:?}: {said}\n{:#}", self.state()["noticed"]);
        said
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.child.wait();
    }
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat()
}

fn fixture(name: &str) -> Utf8PathBuf {
    Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vertex").join(name)
}

/// A program in a folder of its own.
fn written(text: &str) -> (tempfile::TempDir, Utf8PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
    fs::write(path.join("main.serve"), text).unwrap();
    (folder, path)
}

fn text_of(name: &str) -> String {
    fs::read_to_string(fixture(name).join("main.serve")).unwrap()
}

const STACKS: &[&str] = &[
    "plain",
    "shared-endpoint",
    "private-endpoint",
    "streaming",
    "local-file",
    "own-bucket",
    "own-image-with-files",
    "pytorch",
    "sklearn-of-a-file",
    "vllm",
    "environment",
    "secret-in-the-environment",
    "health",
    "slow-start",
    "two-variants",
    "three-even-variants",
    "scale-by-requests",
    "scale-by-cpu-and-gpu",
    "scale-to-zero",
    "canary",
    "rolling",
    "capture",
    "encrypted",
    "identity",
    "tags",
    "logs",
    "async-by-backlog",
    "async-encrypted",
    "job",
    "job-and-endpoint",
    "pipeline",
    "pool-of-onnx",
    "pool-of-a-prefix",
    "pool-of-tensorflow",
    "two-endpoints-of-one-model",
    "names-in-capitals",
];

#[test]
fn what_is_applied_needs_no_change_and_is_removed_whole() {
    assert!(STACKS.len() >= 20);
    for name in STACKS {
        let Some(double) = Double::start() else { return };
        let folder = fixture(name);
        double.must(&folder, &["apply", "--yes"]);
        let plan = double.servec(&folder, &["plan", "--detailed-exitcode"]);
        assert_eq!(plan.status.code(), Some(0), "{name}: {}", said(&plan));
        double.must(&folder, &["status"]);
        double.must(&folder, &["destroy", "--yes"]);
        let state = double.state();
        assert_eq!(state["left"], json!([]), "{name}");
        assert_eq!(state["noticed"], json!([]), "{name}");
    }
}

#[test]
fn a_new_version_is_deployed_before_calls_go_over_and_the_old_one_goes_last() {
    let Some(double) = Double::start() else { return };
    let before = text_of("canary");
    let (_folder, path) = written(&before);
    double.must(&path, &["apply", "--yes"]);
    let old = double.state()["splits"]["prod--score"].clone();
    fs::write(path.join("main.serve"), before.replace("scorer.onnx", "scorer-2.onnx")).unwrap();
    let from = double.state()["calls"].as_array().unwrap().len();
    double.must(&path, &["apply", "--yes"]);
    let state = double.state();
    let steps: Vec<&str> = state["calls"].as_array().unwrap()[from..]
        .iter()
        .map(|call| call.as_str().unwrap())
        .filter(|call| !call.starts_with("GET"))
        .filter_map(|call| {
            ["models:upload", ":deployModel", ":undeployModel", "PATCH"].into_iter().find(|w| call.contains(w))
        })
        .collect();
    assert_eq!(steps, ["models:upload", ":deployModel", "PATCH", "PATCH", ":undeployModel"]);
    assert_ne!(state["splits"]["prod--score"], old);
    assert_eq!(state["noticed"], json!([]));
    assert_eq!(state["deployed"].as_array().unwrap().len(), 1);
}

#[test]
fn a_rollout_is_taken_back_where_a_watched_metric_says_so() {
    let Some(double) = Double::start() else { return };
    let before = text_of("canary");
    let (_folder, path) = written(&before);
    double.must(&path, &["apply", "--yes"]);
    let old = double.state()["splits"].clone();
    double.control(Some(json!({ "metric": 0.5 })));
    fs::write(path.join("main.serve"), before.replace("scorer.onnx", "scorer-2.onnx")).unwrap();
    let output = double.servec(&path, &["apply", "--yes"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("E0868"), "{}", said(&output));
    assert_eq!(double.state()["splits"], old);
}

#[test]
fn a_fault_at_any_call_is_gone_over_by_a_rerun() {
    for name in ["two-variants"] {
        let calls = {
            let Some(double) = Double::start() else { return };
            double.must(&fixture(name), &["apply", "--yes"]);
            double.state()["changes"].as_u64().unwrap()
        };
        for nth in 1..=calls {
            // Two of the six at each call, in turn: each fault meets every third call, and starting a double takes seconds.
            let faults = [json!(429), json!(500), json!(503), json!("break"), json!("operation"), json!("never")];
            for fault in faults.into_iter().skip(nth as usize % 3).step_by(3) {
                let Some(double) = Double::start() else { return };
                double.control(Some(json!({ "fail": [nth, fault] })));
                let first = double.servec(&fixture(name), &["apply", "--yes"]);
                double.control(Some(json!({ "forget": true })));
                if !first.status.success() {
                    double.must(&fixture(name), &["apply", "--yes"]);
                }
                let plan = double.servec(&fixture(name), &["plan", "--detailed-exitcode"]);
                assert_eq!(plan.status.code(), Some(0), "{name} {nth} {fault}: {}", said(&plan));
                assert_eq!(double.state()["noticed"], json!([]), "{name} {nth} {fault}");
            }
        }
    }
}

#[test]
fn what_somebody_else_deployed_is_left_alone() {
    let Some(double) = Double::start() else { return };
    let before = text_of("plain");
    let (_folder, path) = written(&before);
    double.must(&path, &["apply", "--yes"]);
    double.control(Some(json!({ "foreign": ["prod--score", 0] })));
    fs::write(path.join("main.serve"), before.replace("scorer.onnx", "scorer-2.onnx")).unwrap();
    double.must(&path, &["apply", "--yes"]);
    let deployed = double.state()["deployed"].to_string();
    assert!(deployed.contains("theirs") && deployed.contains("default"), "{deployed}");
    // Once it gets calls, nobody moves them.
    double.control(Some(json!({ "foreign": ["prod--score", 40] })));
    let split = double.state()["splits"].clone();
    fs::write(path.join("main.serve"), before.replace("scorer.onnx", "scorer-3.onnx")).unwrap();
    let output = double.servec(&path, &["apply", "--yes"]);
    assert!(said(&output).contains("E0867"), "{}", said(&output));
    assert_eq!(double.state()["splits"], split);
    assert_eq!(double.state()["noticed"], json!([]));
}

#[test]
fn a_saved_plan_is_refused_when_something_moved() {
    let Some(double) = Double::start() else { return };
    let before = text_of("two-variants");
    let (_folder, path) = written(&before);
    double.must(&path, &["apply", "--yes"]);
    fs::write(path.join("main.serve"), before.replace("weight = 9", "weight = 3")).unwrap();
    double.must(&path, &["plan", "--out", "saved.json"]);
    fs::write(path.join("main.serve"), before.replace("weight = 9", "weight = 4")).unwrap();
    double.must(&path, &["apply", "--yes"]);
    let output = double.servec(&path, &["apply", "saved.json", "--yes"]);
    assert!(said(&output).contains("E0901"), "{}", said(&output));
}

#[test]
fn a_change_of_what_can_be_changed_in_place_deploys_nothing() {
    let Some(double) = Double::start() else { return };
    let before = text_of("scale-by-requests");
    let (_folder, path) = written(&before);
    double.must(&path, &["apply", "--yes"]);
    let from = double.state()["calls"].as_array().unwrap().len();
    fs::write(path.join("main.serve"), before.replace("2..20", "3..30").replace("12/s", "20/s")).unwrap();
    double.must(&path, &["apply", "--yes"]);
    let calls = double.state()["calls"].to_string();
    assert!(calls.contains(":mutateDeployedModel"), "{calls}");
    let later: Vec<String> = double.state()["calls"].as_array().unwrap()[from..]
        .iter()
        .map(|call| call.as_str().unwrap().to_owned())
        .collect();
    assert!(!later.iter().any(|call| call.contains(":deployModel")), "{later:#?}");
    let plan = double.servec(&path, &["plan", "--detailed-exitcode"]);
    assert_eq!(plan.status.code(), Some(0), "{}", said(&plan));
}
