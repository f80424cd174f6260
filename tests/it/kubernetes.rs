//! Manifests of every fixture: as expected, and valid against schemas that servec has no part in.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};
use servec::capability::fit;
use servec::compile::Compiled;
use servec::report::{Format, Look, PLAIN_WIDTH, Severity, Sink, render};
use servec::resource::{Artifact, Desired};
use servec::stack::Stack;
use servec::target::kubernetes::Kubernetes;
use servec::target::{Emitter as _, Target as _};

use crate::cases::compile;

pub fn fixtures() -> Vec<Utf8PathBuf> {
    let mut found: Vec<Utf8PathBuf> = Utf8Path::new("tests/kubernetes")
        .read_dir_utf8()
        .unwrap()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.join("main.serve").exists())
        .collect();
    found.sort();
    found
}

fn compiled(folder: &Utf8Path) -> Compiled {
    let compiled = compile(folder);
    let text = render(&compiled.sources, &compiled.diagnostics, Format::Text(Look::Plain, PLAIN_WIDTH));
    assert!(!compiled.failed, "{folder}\n{text}");
    compiled
}

fn lowered(stack: &Stack) -> Desired {
    let mut sink = Sink::default();
    let dag = servec::graph::build(stack, &mut sink).unwrap();
    let fitted = fit(stack, &dag, Kubernetes.table(), &mut sink);
    Kubernetes.lower(&fitted.unwrap_or_else(|| panic!("{}: {:#?}", stack.name, sink.into_sorted())))
}

pub fn built(folder: &Utf8Path) -> (Desired, Vec<Artifact>) {
    let compiled = compiled(folder);
    let desired = lowered(&compiled.stacks[0]);
    let files = Kubernetes.files(&desired);
    (desired, files)
}

fn text(files: &[Artifact], name: &str) -> String {
    let file = files.iter().find(|file| file.path == name).unwrap_or_else(|| panic!("no {name}"));
    String::from_utf8(file.contents.clone()).unwrap()
}

/// As people read it: what is said of it first, then every object.
fn shown(desired: &Desired, files: &[Artifact]) -> String {
    let mut out = String::new();
    for note in &desired.notes {
        writeln!(out, "# {note}").unwrap();
    }
    for file in files.iter().filter(|file| file.path == "artifacts.json") {
        let text = String::from_utf8(file.contents.clone()).unwrap();
        text.lines().for_each(|line| writeln!(out, "# artifacts.json: {line}").unwrap());
    }
    out + &text(files, "all.yaml")
}

#[test]
fn each_fixture_becomes_what_is_expected() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut wrong = vec![];
    for folder in fixtures() {
        let (desired, files) = built(&folder);
        let (found, path) = (shown(&desired, &files), folder.join("manifests.yaml"));
        if update {
            std::fs::write(&path, found).unwrap();
        } else if std::fs::read_to_string(&path).unwrap_or_default() != found {
            wrong.push(path);
        }
    }
    assert!(wrong.is_empty(), "run `UPDATE_EXPECT=1 cargo test --test it kubernetes::`, and read: {wrong:#?}");
}

