//! `servec capabilities`: tables that fit, one program's part of them, what a move loses, and cells of the user's own. What
//! it prints stands in `tests/printed`.

use std::process::Command;

use camino::Utf8PathBuf;
use serde_json::Value;
use servec::capability::matrix::{Key, between, show, whole};
use servec::capability::{Feature, Limit, Support, Table};
use servec::stack::{Metric, ModeKind};
use servec::target::{ALL, find};

fn folder() -> Utf8PathBuf {
    Utf8PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/printed")
}

fn servec(args: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_servec"));
    let output = command.arg("capabilities").args(args).current_dir(folder()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[track_caller]
fn json(args: &[&str]) -> Value {
    let (code, out, err) = servec(&[args, &["--format", "json"]].concat());
    assert_eq!(code, 0, "{err}");
    serde_json::from_str(&out).unwrap()
}

fn tables() -> Vec<(&'static str, &'static Table)> {
    ALL.iter().map(|target| (target.name(), target.table())).collect()
}

#[test]
fn every_row_and_column_of_every_table_is_there() {
    let grid = whole(&tables());
    assert_eq!(grid.rows.len(), Feature::ALL.len() + Limit::ALL.len() + Metric::ALL.len());
    assert_eq!(grid.heads.len(), ALL.iter().map(|target| target.table().columns().count()).sum::<usize>());
    assert!(grid.rows.iter().all(|row| row.cells.len() == grid.heads.len()));
}

/// The tables say `yes` where another cell has the refusal: that is for diagnostics, and would mislead here.
#[test]
fn what_is_refused_elsewhere_is_no_yes() {
    let grid = whole(&tables());
    let mut problems = vec![];
    for row in &grid.rows {
        for (head, cell) in grid.heads.iter().zip(&row.cells) {
            let elsewhere = cell.source.as_ref().is_some_and(|s| {
                (s.keys.starts_with("refused with") || s.keys.starts_with("said with"))
                    && !matches!(row.key, Key::Limit(_))
            });
            if elsewhere && cell.support == Some(Support::Yes) {
                problems.push(format!("{} {}: {:?}", head.target, head.id, row.key));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    let of = |target: &str, column: &str, key: Key| {
        let head = grid.heads.iter().position(|h| &*h.target == target && &*h.id == column).unwrap();
        grid.rows.iter().find(|row| row.key == key).unwrap().cells[head].support
    };
    // Without KEDA there is no queue, so nothing of an async endpoint is answered there.
    assert_eq!(of("kubernetes", "async", Key::Feature(Feature::Async)), Some(Support::No));
    assert_eq!(of("kubernetes", "async", Key::Feature(Feature::Capture)), None);
    assert_eq!(of("kubernetes", "keda_async", Key::Feature(Feature::Async)), Some(Support::Yes));
    // A part says no more than its whole.
    assert_eq!(of("local", "embedded", Key::Feature(Feature::AcceleratorMany)), Some(Support::Limited));
}

#[test]
fn no_line_of_a_table_is_wider_than_asked() {
    let grids = [whole(&tables())];
    for width in [90, 100, 160, 400] {
        let text = show::text(&grids, show::Look { width, sources: true });
        // What the platform calls a metric has no blank to break at.
        let wide = text.lines().filter(|l| l.chars().count() > width && !l.contains("` is "));
        assert_eq!(wide.collect::<Vec<_>>(), Vec::<&str>::new(), "{width}");
    }
    let one = show::text(&grids, show::Look { width: 1000, sources: false });
    let heads = one.lines().next().unwrap();
    assert!(heads.contains("sagemaker") && heads.contains("local"), "one table where there is room: {heads}");
}

#[test]
fn a_move_there_and_back_loses_what_it_gains() {
    let [a, b] = ["sagemaker", "kubernetes"].map(|name| find(name).unwrap().table());
    let features = |from, to, gained: bool| -> Vec<(Key, ModeKind)> {
        let kind = |k| (k == servec::capability::matrix::Kind::Gained) == gained;
        let changes = between(from, to, None).into_iter();
        let of_kind = changes.filter(|c| kind(c.kind) && !matches!(c.key, Key::Limit(_)));
        let mut all: Vec<_> = of_kind.flat_map(|c| c.modes.into_iter().map(move |mode| (c.key, mode))).collect();
        all.sort();
        all
    };
    assert!(features(a, b, false).len() > 10);
    assert_eq!(features(a, b, false), features(b, a, true));
    assert_eq!(features(a, b, true), features(b, a, false));
    assert_eq!(between(a, a, None), vec![]);
}

#[test]
fn programs_read_what_the_published_schema_says() {
    let schema: Value = serde_json::from_str(include_str!("../../docs/capabilities.schema.json")).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let all = json(&[]);
    let own = json(&["--capabilities", "own-capabilities.json", "--target", "local"]);
    let shop = json(&["shop"]);
    let moved = json(&["--target", "sagemaker", "--against", "vertex"]);
    let shop_moved = json(&["shop", "--target", "sagemaker", "--against", "vertex"]);
    for shown in [&all, &own, &shop, &moved, &shop_moved] {
        let errors = validator.iter_errors(shown).map(|e| format!("{e} at {}", e.instance_path()));
        assert_eq!(errors.collect::<Vec<_>>(), Vec::<String>::new());
    }
    let mut wrong = all.clone();
    wrong["tables"][0]["rows"][0]["surprise"] = Value::Null;
    assert!(!validator.is_valid(&wrong), "the schema is strict");
    let timeout = |shown: &Value| {
        let rows = shown["tables"][0]["rows"].as_array().unwrap();
        rows.iter().find(|row| row["key"] == "timeout").unwrap()["cells"][0].clone()
    };
    assert_eq!(timeout(&own)["from_file"], "own-capabilities.json");
    assert_eq!(timeout(&own)["bound"]["max"], 20.0);
    assert_eq!(timeout(&own)["as_of"], "2026-11-02");
}

#[test]
fn what_can_not_be_shown_says_why() {
    let (code, out, err) = servec(&["--target", "nowhere"]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains("possible values: sagemaker, vertex, kubernetes, local"), "{err}");
    let (code, _, err) = servec(&["--against", "local"]);
    assert_eq!(code, 1);
    assert!(err.contains("--target"), "{err}");
    let (code, out, err) = servec(&["no/such/folder"]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains("E0001"), "{err}");
    let (code, out, err) = servec(&["--capabilities", "shop/main.serve"]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains("E0619") && err.contains("line 1"), "{err}");
    let (code, out, _) = servec(&["no/such/folder", "--format", "json"]);
    assert_eq!(code, 1);
    assert_eq!(serde_json::from_str::<Value>(&out).unwrap()["diagnostics"][0]["code"], "E0001");
}
