//! How an answer of `servec machines` looks: text, Markdown, JSON.

use std::fmt::Write as _;
use std::sync::Arc;

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::catalog::{Choice, Machine, Need, Passed, Quote, gib};
use crate::cli::args::ModeWord;

/// What was found for one target.
pub struct Answer<'c> {
    pub target: &'static str,
    pub region: Arc<str>,
    pub need: Need,
    pub as_of: Date,
    pub choice: Choice<'c>,
}

/// What is to be shown of it.
pub struct Shown {
    pub all: bool,
    pub sources: bool,
    pub mode: ModeWord,
}

/// Machines shown of those that fit, and of those that do not, unless all are.
const FEW: (usize, usize) = (3, 5);

impl Shown {
    fn some<'p, 'c>(&self, passed: &'p [Passed<'c>], few: usize) -> &'p [Passed<'c>] {
        if self.all { passed } else { passed.get(..few).unwrap_or(passed) }
    }

    fn mode(&self) -> &'static str {
        match self.mode {
            ModeWord::Realtime => "realtime",
            ModeWord::Streaming => "streaming",
            ModeWord::Serverless => "serverless",
            ModeWord::Async => "async",
            ModeWord::Batch => "batch",
        }
    }
}

/// For a terminal: the pick, the runners-up and the nearest misses, in columns.
pub fn text(answers: &[Answer], shown: &Shown) -> String {
    let mut out = String::new();
    for (i, answer) in answers.iter().enumerate() {
        if i > 0 {
            out.push('\n');
        }
        let _ = writeln!(out, "{}, {}, {}: {}", answer.target, answer.region, shown.mode(), answer.need);
        let blocks = blocks(answer, shown);
        let widths: Vec<usize> = (0..3)
            .map(|column| {
                let cells = blocks.iter().flat_map(|block| &block.rows).filter_map(|row| row.cells.get(column));
                cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
            })
            .collect();
        for block in &blocks {
            let _ = writeln!(out, "\n{}", block.title);
            for row in &block.rows {
                let cells = row.cells.iter().enumerate().map(|(i, cell)| match widths.get(i) {
                    // Prices stand under each other.
                    Some(width) if i == 2 => format!("{cell:>width$}"),
                    Some(width) => format!("{cell:<width$}"),
                    None => cell.clone(),
                });
                let line: Vec<String> = cells.collect();
                let _ = writeln!(out, "  {}", line.join("  ").trim_end());
                row.sources.iter().for_each(|source| {
                    let _ = writeln!(out, "      {source}");
                });
            }
            block.after.iter().for_each(|line| {
                let _ = writeln!(out, "  {line}");
            });
        }
    }
    out
}

/// The same as tables.
pub fn markdown(answers: &[Answer], shown: &Shown) -> String {
    let mut out = String::new();
    for answer in answers {
        let _ = writeln!(out, "## {}, {}, {}: `{}`", answer.target, answer.region, shown.mode(), answer.need);
        for block in blocks(answer, shown) {
            let _ = writeln!(out, "\n### {}\n", block.title);
            if !block.rows.is_empty() {
                let _ = writeln!(out, "| machine | has | USD/h | |\n|---|---|---:|---|");
            }
            for row in &block.rows {
                let mut cells = row.cells.clone();
                if let Some(last) = cells.last_mut() {
                    row.sources.iter().for_each(|source| {
                        let _ = write!(last, "<br>{source}");
                    });
                }
                let _ = writeln!(out, "| {} |", cells.join(" | "));
            }
            block.after.iter().for_each(|line| {
                let _ = writeln!(out, "\n{line}");
            });
        }
        out.push('\n');
    }
    out
}

/// For programs: `{ answers: [{ target, region, mode, need, as_of, picked, runners_up, passed_over, left_out }] }`.
pub fn json(answers: &[Answer], shown: &Shown) -> Value {
    let passed = |passed: &Passed| {
        let mut machine = machine_json(passed.machine, &passed.quote);
        if let Value::Object(fields) = &mut machine {
            fields.insert("reasons".into(), passed.reasons.iter().map(|reason| json!(reason.to_string())).collect());
        }
        machine
    };
    let answers = answers.iter().map(|answer| {
        let choice = &answer.choice;
        let (fitting, misses) = (shown.some(&choice.runners_up, FEW.0), shown.some(&choice.misses, FEW.1));
        json!({
            "target": answer.target,
            "region": &*answer.region,
            "mode": shown.mode(),
            "need": answer.need.to_string(),
            "as_of": answer.as_of.to_string(),
            "picked": choice.picked.as_ref().map(|(machine, quote)| machine_json(machine, quote)),
            "runners_up": fitting.iter().map(passed).collect::<Vec<_>>(),
            "passed_over": misses.iter().map(passed).collect::<Vec<_>>(),
            "left_out": choice.runners_up.len() + choice.misses.len() - fitting.len() - misses.len(),
        })
    });
    json!({ "answers": answers.collect::<Vec<_>>() })
}

