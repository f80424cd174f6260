//! Another mode for an endpoint: what it keeps of the old one's fields, and how it is written.

use std::time::Duration;

use crate::check::schema::default_timeout;
use crate::report::{Change, amount};
use crate::source::Spanned;
use crate::stack::{Endpoint, Mode, ModeKind, Stack};

use super::super::{Limit, Table};

/// A mode in place of another.
#[derive(Debug, Clone)]
pub(super) struct Switch {
    pub mode: Spanned<Mode>,
    /// As it is written: `realtime { timeout = 60s }`.
    text: String,
    /// Fields of the old mode that the new one has not.
    lost: Vec<&'static str>,
    /// Its replicas stay, and those of the old one did not.
    stays: bool,
}

impl Switch {
    /// `None` where it is that mode already, and for a job's mode.
    pub(super) fn of(endpoint: &Endpoint, to: ModeKind, stack: &Stack, table: &Table) -> Option<Self> {
        let old = &endpoint.mode;
        if old.value.kind() == to {
            return None;
        }
        let span = old.span;
        let usual = default_timeout(to);
        // What is filled in by default has the span of the whole mode.
        let written = old.value.timeout().filter(|timeout| timeout.span != span).map(|timeout| timeout.value);
        let most = table.of(to, stack).and_then(|column| table.bound(Limit::Timeout, column)).and_then(|b| b.max);
        let most = most.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let time = written.or(usual).map(|time| most.map_or(time, |most| time.min(most)));
        let timeout = Spanned::new(time.or(usual).unwrap_or_default(), span);
        let mode = match to {
            ModeKind::Realtime => Mode::Realtime { timeout },
            ModeKind::Streaming => Mode::Streaming { timeout },
            ModeKind::Async => Mode::Async { timeout, output: None, on_done: None, max_in_flight: None },
            ModeKind::Serverless => Mode::Serverless { memory: None, max_concurrency: None },
            ModeKind::Batch => return None,
        };
        let said = mode.timeout().filter(|timeout| Some(timeout.value) != usual);
        let said = said.and_then(|timeout| amount::duration_literal(timeout.value.as_secs_f64()));
        let text = match said {
            Some(time) => format!("{} {{ timeout = {time} }}", to.word()),
            None => to.word().to_owned(),
        };
        let stays = old.value.kind() == ModeKind::Serverless;
        Some(Self { mode: Spanned::new(mode, span), text, lost: lost(old, to), stays })
    }

    pub(super) fn change(&self, endpoint: &Endpoint) -> Change {
        match endpoint.mode.span == endpoint.span {
            true => Change::Add { to: endpoint.span, entry: format!("mode = {}", self.text) },
            false => Change::write(endpoint.mode.span, &self.text),
        }
    }

    /// For a title: what is written, and what is lost by it.
    pub(super) fn words(&self) -> String {
        let quoted: Vec<String> = self.lost.iter().map(|field| format!("`{field}`")).collect();
        let without = match quoted.as_slice() {
            [] => String::new(),
            [only] => format!(", without {only}"),
            [init @ .., last] => format!(", without {} and {last}", init.join(", ")),
        };
        let then = if self.stays { ": a replica then runs while nobody calls" } else { "" };
        format!("write `mode = {}`{without}{then}", self.text)
    }
}

fn lost(old: &Spanned<Mode>, to: ModeKind) -> Vec<&'static str> {
    let had = match &old.value {
        Mode::Realtime { .. } | Mode::Streaming { .. } => vec![],
        Mode::Serverless { memory, max_concurrency } => {
            vec![("memory", memory.is_some()), ("max_concurrency", max_concurrency.is_some())]
        }
        Mode::Async { output, on_done, max_in_flight, .. } => vec![
            ("output", output.is_some()),
            ("on_done", on_done.is_some()),
            ("max_in_flight", max_in_flight.is_some()),
        ],
        Mode::Batch { split, .. } => vec![("input", true), ("output", true), ("split", split.is_some())],
    };
    let timed = matches!(to, ModeKind::Realtime | ModeKind::Streaming | ModeKind::Async);
    let timeout = old.value.timeout().is_some_and(|timeout| timeout.span != old.span) && !timed;
    let fields = had.into_iter().chain([("timeout", timeout)]);
    fields.filter_map(|(field, written)| written.then_some(field)).collect()
}
