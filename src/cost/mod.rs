//! What a stack costs a month: at the fewest machines that its scales allow, as expected, and at the most. The rules are in
//! `docs/cost.md`. What is not known is said, and never counted as nothing.

mod budget;
mod cron;
mod estimate;
mod replicas;
mod schedule;

use std::fmt;
use std::sync::Arc;

pub use budget::keep;
pub use estimate::estimate;
pub use replicas::{Replicas, per_variant, share_of, shown};
pub use schedule::followed_by;

use crate::catalog::{HOURS_A_MONTH, Quote, Rate};
use crate::source::Spanned;
use crate::stack::Money;

/// Millionths of a US dollar, a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Usd(pub u64);

/// What something costs a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// At the fewest replicas.
    pub floor: Usd,
    pub expected: Usd,
    /// At the most replicas.
    pub ceiling: Usd,
}

/// Machines of one sort behind an endpoint: one variant's.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The variant.
    pub what: Arc<str>,
    /// As the catalogue tells it from its likes.
    pub machine: String,
    /// The endpoint names it; otherwise it is the cheapest that fits.
    pub pinned: bool,
    pub replicas: Replicas,
    pub quote: Quote,
    /// `None` when the price is unknown.
    pub month: Option<Figures>,
}

/// An endpoint or a job.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    pub name: Arc<str>,
    pub kind: Kind,
    pub parts: Vec<Part>,
    /// Of the parts whose price is known; `None` when none is.
    pub month: Option<Figures>,
    /// What is missing from the figures, and why.
    pub unknown: Vec<String>,
    pub budget: Option<Spanned<Money>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Endpoint,
    Job,
}

/// What a stack costs.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    pub stack: Arc<str>,
    pub target: Arc<str>,
    /// `None` for a target that rents out nothing.
    pub region: Option<Arc<str>>,
    /// In source order, endpoints first.
    pub items: Vec<Item>,
    /// Of what is known.
    pub total: Figures,
}

impl Estimate {
    /// Whether nothing is missing from the total.
    pub fn is_complete(&self) -> bool {
        self.items.iter().all(|item| item.unknown.is_empty())
    }
}

impl Kind {
    pub fn word(self) -> &'static str {
        match self {
            Kind::Endpoint => "endpoint",
            Kind::Job => "job",
        }
    }
}

impl Usd {
    /// A rate for a whole month, for a number of machines that may be a mean.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a month's cost is far below 2^53 millionths, and a conversion of too much stops at the most"
    )]
    pub fn month(rate: Rate, machines: f64) -> Self {
        Self((rate.micros() as f64 * HOURS_A_MONTH as f64 * machines).round() as u64)
    }

    #[allow(clippy::cast_precision_loss, reason = "shown to cents")]
    pub fn dollars(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// The same an hour.
    pub fn an_hour(self) -> f64 {
        self.dollars() / 730.0
    }
}

impl fmt::Display for Usd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2}", self.dollars())
    }
}

impl std::ops::Add for Figures {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let add = |a: Usd, b: Usd| Usd(a.0.saturating_add(b.0));
        Self {
            floor: add(self.floor, other.floor),
            expected: add(self.expected, other.expected),
            ceiling: add(self.ceiling, other.ceiling),
        }
    }
}

impl std::iter::Sum for Figures {
    fn sum<I: Iterator<Item = Self>>(figures: I) -> Self {
        figures.fold(Self::default(), |a, b| a + b)
    }
}
