//! What `servec machines`, `servec cost` and `servec capabilities` print: `tests/printed/*.txt`, each a command line and its output.

use std::fs;
use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;

fn root() -> &'static Utf8Path {
    Utf8Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs a line such as `servec machines --for 'cpu = 4'` in the folder of the expectations; everything it says, and its
/// exit code.
fn run(line: &str) -> (String, i32) {
    let words = words(line);
    let output = Command::new(env!("CARGO_BIN_EXE_servec"))
        .args(&words[1..])
        .current_dir(root().join("tests/printed"))
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    (said, output.status.code().unwrap())
}

/// As a shell would part it, with single quotes only.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('\'').enumerate();
    parts
        .flat_map(|(i, part)| match i % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect(),
            _ => vec![part.to_owned()],
        })
        .collect()
}

#[test]
fn what_is_printed_is_as_expected() {
    let mut problems = Vec::new();
    let mut paths: Vec<Utf8PathBuf> = root()
        .join("tests/printed")
        .read_dir_utf8()
        .unwrap()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.extension() == Some("txt"))
        .collect();
    paths.sort();
    assert!(paths.len() >= 6, "the expectations were not found");
    for path in paths {
        let expected = fs::read_to_string(&path).unwrap();
        let line = expected.lines().next().unwrap().strip_prefix("$ ").unwrap();
        let (said, code) = run(line);
        let actual = format!("$ {line}\n{said}exit {code}\n");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&path, actual).unwrap();
        } else if actual != expected {
            let diff = similar::TextDiff::from_lines(&expected, &actual);
            problems.push(diff.unified_diff().header(path.as_str(), "now").to_string());
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn machines_in_json_say_what_the_text_says() {
    let (said, code) = run("servec machines --for 'gpu { memory = 16GiB }' --target sagemaker --format json");
    assert_eq!(code, 0, "{said}");
    let json: Value = serde_json::from_str(&said).unwrap();
    let answer = &json["answers"][0];
    assert_eq!((&answer["target"], &answer["region"]), (&"sagemaker".into(), &"us-east-1".into()));
    let picked = &answer["picked"];
    assert_eq!(picked["machine"], "ml.g4dn.xlarge");
    assert_eq!(picked["price"]["usd_per_hour"], 0.7364);
    assert_eq!(picked["price"]["basis"], "listed");
    assert_eq!(picked["accelerators"]["count"], 1);
    assert_eq!(picked["accelerators"]["memory_bytes"], 16_u64 << 30);
    assert_eq!(answer["runners_up"].as_array().unwrap().len(), 3);
    assert_eq!(answer["runners_up"][0]["reasons"][0], "costs 0.2036 USD/h more");
    let all = run("servec machines --target sagemaker --all --format json").0;
    let all: Value = serde_json::from_str(&all).unwrap();
    assert_eq!(all["answers"][0]["left_out"], 0);
}

/// What the issue that asked for costs quotes.
#[test]
fn ten_endpoints_cost_1_02_an_hour_and_a_pool_a_tenth() {
    let (said, code) = run("servec cost ../../examples/pool-or-not");
    assert_eq!(code, 0, "{said}");
    let hours: Vec<Vec<&str>> = said
        .lines()
        .filter_map(|line| line.trim().strip_prefix("an hour"))
        .map(|figures| figures.split_whitespace().collect())
        .collect();
    assert_eq!(hours, [vec!["1.02"; 3], vec!["0.102"; 3]], "{said}");
}

#[test]
fn costs_in_json_say_what_the_text_says() {
    let (said, code) = run("servec cost shop.serve --stack prod --format json");
    assert_eq!(code, 0, "{said}");
    let json: Value = serde_json::from_str(&said).unwrap();
    let stack = &json["stacks"][0];
    assert_eq!(
        (&stack["stack"], &stack["currency"], &stack["complete"]),
        (&"prod".into(), &"USD".into(), &false.into())
    );
    // 186.15 + 822.51 of the two that are known
    assert_eq!(stack["total"]["expected"], 1008.66);
    let search = &stack["items"][0];
    assert_eq!(search["month"]["floor"], 74.46);
    assert_eq!(search["parts"][0]["replicas"]["expected"], 2.5);
    assert_eq!(search["parts"][0]["price"]["basis"], "listed");
    assert!(stack["items"][2]["month"].is_null());
    assert!(stack["items"][2]["unknown"][0].as_str().unwrap().contains("by call"));
}
