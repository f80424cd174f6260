//! Endpoints and jobs: how something is served.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

use crate::source::{Span, Spanned};

use super::value::Comparison;
use super::{Money, Servable, Value};

/// A stable address.
#[derive(Debug, Clone, PartialEq)]
pub struct Endpoint {
    pub name: Arc<str>,
    pub serve: Spanned<Servable>,
    pub mode: Spanned<Mode>,
    pub scale: Spanned<Scale>,
    /// Never empty: without a `variant` block, one named `default` of weight 1.
    pub variants: Vec<Variant>,
    pub rollout: Option<Spanned<Rollout>>,
    pub slo: Option<Spanned<Slo>>,
    pub budget: Option<Spanned<Budget>>,
    pub capture: Option<Spanned<Capture>>,
    /// Evaluated as written; each target says what it takes.
    pub network: Option<Value>,
    pub encrypt: Option<Value>,
    pub identity: Option<Value>,
    /// By name, evaluated as written.
    pub alarms: BTreeMap<Arc<str>, Value>,
    pub sample: Option<Spanned<Sample>>,
    pub machine: Option<Spanned<Arc<str>>>,
    pub span: Span,
}

/// How callers get their answers. A field that is filled in by default has the span of the whole mode.
#[derive(Debug, Clone, PartialEq)]
pub enum Mode {
    Realtime {
        timeout: Spanned<Duration>,
    },
    Streaming {
        timeout: Spanned<Duration>,
    },
    Serverless {
        /// Bytes.
        memory: Option<Spanned<u64>>,
        max_concurrency: Option<Spanned<u32>>,
    },
    Async {
        timeout: Spanned<Duration>,
        output: Option<Spanned<Arc<str>>>,
        on_done: Option<Value>,
        max_in_flight: Option<Spanned<u32>>,
    },
    Batch {
        input: Spanned<Arc<str>>,
        output: Spanned<Arc<str>>,
        split: Option<Spanned<Arc<str>>>,
    },
}

/// A mode without its fields: what tables of facts are keyed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModeKind {
    Realtime,
    Streaming,
    Serverless,
    Async,
    Batch,
}

impl ModeKind {
    pub const ALL: [ModeKind; 5] =
        [ModeKind::Realtime, ModeKind::Streaming, ModeKind::Serverless, ModeKind::Async, ModeKind::Batch];

    /// As it is written after `mode =`.
    pub fn word(self) -> &'static str {
        match self {
            ModeKind::Realtime => "realtime",
            ModeKind::Streaming => "streaming",
            ModeKind::Serverless => "serverless",
            ModeKind::Async => "async",
            ModeKind::Batch => "batch",
        }
    }
}

impl Mode {
    pub fn kind(&self) -> ModeKind {
        match self {
            Mode::Realtime { .. } => ModeKind::Realtime,
            Mode::Streaming { .. } => ModeKind::Streaming,
            Mode::Serverless { .. } => ModeKind::Serverless,
            Mode::Async { .. } => ModeKind::Async,
            Mode::Batch { .. } => ModeKind::Batch,
        }
    }

    /// Longest time that one call may take; none where the mode has no such field.
    pub fn timeout(&self) -> Option<Spanned<Duration>> {
        match self {
            Mode::Realtime { timeout } | Mode::Streaming { timeout } | Mode::Async { timeout, .. } => Some(*timeout),
            Mode::Serverless { .. } | Mode::Batch { .. } => None,
        }
    }
}

/// How many replicas, and what moves the count.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    pub min: u32,
    pub max: u32,
    /// Where `min` is written.
    pub low: Span,
    /// Where `max` is written.
    pub high: Span,
    pub policies: Vec<Spanned<Policy>>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Policy {
    Track(Track),
    /// `step name { … }`, evaluated as written.
    Step {
        name: Arc<str>,
        fields: BTreeMap<Arc<str>, Value>,
    },
    Schedule {
        name: Arc<str>,
        cron: Arc<str>,
        zone: Option<Arc<str>>,
        min: Option<u32>,
        max: Option<u32>,
    },
}

/// Keep a metric near a target value.
#[derive(Debug, Clone, PartialEq)]
pub struct Track {
    pub metric: Arc<str>,
    pub target: Value,
    pub cooldown: Option<Spanned<Duration>>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    pub name: Arc<str>,
    /// Share of requests relative to the sum; 0 for a shadow.
    pub weight: u32,
    pub shadow: bool,
    pub serve: Servable,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Rollout {
    /// `canary`, `linear`, `all_at_once`, `rolling`.
    pub kind: Arc<str>,
    /// A fraction.
    pub first: Option<Spanned<f64>>,
    pub bake: Option<Spanned<Duration>>,
    pub abort_on: Vec<Condition>,
}

impl Rollout {
    /// How many parts a change goes over in, each of which is watched; `None` where how large they are is left open.
    pub fn parts(&self) -> Option<u32> {
        let first = self.first.as_ref().map(|first| first.value).filter(|first| *first > 0.0);
        match &*self.kind {
            "canary" => Some(2),
            // Without the noise of a fraction such as a third.
            "linear" | "rolling" => first.map(|first| (1.0 / first - 1e-9).ceil() as u32),
            _ => Some(1),
        }
    }

    /// Whether it is more than its kind.
    pub fn says_something(&self) -> bool {
        self.first.is_some() || self.bake.is_some() || !self.abort_on.is_empty()
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    pub metric: Arc<str>,
    pub op: Comparison,
    pub bound: Value,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Slo {
    pub p99: Option<Duration>,
    pub p50: Option<Duration>,
    /// A fraction.
    pub errors: Option<f64>,
    pub cold_start: Option<Duration>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Budget(pub Money);

/// Keep what was asked and answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Capture {
    /// A fraction of requests.
    pub sample: f64,
    pub output: Option<Arc<str>>,
}

/// A request and the answer it must give.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    pub request: Utf8PathBuf,
    pub expect: Option<Utf8PathBuf>,
    /// Largest difference of a number.
    pub tolerance: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Health {
    pub path: Option<Arc<str>>,
    /// Where `path` is written.
    pub path_at: Option<Span>,
    pub timeout: Option<Duration>,
    /// Where `timeout` is written.
    pub timeout_at: Option<Span>,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Batching {
    pub max_size: u32,
    pub max_delay: Duration,
    pub span: Span,
}

/// Batch prediction over a data set.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    pub name: Arc<str>,
    pub run: Spanned<Servable>,
    pub mode: Spanned<Mode>,
    pub span: Span,
}
