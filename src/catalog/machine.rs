//! One machine of a catalogue, as plain data with its sources.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Deserialize;

use super::Rate;

/// A machine that a target rents out, with one set of accelerators: a type that takes several sets stands once for each.
#[derive(Debug, Clone, PartialEq)]
pub struct Machine {
    /// The platform's name of the type, as `machine = "…"` pins it.
    pub name: Arc<str>,
    /// Virtual cores.
    pub cpu: u32,
    /// Bytes.
    pub memory: u64,
    pub accelerators: Option<Accelerators>,
    pub arch: Arch,
    /// Has its cores to itself only while it has credits.
    pub burstable: bool,
    /// For endpoints that answer calls.
    pub online: Offer,
    /// For batch jobs; `None` where the platform runs none on it.
    pub batch: Option<Offer>,
    pub price: Price,
    /// Of everything but the price.
    pub source: Arc<Source>,
    /// What else a reader should know; often empty.
    pub note: Arc<str>,
}

/// What a machine computes on besides its cores.
#[derive(Debug, Clone, PartialEq)]
pub struct Accelerators {
    pub class: Class,
    /// The kind in lower case: `t4`, `a100`, `inferentia2`.
    pub kind: Arc<str>,
    pub count: u32,
    /// Bytes of each; `None` where no source says.
    pub memory: Option<u64>,
    /// The platform's own name of the kind, where a request has to give it.
    pub device: Option<Arc<str>>,
    /// Whether the type also comes without them, so that its name alone does not mean them.
    pub attached: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    Gpu,
    Neuron,
    Gaudi,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arch {
    #[serde(rename = "x86_64")]
    X86,
    Arm64,
}

/// Where a machine can be had.
#[derive(Debug, Clone, PartialEq)]
pub enum Offer {
    /// No source lists regions.
    Unlisted,
    /// In these regions; none for what the platform has a name for but sells nowhere.
    In(Arc<BTreeSet<Arc<str>>>),
}

/// A machine's price, and how it is known.
#[derive(Debug, Clone, PartialEq)]
pub enum Price {
    /// The platform's own price.
    Listed {
        rate: Rate,
        region: Arc<str>,
        source: Arc<Source>,
    },
    /// The price of the bare machine times the ratio seen between listed prices and it. Never the platform's word.
    Estimated {
        rate: Rate,
        bare: Rate,
        ratio: f64,
        region: Arc<str>,
        source: Arc<Source>,
        ratio_source: Arc<Source>,
    },
    Unknown,
}

/// Where a fact is from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Source {
    /// Unique in its catalogue.
    pub key: Arc<str>,
    pub title: Arc<str>,
    /// A year, a month or a day; `unknown` where the source has no date.
    pub as_of: Arc<str>,
}

impl Machine {
    /// As people tell it from its likes: with its accelerators where the name does not mean them.
    pub fn label(&self) -> String {
        match &self.accelerators {
            Some(a) if a.attached => format!("{} + {} {}", self.name, a.count, a.kind),
            Some(_) | None => self.name.to_string(),
        }
    }

    pub fn offer(&self, usage: Usage) -> Option<&Offer> {
        match usage {
            Usage::Online => Some(&self.online),
            Usage::Batch => self.batch.as_ref(),
        }
    }
}

impl Offer {
    /// Whether it can be had there, as far as is known.
    pub fn includes(&self, region: &str) -> bool {
        match self {
            Offer::Unlisted => true,
            Offer::In(regions) => regions.contains(region),
        }
    }
}

/// What a machine is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Usage {
    /// Answering calls: realtime, streaming, async.
    Online,
    /// Batch jobs.
    Batch,
}
