//! The standard library's declarations, read by a simple scan of their text, against what is built in.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use crate::transform::params::Params;
use crate::transform::tests::params;
use crate::transform::{BUILTINS, Param, names};

/// One `transform` of `stdlib/*.serve`.
#[derive(Default)]
pub struct Declared {
    pub handler: String,
    pub inputs: BTreeMap<String, String>,
    pub outputs: BTreeMap<String, String>,
    /// Type and default by name.
    declared: BTreeMap<String, (String, Option<Json>)>,
}

impl Declared {
    /// Something for every parameter without a default; the defaults too, if asked for.
    pub fn params(&self, small: bool) -> BTreeMap<String, Param> {
        let sample = |ty: &str| match ty {
            "int" => Json::from(if small { 8 } else { 64 }),
            "uri<file>" => Json::from("file:a\nb\nc\n"),
            other => panic!("no sample of {other}"),
        };
        let required = self.declared.iter().filter(|(_, (_, default))| default.is_none());
        params(&required.map(|(name, (ty, _))| (name.clone(), sample(ty))).collect::<serde_json::Map<_, _>>().into())
    }
}

/// Every transform of the standard library, by file and place.
pub fn transforms() -> Vec<Declared> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../stdlib");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|ext| ext == "serve")) {
        for line in std::fs::read_to_string(file).unwrap().lines().map(str::trim) {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            let typed =
                || rest.trim().split_once(':').map(|(name, ty)| (name.to_owned(), ty.trim().to_owned())).unwrap();
            match word {
                "transform" => found.push(Declared::default()),
                "input" => found.last_mut().unwrap().inputs.extend([typed()]),
                "output" => found.last_mut().unwrap().outputs.extend([typed()]),
                "param" => {
                    let (name, ty) = typed();
                    let (ty, default) = match ty.split_once('=') {
                        Some((ty, default)) => (ty.trim().to_owned(), Some(serde_json::from_str(default).unwrap())),
                        None => (ty, None),
                    };
                    found.last_mut().unwrap().declared.insert(name, (ty, default));
                }
                "handler" => found.last_mut().unwrap().handler = line.split('"').nth(1).unwrap().to_owned(),
                _ => {}
            }
        }
    }
    found
}

#[test]
fn every_builtin_is_declared_once_and_every_declaration_is_built_in() {
    let declared: Vec<String> = transforms().into_iter().map(|one| one.handler).collect();
    let once: BTreeSet<&str> = declared.iter().map(String::as_str).collect();
    assert_eq!(once.len(), declared.len());
    assert_eq!(once, names().collect());
}

#[test]
fn parameters_and_defaults_are_those_declared() {
    for declared in transforms() {
        let (_, bind) = BUILTINS.iter().find(|(name, _)| *name == declared.handler).unwrap();
        let given = declared.params(true);
        let reader = Params::new(&given);
        bind(&reader).unwrap();
        // 1 and 1.0 are the same default.
        let numbers = |default: &Option<Json>| {
            default.as_ref().map(|json| json.as_f64().map_or_else(|| json.clone(), Json::from))
        };
        let wanted: BTreeMap<String, Option<Json>> =
            declared.declared.iter().map(|(name, (_, default))| (name.clone(), numbers(default))).collect();
        let read: BTreeMap<String, Option<Json>> =
            reader.asked().iter().map(|(name, default)| ((*name).to_owned(), numbers(default))).collect();
        assert_eq!(read, wanted, "{}", declared.handler);
    }
}