#[test]
fn there_are_enough_fixtures_and_each_kind_is_made_by_one() {
    let fixtures = fixtures();
    assert!(fixtures.len() >= 40, "{}", fixtures.len());
    let kinds: BTreeSet<String> = fixtures
        .iter()
        .flat_map(|folder| built(folder).0.resources.into_values())
        .map(|r| r.kind.to_string())
        .collect();
    let expected = [
        "ConfigMap",
        "Deployment",
        "HTTPRoute",
        "HTTPScaledObject",
        "HorizontalPodAutoscaler",
        "InferenceGraph",
        "InferenceService",
        "Job",
        "NetworkPolicy",
        "PodDisruptionBudget",
        "PrometheusRule",
        "ScaledJob",
        "ScaledObject",
        "Service",
        "ServiceAccount",
        "ServiceMonitor",
        "ServingRuntime",
        "TrainedModel",
        "TriggerAuthentication",
        "artifact",
    ];
    assert_eq!(kinds.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

#[test]
fn files_are_one_an_object_one_stream_and_a_kustomization_that_names_them() {
    for folder in fixtures() {
        let (desired, files) = built(&folder);
        let objects = desired.resources.values().filter(|resource| &*resource.kind != "artifact").count();
        let single: Vec<&Artifact> =
            files.iter().filter(|file| file.path.as_str().starts_with(|c: char| c.is_ascii_digit())).collect();
        assert_eq!(single.len(), objects, "{folder}");
        let stream: String =
            single.iter().map(|file| format!("---\n{}", String::from_utf8_lossy(&file.contents))).collect();
        assert_eq!(stream, text(&files, "all.yaml"), "{folder}");
        let kustomization = text(&files, "kustomization.yaml");
        assert!(single.iter().all(|file| kustomization.contains(file.path.as_str())), "{kustomization}");
        assert_eq!(Kubernetes.files(&lowered(&compiled(&folder).stacks[0])), files, "{folder}: other bytes");
    }
}

/// A resource is never written before what it needs.
#[test]
fn objects_stand_after_what_they_need() {
    for folder in fixtures() {
        let (desired, files) = built(&folder);
        let at = |address: &str| {
            let name = format!("-{}.yaml", address.replacen('.', "-", 1));
            files.iter().position(|file| file.path.as_str().ends_with(&name))
        };
        for resource in desired.resources.values().filter(|resource| &*resource.kind != "artifact") {
            for need in &resource.needs {
                assert!(desired.resources.contains_key(need), "{folder}: {} needs {need}", resource.address);
                let before = at(need.as_str());
                assert!(before < at(resource.address.as_str()), "{folder}: {} stands before {need}", resource.address);
            }
        }
    }
}

/// What a span is given for is a field of the object.
#[test]
fn most_fields_know_where_they_were_written() {
    let (mut known, mut all) = (0, 0);
    for folder in fixtures() {
        for resource in built(&folder).0.resources.values() {
            all += resource.spans.len();
            known += resource.spans.keys().filter(|pointer| resource.body.pointer(pointer).is_some()).count();
        }
    }
    assert!(known > 200 && known * 10 > all * 6, "{known} of {all} spans point at a field");
}

fn validate(arguments: &[&str]) -> (bool, String) {
    let Some(python) = std::env::var_os("SERVEC_TEST_PYTHON") else {
        assert!(std::env::var_os("CI").is_none(), "`SERVEC_TEST_PYTHON` is not set: run tests/all");
        println!("skipped: `SERVEC_TEST_PYTHON` is not set");
        return (true, String::new());
    };
    let folder = tempfile::tempdir().unwrap();
    let mut files = vec![];
    for fixture in fixtures() {
        let path = folder.path().join(format!("{}.yaml", fixture.file_name().unwrap()));
        std::fs::write(&path, text(&built(&fixture).1, "all.yaml")).unwrap();
        files.push(path);
    }
    let output =
        Command::new(python).arg("tests/kubernetes/validate.py").args(arguments).args(&files).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), said)
}

#[test]
fn every_manifest_is_valid_on_each_version_of_kubernetes() {
    let (valid, said) = validate(&[]);
    assert!(valid, "{said}");
    println!("{said}");
}

#[test]
fn a_mistake_in_any_kind_is_caught_by_the_same_check() {
    let (caught, said) = validate(&["--planted"]);
    assert!(caught, "{said}");
}

#[test]
fn every_example_builds() {
    for example in ["quickstart", "reader", "pool-or-not"] {
        let compiled = compile(&Utf8Path::new("examples").join(example));
        let errors = compiled.diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
        assert_eq!(errors, 0, "{example}");
        for stack in compiled.stacks.iter().filter(|stack| &*stack.target == Kubernetes.name()) {
            assert!(!Kubernetes.files(&lowered(stack)).is_empty(), "{example}");
        }
    }
}
