//! What a plan changes about the cost of its stack.

use serde::{Deserialize, Serialize};

use crate::catalog::HOURS_A_MONTH;
use crate::cost::{Estimate, Figures};

/// Cost of a stack, in US dollars a month.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// ISO 4217 letters.
    pub currency: String,
    pub hours_a_month: u64,
    /// Of what is live; `None` when that is not known.
    pub before: Option<Month>,
    /// Of what will be, as far as it is known.
    pub after: Month,
    /// `after` less `before`.
    pub change: Option<Month>,
    pub items: Vec<ItemCost>,
    /// What `after` leaves out, and why.
    pub unknown: Vec<String>,
}

/// Of one endpoint or job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemCost {
    pub kind: String,
    pub name: String,
    /// `None` when unknown.
    pub after: Option<Month>,
}

/// Dollars to the cent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Month {
    pub floor: f64,
    pub expected: f64,
    pub ceiling: f64,
}

/// What is known of the cost of what is live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Live {
    /// Nothing is live, so it costs nothing.
    Nothing,
    /// It is as the program says, and costs what that costs.
    Same,
    Unknown,
}

impl Cost {
    /// `None` for a target that rents out no machines.
    pub fn of(estimate: &Estimate, live: Live) -> Option<Self> {
        estimate.region.as_ref()?;
        let after = Month::of(estimate.total);
        let before = match live {
            Live::Nothing => Some(Month::of(Figures::default())),
            Live::Same => Some(after),
            Live::Unknown => None,
        };
        let items = estimate.items.iter().map(|item| ItemCost {
            kind: item.kind.word().to_owned(),
            name: item.name.to_string(),
            after: item.month.map(Month::of),
        });
        let unknown = estimate
            .items
            .iter()
            .flat_map(|item| item.unknown.iter().map(|why| format!("{} `{}`: {why}", item.kind.word(), item.name)));
        Some(Self {
            currency: "USD".to_owned(),
            hours_a_month: HOURS_A_MONTH,
            before,
            after,
            change: before.map(|before| after.less(before)),
            items: items.collect(),
            unknown: unknown.collect(),
        })
    }

    /// Lines for people.
    pub fn lines(&self) -> Vec<String> {
        let before = match (self.before, self.change) {
            (Some(before), Some(change)) => {
                format!("now {:.2}, a change of {:+.2}", before.expected, change.expected)
            }
            (_, _) => "what runs now costs an amount that is not known".to_owned(),
        };
        let known = if self.unknown.is_empty() { "" } else { "at least " };
        let mut lines = vec![format!("cost: {known}{} {}/month; {before}", self.after.words(), self.currency)];
        if self.items.len() > 1 {
            let words = |item: &ItemCost| item.after.map_or("unknown".to_owned(), Month::words);
            lines.extend(self.items.iter().map(|item| format!("  {} {}: {}", item.kind, item.name, words(item))));
        }
        lines.extend(self.unknown.iter().map(|why| format!("  unknown: {why}")));
        lines
    }
}

impl Month {
    fn of(figures: Figures) -> Self {
        let dollars = |amount: crate::cost::Usd| cents(amount.dollars());
        Self { floor: dollars(figures.floor), expected: dollars(figures.expected), ceiling: dollars(figures.ceiling) }
    }

    fn less(self, other: Self) -> Self {
        Self {
            floor: cents(self.floor - other.floor),
            expected: cents(self.expected - other.expected),
            ceiling: cents(self.ceiling - other.ceiling),
        }
    }

    /// `186.15 (74.46 to 297.84)`, or one figure where all are the same.
    fn words(self) -> String {
        if self.ceiling - self.floor < 0.005 {
            return format!("{:.2}", self.expected);
        }
        format!("{:.2} ({:.2} to {:.2})", self.expected, self.floor, self.ceiling)
    }
}

fn cents(usd: f64) -> f64 {
    (usd * 100.0).round() / 100.0
}
