//! How tables and changes are shown: as text, Markdown and JSON.

mod json;
mod layout;
mod markdown;
mod notes;
mod text;

use super::super::{Bound, Limit, Support, Unit};
use super::{Change, Entry, Grid, Key, Row};
use crate::stack::endpoint::ModeKind;

pub use json::{changes_json, json};
pub use markdown::{changes_markdown, markdown};
pub use text::{changes_text, text};

/// What is shown beside the words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Look {
    /// The longest line; a table that does not fit is shown in parts.
    pub width: usize,
    /// Each cell with its source and day.
    pub sources: bool,
}

/// Nothing to say.
const NOTHING: &str = "–";

/// A cell in a word or two. `of_limit` shows the bound; where amounts are asked for, the answer to them.
fn word(entry: &Entry, key: Key, asked: bool) -> String {
    let Some(support) = entry.support else { return NOTHING.to_owned() };
    match (&entry.bound, key) {
        (Some(bound), Key::Limit(limit)) if !asked => amounts(bound, limit.unit()),
        (Some(bound), Key::Limit(limit)) if support != Support::Yes => {
            format!("{}: {}", support.word(), amounts(bound, limit.unit()))
        }
        _ => support.word().to_owned(),
    }
}

/// `≤ 60 s`, `1 s – 1 h`, `any`.
fn amounts(bound: &Bound, unit: Unit) -> String {
    let words = |amount| unit.words(amount);
    let range = match bound {
        Bound { one_of, .. } if !one_of.is_empty() => match one_of.as_slice() {
            [only] => words(*only),
            [first, .., last] => format!("{} – {} in {} steps", words(*first), words(*last), one_of.len()),
            [] => "any".to_owned(),
        },
        Bound { max: Some(0.0), .. } => "none".to_owned(),
        Bound { min: Some(min), max: Some(max), .. } => format!("{} – {}", words(*min), words(*max)),
        Bound { max: Some(max), .. } => format!("≤ {}", words(*max)),
        Bound { min: Some(min), .. } => format!("≥ {}", words(*min)),
        Bound { .. } => "any".to_owned(),
    };
    let range = match bound.step {
        Some(step) => format!("{range} in steps of {}", words(step)),
        None => range,
    };
    match bound.warn_above {
        Some(sure) => format!("{range} (sure: {})", words(sure)),
        None => range,
    }
}

/// A row's name, with its mode, where a grid has several, and what is asked for.
fn label(row: &Row, grid: &Grid) -> String {
    let mode = match (row.mode, row.key) {
        (Some(mode), _) if single(grid).is_none() => format!(" ({})", mode.word()),
        (None, Key::Limit(limit)) => limit.only_in().map_or(String::new(), |mode| format!(" ({})", mode.word())),
        (Some(_) | None, _) => String::new(),
    };
    format!("{}{}{mode}", row.key.words(), asked(row.key, row.amounts))
}

/// The one mode in which all of a stack is used.
fn single(grid: &Grid) -> Option<ModeKind> {
    let first = grid.rows.first()?.mode?;
    grid.rows.iter().all(|row| row.mode == Some(first)).then_some(first)
}

/// "stack `dev` on local, all in `mode = realtime`"
fn title(grid: &Grid) -> Option<String> {
    let stack = grid.stack.as_ref()?;
    Some(match single(grid) {
        Some(mode) => format!("{stack}, all in `mode = {}`", mode.word()),
        None => stack.clone(),
    })
}

/// `: 5 s`, `: 5 s – 90 s`, or nothing.
fn asked(key: Key, amounts: Option<(f64, f64)>) -> String {
    let (Key::Limit(limit), Some((least, most))) = (key, amounts) else { return String::new() };
    let words = |limit: Limit, amount| limit.unit().words(amount);
    if least == most {
        format!(": {}", words(limit, most))
    } else {
        format!(": {} – {}", words(limit, least), words(limit, most))
    }
}

/// "the timeout: 5 s"
fn name(change: &Change) -> String {
    format!("{}{}", change.key.words(), asked(change.key, change.amounts))
}

fn modes(change: &Change) -> String {
    change.modes.iter().map(|mode| mode.word()).collect::<Vec<_>>().join(", ")
}
