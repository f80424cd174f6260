//! Plans for Vertex AI: each program of `tests/vertex` becomes the calls that stand beside it, every call is one that
//! Google's own documents know, and a mistake in one is noticed.

use std::fs;
use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Value, json};
use servec::compile::{Options, compile};
use servec::resource::{Artifact, Desired};
use servec::stack::Stack;
use servec::target::vertex::Vertex;
use servec::target::{Emitter as _, Target as _};

fn fixtures() -> Vec<Utf8PathBuf> {
    let mut found: Vec<Utf8PathBuf> = Utf8Path::new("tests/vertex")
        .read_dir_utf8()
        .unwrap()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.join("main.serve").exists())
        .collect();
    found.sort();
    assert!(found.len() >= 40, "{} fixtures", found.len());
    found
}

pub fn lowered(stack: &Stack) -> Desired {
    let mut sink = servec::report::Sink::default();
    let dag = servec::graph::build(stack, &mut sink).unwrap();
    let fitted = servec::capability::fit(stack, &dag, Vertex.table(), &mut sink);
    Vertex.lower(&fitted.unwrap())
}

/// The one stack of a program on this target.
fn stack(path: &Utf8Path) -> Stack {
    let compiled = compile(path, &Options::default());
    let messages: Vec<&str> = compiled.diagnostics.iter().map(|d| &*d.message).collect();
    assert!(!compiled.failed, "{path}: {messages:#?}");
    compiled.stacks.into_iter().find(|stack| &*stack.target == "vertex").unwrap()
}

fn built(path: &Utf8Path) -> Vec<Artifact> {
    Vertex.files(&lowered(&stack(path)))
}

fn file<'a>(files: &'a [Artifact], name: &str) -> &'a str {
    let file = files.iter().find(|file| file.path == name).unwrap();
    std::str::from_utf8(&file.contents).unwrap()
}

fn plan(path: &Utf8Path) -> Value {
    serde_json::from_str(file(&built(path), "plan.json")).unwrap()
}

