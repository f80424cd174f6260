//! How costs look: text, Markdown, JSON.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::catalog::{HOURS_A_MONTH, Quote, Rate};
use crate::cost::{Estimate, Figures, Item, Part, shown};
use crate::stack::Money;

use super::against::{Earlier, signed};

/// One line of a table.
struct Line {
    what: String,
    /// Figures, as they are shown.
    figures: Vec<String>,
    /// What stands behind or below them.
    about: String,
}

const HEAD: [&str; 3] = ["floor", "expected", "ceiling"];

/// For a terminal.
pub fn text(estimates: &[Estimate], earlier: Option<&Earlier>) -> String {
    let mut out = String::new();
    for (i, estimate) in estimates.iter().enumerate() {
        if i > 0 {
            out.push('\n');
        }
        let _ = writeln!(out, "{}", title(estimate));
        let lines = lines(estimate, earlier);
        let head: Vec<String> = heads(earlier).into_iter().map(str::to_owned).collect();
        let in_columns = lines.iter().filter(|line| !line.figures.is_empty());
        let wide = in_columns.map(|line| line.what.chars().count()).max().unwrap_or(0);
        let all = || std::iter::once(&head).chain(lines.iter().map(|line| &line.figures));
        let widths: Vec<usize> = (0..head.len())
            .map(|column| all().filter_map(|row| row.get(column)).map(|cell| cell.len()).max().unwrap_or(0))
            .collect();
        let row = |out: &mut String, what: &str, figures: &[String], about: &str| {
            let cells = figures.iter().zip(&widths).map(|(cell, width)| format!("{cell:>width$}"));
            let cells: Vec<String> = cells.collect();
            let line = format!("  {what:<wide$}  {}  {about}", cells.join("  "));
            let _ = writeln!(out, "{}", line.trim_end());
        };
        row(&mut out, "", &head, "");
        for line in &lines {
            row(&mut out, &line.what, &line.figures, &line.about);
        }
    }
    out
}

/// As tables, for reviews.
pub fn markdown(estimates: &[Estimate], earlier: Option<&Earlier>) -> String {
    let mut out = String::new();
    for estimate in estimates {
        let heads = heads(earlier);
        let _ = writeln!(out, "### {}\n", title(estimate));
        let _ = writeln!(out, "| | {} | |\n|---|{}---|", heads.join(" | "), "---:|".repeat(heads.len()));
        for line in lines(estimate, earlier) {
            let mut figures = line.figures;
            figures.resize(heads.len(), String::new());
            let _ = writeln!(out, "| {} | {} | {} |", line.what.trim(), figures.join(" | "), line.about);
        }
        out.push('\n');
    }
    out
}

fn title(estimate: &Estimate) -> String {
    let region = estimate.region.as_ref().map_or(String::new(), |region| format!(", {region}"));
    format!("stack {} on {}{region}: USD a month of {HOURS_A_MONTH} hours", estimate.stack, estimate.target)
}

fn heads(earlier: Option<&Earlier>) -> Vec<&'static str> {
    HEAD.into_iter().chain(earlier.map(|_| "change")).collect()
}

fn lines(estimate: &Estimate, earlier: Option<&Earlier>) -> Vec<Line> {
    let mut lines = Vec::new();
    for item in &estimate.items {
        let change = earlier.map(|earlier| {
            let now = item.month.map_or(0.0, |month| month.expected.dollars());
            signed(now - earlier.item(&estimate.stack, item.kind.word(), &item.name))
        });
        let figures = month(item.month).into_iter().chain(change).collect();
        let budget = item.budget.as_ref().map_or(String::new(), |budget| format!("budget {}", money(budget.value)));
        lines.push(Line { what: format!("{} {}", item.kind.word(), item.name), figures, about: budget });
        lines.extend(item.parts.iter().map(|part| of_part(part, item)));
        lines.extend(item.unknown.iter().map(|why| note(&format!("unknown: {why}"))));
    }
    if let Some(earlier) = earlier {
        let is_there =
            |kind: &str, name: &str| estimate.items.iter().any(|i| i.kind.word() == kind && *i.name == *name);
        for (what, month) in earlier.gone(&estimate.stack, is_there) {
            let none = || "-".to_owned();
            lines.push(Line {
                what,
                figures: vec![none(), none(), none(), signed(-month)],
                about: "no more".to_owned(),
            });
        }
    }
    let total = estimate.total;
    if estimate.items.iter().all(|item| item.month.is_none()) {
        let change = earlier.map(|earlier| signed(-earlier.total(&estimate.stack)));
        let figures = month(None).into_iter().chain(change).collect();
        lines.push(Line { what: "total".to_owned(), figures, about: String::new() });
        return lines;
    }
    let known = if estimate.is_complete() { "total" } else { "total of what is known" };
    let change = earlier.map(|earlier| signed(total.expected.dollars() - earlier.total(&estimate.stack)));
    lines.push(Line {
        what: known.to_owned(),
        figures: month(Some(total)).into_iter().chain(change).collect(),
        about: String::new(),
    });
    let an_hour = [total.floor, total.expected, total.ceiling].map(|amount| hourly(amount.an_hour()));
    lines.push(Line { what: "an hour".to_owned(), figures: an_hour.to_vec(), about: String::new() });
    lines
}

