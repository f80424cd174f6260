//! What became of a plan, step by step, and the exit code that says it.

use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use owo_colors::{OwoColorize, Style};
use serde_json::{Value, json};

use crate::plan::{Purpose, Verb};
use crate::report::Diagnostic;
use crate::resource::Address;
use crate::target::Failure;

/// What became of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    pub stack: Arc<str>,
    /// What the plan was for: it decides what a good end is.
    pub purpose: Purpose,
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

    /// A line for each step that was not reached, and one for the whole. What was done was told when it was done, and
    /// the diagnostics are shown apart.
    pub fn to_text(&self, colour: bool) -> String {
        let paint = |text: &str, style: Style| if colour { text.style(style).to_string() } else { text.to_owned() };
        let mut out = String::new();
        for report in self.reports.iter().filter(|report| report.state == State::NotReached) {
            let word = paint("not reached", Style::new().dimmed());
            // Writing to a String has no way to fail.
            let _ = writeln!(out, "  {word}: {} {}", report.action.word(), report.address);
        }
        let _ = writeln!(out, "{}", paint(&self.summary(), Style::new().bold()));
        out
    }

    /// The whole, in one line.
    pub fn summary(&self) -> String {
        let (done, failed, left) = self.counts();
        let stack = &self.stack;
        match (&self.end, self.purpose) {
            (End::Served, Purpose::Apply) if self.reports.is_empty() => {
                "checked: what is served is as declared".to_owned()
            }
            (End::Served, Purpose::Apply) => format!("{done} done: what is served is as declared"),
            (End::Served, Purpose::Destroy) if self.reports.is_empty() => {
                format!("checked: nothing of stack `{stack}` is there")
            }
            (End::Served, Purpose::Destroy) => format!("{done} removed: nothing of stack `{stack}` is left"),
            (End::Refused(_), _) => "refused: nothing was changed".to_owned(),
            (End::Failed, Purpose::Apply) => {
                format!("{done} done, {failed} failed, {left} not reached: apply again to go on")
            }
            (End::Failed, Purpose::Destroy) => {
                format!("{done} removed, {failed} failed, {left} not reached: destroy again to go on")
            }
            (End::NotServed(_), Purpose::Apply) => format!("{done} done, and what is served is not what was asked"),
            (End::NotServed(_), Purpose::Destroy) => {
                format!("{done} removed, and something of stack `{stack}` is still there")
            }
            (End::Interrupted, Purpose::Apply) => {
                format!("interrupted: {done} done, {left} not reached: apply again to go on")
            }
            (End::Interrupted, Purpose::Destroy) => {
                format!("interrupted: {done} removed, {left} not reached: destroy again to go on")
            }
        }
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