#[test]
fn each_program_becomes_the_calls_beside_it() {
    let mut problems = vec![];
    for path in fixtures() {
        for artifact in built(&path) {
            let place = path.join(format!("expected.{}", artifact.path));
            let actual = String::from_utf8(artifact.contents).unwrap();
            // The script says the same: one of each sort is read by people.
            let kept = artifact.path == "plan.json" || place.exists();
            if std::env::var_os("UPDATE_EXPECT").is_some() && kept {
                fs::write(&place, actual).unwrap();
            } else if kept {
                let expected = fs::read_to_string(&place).unwrap_or_default();
                if expected != actual {
                    let diff = similar::TextDiff::from_lines(&expected, &actual);
                    problems.push(diff.unified_diff().header(place.as_str(), "now").to_string());
                }
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn the_same_stack_gives_the_same_bytes() {
    for path in fixtures().into_iter().step_by(7) {
        let stack = stack(&path);
        assert_eq!(Vertex.files(&lowered(&stack)), Vertex.files(&lowered(&stack)), "{path}");
    }
}

#[test]
fn a_plan_keeps_its_published_schema() {
    let schema: Value = serde_json::from_str(include_str!("../../docs/vertex-plan.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    for path in fixtures() {
        let plan = plan(&path);
        let errors: Vec<String> =
            schema.iter_errors(&plan).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{path}: {errors:#?}");
    }
}

#[test]
fn a_script_is_one_that_bash_reads() {
    let folder = tempfile::tempdir().unwrap();
    for (i, path) in fixtures().iter().enumerate() {
        fs::write(folder.path().join(format!("{i}.sh")), file(&built(path), "plan.sh")).unwrap();
    }
    for entry in fs::read_dir(folder.path()).unwrap() {
        let script = entry.unwrap().path();
        let output = Command::new("bash").arg("-n").arg(&script).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        // Finds what bash alone does not; where it is not installed, bash has the last word.
        if let Ok(output) = Command::new("shellcheck").arg("--severity=warning").arg(&script).output() {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        }
    }
}

/// No secret's value stands in anything that is written, and what is put in its place is named.
#[test]
fn a_secret_is_named_and_never_written() {
    let files = built(Utf8Path::new("tests/vertex/secret-in-the-environment"));
    for file in &files {
        assert!(!String::from_utf8_lossy(&file.contents).contains("s3cr3t"), "{}", file.path);
    }
    let plan: Value = serde_json::from_str(file(&files, "plan.json")).unwrap();
    let upload = call(&plan, "/upload");
    assert_eq!(upload["fills"], json!([{ "at": "/model/containerSpec/env/0/value", "with": "secret.token" }]));
}

fn call<'p>(plan: &'p Value, suffix: &str) -> &'p Value {
    let calls = plan["calls"].as_array().unwrap().iter();
    let found = calls.rev().find(|call| call["id"].as_str().unwrap().ends_with(suffix));
    found.unwrap_or_else(|| panic!("no call {suffix} in {plan:#}"))
}

/// Runs the checker over plans; its lines. `None` where Python is absent, which is no pass in CI.
fn checked(plans: &[(String, Value)]) -> Option<Vec<String>> {
    let Ok(python) = std::env::var("SERVEC_TEST_PYTHON") else {
        assert!(std::env::var_os("CI").is_none(), "SERVEC_TEST_PYTHON is not set: run tests/all");
        println!("skipped: SERVEC_TEST_PYTHON is not set, run tests/all");
        return None;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(python);
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vertex/validate.py")).current_dir(folder.path());
    for (name, plan) in plans {
        let name = format!("{name}.json");
        fs::write(folder.path().join(&name), plan.to_string()).unwrap();
        command.arg(name);
    }
    let output = command.output().unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(err.contains("violations"), "the checker did not end: {err}");
    println!("{}", err.trim());
    Some(out.lines().map(str::to_owned).collect())
}

#[test]
fn every_call_is_one_that_the_discovery_documents_know() {
    let plans: Vec<_> = fixtures().iter().map(|path| (path.file_name().unwrap().to_owned(), plan(path))).collect();
    let calls: usize = plans.iter().map(|(_, plan)| plan["calls"].as_array().unwrap().len()).sum();
    assert!(calls > 300, "{calls}");
    let Some(found) = checked(&plans) else { return };
    assert!(found.is_empty(), "{}", found.join("\n"));
}

type Mistake = (&'static str, fn(&mut Value), &'static str);

fn at<'p>(plan: &'p mut Value, suffix: &str) -> &'p mut Value {
    let calls = plan["calls"].as_array_mut().unwrap().iter_mut();
    calls.rev().find(|call| call["id"].as_str().unwrap().ends_with(suffix)).unwrap()
}

/// One of each sort of mistake, and what the checker says of it.
const MISTAKES: &[Mistake] = &[
    (
        "path",
        |p| at(p, "/create")["url"] = json!("https://europe-west4-aiplatform.googleapis.com/v1/projects/p/endpoints"),
        "has the path",
    ),
    ("host", |p| at(p, "/split")["url"] = json!("https://aiplatform.example.com/v1/projects/p"), "no API answers"),
    ("method", |p| at(p, "/split")["method"] = json!("PUT"), "takes DELETE, GET, PATCH"),
    ("query", |p| at(p, "/create")["query"]["endpoint_name"] = json!("x"), "has no query parameter endpoint_name"),
    (
        "missing query",
        |p| {
            at(p, "/split")["query"].as_object_mut().unwrap().clear();
        },
        "needs the query parameter updateMask",
    ),
    ("unknown field", |p| at(p, "/deploy")["body"]["deployedModel"]["replicas"] = json!(2), "there is no such field"),
    (
        "field of another version",
        |p| at(p, "/deploy")["body"]["deployedModel"]["dedicatedResources"]["initialReplicaCount"] = json!(1),
        "there is no such field",
    ),
    (
        "type",
        |p| at(p, "/deploy")["body"]["deployedModel"]["dedicatedResources"]["minReplicaCount"] = json!("1"),
        "is no whole number",
    ),
    ("list", |p| at(p, "/upload")["body"]["model"]["versionAliases"] = json!("default"), "is no list"),
    ("object", |p| at(p, "/upload")["body"]["model"]["containerSpec"] = json!([]), "is no object"),
    ("boolean", |p| at(p, "/create")["body"]["dedicatedEndpointEnabled"] = json!("true"), "is no boolean"),
    ("string", |p| at(p, "/create")["body"]["displayName"] = json!(7), "is no string"),
    (
        "enum",
        |p| {
            at(p, "/deploy")["body"]["deployedModel"]["dedicatedResources"]["machineSpec"]["acceleratorType"] =
                json!("NVIDIA_T4")
        },
        "none of ACCELERATOR_TYPE_UNSPECIFIED",
    ),
    (
        "duration",
        |p| at(p, "/create")["body"]["clientConnectionConfig"]["inferenceTimeout"] = json!("1min"),
        "no google-duration",
    ),
    (
        "required",
        |p| {
            at(p, "/upload")["body"]["model"].as_object_mut().unwrap().remove("displayName");
        },
        "/model/displayName is required",
    ),
    (
        "deep required",
        |p| {
            at(p, "/upload")["body"]["model"]["containerSpec"].as_object_mut().unwrap().remove("imageUri");
        },
        "imageUri is required",
    ),
    (
        "read only",
        |p| at(p, "/create")["body"]["createTime"] = json!("2026-01-01T00:00:00Z"),
        "written by the server alone",
    ),
    ("mask", |p| at(p, "/split")["query"]["updateMask"] = json!("traffic"), "the mask names traffic"),
    ("masked field", |p| at(p, "/split")["body"] = json!({}), "which the body has not"),
    (
        "shares",
        |p| {
            at(p, "/split")["body"]["trafficSplit"] = json!({ "1": 60, "2": 30 });
        },
        "the shares sum to 90",
    ),
    ("id", |p| at(p, "/create")["query"]["endpointId"] = json!("Prod_Score"), "is no id of an endpoint"),
    (
        "id of a deployed model",
        |p| at(p, "/deploy")["body"]["deployedModel"]["id"] = json!("abc"),
        "is no id of a deployed model",
    ),
    ("label", |p| at(p, "/create")["body"]["labels"]["team"] = json!("Search"), "is no value of a label"),
    ("order", |p| p["calls"].as_array_mut().unwrap().reverse(), "which it needs"),
    ("wait", |p| at(p, "/deploy")["waitsFor"] = json!("answer"), "answers an operation"),
    (
        "body",
        |p| {
            at(p, "/deploy").as_object_mut().unwrap().remove("body");
        },
        "takes a body",
    ),
    (
        "replicas",
        |p| at(p, "/deploy")["body"]["deployedModel"]["dedicatedResources"]["minReplicaCount"] = json!(0),
        "0 to",
    ),
    ("undo", |p| at(p, "/deploy")["undo"]["body"] = json!({ "id": "1" }), "(undo): /id: there is no such field"),
    ("undo without", |p| at(p, "/deploy")["undo"]["body"] = json!({}), "(undo): /deployedModelId is required"),
    (
        "fill",
        |p| at(p, "/upload")["fills"] = json!([{ "at": "/model/secret", "with": "secret.x" }]),
        "which the body has not",
    ),
];

#[test]
fn a_planted_mistake_of_each_sort_is_noticed() {
    let good = plan(Utf8Path::new("tests/vertex/plain"));
    let plans: Vec<(String, Value)> = MISTAKES
        .iter()
        .enumerate()
        .map(|(i, (_, plant, _))| {
            let mut bad = good.clone();
            plant(&mut bad);
            assert_ne!(bad, good);
            (format!("mistake-{i}"), bad)
        })
        .collect();
    let Some(found) = checked(&plans) else { return };
    for (i, (name, _, says)) in MISTAKES.iter().enumerate() {
        let about: Vec<&String> = found.iter().filter(|line| line.starts_with(&format!("mistake-{i}.json "))).collect();
        assert!(about.iter().any(|line| line.contains(says)), "{name}: {about:#?}");
    }
}

/// Beginnings of what is deployed stay as they are while only what can be changed in place differs.
#[test]
fn what_changes_in_place_keeps_its_id() {
    let of = |text: &str| {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(folder.path()).unwrap().join("main.serve");
        fs::write(&path, text).unwrap();
        lowered(&stack(&path))
    };
    let base = fs::read_to_string("tests/vertex/scale-by-requests/main.serve").unwrap();
    let addresses = |desired: &Desired| desired.resources.keys().map(ToString::to_string).collect::<Vec<_>>();
    let before = of(&base);
    assert_eq!(addresses(&before), addresses(&of(&base.replace("2..20", "1..30"))));
    assert_eq!(addresses(&before), addresses(&of(&base.replace("12/s", "20/s"))));
    assert_ne!(addresses(&before), addresses(&of(&base.replace("scorer.onnx", "scorer-2.onnx"))));
    let weights = fs::read_to_string("tests/vertex/two-variants/main.serve").unwrap();
    assert_eq!(addresses(&of(&weights)), addresses(&of(&weights.replace("weight = 9", "weight = 3"))));
}

#[test]
fn every_shipped_example_with_a_stack_here_is_built() {
    for entry in Utf8Path::new("examples").read_dir_utf8().unwrap() {
        let path = entry.unwrap().into_path();
        let compiled = compile(&path, &Options::default());
        assert!(!compiled.failed, "{path}");
        for stack in compiled.stacks.iter().filter(|stack| &*stack.target == "vertex") {
            assert!(!Vertex.files(&lowered(stack)).is_empty(), "{path}");
        }
    }
}
