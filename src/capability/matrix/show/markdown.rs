//! For pages: one table where it has few columns, else one for each target, with sources as footnotes.

use std::fmt::Write as _;

use super::super::{Change, Entry, Grid, Head, Row};
use super::notes::Notes;
use super::text::{HEADINGS, targets};
use super::{Look, NOTHING, label, modes, name, title, word};

/// More columns than this are shown target by target.
const MOST_COLUMNS: usize = 9;

/// Tables with a heading for each subject.
pub fn markdown(grids: &[Grid], look: Look) -> String {
    let mut notes = Notes::new(look.sources);
    let mut out = String::new();
    for grid in grids {
        if let Some(title) = title(grid) {
            let _ = writeln!(out, "# {title}\n");
        }
        let all: Vec<usize> = (0..grid.heads.len()).collect();
        let targets = targets(&grid.heads);
        if all.len() <= MOST_COLUMNS && targets.len() > 1 {
            table(grid, &all, true, &mut notes, &mut out);
            continue;
        }
        for target in targets {
            let _ = writeln!(out, "## {target}\n");
            let its = all.iter().copied().filter(|i| grid.heads.get(*i).is_some_and(|h| h.target == target));
            table(grid, &its.collect::<Vec<_>>(), false, &mut notes, &mut out);
        }
    }
    foot(&notes, &mut out);
    out
}

fn table(grid: &Grid, columns: &[usize], named: bool, notes: &mut Notes, out: &mut String) {
    let heads: Vec<String> = columns.iter().filter_map(|i| grid.heads.get(*i)).map(|head| over(head, named)).collect();
    let mut subject = "";
    for row in &grid.rows {
        if row.key.subject() != subject {
            subject = row.key.subject();
            let gap = if out.ends_with("\n\n") || out.is_empty() { "" } else { "\n" };
            let _ = writeln!(out, "{gap}### {subject}\n\n| | {} |", heads.join(" | "));
            let _ = writeln!(out, "|---{}|", "|---".repeat(heads.len()));
        }
        let cells = columns.iter().filter_map(|i| row.cells.get(*i));
        let words: Vec<String> = cells.map(|entry| marked(entry, row, notes)).collect();
        let _ = writeln!(out, "| {} | {} |", escape(&label(row, grid)), words.join(" | "));
    }
    out.push('\n');
}

fn over(head: &Head, named: bool) -> String {
    let id = if head.id.is_empty() { "as it is".to_owned() } else { format!("`{}`", head.id) };
    match (named, head.id.is_empty()) {
        (true, true) => head.target.to_string(),
        (true, false) => format!("{}, {id}", head.target),
        (false, _) => id,
    }
}

fn marked(entry: &Entry, row: &Row, notes: &mut Notes) -> String {
    let mut text = word(entry, row.key, row.amounts.is_some());
    if text == NOTHING {
        return text;
    }
    if let Some(id) = &entry.id {
        let _ = write!(text, " `{id}`");
    }
    text + &marks(entry, notes)
}

fn marks(entry: &Entry, notes: &mut Notes) -> String {
    let own = if notes.is_own(entry) { " \\*" } else { "" };
    let number = notes.number(entry).map_or(String::new(), |number| format!("[^{number}]"));
    format!("{own}{number}")
}

fn escape(text: &str) -> String {
    text.replace('|', "\\|")
}

fn foot(notes: &Notes, out: &mut String) {
    if out.contains(NOTHING) {
        let _ = writeln!(out, "{NOTHING}: does not apply, since its mode, or what it is a part of, is refused there");
    }
    if let Some(file) = notes.own() {
        let _ = writeln!(out, "\n\\*: from your own table `{file}`");
    }
    for (number, source) in notes.seen() {
        let _ = writeln!(out, "\n[^{number}]: {source}");
    }
}

/// What changes from a target to another, by kind.
pub fn changes_markdown(title: &str, changes: &[Change], look: Look) -> String {
    let mut notes = Notes::new(look.sources);
    let mut out = format!("# {title}\n");
    for (kind, heading) in HEADINGS {
        let of_kind: Vec<&Change> = changes.iter().filter(|change| change.kind == kind).collect();
        if of_kind.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n## {heading}\n\n| what | before | after | why |\n|---|---|---|---|");
        for change in of_kind {
            let cell = |entry: &Entry, notes: &mut Notes| {
                format!("{}{}", word(entry, change.key, change.amounts.is_some()), marks(entry, notes))
            };
            let (before, after) = (cell(&change.from, &mut notes), cell(&change.to, &mut notes));
            let unless = change.unless.as_ref().map(|settings| format!("not so with `{settings}`"));
            let why: Vec<String> = Some(change.to.because.to_string()).into_iter().chain(unless).collect();
            let why: Vec<String> = why.into_iter().filter(|text| !text.is_empty()).collect();
            let what = format!("{} ({})", name(change), modes(change));
            let _ = writeln!(out, "| {} | {before} | {after} | {} |", escape(&what), escape(&why.join("; ")));
        }
    }
    if changes.is_empty() {
        out.push_str("\nnothing changes\n");
    }
    let mut end = String::new();
    foot(&notes, &mut end);
    if end.is_empty() { out } else { out + "\n" + &end }
}
