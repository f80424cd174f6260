//! What became of a plan, step by step, and the exit code that says it.

use std::fmt::Write;
use std::time::Duration;

use owo_colors::{OwoColorize, Style};
use serde_json::{Value, json};

use crate::plan::Verb;
use crate::report::Diagnostic;
use crate::resource::Address;
use crate::target::Failure;

/// What became of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// In the plan's order.
    pub reports: Vec<Report>,
    pub end: End,
}

/// What became of one step.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    pub address: Address,
    pub action: Verb,
    pub state: State,
    /// How long it ran; zero when it was not reached.
    pub took: Duration,
}

#[derive(Debug, Clone, PartialEq)]
pub enum State {
    Done,
    Failed(Failure),
    NotReached,
}

#[derive(Debug, Clone, PartialEq)]
pub enum End {
    /// All steps are done, and what was read back is what was asked for.
    Served,
    /// Nothing was done: locked, stale, protected, or not to be read.
    Refused(Failure),
    /// A step failed; its report says why.
    Failed,
    /// All steps went well, and what was read back is something else.
    NotServed(Vec<Failure>),
    /// Stopped between two steps; the rest can be done by applying again.
    Interrupted,
}

impl Outcome {
    /// 0 served, 130 interrupted, 1 anything else.
    pub fn exit_code(&self) -> u8 {
        match self.end {
            End::Served => 0,
            End::Interrupted => 130,
            End::Refused(_) | End::Failed | End::NotServed(_) => 1,
        }
    }

    /// All that went wrong, ready to show.
    pub fn diagnostics(&self) -> Vec<&Diagnostic> {
        let steps = self.reports.iter().filter_map(|report| match &report.state {
            State::Failed(failure) => Some(failure.as_ref()),
            State::Done | State::NotReached => None,
        });
        let end: &[Failure] = match &self.end {
            End::Refused(failure) => std::slice::from_ref(failure),
            End::NotServed(failures) => failures,
            End::Served | End::Failed | End::Interrupted => &[],
        };
        steps.chain(end.iter().map(Box::as_ref)).collect()
    }

    /// One line a step and one for the whole; the diagnostics are shown apart.
    pub fn to_text(&self, colour: bool) -> String {
        let paint = |text: &str, style: Style| if colour { text.style(style).to_string() } else { text.to_owned() };
        let mut out = String::new();
        for report in &self.reports {
            let (word, style) = match report.state {
                State::Done => ("done", Style::new().green()),
                State::Failed(_) => ("failed", Style::new().red()),
                State::NotReached => ("not reached", Style::new().dimmed()),
            };
            // Writing to a String has no way to fail.
            let _ =
                writeln!(out, "{}  {} {}", paint(&format!("{word:>11}"), style), report.action.word(), report.address);
        }
        let (done, failed, left) = self.counts();
        let end = match &self.end {
            End::Served if self.reports.is_empty() => "nothing to do: what is served is as declared".to_owned(),
            End::Served => format!("{done} done: what is served is as declared"),
            End::Refused(_) => "refused: nothing was changed".to_owned(),
            End::Failed => format!("{done} done, {failed} failed, {left} not reached: apply again to go on"),
            End::NotServed(_) => format!("{done} done, and what is served is not what was asked"),
            End::Interrupted => format!("interrupted: {done} done, {left} not reached: apply again to go on"),
        };
        let _ = writeln!(out, "{}", paint(&end, Style::new().bold()));
        out
    }

    /// For other programs.
    pub fn to_json(&self) -> Value {
        let word = |state: &State| match state {
            State::Done => "done",
            State::Failed(_) => "failed",
            State::NotReached => "not_reached",
        };
        let shown =
            |d: &Diagnostic| json!({ "code": d.code.id(), "message": d.message, "help": d.help, "notes": d.notes });
        let failure = |state: &State| match state {
            State::Failed(failure) => shown(failure),
            State::Done | State::NotReached => Value::Null,
        };
        let steps: Vec<Value> = self.reports.iter().map(|r| {
            json!({ "address": r.address, "action": r.action, "state": word(&r.state), "failure": failure(&r.state) })
        }).collect();
        let end = match &self.end {
            End::Served => "served",
            End::Refused(_) => "refused",
            End::Failed => "failed",
            End::NotServed(_) => "not_served",
            End::Interrupted => "interrupted",
        };
        let diagnostics: Vec<Value> = self.diagnostics().into_iter().map(shown).collect();
        json!({ "end": end, "exit_code": self.exit_code(), "steps": steps, "diagnostics": diagnostics })
    }

    /// Done, failed, not reached.
    fn counts(&self) -> (usize, usize, usize) {
        self.reports.iter().fold((0, 0, 0), |(done, failed, left), report| match report.state {
            State::Done => (done + 1, failed, left),
            State::Failed(_) => (done, failed + 1, left),
            State::NotReached => (done, failed, left + 1),
        })
    }
}
