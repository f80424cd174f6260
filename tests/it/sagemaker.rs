//! Templates for SageMaker: each program of `tests/sagemaker` becomes the template that stands beside it, cfn-lint finds
//! nothing in any of them, a planted mistake is found, and what cfn-lint misses servec refuses itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;
use servec::capability::fit;
use servec::compile::{Options, compile};
use servec::report::{Code, Sink};
use servec::resource::{Artifact, Desired};
use servec::stack::Stack;
use servec::target::sagemaker::SageMaker;
use servec::target::{Emitter as _, Target as _};
use similar::TextDiff;

use crate::support::python::python;

pub fn root() -> &'static Utf8Path {
    Utf8Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Each folder of `tests/sagemaker`, in order.
pub fn fixtures() -> Vec<Utf8PathBuf> {
    let folder = root().join("tests/sagemaker");
    let mut found: Vec<Utf8PathBuf> =
        folder.read_dir_utf8().unwrap().map(|entry| entry.unwrap().into_path()).filter(|path| path.is_dir()).collect();
    found.sort();
    assert!(found.len() >= 40, "{} fixtures", found.len());
    found
}

pub fn lowered(stack: &Stack) -> Desired {
    let mut sink = Sink::default();
    let dag = servec::graph::build(stack, &mut sink).unwrap();
    SageMaker.lower(&fit(stack, &dag, SageMaker.table(), &mut sink).unwrap())
}

/// The stacks of a program on this target.
fn stacks(path: &Utf8Path) -> Vec<Stack> {
    let compiled = compile(path, &Options::default());
    let messages: Vec<&str> = compiled.diagnostics.iter().map(|d| &*d.message).collect();
    assert!(!compiled.failed, "{path}: {messages:#?}");
    compiled.stacks.into_iter().filter(|stack| &*stack.target == "sagemaker").collect()
}

fn text<'a>(files: &'a [Artifact], name: &str) -> &'a str {
    std::str::from_utf8(&files.iter().find(|file| file.path == name).unwrap().contents).unwrap()
}

/// Paths within the repository, whatever it is called.
fn portable(text: &str) -> String {
    text.replace(root().as_str(), "…")
}

pub fn template(path: &Utf8Path) -> Value {
    let [stack] = stacks(path).try_into().unwrap();
    serde_json::from_str(text(&SageMaker.files(&lowered(&stack)), "template.json")).unwrap()
}

fn region(path: &Utf8Path) -> String {
    let [stack] = stacks(path).try_into().unwrap();
    stack.settings_as_text()["region"].clone()
}

#[test]
fn each_program_becomes_the_template_beside_it() {
    let mut problems = vec![];
    for path in fixtures() {
        let [stack] = stacks(&path).try_into().unwrap();
        let files = SageMaker.files(&lowered(&stack));
        assert_eq!(files, SageMaker.files(&lowered(&stack)), "{path}: other bytes the second time");
        for name in ["template.yaml", "steps.json"] {
            let (expected, now) = (path.join(name), portable(text(&files, name)));
            if std::env::var_os("UPDATE_EXPECT").is_some() {
                fs::write(&expected, now).unwrap();
                continue;
            }
            let before = fs::read_to_string(&expected).unwrap_or_default();
            if before != now {
                problems.push(
                    TextDiff::from_lines(&before, &now).unified_diff().header(expected.as_str(), "now").to_string(),
                );
            }
        }
    }
    assert!(problems.is_empty(), "read each, then UPDATE_EXPECT=1 writes them\n\n{}", problems.join("\n"));
}

/// Every example's stacks for this target, and every fixture's template, written below a folder, by region.
fn written(folder: &Utf8Path) -> BTreeMap<String, Vec<Utf8PathBuf>> {
    let examples = root().join("examples").read_dir_utf8().unwrap().map(|entry| entry.unwrap().into_path());
    let mut programs: Vec<Utf8PathBuf> = examples.filter(|path| path.is_dir()).collect();
    programs.extend(fixtures());
    let mut out: BTreeMap<String, Vec<Utf8PathBuf>> = BTreeMap::new();
    for path in programs {
        for stack in stacks(&path) {
            let files = SageMaker.files(&lowered(&stack));
            let at = folder.join(path.file_name().unwrap()).join(&*stack.name);
            fs::create_dir_all(&at).unwrap();
            for name in ["template.json", "template.yaml"] {
                fs::write(at.join(name), text(&files, name)).unwrap();
            }
            out.entry(stack.settings_as_text()["region"].clone()).or_default().push(at);
        }
    }
    out
}

fn folder() -> (tempfile::TempDir, Utf8PathBuf) {
    let kept = tempfile::tempdir().unwrap();
    let path = Utf8PathBuf::from_path_buf(kept.path().to_owned()).unwrap();
    (kept, path)
}

