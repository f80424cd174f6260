//! For a terminal: aligned columns, one table where it fits, else one for each target, else parts of one.

use std::fmt::Write as _;
use std::sync::Arc;

use super::super::{Change, Entry, Grid, Head, Key, Kind, Row};
use super::layout::{Block, Line, draw, groups, wrap};
use super::notes::Notes;
use super::{Look, NOTHING, label, modes, name, title, word};

/// A table; several where one would be wider than the terminal.
pub fn text(grids: &[Grid], look: Look) -> String {
    let mut notes = Notes::new(look.sources);
    let mut out = String::new();
    for grid in grids {
        if let Some(title) = title(grid) {
            let _ = writeln!(out, "{title}\n");
        }
        let all: Vec<usize> = (0..grid.heads.len()).collect();
        let parts = parts(grid, &all, true, &mut notes);
        if parts.iter().all(|part| groups(part, look.width).len() == 1) {
            parts.iter().for_each(|part| tables(part, look, None, &mut out));
            identifiers(grid, &all, true, look.width, &mut out);
        } else {
            for target in targets(&grid.heads) {
                let its: Vec<usize> =
                    all.iter().copied().filter(|i| grid.heads.get(*i).is_some_and(|h| h.target == target)).collect();
                for part in &self::parts(grid, &its, false, &mut notes) {
                    tables(part, look, Some(&target), &mut out);
                }
                identifiers(grid, &its, false, look.width, &mut out);
            }
        }
    }
    foot(&notes, look.width, &mut out);
    out
}

/// In the order of columns, each once.
pub(super) fn targets(heads: &[Head]) -> Vec<Arc<str>> {
    let mut names: Vec<Arc<str>> = heads.iter().map(|head| head.target.clone()).collect();
    names.dedup();
    names
}

/// Features, limits and metrics apart: their words are of different widths.
fn parts(grid: &Grid, columns: &[usize], named: bool, notes: &mut Notes) -> Vec<Block> {
    let kinds: [fn(&Row) -> bool; 3] = [
        |row| matches!(row.key, Key::Feature(_)),
        |row| matches!(row.key, Key::Limit(_)),
        |row| matches!(row.key, Key::Metric(_)),
    ];
    let heads: Vec<&Head> = columns.iter().filter_map(|i| grid.heads.get(*i)).collect();
    let blocks = kinds.into_iter().map(|kind| {
        let mut block = Block { heads: heads.iter().map(|head| over(head, named)).collect(), lines: vec![] };
        let mut subject = "";
        for row in grid.rows.iter().filter(|row| kind(row)) {
            if row.key.subject() != subject {
                subject = row.key.subject();
                block.lines.push(Line::Across(subject.to_owned()));
            }
            let cells = columns.iter().filter_map(|i| row.cells.get(*i));
            let words = cells.map(|entry| marked(entry, row, notes)).collect();
            block.lines.push(Line::Cells(label(row, grid), words));
        }
        block
    });
    blocks.filter(|block| !block.lines.is_empty()).collect()
}

fn marked(entry: &Entry, row: &Row, notes: &mut Notes) -> String {
    let mut text = word(entry, row.key, row.amounts.is_some());
    if text == NOTHING {
        return text;
    }
    if notes.is_own(entry) {
        text.push_str(" *");
    }
    if let Some(number) = notes.number(entry) {
        let _ = write!(text, " [{number}]");
    }
    text
}

/// The lines over a column: long ids break at `_`, settings at each word.
fn over(head: &Head, named: bool) -> Vec<String> {
    let mut lines = if named { vec![head.target.to_string()] } else { vec![] };
    if head.title.is_empty() {
        lines.extend(head.wants.iter().flat_map(|(name, value)| [format!("{name} ="), value.to_string()]));
    } else {
        lines.extend(head.id.split('_').map(str::to_owned));
    }
    if lines.is_empty() {
        lines.push("as it is".to_owned());
    }
    lines
}

fn tables(block: &Block, look: Look, target: Option<&str>, out: &mut String) {
    let groups = groups(block, look.width);
    for (i, group) in groups.iter().enumerate() {
        if let Some(target) = target {
            let part = if groups.len() > 1 { format!(" ({} of {})", i + 1, groups.len()) } else { String::new() };
            let _ = writeln!(out, "{target}{part}");
        }
        let _ = writeln!(out, "{}", draw(block, group));
    }
}

