//! Answers as text that a reader can judge.

use std::fmt::Write as _;

use camino::Utf8PathBuf;
use servec::lsp::actions::actions;
use servec::lsp::complete::{Asked, complete};
use servec::lsp::folding::folds;
use servec::lsp::formatting::{self, Change};
use servec::lsp::hints::hints;
use servec::lsp::hover::hover;
use servec::lsp::lenses::lenses;
use servec::lsp::links::{To, links};
use servec::lsp::selection::selection;
use servec::lsp::signature::signature;
use servec::lsp::symbols::{Outline, outline, search};
use servec::lsp::tokens::{MODIFIERS, tokens};
use servec::lsp::{Analysis, At, calls, navigate, rename};
use servec::report::Edit;
use servec::source::Span;

use super::cases::Case;

pub const QUESTIONS: [&str; 22] = [
    "actions",
    "calls",
    "completion",
    "definition",
    "folding",
    "format",
    "format-range",
    "format-typed",
    "highlight",
    "hints",
    "hover",
    "lenses",
    "links",
    "prepare-rename",
    "references",
    "rename",
    "selection",
    "signature",
    "symbols",
    "tokens",
    "type-definition",
    "workspace-symbols",
];

/// Offers beyond so many are counted.
const MOST: usize = 24;

pub fn answer(question: &str, case: &Case) -> String {
    let at = case.at();
    match question {
        "actions" => acted(case, at),
        "calls" => called(at),
        "completion" => completed(case, at),
        "definition" => places(at.analysis, navigate::definition(at)),
        "type-definition" => places(at.analysis, navigate::type_definition(at)),
        "references" => places(at.analysis, navigate::references(at, true)),
        "highlight" => {
            let all = navigate::highlight(at).into_iter();
            all.map(|(span, declares)| {
                format!("{}{}\n", place(at.analysis, span), if declares { " (declares)" } else { "" })
            })
            .collect()
        }
        "folding" => folds(at.text()).iter().map(|(a, b, kind)| format!("{}-{} {kind:?}\n", a + 1, b + 1)).collect(),
        "format" => formed(at.text(), formatting::document(at.text())),
        "format-range" => {
            let line = |at: usize| case.at().text()[..at].matches('\n').count() as u32;
            formed(at.text(), formatting::range(at.text(), line(case.from), line(case.to)))
        }
        "format-typed" => formed(at.text(), formatting::typed(at.text(), case.from)),
        "hints" => hinted(at),
        "hover" => hover(at).map_or("nothing\n".into(), |h| format!("`{}`\n\n{}\n", at.analysis.text(h.span), h.text)),
        "lenses" => {
            let all = lenses(at).into_iter();
            all.map(|l| format!("{}: {}\n", place(at.analysis, l.span), l.text)).collect()
        }
        "links" => linked(case, at),
        "prepare-rename" => match rename::prepare(at) {
            Ok(span) => format!("{}\n", place(at.analysis, span)),
            Err(why) => format!("refused: {why}\n"),
        },
        "rename" => {
            let to = std::fs::read_to_string(case.folder.join("to.txt")).unwrap();
            match rename::rename(at, to.trim()) {
                Ok(edits) => edited(at.analysis, &edits),
                Err(why) => format!("refused: {why}\n"),
            }
        }
        "selection" => selection(at).into_iter().map(|s| format!("{}\n", short(at.analysis.text(s)))).collect(),
        "signature" => signature(asked(case, at)).map_or("nothing\n".into(), |help| {
            let units: Vec<u16> = help.label.encode_utf16().collect();
            let text = |(a, b): (u32, u32)| String::from_utf16(&units[a as usize..b as usize]).unwrap();
            let active = help.active.map(|i| text(help.arguments[i as usize])).unwrap_or_else(|| "none".into());
            format!("{}\nactive: {active}\n{}\n", help.label, help.doc)
        }),
        "symbols" => {
            let mut out = String::new();
            tree(&outline(at.unit, &|span| at.analysis.text(span).to_owned()), 0, &mut out);
            out
        }
        "workspace-symbols" => {
            let query = std::fs::read_to_string(case.folder.join("query.txt")).unwrap();
            let all = search(at.analysis, query.trim()).into_iter();
            all.map(|(unit, o)| format!("{}: {} {}\n", unit.path, o.word, o.name)).collect()
        }
        "tokens" => coloured(case, at),
        other => panic!("no such question: {other}"),
    }
}

fn asked<'a>(case: &'a Case, at: At<'a>) -> Asked<'a> {
    Asked { analysis: &case.analysis, unit: at.id, text: at.text(), offset: case.from }
}

fn completed(case: &Case, at: At) -> String {
    let offers = complete(asked(case, at));
    let mut out = format!("replaces {:?}\n", &at.text()[offers.replace.0..offers.replace.1]);
    for offer in offers.all.iter().take(MOST) {
        let insert = if offer.insert == offer.label { String::new() } else { format!(" → {:?}", offer.insert) };
        let added = offer.add.as_ref().map(|a| {
            let line = at.text()[..a.at].matches('\n').count() + 1;
            format!(" + line {line}: {:?}", a.text)
        });
        let about = if offer.doc.is_empty() { String::new() } else { format!(" # {}", short(&offer.doc)) };
        writeln!(out, "{} {:?}{insert}: {}{about}{}", offer.label, offer.sort, offer.detail, added.unwrap_or_default())
            .unwrap();
    }
    if offers.all.len() > MOST {
        writeln!(out, "… {} in all", offers.all.len()).unwrap();
    }
    out
}

