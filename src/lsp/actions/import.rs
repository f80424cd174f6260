//! A `use` for a name that another file or the standard library declares.

use crate::report::{Code, Edit};
use crate::source::Span;

use super::super::analysis::At;
use super::super::{library, uses};
use super::{Action, Sort, touched};

pub(super) fn actions(at: At, end: u32) -> Vec<Action> {
    let mut all = Vec::new();
    for (index, d) in touched(at, end).filter(|(_, d)| d.code == Code::UnknownName) {
        let Some(span) = d.span().filter(|span| span.file == at.unit.file) else { continue };
        let name = at.analysis.text(span);
        let mut parts: Vec<String> = Vec::new();
        let way = at.analysis.compiled.names.way_to(at.id, name);
        let own = way.as_deref().and_then(|way| way.strip_prefix("use ")).and_then(|way| way.split_once(".{"));
        parts.extend(own.map(|(part, _)| part.to_owned()));
        let library = library::all().iter().filter(|listed| *listed.name == *name);
        parts.extend(library.map(|listed| listed.part.clone()));
        parts.dedup();
        for part in &parts {
            let (place, text) = uses::add(at.text(), part, name);
            let edit = Edit { span: Span::new(at.unit.file, place as u32, place as u32), text };
            let action = Action::new(format!("use `{name}` from {}", part.trim_matches('"')), Sort::Fix, vec![edit]);
            all.push(Action { answers: vec![index], preferred: d.fix.is_none() && parts.len() == 1, ..action });
        }
    }
    all
}
