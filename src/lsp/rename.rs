//! Renaming: every place of a name, over all files, or a reason why not. What it would break is found by checking the program
//! with the new name in place.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;

use crate::report::{Edit, Severity};
use crate::source::{FileId, Span};

use super::analysis::{Analysis, At, Buffers};
use super::lex::{Kind, lex};
use super::marks::{Mark, Role, Symbol};

/// Words that can't be names where an expression stands.
const RESERVED: [&str; 9] = ["if", "then", "else", "for", "in", "with", "true", "false", "use"];

/// The name at the cursor, if it can be renamed.
///
/// # Errors
/// Why not.
pub fn prepare(at: At) -> Result<Span, String> {
    let mark = at.mark().ok_or("there is no name here that could be renamed")?;
    let places = places(at.analysis, mark);
    match &mark.symbol {
        Symbol::Target(name) => return Err(format!("`{name}` is a target: its name is its own")),
        Symbol::Unit(_) => return Err("a file is renamed on disk".to_owned()),
        Symbol::Declaration(_)
        | Symbol::Value { .. }
        | Symbol::Port { .. }
        | Symbol::Param { .. }
        | Symbol::Dim { .. }
        | Symbol::Item { .. } => {}
    }
    if places.iter().any(|span| at.analysis.unit_of(span.file).is_none_or(|unit| unit.std)) {
        return Err("this is of the standard library: write `as` behind it in the `use`".to_owned());
    }
    Ok(mark.span)
}

/// The edits that give the name at the cursor a new one.
///
/// # Errors
/// Why not: it is no name, or something else would change its meaning.
pub fn rename(at: At, to: &str) -> Result<Vec<Edit>, String> {
    let span = prepare(at)?;
    let is_name = matches!(lex(to, 0).as_slice(), [token] if token.kind == Kind::Word && token.text.is_ascii());
    if !is_name {
        return Err(format!("`{to}` is no name: letters, digits and `_`, not beginning with a digit"));
    }
    if RESERVED.contains(&to) {
        return Err(format!("`{to}` is a word of the language"));
    }
    if at.analysis.text(span) == to {
        return Ok(vec![]);
    }
    let mark = at.mark().ok_or("there is no name here")?;
    let edits: Vec<Edit> =
        places(at.analysis, mark).into_iter().map(|span| Edit { span, text: to.to_owned() }).collect();
    keeps_its_meaning(at.analysis, mark, &edits, to)?;
    Ok(edits)
}

/// Every place that says the name: one of another file's alias is its own name.
fn places(analysis: &Analysis, mark: &Mark) -> Vec<Span> {
    let by_alias = matches!(mark.role, Role::Alias | Role::ByAlias);
    let written = analysis.text(mark.span);
    let all = analysis.marks().all(&mark.symbol);
    let same = all.filter(|m| match m.role {
        Role::Alias | Role::ByAlias => by_alias && m.span.file == mark.span.file && analysis.text(m.span) == written,
        Role::Declare | Role::Use => !by_alias,
    });
    same.map(|m| m.span).collect()
}

/// Checks the edited program: every name must stand for what it stood for, and nothing new may be wrong.
fn keeps_its_meaning(analysis: &Analysis, mark: &Mark, edits: &[Edit], to: &str) -> Result<(), String> {
    let mut texts = Buffers::new();
    for (file, source) in analysis.compiled.sources.files() {
        if analysis.unit_of(file).is_some_and(|unit| !unit.std) {
            let path: Utf8PathBuf = analysis.absolute(&source.path);
            texts.insert(path, edited(&source.text, edits.iter().filter(|e| e.span.file == file)));
        }
    }
    let after = Analysis::new(analysis.root.clone(), analysis.options(), texts);
    let errors = |a: &Analysis| {
        let mut codes: BTreeMap<&'static str, usize> = BTreeMap::new();
        for d in a.compiled.diagnostics.iter().filter(|d| d.severity == Severity::Error) {
            *codes.entry(d.code.id()).or_default() += 1;
        }
        codes
    };
    let before = errors(analysis);
    let broken = errors(&after).into_iter().find(|(code, count)| before.get(code).is_none_or(|n| n < count));
    if let Some((code, _)) = broken {
        let found = after.compiled.diagnostics.iter().find(|d| d.code.id() == code);
        return Err(found.map_or_else(|| code.to_owned(), |d| format!("with the name `{to}`: {}", d.message)));
    }
    let moved = |marks: &[Mark], file: FileId| -> BTreeSet<(u32, u32)> {
        marks.iter().filter(|m| m.span.file == file).map(|m| (m.span.start, m.role as u32)).collect()
    };
    for (id, unit) in analysis.compiled.names.units().filter(|(_, unit)| !unit.std) {
        let Some((other, _)) = after.compiled.names.units().find(|(_, u)| u.path == unit.path) else { continue };
        let Some(new_file) = after.compiled.names.unit(other).map(|u| u.file) else { continue };
        let shift = |at: u32| shifted(at, unit.file, edits);
        let was: BTreeSet<(u32, u32)> =
            moved(analysis.marks().of(unit.file), unit.file).into_iter().map(|(at, role)| (shift(at), role)).collect();
        let is = moved(after.marks().of(new_file), new_file);
        let same = analysis.marks().of(unit.file).iter().filter(|m| m.symbol == mark.symbol).count();
        let now = edits.iter().filter(|e| e.span.file == unit.file).count();
        if was != is || (same < now && id.0 == 0) || !one_symbol(&after, new_file, unit.file, edits) {
            return Err(format!("`{to}` means something else in `{}` already", unit.path));
        }
    }
    Ok(())
}

/// Whether all edited places of a file stand for one thing, and nothing else does.
fn one_symbol(after: &Analysis, new: FileId, old: FileId, edits: &[Edit]) -> bool {
    let marks = after.marks();
    let places: BTreeSet<u32> =
        edits.iter().filter(|e| e.span.file == old).map(|e| shifted(e.span.start, old, edits)).collect();
    let here: Vec<&Mark> = marks.of(new).iter().filter(|m| places.contains(&m.span.start)).collect();
    let Some(first) = here.first() else { return places.is_empty() };
    let all =
        marks.of(new).iter().filter(|m| m.symbol == first.symbol && !matches!(m.role, Role::Alias | Role::ByAlias));
    here.iter().all(|m| m.symbol == first.symbol)
        && (matches!(first.role, Role::Alias | Role::ByAlias) || all.count() == here.len())
}

/// Where an offset goes when the edits before it are made.
fn shifted(at: u32, file: FileId, edits: &[Edit]) -> u32 {
    let before = edits.iter().filter(|e| e.span.file == file && e.span.start < at);
    let by: i64 = before.map(|e| e.text.len() as i64 - i64::from(e.span.end - e.span.start)).sum();
    u32::try_from(i64::from(at) + by).unwrap_or(at)
}

/// A text with edits made.
pub fn edited<'e>(text: &str, edits: impl Iterator<Item = &'e Edit>) -> String {
    let mut edits: Vec<&Edit> = edits.collect();
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        out.push_str(text.get(at..edit.span.start as usize).unwrap_or(""));
        out.push_str(&edit.text);
        at = at.max(edit.span.end as usize);
    }
    out.push_str(text.get(at..).unwrap_or(""));
    out
}