/// What cfn-lint says of templates, one a line; nothing where it is not installed.
fn lint(region: &str, templates: &[Utf8PathBuf]) -> Option<String> {
    let run = "import sys; from cfnlint.runner import main; sys.exit(main())";
    let mut args = vec!["-c", run, "--format", "parseable", "--regions", region, "--"];
    args.extend(templates.iter().map(|path| path.as_str()));
    let output = python(&args)?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let failed = String::from_utf8_lossy(&output.stderr);
    assert!(!failed.contains("Error"), "{failed}");
    Some(format!("{said}{failed}"))
}

#[test]
fn cfn_lint_finds_nothing_in_any_template() {
    let (_kept, folder) = folder();
    for (region, stacks) in written(&folder) {
        let templates: Vec<Utf8PathBuf> = stacks.iter().map(|at| at.join("template.json")).collect();
        let Some(said) = lint(&region, &templates) else { return };
        assert_eq!(said.trim(), "", "in {region}, of {} templates", templates.len());
    }
}

/// Read by PyYAML, which cfn-lint brings along.
#[test]
fn both_forms_of_a_template_say_the_same() {
    let (_kept, folder) = folder();
    let stacks: Vec<Utf8PathBuf> = written(&folder).into_values().flatten().collect();
    let script = "import json, sys, yaml\nfor at in sys.argv[1:]:\n  a, b = json.load(open(at + '/template.json')), \
                  yaml.safe_load(open(at + '/template.yaml'))\n  assert a == b, at\nprint('same')";
    let mut args = vec!["-c", script];
    args.extend(stacks.iter().map(|at| at.as_str()));
    let Some(output) = python(&args) else { return };
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "same", "{}", String::from_utf8_lossy(&output.stderr));
}

/// Changes the first value found under a key, anywhere.
fn change(value: &mut Value, key: &str, to: &dyn Fn(&mut serde_json::Map<String, Value>, &str)) -> bool {
    if let Some(fields) = value.as_object_mut() {
        if fields.contains_key(key) {
            to(fields, key);
            return true;
        }
        return fields.values_mut().any(|value| change(value, key, to));
    }
    value.as_array_mut().is_some_and(|items| items.iter_mut().any(|value| change(value, key, to)))
}

/// The validator is one: each of these is a mistake, and it says so.
#[test]
fn a_mistake_in_a_template_is_found() {
    type Change = Box<dyn Fn(&mut serde_json::Map<String, Value>, &str)>;
    let set = |to: Value| -> Change { Box::new(move |fields, key| drop(fields.insert(key.to_owned(), to.clone()))) };
    let remove = || -> Change { Box::new(|fields, key| drop(fields.remove(key))) };
    let rename = || -> Change {
        Box::new(|fields, key| {
            let value = fields.remove(key).unwrap();
            fields.insert(format!("{key}s"), value);
        })
    };
    let cases: Vec<(&str, &str, Change)> = vec![
        ("smallest", "InstanceType", set("ml.c5.huge".into())),
        ("smallest", "InitialInstanceCount", set(0.into())),
        ("smallest", "ModelDataUrl", set("models/churn".into())),
        ("smallest", "ProductionVariants", remove()),
        ("smallest", "PrimaryContainer", rename()),
        ("onnx-serverless", "MemorySizeInMB", set(512.into())),
        ("onnx-file", "CompressionType", remove()),
        ("async-told", "MaxConcurrentInvocationsPerInstance", set(1001.into())),
        ("rollout-canary", "Type", set("AWS::SageMaker::Nothing".into())),
        ("rollout-canary", "TerminationWaitInSeconds", set(3601.into())),
        ("scaling-by-cloudwatch", "ScalableDimension", set("sagemaker:variant:Count".into())),
        ("to-zero", "VariantName", set("a variant".into())),
        ("capture", "InitialSamplingPercentage", set(101.into())),
        ("pool", "ModelCacheSetting", set("Off".into())),
        ("alarms", "ComparisonOperator", set("MoreThanThreshold".into())),
        ("smallest", "Ref", set("Nobody".into())),
    ];
    let (_kept, folder) = folder();
    let mut paths = vec![];
    for (i, (fixture, key, to)) in cases.iter().enumerate() {
        let mut template = template(&root().join("tests/sagemaker").join(fixture));
        assert!(change(&mut template["Resources"], key, to), "{fixture} has no {key}");
        let path = folder.join(format!("{i}.json"));
        fs::write(&path, template.to_string()).unwrap();
        paths.push(path);
    }
    let Some(said) = lint("eu-west-1", &paths) else { return };
    let found: BTreeSet<usize> = (0..cases.len()).filter(|i| said.contains(&format!("/{i}.json:"))).collect();
    let missed: Vec<_> =
        cases.iter().enumerate().filter(|(i, _)| !found.contains(i)).map(|(_, c)| (c.0, c.1)).collect();
    assert!(missed.is_empty(), "not found: {missed:?}\n{said}");
}

