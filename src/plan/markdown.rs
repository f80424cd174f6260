//! The plan as a comment on a change that people review: what it comes to on top, the steps folded away, and never longer
//! than a comment may be.

use std::fmt::Write;

use crate::diff::{Notice, canonical};

use super::{FieldChange, Plan, Purpose, Step, Verb};

/// Most characters of a comment that servec writes: GitHub takes 65,536 (GraphQL `addComment`, as its API answers), and
/// who posts it may add some of their own.
pub const LONGEST: usize = 60_000;

/// Longest value that is shown whole, in characters.
const SHOWN: usize = 120;

impl Plan {
    /// Markdown of at most [`LONGEST`] bytes; what does not fit is counted. The first line is a comment by which a workflow
    /// finds what it posted before.
    pub fn to_markdown(&self) -> String {
        let mut out = format!("<!-- servec plan {} {} -->\n", self.target, self.stack);
        let what = match self.purpose {
            Purpose::Apply => "",
            Purpose::Destroy => "destroy ",
        };
        put(&mut out, format_args!("### {what}`{}` on {}: {}\n", self.stack, self.target, self.summary()));
        if let Some(notice) = self.steps.iter().map(|step| step.notice).max().filter(|notice| *notice != Notice::None) {
            put(&mut out, format_args!("Callers notice **{}**.\n", notice.words()));
        }
        if let Some(refusal) = self.refusal() {
            put(&mut out, format_args!("**Refused** ({}): {}\n", refusal.code.id(), escaped(&refusal.message)));
        }
        let mut foot = String::new();
        if let Some(cost) = &self.cost {
            cost.lines().iter().for_each(|line| put(&mut foot, format_args!("- {}", escaped(line.trim()))));
        }
        self.notes.iter().for_each(|note| put(&mut foot, format_args!("- {}", escaped(note))));
        cut(&mut foot, LONGEST / 4, "more is in the plan itself");
        if !self.steps.is_empty() {
            self.steps_to_markdown(&mut out, foot.len());
        }
        out.push_str(&foot);
        out
    }

    fn steps_to_markdown(&self, out: &mut String, foot: usize) {
        out.push_str("<details><summary>What changes, and why</summary>\n\n");
        let mut left = self.steps.len();
        for step in &self.steps {
            let text = of_step(step);
            // Room is kept for the line that counts what is left out, and for the end.
            if out.len() + text.len() + foot + 200 > LONGEST {
                break;
            }
            out.push_str(&text);
            left -= 1;
        }
        if left > 0 {
            put(out, format_args!("\n{left} more of {} steps: run `servec plan` to see them.", self.steps.len()));
        }
        out.push_str("\n</details>\n\n");
    }
}

fn of_step(step: &Step) -> String {
    let sign = match step.action {
        Verb::Create => "➕",
        Verb::Update => "✏️",
        Verb::Replace => "♻️",
        Verb::Delete => "➖",
    };
    let mut out = String::new();
    let place = step.place.as_ref().map(|place| format!(", {}", escaped(&place.to_string()))).unwrap_or_default();
    let (word, kind) = (step.action.word(), escaped(&step.kind));
    put(&mut out, format_args!("- {sign} **{word}** {} ({kind}{place})", code(step.address.as_str())));
    for reason in &step.reasons {
        put(&mut out, format_args!("  - {}", escaped(reason)));
    }
    if step.notice != Notice::None {
        put(&mut out, format_args!("  - callers notice {}", step.notice.words()));
    }
    step.changes.iter().for_each(|change| put(&mut out, format_args!("  - {}", of_change(change))));
    out
}

fn of_change(change: &FieldChange) -> String {
    let path = if change.path.is_empty() { "all of it".to_owned() } else { code(&change.path) };
    let value = |value: &Option<serde_json::Value>| {
        value.as_ref().map_or_else(|| "nothing".to_owned(), |value| code(&canonical(value)))
    };
    let forces = if change.forces.is_some() { ", which forces a replacement" } else { "" };
    let place = change.place.as_ref().map(|place| format!(" ({})", escaped(&place.to_string()))).unwrap_or_default();
    format!("{path}: {} → {}{forces}{place}", value(&change.before), value(&change.after))
}

fn put(out: &mut String, words: std::fmt::Arguments<'_>) {
    // Writing to a String has no way to fail.
    let _ = out.write_fmt(words);
    out.push('\n');
}

/// A text in a code span, shortened; the fence is longer than any run of backticks within.
fn code(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let shown: String = match line.chars().count() > SHOWN {
        true => line.chars().take(SHOWN - 1).chain(['…']).collect(),
        false => line,
    };
    let longest = shown.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if longest > 0 { " " } else { "" };
    format!("{fence}{pad}{shown}{pad}{fence}")
}

/// Words that may not become markup: servec's own backticks stay, tags and mentions do not come about.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '@' => out.push_str("&#64;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Keeps whole lines of a text up to a length in bytes.
fn cut(text: &mut String, longest: usize, words: &str) {
    if text.len() <= longest {
        return;
    }
    let upto = text.char_indices().take_while(|(at, _)| *at < longest).filter(|(_, c)| *c == '\n').last();
    text.truncate(upto.map_or(0, |(at, _)| at + 1));
    put(text, format_args!("- {words}"));
}