fn place(analysis: &Analysis, span: Span) -> String {
    let source = analysis.compiled.sources.get(span.file).unwrap();
    let at = source.line_column(span.start);
    format!("{}:{}:{} `{}`", source.path, at.line + 1, at.column + 1, short(analysis.text(span)))
}

fn places(analysis: &Analysis, all: Vec<Span>) -> String {
    match all.is_empty() {
        true => "nothing\n".to_owned(),
        false => all.into_iter().map(|span| place(analysis, span) + "\n").collect(),
    }
}

fn short(text: &str) -> String {
    let line = text.lines().next().unwrap_or("");
    if text.lines().count() > 1 { format!("{line} …") } else { line.to_owned() }
}

/// The texts that edits change, whole.
fn edited(analysis: &Analysis, edits: &[Edit]) -> String {
    let mut out = String::new();
    for (file, source) in analysis.compiled.sources.files() {
        let here: Vec<&Edit> = edits.iter().filter(|e| e.span.file == file).collect();
        if !here.is_empty() {
            write!(out, "== {}\n{}", source.path, rename::edited(&source.text, here.into_iter())).unwrap();
        }
    }
    out
}

fn acted(case: &Case, at: At) -> String {
    let mut out = String::new();
    for action in actions(at, u32::try_from(case.to).unwrap()) {
        let answers: Vec<&str> =
            action.answers.iter().map(|i| at.analysis.compiled.diagnostics[*i].code.id()).collect();
        writeln!(
            out,
            "## {} ({:?}{}) {}",
            action.title,
            action.sort,
            if action.preferred { ", preferred" } else { "" },
            answers.join(" ")
        )
        .unwrap();
        if let Some((path, text)) = &action.file {
            write!(out, "== new {}\n{text}", path.file_name().unwrap()).unwrap();
        }
        out.push_str(&edited(at.analysis, &action.edits));
    }
    if out.is_empty() { "nothing\n".to_owned() } else { out }
}

fn called(at: At) -> String {
    let Some(caller) = calls::prepare(at) else { return "nothing\n".to_owned() };
    let shown = |(c, spans): &(calls::Caller, Vec<Span>)| {
        let at: Vec<String> = spans.iter().map(|s| place(at.analysis, *s)).collect();
        format!("  {} {} at {}\n", c.word, c.name, at.join(", "))
    };
    let into: String = calls::incoming(at.analysis, caller.id).iter().map(shown).collect();
    let out: String = calls::outgoing(at.analysis, caller.id).iter().map(shown).collect();
    format!("{} {}\nfrom\n{into}to\n{out}", caller.word, caller.name)
}

fn formed(text: &str, changes: Option<Vec<Change>>) -> String {
    let Some(changes) = changes else { return "can't be read\n".to_owned() };
    let (mut out, mut at) = (String::new(), 0);
    for change in &changes {
        out.push_str(&text[at..change.start]);
        out.push_str(&change.text);
        at = change.end;
    }
    out.push_str(&text[at..]);
    format!("{} changes\n{out}", changes.len())
}

fn hinted(at: At) -> String {
    let mut out = at.text().to_owned();
    let mut notes = String::new();
    for hint in hints(at, 0, at.text().len() as u32).iter().rev() {
        out.insert_str(hint.at as usize, &format!("⟦{}⟧", hint.text));
        if !hint.about.is_empty() {
            writeln!(notes, "-- {}", hint.about).unwrap();
        }
    }
    out + &notes
}

fn linked(case: &Case, at: At) -> String {
    let all = links(at).into_iter().map(|link| {
        let to = match link.to {
            To::File(path) => {
                format!("file {}", path.strip_prefix(&case.folder).map(Utf8PathBuf::from).unwrap_or(path))
            }
            To::Library(part) => format!("library {part}"),
            To::Address(uri) => uri,
        };
        format!("{} → {to}\n", place(at.analysis, link.span))
    });
    all.collect()
}

fn tree(all: &[Outline], depth: usize, out: &mut String) {
    for o in all {
        let detail = if o.detail.is_empty() { String::new() } else { format!(": {}", o.detail) };
        writeln!(out, "{}{} {}{detail}", "  ".repeat(depth), o.word, o.name).unwrap();
        tree(&o.inner, depth + 1, out);
    }
}

fn coloured(case: &Case, at: At) -> String {
    let to = if case.to > case.from { case.to } else { at.text().len() };
    let mut out = String::new();
    for token in tokens(at, case.from, to) {
        let of = |(bit, word): (usize, &&str)| (token.modifiers & (1 << bit) != 0).then(|| format!(" {word}"));
        let modifiers: String = MODIFIERS.iter().enumerate().filter_map(of).collect();
        writeln!(out, "{} {}{modifiers}", &at.text()[token.start..token.end], token.colour.word()).unwrap();
    }
    out
}