const MODEL: &str = r#"
model churn {
  framework = xgboost("1.7")
  artifact  = "s3://models/churn.tar.gz"
  input  x: tensor<f32>[batch, 24]
  output y: tensor<f32>[batch, 1]
}
stack prod on sagemaker { region = "eu-west-1", deploy answers }
"#;

/// Mistakes between fields: cfn-lint says nothing of them.
#[test]
fn what_cfn_lint_misses_is_refused_by_servec() {
    let cases = [
        ("mode = serverless { memory = 2GiB }\n machine = \"ml.c5.large\"", Code::HardwareRefused),
        ("mode = serverless { memory = 1500MiB }", Code::MemoryStep),
        ("variant a { weight = 1 }\n variant a { weight = 2 }", Code::VariantTwice),
        ("scale = 5..2", Code::ReversedRange),
        ("variant a { weight = 1 }\n variant b { shadow = true }\n variant c { shadow = true }", Code::VariantLimit),
        ("variant a { weight = 1 }\n variant b { weight = 1 }\n rollout = rolling { first = 10% }", Code::NotTogether),
        ("scale = 0..2\n rollout = canary { first = 10%, bake = 5min }", Code::NotTogether),
        ("scale = 0..2\n variant a { weight = 1 }\n variant b { weight = 1 }", Code::NotTogether),
        ("scale = 9..9\n rollout = linear { first = 10%, bake = 1h }", Code::RolloutLimit),
        ("mode = async { timeout = 2h }", Code::TimeLimit),
        ("network { subnets = [\"subnet-1\"] }", Code::NotTogether),
        ("scale = 1..3 { schedule s { cron = \"0 7 */2 * 1\", min = 2 } }", Code::ScheduleBoth),
        ("rollout = canary { first = 10%, abort_on = [errors > 1%] }", Code::NotTogether),
        ("alarm a { when = p99 > 1s, notify = topic(\"no topic\") }", Code::NotAnAwsName),
    ];
    let (_kept, folder) = folder();
    for (body, code) in cases {
        let path = folder.join("main.serve");
        fs::write(&path, format!("{MODEL}\nendpoint answers {{\n serve = churn\n {body}\n}}\n")).unwrap();
        let compiled = compile(&path, &Options::default());
        let codes: Vec<&str> = compiled.diagnostics.iter().map(|d| d.code.id()).collect();
        assert!(compiled.failed && codes.contains(&code.id()), "{body}: {codes:?}");
    }
}

#[test]
fn every_region_of_a_fixture_is_one() {
    let regions: BTreeSet<String> = fixtures().iter().map(|path| region(path)).collect();
    assert!(regions.len() >= 3, "{regions:?}");
}

/// The name that callers use stays when the program's changes, and a name of what can't change is another one for another
/// content.
#[test]
fn names_stay_or_go_with_the_content() {
    let name = |path: &str, kind: &str, key: &str| {
        let template = template(&root().join("tests/sagemaker").join(path));
        let resources = template["Resources"].as_object().unwrap();
        let found = resources.values().find(|resource| resource["Type"] == kind).unwrap();
        found["Properties"][key].as_str().unwrap().to_owned()
    };
    let endpoint = |path: &str| name(path, "AWS::SageMaker::Endpoint", "EndpointName");
    assert_eq!(endpoint("moved"), endpoint("smallest"));
    let model = |path: &str| name(path, "AWS::SageMaker::Model", "ModelName");
    assert_ne!(model("smallest"), model("network"));
    assert_eq!(model("smallest"), model("pinned-machine"), "the machine is no part of the model");
    let config = |path: &str| name(path, "AWS::SageMaker::EndpointConfig", "EndpointConfigName");
    assert_ne!(config("smallest"), config("pinned-machine"));
    // Tags change in place.
    assert_eq!(model("smallest"), model("tags"));
}

/// Two values of a secret are two models, and neither value is anywhere.
#[test]
fn a_secret_is_a_parameter_and_its_change_is_seen() {
    let path = root().join("tests/sagemaker/secret-in-the-environment");
    let with = |value: &str| {
        let options = Options { set: [("token".to_owned(), value.to_owned())].into(), ..Options::default() };
        let compiled = compile(&path, &options);
        let files = SageMaker.files(&lowered(&compiled.stacks[0]));
        files.iter().map(|file| String::from_utf8(file.contents.clone()).unwrap()).collect::<String>()
    };
    let (one, other) = (with("alpha-secret"), with("beta-secret"));
    assert!(!one.contains("alpha-secret") && one.contains("NoEcho"), "{one}");
    assert_ne!(one, other);
}
