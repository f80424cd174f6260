//! Fixes do what they promise: with its edits made, a diagnostic is gone, and the program still parses.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use servec::compile::Compiled;
use servec::report::{Diagnostic, Fix, Severity};

use crate::cases::{cases, compile, compile_over, folders};

/// Of all fixes of errors, the share that must work.
const WORKING: f64 = 0.97;

/// One fix of one case, tried.
struct Tried {
    what: String,
    error: bool,
    works: bool,
    parses: bool,
    /// There are more errors than before.
    harms: bool,
}

#[test]
fn a_fix_makes_its_diagnostic_go_away_and_breaks_no_text() {
    let tried: Vec<Tried> = every_case().iter().flat_map(|case| try_all(case)).collect();
    let broken: Vec<&str> = tried.iter().filter(|t| !t.parses).map(|t| &*t.what).collect();
    assert!(broken.is_empty(), "after these the text can't be parsed:\n{}", broken.join("\n"));
    let errors: Vec<&Tried> = tried.iter().filter(|t| t.error).collect();
    assert!(errors.len() >= 100, "{} fixes of errors: were the cases found?", errors.len());
    let useless: Vec<&str> = tried.iter().filter(|t| !t.works).map(|t| &*t.what).collect();
    let working = errors.iter().filter(|t| t.works).count();
    println!(
        "{working} of {} fixes of errors work, {} in all; not these:\n{}",
        errors.len(),
        tried.len(),
        useless.join("\n")
    );
    assert!(working as f64 >= WORKING * errors.len() as f64, "too few fixes work:\n{}", useless.join("\n"));
    let harmful: Vec<&str> = tried.iter().filter(|t| t.harms).map(|t| &*t.what).collect();
    assert!(harmful.is_empty(), "after these there are more errors than before:\n{}", harmful.join("\n"));
    assert!(tried.iter().filter(|t| !t.error).all(|t| t.works), "fixes of warnings fail:\n{}", useless.join("\n"));
}

/// With those of the parser, whose expectations have a form of their own.
fn every_case() -> Vec<Utf8PathBuf> {
    let syntax = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/syntax");
    let own = folders(&syntax).into_iter().filter(|case| case.join("main.serve").exists());
    cases().into_iter().chain(own).collect()
}

fn try_all(case: &Utf8Path) -> Vec<Tried> {
    let before = compile(case);
    let fixable = before.diagnostics.iter().filter_map(|d| Some((d, d.fix.as_ref()?)));
    let tried = fixable.map(|(diagnostic, fix)| {
        let after = compile_over(case, edited(&before, fix));
        let name = case.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap();
        Tried {
            what: format!("{name}: {}: {} -> {}", diagnostic.code.id(), diagnostic.message, fix.title),
            error: diagnostic.severity == Severity::Error,
            works: gone(diagnostic, &before, &after),
            parses: unreadable(&after) <= unreadable(&before),
            // Of what can't be read, more is known once a part of it can be.
            harms: unreadable(&before) == 0 && errors(&after) > errors(&before),
        }
    });
    tried.collect()
}

/// The texts with the fix's edits made.
fn edited(compiled: &Compiled, fix: &Fix) -> BTreeMap<Utf8PathBuf, String> {
    let mut edits: Vec<_> = fix.edits.iter().collect();
    edits.sort_by_key(|edit| std::cmp::Reverse((edit.span.file, edit.span.start)));
    let mut texts = BTreeMap::new();
    for edit in edits {
        let file = compiled.sources.get(edit.span.file).unwrap();
        assert!(!file.path.starts_with("std"), "`{}` changes the standard library", fix.title);
        let text = texts.entry(file.path.clone()).or_insert_with(|| file.text.to_string());
        text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
    }
    texts
}

/// Whether what was said of one subject is said no more. Its code and the place where it stood tell which it is, so a
/// fix that only changes the words does not count.
fn gone(diagnostic: &Diagnostic, before: &Compiled, after: &Compiled) -> bool {
    // An error that becomes a warning is gone.
    let same_code = |d: &&Diagnostic| d.code == diagnostic.code && d.severity == diagnostic.severity;
    let count = |compiled: &Compiled| compiled.diagnostics.iter().filter(same_code).count();
    let at = |compiled: &Compiled, d: &Diagnostic| {
        let file = compiled.sources.get(d.span()?.file)?;
        Some((file.path.clone(), file.line_column(d.span()?.start).line))
    };
    let place = at(before, diagnostic);
    let stays = after.diagnostics.iter().filter(same_code).any(|d| at(after, d) == place);
    count(after) < count(before) || !stays
}

/// How many diagnostics are about syntax.
fn unreadable(compiled: &Compiled) -> usize {
    compiled.diagnostics.iter().filter(|d| d.code.id().starts_with("E01")).count()
}

fn errors(compiled: &Compiled) -> usize {
    compiled.diagnostics.iter().filter(|d| d.severity == Severity::Error).count()
}

/// Areas whose cases show what targets refuse.
const REFUSING: [&str; 4] = ["capability", "rules", "catalog", "own-table"];

/// A refusal that tells all: where, why, who says so of which day, and an edit. By code and message.
#[test]
fn refusals_of_many_kinds_have_a_place_a_source_with_its_day_and_a_fix() {
    let (mut distinct, mut codes, mut refusals) = (BTreeSet::new(), BTreeSet::new(), 0);
    let shown = cases().into_iter().filter(|case| REFUSING.iter().any(|area| case.parent().unwrap().ends_with(area)));
    for case in shown {
        for d in compile(&case).diagnostics {
            let sourced = d.notes.iter().any(|note| is_source_with_a_day(note));
            if d.severity == Severity::Error && d.span().is_some() && sourced && d.help.is_some() && d.fix.is_some() {
                refusals += 1;
                codes.insert(d.code.id());
                distinct.insert((d.code.id(), d.message));
            }
        }
    }
    println!(
        "{refusals} refusals with place, source, day and fix; {} distinct, of {} codes",
        distinct.len(),
        codes.len()
    );
    assert!(refusals >= 170, "{refusals} refusals");
    assert!(distinct.len() >= 160, "{} distinct refusals", distinct.len());
    assert!(codes.len() >= 35, "{} codes: {codes:?}", codes.len());
}

/// `source: …, as of 2026-11-21`, perhaps with the column behind it.
fn is_source_with_a_day(note: &str) -> bool {
    let Some((title, rest)) = note.strip_prefix("source: ").and_then(|text| text.rsplit_once(", as of ")) else {
        return false;
    };
    let day = rest.split(' ').next().unwrap();
    !title.is_empty() && day.len() >= "2026-11".len() && day.starts_with("20") && day.contains('-')
}
