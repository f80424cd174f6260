//! Holds a stack's demands against a target's table. Names no target: the table says what is possible and why not.

use crate::graph::Dag;
use crate::report::{Code, Diagnostic, Sink};
use crate::stack::Stack;

use super::demand::{Demand, demands};
use super::{Cell, Fitted, Support, Table};

/// Whether the target can express the stack. `None` when it can't; the reasons are then in the sink. What is honoured in
/// part is a warning, and a note of what is fitted.
pub fn fit<'a>(stack: &'a Stack, dag: &'a Dag, table: &Table, sink: &mut Sink) -> Option<Fitted<'a>> {
    let mut notes = vec![];
    let mut refused = false;
    for demand in demands(stack) {
        // A loaded table has a cell for every feature.
        let Some(cell) = table.cell(demand.feature) else { continue };
        match verdict(cell, stack) {
            Verdict::Fits => {}
            Verdict::InPart => {
                sink.push(in_part(&demand, cell, stack));
                notes.push(format!("{}, {}: {}", demand.subject, demand.feature.words(), cell.because));
            }
            Verdict::Noted(word) => {
                sink.push(allowed(word, &demand, cell, stack));
                notes.push(format!("{}, {} ({word}): {}", demand.subject, demand.feature.words(), cell.because));
            }
            Verdict::Refused(code) => {
                sink.push(refusal(code, &demand, cell, stack));
                refused = true;
            }
        }
    }
    (!refused).then_some(Fitted { stack, dag, notes })
}

enum Verdict {
    Fits,
    InPart,
    /// Allowed by the stack; the plan still says so.
    Noted(&'static str),
    Refused(Code),
}

fn verdict(cell: &Cell, stack: &Stack) -> Verdict {
    match cell.support {
        Support::Yes => Verdict::Fits,
        Support::Limited => Verdict::InPart,
        Support::Preview if stack.allow_preview => Verdict::Noted("preview"),
        Support::Preview => Verdict::Refused(Code::PreviewNotAllowed),
        Support::Emulated if stack.allow_emulation => Verdict::Noted("emulated"),
        Support::Emulated => Verdict::Refused(Code::EmulationNotAllowed),
        Support::No => Verdict::Refused(Code::Unsupported),
    }
}

fn in_part(demand: &Demand, cell: &Cell, stack: &Stack) -> Diagnostic {
    let message =
        format!("{} uses {}, which `{}` honours in part", demand.subject, demand.feature.words(), stack.target);
    explained(Diagnostic::warning(Code::LimitedSupport, message), demand, cell, &cell.instead)
}

/// What the stack allows is said all the same.
fn allowed(word: &str, demand: &Demand, cell: &Cell, stack: &Stack) -> Diagnostic {
    let message = format!("{} uses {}: {word} on `{}`", demand.subject, demand.feature.words(), stack.target);
    explained(Diagnostic::notice(Code::LimitedSupport, message), demand, cell, &cell.instead)
}

fn refusal(code: Code, demand: &Demand, cell: &Cell, stack: &Stack) -> Diagnostic {
    let (uses, target) = (format!("{} uses {}", demand.subject, demand.feature.words()), &stack.target);
    let allow = |word: &str| {
        let write = format!("write `allow = [{word}]` in stack `{}` to accept that", stack.name);
        if cell.instead.is_empty() { write } else { format!("{write}, or: {}", cell.instead) }
    };
    let (message, help) = match cell.support {
        Support::Preview => (format!("{uses}, which is in preview on `{target}`"), allow("preview")),
        Support::Emulated => (format!("{uses}, which `{target}` can only emulate"), allow("emulation")),
        Support::Yes | Support::Limited | Support::No => {
            (format!("{uses}, which `{target}` can't honour"), cell.instead.clone())
        }
    };
    explained(Diagnostic::error(code, message), demand, cell, &help)
}

/// The reason at the first place, the other places, the help, and the fact's source and day.
fn explained(diagnostic: Diagnostic, demand: &Demand, cell: &Cell, help: &str) -> Diagnostic {
    let labels = demand.spans.iter().enumerate();
    let labelled =
        labels.fold(diagnostic, |d, (i, span)| d.label(*span, if i == 0 { &*cell.because } else { "and here" }));
    let helped = if help.is_empty() { labelled } else { labelled.help(help) };
    helped.note(format!("source: {}, as of {}", cell.source, cell.as_of))
}
