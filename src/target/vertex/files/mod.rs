//! The files of `build`: the plan as a document, and the same as a script for people.

mod document;
mod script;

use crate::resource::{Artifact, Desired};

use super::calls;
use super::settings::Where;

/// `plan.json` and `plan.sh`.
pub fn files(desired: &Desired) -> Vec<Artifact> {
    let at = Where::of_desired(desired);
    let calls = calls::all(desired, &at);
    let document = document::of(desired, &at, &calls);
    let json =
        Artifact { path: "plan.json".into(), contents: format!("{document:#}\n").into_bytes(), executable: false };
    let script = script::of(desired, &at, &calls);
    let shell = Artifact { path: "plan.sh".into(), contents: script.into_bytes(), executable: true };
    vec![json, shell]
}
