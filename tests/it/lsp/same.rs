//! What an editor is told is what `servec check` says, to the letter.

use std::collections::BTreeMap;
use std::process::Command;

use camino::Utf8Path;
use lsp_server::Connection;
use serde_json::Value;
use servec::compile::Options;
use servec::lsp::serve::{Ended, routes, serve, uri};

use super::client::Client;
use crate::cases;

/// Programs that say much, of several files, with values from elsewhere, and the examples.
fn programs() -> Vec<camino::Utf8PathBuf> {
    let without_flags = |case: &camino::Utf8PathBuf| !case.join("args.txt").exists();
    let every = cases::cases().into_iter().filter(without_flags).step_by(6);
    let root = Utf8Path::new(env!("CARGO_MANIFEST_DIR"));
    every.chain(cases::folders(&root.join("examples"))).collect()
}

#[test]
fn published_diagnostics_are_those_of_check() {
    let (client, server) = Connection::memory();
    let thread = std::thread::spawn(move || serve(&server, &Options::default(), routes::all()));
    let mut client = Client::new(client);
    client.initialize(&["utf-8"]);
    let programs = programs();
    assert!(programs.len() > 60, "{} programs", programs.len());
    for (version, folder) in programs.iter().enumerate() {
        let path = folder.join("main.serve");
        let address = uri::of(&path);
        let version = version as i64 + 1;
        client.open(&address, version as i32, &std::fs::read_to_string(&path).unwrap());
        client.diagnostics(&address, version);
        let of_folder = |address: &str| Utf8Path::new(&*uri::path(address)).starts_with(folder);
        let mut told: Vec<Value> = Vec::new();
        for (_, (_, all)) in client.published.iter().filter(|(address, _)| of_folder(address)) {
            told.extend(all.iter().map(|d| d["data"].clone()));
        }
        let mut said = said(folder);
        let key = |d: &Value| d.to_string();
        told.sort_by_key(key);
        said.sort_by_key(key);
        assert_eq!(told, said, "{folder}");
    }
    client.leave();
    assert_eq!(thread.join().unwrap().unwrap(), Ended::AsAsked);
}

/// `servec check --format json` in the program's folder.
fn said(folder: &Utf8Path) -> Vec<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_servec"));
    let output = command.args(["check", "--format", "json"]).current_dir(folder).output().unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    document["diagnostics"].as_array().unwrap().clone()
}

/// The parts of a message that an editor shows are the parts that `check` shows.
#[test]
fn a_message_has_all_that_check_says() {
    let folder = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/names/unknown-import");
    let folder = if folder.exists() {
        folder
    } else {
        cases::cases().into_iter().find(|c| !c.join("args.txt").exists()).unwrap()
    };
    let path = folder.join("main.serve");
    let (client, server) = Connection::memory();
    let thread = std::thread::spawn(move || serve(&server, &Options::default(), routes::all()));
    let mut client = Client::new(client);
    client.initialize(&[]);
    client.open(&uri::of(&path), 1, &std::fs::read_to_string(&path).unwrap());
    let all = client.diagnostics(&uri::of(&path), 1);
    assert!(!all.is_empty());
    for d in &all {
        let (shown, data) = (d["message"].as_str().unwrap(), &d["data"]);
        let parts: BTreeMap<&str, &Value> = [("message", &data["message"]), ("help", &data["help"])].into();
        for text in parts.values().filter_map(|v| v.as_str()) {
            assert!(shown.contains(text), "{shown}\nlacks {text}");
        }
        assert_eq!((d["source"].as_str(), d["code"].as_str()), (Some("servec"), data["code"].as_str()));
        let related = d["relatedInformation"].as_array().map_or(0, Vec::len);
        assert_eq!(related + 1, data["labels"].as_array().unwrap().len(), "{d:#}");
    }
    client.leave();
    thread.join().unwrap().unwrap();
}