fn month(month: Option<Figures>) -> [String; 3] {
    match month {
        Some(month) => [month.floor, month.expected, month.ceiling].map(|amount| amount.to_string()),
        None => ["unknown", "unknown", "unknown"].map(str::to_owned),
    }
}

/// How many machines, and what one costs.
fn of_part(part: &Part, item: &Item) -> Line {
    let variant = if item.parts.len() > 1 { format!("{}: ", part.what) } else { String::new() };
    let counts = [f64::from(part.replicas.floor), part.replicas.expected, f64::from(part.replicas.ceiling)];
    let figures = counts.map(|count| format!("x {}", shown(count)));
    let picked = if part.pinned { "" } else { ", the cheapest that fits" };
    let price = part.quote.rate.map_or("price unknown".to_owned(), |rate| format!("{rate} USD/h ({})", part.quote));
    Line { what: format!("  {variant}{}", part.machine), figures: figures.to_vec(), about: format!("{price}{picked}") }
}

fn note(words: &str) -> Line {
    Line { what: format!("  {words}"), figures: Vec::new(), about: String::new() }
}

fn money(money: Money) -> String {
    let currency = String::from_utf8_lossy(&money.currency).into_owned();
    let (whole, cents) = (money.cents_per_month / 100, money.cents_per_month % 100);
    format!("{whole}.{cents:02} {currency}/month")
}

/// Dollars an hour with two to four digits.
fn hourly(usd: f64) -> String {
    Rate::from_usd(usd).map_or_else(|| format!("{usd:.2}"), |rate| rate.to_string())
}

/// For programs.
pub fn json(estimates: &[Estimate], earlier: Option<&Earlier>) -> Value {
    let stacks = estimates.iter().map(|estimate| {
        let total = estimate.total;
        json!({
            "stack": &*estimate.stack,
            "target": &*estimate.target,
            "region": estimate.region.as_deref(),
            "currency": "USD",
            "hours_a_month": HOURS_A_MONTH,
            "complete": estimate.is_complete(),
            "total": figures(total),
            "change": earlier.map(|earlier| cents(total.expected.dollars() - earlier.total(&estimate.stack))),
            "items": estimate.items.iter().map(|item| of_item(item, estimate, earlier)).collect::<Vec<_>>(),
        })
    });
    json!({ "stacks": stacks.collect::<Vec<_>>() })
}

fn of_item(item: &Item, estimate: &Estimate, earlier: Option<&Earlier>) -> Value {
    let now = item.month.map_or(0.0, |month| month.expected.dollars());
    let before = |earlier: &Earlier| earlier.item(&estimate.stack, item.kind.word(), &item.name);
    let parts = item.parts.iter().map(|part| {
        json!({
            "variant": &*part.what,
            "machine": part.machine,
            "pinned": part.pinned,
            "replicas": {
                "floor": part.replicas.floor,
                "expected": part.replicas.expected,
                "ceiling": part.replicas.ceiling,
            },
            "price": price(&part.quote),
            "month": part.month.map(figures),
        })
    });
    json!({
        "kind": item.kind.word(),
        "name": &*item.name,
        "month": item.month.map(figures),
        "change": earlier.map(|earlier| cents(now - before(earlier))),
        "budget": item.budget.as_ref().map(|budget| money(budget.value)),
        "unknown": item.unknown,
        "parts": parts.collect::<Vec<_>>(),
    })
}

fn price(quote: &Quote) -> Value {
    json!({
        "usd_per_hour": quote.rate.map(Rate::usd),
        "basis": quote.basis,
        "of_region": quote.elsewhere.as_deref(),
        "as_of": quote.as_of.as_deref(),
        "source": quote.source,
    })
}

fn figures(figures: Figures) -> Value {
    json!({
        "floor": cents(figures.floor.dollars()),
        "expected": cents(figures.expected.dollars()),
        "ceiling": cents(figures.ceiling.dollars()),
    })
}

/// Dollars to the cent.
fn cents(usd: f64) -> f64 {
    (usd * 100.0).round() / 100.0
}