/// What the platform itself calls each metric: too long for a cell.
fn identifiers(grid: &Grid, columns: &[usize], named: bool, width: usize, out: &mut String) {
    let before = out.len();
    for row in &grid.rows {
        let mut ids: Vec<(&str, Vec<String>)> = vec![];
        for i in columns {
            let (Some(head), Some(entry)) = (grid.heads.get(*i), row.cells.get(*i)) else { continue };
            let (Some(_), Some(id)) = (entry.support, &entry.id) else { continue };
            let place = match (named, head.id.is_empty()) {
                (true, true) => head.target.to_string(),
                (true, false) => format!("{} {}", head.target, head.id),
                (false, true) => "as it is".to_owned(),
                (false, false) => head.id.to_string(),
            };
            match ids.iter_mut().find(|(known, _)| *known == &**id) {
                Some((_, places)) => places.push(place),
                None => ids.push((id, vec![place])),
            }
        }
        for (id, places) in ids {
            let places = if columns.len() == 1 { String::new() } else { format!(" ({})", places.join(", ")) };
            hanging("   ", &format!("{} is {id}{places}", row.key.words()), width, out);
        }
    }
    if out.len() > before {
        out.push('\n');
    }
}

fn foot(notes: &Notes, width: usize, out: &mut String) {
    if out.contains(NOTHING) {
        let _ = writeln!(out, "{NOTHING}  does not apply: its mode, or what it is a part of, is refused there");
    }
    if let Some(file) = notes.own() {
        let _ = writeln!(out, "*  from your own table `{file}`");
    }
    for (number, source) in notes.seen() {
        hanging(&format!("[{number}]"), source, width, out);
    }
}

/// A mark, and a text that goes on below itself.
fn hanging(mark: &str, text: &str, width: usize, out: &mut String) {
    let indent = mark.chars().count() + 1;
    for (i, line) in wrap(text, width.saturating_sub(indent).max(20)).into_iter().enumerate() {
        let lead = if i == 0 { mark } else { "" };
        let _ = writeln!(out, "{lead:indent$}{line}");
    }
}

/// What changes from a target to another, by kind.
pub fn changes_text(title: &str, changes: &[Change], look: Look) -> String {
    let mut out = format!("{title}\n");
    let mut notes = Notes::new(look.sources);
    for (kind, heading) in HEADINGS {
        let of_kind: Vec<&Change> = changes.iter().filter(|change| change.kind == kind).collect();
        if of_kind.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n{heading}");
        let mut bullets: Vec<(Bullet, Vec<String>)> = vec![];
        for change in of_kind {
            let bullet = bullet(change, &mut notes);
            match bullets.iter_mut().find(|(known, _)| *known == bullet) {
                Some((_, names)) => names.push(name(change)),
                None => bullets.push((bullet, vec![name(change)])),
            }
        }
        for (bullet, names) in bullets {
            let Bullet { modes, answers, more } = bullet;
            hanging("  -", &format!("{} ({modes}): {answers}", names.join(", ")), look.width, &mut out);
            more.iter().for_each(|text| hanging("     ", text, look.width, &mut out));
        }
    }
    if changes.is_empty() {
        out.push_str("\nnothing changes\n");
    }
    if notes.own().is_some() || notes.seen().next().is_some() {
        out.push('\n');
    }
    let mut foot = String::new();
    self::foot(&notes, look.width, &mut foot);
    out + &foot
}

pub(super) const HEADINGS: [(Kind, &str); 3] =
    [(Kind::Lost, "lost"), (Kind::Limited, "only in part, or less of it"), (Kind::Gained, "gained")];

/// What several changes have in common.
#[derive(Debug, PartialEq)]
struct Bullet {
    modes: String,
    answers: String,
    more: Vec<String>,
}

fn bullet(change: &Change, notes: &mut Notes) -> Bullet {
    let asked = change.amounts.is_some();
    let mut entry = |entry: &Entry| {
        let own = if notes.is_own(entry) { " *" } else { "" };
        let number = notes.number(entry).map_or(String::new(), |n| format!(" [{n}]"));
        format!("{}{own}{number}", word(entry, change.key, asked))
    };
    let [before, after] = [&change.from, &change.to].map(&mut entry);
    let mut more = vec![];
    if !change.to.because.is_empty() && change.kind != Kind::Gained {
        more.push(change.to.because.to_string());
    }
    more.extend(change.unless.as_ref().map(|settings| format!("not so with `{settings}`")));
    if !change.used_by.is_empty() {
        more.push(format!("used by {}", change.used_by.join(", ")));
    }
    Bullet { modes: modes(change), answers: format!("{before}, then {after}"), more }
}
