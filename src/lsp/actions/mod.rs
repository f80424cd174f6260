//! What can be done about the place at the cursor: the fixes that diagnostics bring, fields that are missing, a `use` for a name
//! that is not here, a model in a file of its own, `use`s in order.

mod extract;
mod import;
mod missing;
mod organise;

use camino::Utf8PathBuf;

use crate::report::Edit;
use crate::source::Span;

use super::analysis::At;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    Fix,
    Extract,
    Organise,
}

/// Something to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    pub title: String,
    pub sort: Sort,
    pub edits: Vec<Edit>,
    /// A file that is made, absolute, and its text.
    pub file: Option<(Utf8PathBuf, String)>,
    /// Which diagnostics of the program it answers, by index.
    pub answers: Vec<usize>,
    /// The one to take without asking.
    pub preferred: bool,
}

impl Action {
    fn new(title: impl Into<String>, sort: Sort, edits: Vec<Edit>) -> Self {
        Self { title: title.into(), sort, edits, file: None, answers: vec![], preferred: false }
    }
}

/// Everything for a selection of `at`'s file: from `at.offset` to `end`.
pub fn actions(at: At, end: u32) -> Vec<Action> {
    let mut all = fixes(at, end);
    all.extend(import::actions(at, end));
    all.extend(missing::actions(at));
    all.extend(extract::actions(at));
    all.extend(organise::actions(at));
    let mut seen: Vec<Vec<Edit>> = Vec::new();
    all.retain(|action| {
        let first = !seen.contains(&action.edits);
        seen.push(action.edits.clone());
        first
    });
    all
}

/// The diagnostics that a label of which touches the selection.
fn touched<'a>(at: At<'a>, end: u32) -> impl Iterator<Item = (usize, &'a crate::report::Diagnostic)> {
    let touches = move |span: Span| span.file == at.unit.file && span.start <= end && at.offset <= span.end;
    let all = at.analysis.compiled.diagnostics.iter().enumerate();
    all.filter(move |(_, d)| d.labels.iter().any(|label| touches(label.span)))
}

fn fixes(at: At, end: u32) -> Vec<Action> {
    let of = touched(at, end).filter_map(|(index, d)| Some((index, d.fix.as_ref()?)));
    of.map(|(index, fix)| {
        let action = Action::new(fix.title.clone(), Sort::Fix, fix.edits.clone());
        Action { answers: vec![index], preferred: true, ..action }
    })
    .collect()
}
