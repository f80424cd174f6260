//! The plan for people. Answers text; printing it is for others.

use std::fmt::Write;

use owo_colors::{OwoColorize, Style};
use serde_json::Value;

use crate::diff::{Notice, canonical};

use super::{FieldChange, Plan, Purpose, Risk, Step, Verb};

/// Longest value that is shown whole, in characters.
const SHOWN: usize = 60;

impl Plan {
    /// What will happen, why, and what callers notice; in colour or plain.
    pub fn to_text(&self, colour: bool) -> String {
        let paint = Paint { colour };
        let mut out = String::new();
        let what = match self.purpose {
            Purpose::Apply => "plan for",
            Purpose::Destroy => "plan to destroy",
        };
        line(&mut out, format_args!("{what} stack `{}` on {}", self.stack, self.target));
        for step in &self.steps {
            out.push('\n');
            self.step(step, &mut out, paint);
        }
        if !self.notes.is_empty() {
            out.push('\n');
        }
        for note in &self.notes {
            line(&mut out, format_args!("note: {note}"));
        }
        if let Some(cost) = &self.cost {
            out.push('\n');
            cost.lines().iter().for_each(|words| line(&mut out, format_args!("{words}")));
        }
        out.push('\n');
        line(&mut out, format_args!("{}", paint.of(&self.summary(), Style::new().bold())));
        out
    }

    /// `2 to create, 1 to update, 0 to delete`, or that there is nothing to do.
    pub fn summary(&self) -> String {
        if self.is_empty() {
            return match self.purpose {
                Purpose::Apply => format!("no changes: all {} resources are as declared", self.kept.len()),
                Purpose::Destroy => "nothing to destroy".to_owned(),
            };
        }
        let replace = match self.count(Verb::Replace) {
            0 => String::new(),
            n => format!("{n} to replace, "),
        };
        let (create, update) = (self.count(Verb::Create), self.count(Verb::Update));
        format!("{create} to create, {update} to update, {replace}{} to delete", self.count(Verb::Delete))
    }

    fn step(&self, step: &Step, out: &mut String, paint: Paint) {
        let (sign, style) = match step.action {
            Verb::Create => ("+", Style::new().green()),
            Verb::Update => ("~", Style::new().yellow()),
            Verb::Replace => ("-/+", Style::new().magenta()),
            Verb::Delete => ("-", Style::new().red()),
        };
        let head = format!("{sign:>3} {} {}", step.action.word(), step.address);
        let place = step.place.as_ref().map(|p| format!("  {p}")).unwrap_or_default();
        line(out, format_args!("{} ({}){}", paint.of(&head, style.bold()), step.kind, paint.dim(&place)));
        for reason in &step.reasons {
            line(out, format_args!("      {reason}"));
        }
        let width = step.changes.iter().map(|c| c.path.chars().count()).max().unwrap_or(0);
        for change in &step.changes {
            self.change(change, width, out, paint);
        }
        if step.notice != Notice::None {
            let words = format!("callers notice {}", step.notice.words());
            line(out, format_args!("      {}", paint.of(&words, Style::new().yellow())));
        }
        if step.risk == Risk::Destructive && self.protect {
            line(out, format_args!("      {}", paint.of("refused: the stack is protected", Style::new().red())));
        }
    }

    fn change(&self, change: &FieldChange, width: usize, out: &mut String, paint: Paint) {
        let path = if change.path.is_empty() { "all of it" } else { &change.path };
        let forces = if change.forces.is_some() { "  (forces a replacement)" } else { "" };
        let place = change.place.as_ref().map(|p| format!("  {p}")).unwrap_or_default();
        let (before, after) = (short(change.before.as_ref()), short(change.after.as_ref()));
        let forces = paint.of(forces, Style::new().magenta());
        line(out, format_args!("      {path:width$}  {before} -> {after}{forces}{}", paint.dim(&place)));
    }
}

#[derive(Clone, Copy)]
pub(super) struct Paint {
    pub colour: bool,
}

impl Paint {
    pub fn of(self, text: &str, style: Style) -> String {
        if self.colour && !text.is_empty() { text.style(style).to_string() } else { text.to_owned() }
    }

    fn dim(self, text: &str) -> String {
        self.of(text, Style::new().dimmed())
    }
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String has no way to fail.
    let _ = out.write_fmt(text);
    out.push('\n');
}

fn short(value: Option<&Value>) -> String {
    let Some(value) = value else { return "(nothing)".to_owned() };
    let text = canonical(value);
    if text.chars().count() <= SHOWN {
        return text;
    }
    text.chars().take(SHOWN - 1).chain(['…']).collect()
}
