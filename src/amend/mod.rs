//! What passes propose, made into edits of the program's texts. A proposal that the texts have no place for is dropped:
//! the help says the same in words.

mod rename;
mod shared;

use std::collections::BTreeMap;

use crate::names::{Names, UnitId};
use crate::report::{Change, Diagnostic, Edit, Fix, Proposal};
use crate::source::{FileId, SourceMap, Span};
use crate::stack::Stack;
use crate::syntax::{Left, Written};
use shared::Shared;

/// Gives each diagnostic that proposes something a fix, which says so where it changes more stacks than one.
pub fn proposals(names: &Names, sources: &SourceMap, stacks: &[Stack], diagnostics: &mut [Diagnostic]) {
    let mut shared = None;
    for diagnostic in diagnostics {
        if let Some(proposal) = diagnostic.proposal.take() {
            let fix = Amend { names, sources }.fix(&proposal).map(|fix| {
                let shared = shared.get_or_insert_with(|| Shared::of(stacks));
                Fix { title: format!("{}{}", fix.title, shared.also(names, &fix.edits)), ..fix }
            });
            diagnostic.fix = diagnostic.fix.take().or(fix);
        }
        // The standard library is nobody's to change.
        let own = |edit: &Edit| names.unit_of(edit.span.file).is_some_and(|unit| !unit.std);
        diagnostic.fix = diagnostic.fix.take().filter(|fix| fix.edits.iter().all(own));
    }
}

#[derive(Clone, Copy)]
struct Amend<'a> {
    names: &'a Names,
    sources: &'a SourceMap,
}

impl<'a> Amend<'a> {
    fn fix(self, proposal: &Proposal) -> Option<Fix> {
        let (mut all, mut entries, mut elements) = (Left::default(), Spans::new(), Spans::new());
        let mut title = proposal.title.as_str();
        for change in &proposal.changes {
            match change {
                Change::Write(edit) => all.edits.push(edit.clone()),
                Change::LeaveOut(span) => entries.entry(span.file).or_default().push(*span),
                Change::Drop(span) => elements.entry(span.file).or_default().push(*span),
                Change::Add { to, entry } => all.edits.push(self.add(*to, entry)?),
                Change::Rename { declared, to } => all.edits.extend(rename::edits(self.names, *declared, to)?),
                Change::Kind { of, kind, without, whole } => {
                    all.edits.extend(self.written(of.file)?.1.kind(*of, kind, without, whole)?);
                }
                Change::Instead { of, entry } => {
                    let written = self.written(of.file)?.1;
                    if entry.split_whitespace().next().is_some_and(|name| written.has_beside(*of, name)) {
                        title = "leave {} out";
                        entries.entry(of.file).or_default().push(*of);
                    } else {
                        all.and(written.instead(*of, entry)?);
                    }
                }
                Change::Beside { of, entry } => all.edits.push(self.written(of.file)?.1.add_beside(*of, entry)?),
            }
        }
        for (file, spans) in entries {
            all.and(self.written(file)?.1.leave_out(&spans)?);
        }
        for (file, spans) in elements {
            all.and(self.written(file)?.1.leave_elements_out(&spans)?);
        }
        let Left { mut edits, names } = all;
        edits.sort_by_key(|edit| edit.span);
        let mut neighbours = edits.iter().zip(edits.iter().skip(1));
        let apart = neighbours.all(|(a, b)| a.span.file != b.span.file || a.span.end <= b.span.start);
        let title = title.replace("{}", &listed(&names));
        apart.then_some(Fix { title, edits })
    }

    fn add(self, to: Span, entry: &str) -> Option<Edit> {
        let (unit, written) = self.written(to.file)?;
        // Braces behind the name of a declaration would make it a construct that does not exist.
        let declared = self.names.lookup(unit, self.sources.text(to)).is_some();
        let edit = written.add(to, entry)?;
        (!declared || edit.span.start != to.end).then_some(edit)
    }

    fn written(self, file: FileId) -> Option<(UnitId, Written<'a>)> {
        let (id, unit) = self.names.units().find(|(_, unit)| unit.file == file)?;
        Some((id, Written { tree: &unit.ast, text: &self.sources.get(file)?.text }))
    }
}

type Spans = BTreeMap<FileId, Vec<Span>>;

/// `` `a`, `b` and `c` ``
fn listed(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [init @ .., last] if !init.is_empty() => format!("{} and {last}", init.join(", ")),
        _ => quoted.concat(),
    }
}
