//! Whether what an endpoint costs stays within its budget.

use crate::report::{Code, Diagnostic, Sink};
use crate::stack::Money;

use super::{Estimate, Figures, Item, Part, Usd};

/// Refuses an endpoint that is expected to cost more than its budget, and warns of one that may.
pub fn keep(estimate: &Estimate, sink: &mut Sink) {
    for item in &estimate.items {
        if let (Some(budget), Some(month)) = (&item.budget, item.month)
            && let Some(limit) = dollars(budget.value)
            && let Some(diagnostic) = over(item, month, limit)
        {
            sink.push(diagnostic);
        }
    }
}

/// `None` for another currency: no rate of exchange is known.
fn dollars(money: Money) -> Option<Usd> {
    let cents = u64::try_from(money.cents_per_month).ok()?;
    (money.currency == *b"USD").then_some(Usd(cents.saturating_mul(10_000)))
}

fn over(item: &Item, month: Figures, limit: Usd) -> Option<Diagnostic> {
    let span = item.budget.as_ref()?.span;
    let known = if item.unknown.is_empty() { "" } else { " at least" };
    let diagnostic = if month.expected > limit {
        let message = format!(
            "endpoint `{}` is expected to cost {}{known} USD/month, above its budget",
            item.name, month.expected
        );
        Diagnostic::error(Code::OverBudget, message).label(span, format!("{limit} USD/month; {}", range(month))).help(
            format!("lower the scale, pin a cheaper `machine`, or write `budget = {} USD/month`", up(month.expected)),
        )
    } else if month.ceiling > limit {
        let message =
            format!("endpoint `{}` may cost up to {}{known} USD/month, above its budget", item.name, month.ceiling);
        Diagnostic::warning(Code::MayExceedBudget, message)
            .label(span, format!("{limit} USD/month; {} are expected", month.expected))
            .help(match affordable(item, limit) {
                Some(replicas) => format!("`{replicas}` replicas at most stay within it"),
                None => format!("lower the scale, or write `budget = {} USD/month`", up(month.ceiling)),
            })
    } else {
        return None;
    };
    let parts = largest(item).into_iter().map(part_words);
    Some(diagnostic.note(format!("largest: {}", parts.collect::<Vec<_>>().join(", "))))
}

fn range(month: Figures) -> String {
    if month.floor == month.ceiling {
        return "it costs the same whatever is asked of it".to_owned();
    }
    format!("it costs {} to {}", month.floor, month.ceiling)
}

/// The three parts that cost most.
fn largest(item: &Item) -> Vec<&Part> {
    let mut parts: Vec<&Part> = item.parts.iter().filter(|part| part.month.is_some()).collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.month.map_or(Usd(0), |month| month.expected)));
    parts.truncate(3);
    parts
}

fn part_words(part: &Part) -> String {
    let month = part.month.unwrap_or_default();
    let count = super::replicas::shown(part.replicas.expected);
    format!("`{}` {count} x {} ({} USD/month)", part.what, part.machine, month.expected)
}

/// How many replicas of a single variant the budget pays for, if one at least.
fn affordable(item: &Item, limit: Usd) -> Option<u64> {
    let [part] = item.parts.as_slice() else { return None };
    let one = Usd::month(part.quote.rate?, 1.0);
    limit.0.checked_div(one.0).filter(|count| *count > 0)
}

/// Whole dollars, not less.
fn up(amount: Usd) -> u64 {
    amount.0.div_ceil(1_000_000)
}