fn machine_json(machine: &Machine, quote: &Quote) -> Value {
    let accelerators = machine.accelerators.as_ref().map(|has| {
        json!({ "kind": &*has.kind, "count": has.count, "memory_bytes": has.memory, "device": has.device.as_deref() })
    });
    json!({
        "machine": &*machine.name,
        "label": machine.label(),
        "cpu": machine.cpu,
        "memory_bytes": machine.memory,
        "accelerators": accelerators,
        "price": {
            "usd_per_hour": quote.rate.map(crate::catalog::Rate::usd),
            "basis": quote.basis,
            "of_region": quote.elsewhere.as_deref(),
            "as_of": quote.as_of.as_deref(),
            "source": quote.source,
        },
        "source": &*machine.source.title,
        "note": (!machine.note.is_empty()).then(|| machine.note.to_string()),
    })
}

struct Block {
    title: &'static str,
    rows: Vec<Row>,
    after: Vec<String>,
}

struct Row {
    /// Machine, what it has, price, the rest.
    cells: Vec<String>,
    sources: Vec<String>,
}

fn blocks(answer: &Answer, shown: &Shown) -> Vec<Block> {
    let choice = &answer.choice;
    let mut blocks = Vec::new();
    let picked = choice.picked.as_ref().map(|(machine, quote)| row(machine, quote, quote.to_string(), shown));
    let title = if picked.is_some() { "cheapest that fits" } else { "none fits" };
    let notes = choice.picked.iter().filter(|(machine, _)| !machine.note.is_empty());
    let after = notes.map(|(machine, _)| format!("note: {}", machine.note)).collect();
    blocks.push(Block { title, rows: picked.into_iter().collect(), after });
    for (title, passed, few) in [("also fits", &choice.runners_up, FEW.0), ("does not fit", &choice.misses, FEW.1)] {
        let groups = grouped(passed, shown.all);
        let some = if shown.all { &*groups } else { groups.get(..few).unwrap_or(&groups) };
        if some.is_empty() {
            continue;
        }
        let rows = some.iter().map(|(reasons, passed, alike)| {
            let alike = if *alike == 0 { String::new() } else { format!(" ({alike} more alike)") };
            row(passed.machine, &passed.quote, format!("{reasons}{alike}"), shown)
        });
        let left = passed.len() - some.iter().map(|(_, _, alike)| alike + 1).sum::<usize>();
        let after = (left > 0).then(|| format!("and {left} more: `--all` shows each"));
        blocks.push(Block { title, rows: rows.collect(), after: after.into_iter().collect() });
    }
    blocks
}

/// Machines that were passed over for the same reasons stand for each other, the first for all; each for itself if all
/// are asked for.
fn grouped<'p, 'c>(passed: &'p [Passed<'c>], all: bool) -> Vec<(String, &'p Passed<'c>, usize)> {
    let mut groups: Vec<(String, &Passed, usize)> = Vec::new();
    for one in passed {
        let words: Vec<String> = one.reasons.iter().map(ToString::to_string).collect();
        let words = words.join("; ");
        match groups.iter_mut().find(|(reasons, ..)| !all && *reasons == words) {
            Some((_, _, alike)) => *alike += 1,
            None => groups.push((words, one, 0)),
        }
    }
    groups
}

fn row(machine: &Machine, quote: &Quote, last: String, shown: &Shown) -> Row {
    let price = quote.rate.map_or("unknown".to_owned(), |rate| {
        let about = if quote.basis == crate::catalog::Basis::Estimated { "~" } else { "" };
        format!("{about}{rate} USD/h")
    });
    let mut sources = Vec::new();
    if shown.sources {
        sources.push(format!("machine: {}, {}", machine.source.title, machine.source.as_of));
        sources.extend(quote.source.as_ref().map(|source| format!("price: {quote}: {source}")));
    }
    Row { cells: vec![machine.label(), has(machine), price, last], sources }
}

fn has(machine: &Machine) -> String {
    let cores = if machine.cpu == 1 { "1 core".to_owned() } else { format!("{} cores", machine.cpu) };
    let own = format!("{cores}, {}", gib(machine.memory));
    match &machine.accelerators {
        None => own,
        Some(has) => {
            let memory = has.memory.map_or("memory unknown".to_owned(), gib);
            format!("{own}, {} x {} ({memory})", has.count, has.kind)
        }
    }
}
