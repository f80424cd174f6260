//! The checker's rules in which a target's table has a part: how long it lets calls take, and which metrics it has.

use std::time::Duration;

use crate::check::{Ceiling, a_busy_replica_can_be_half_busy, calls_are_answered_in_time};
use crate::report::Sink;
use crate::stack::{Endpoint, Metric, ModeKind, Stack};

use super::demand::Subject;
use super::offer::Offers;
use super::{Limit, Support, Table};

/// `false` when a call of some endpoint can't be answered in time.
pub(super) fn hold(offers: &Offers, sink: &mut Sink) -> bool {
    let (stack, table) = (offers.stack, offers.against.table);
    let mut fits = true;
    for endpoint in &stack.endpoints {
        let mut said = Sink::default();
        calls_are_answered_in_time(stack, endpoint, ceiling(endpoint, offers).as_ref(), &mut said);
        fits &= said.as_slice().is_empty();
        let subject = Subject { kind: "endpoint", name: endpoint.name.clone() };
        for diagnostic in said.into_sorted() {
            // A longer timeout is nearer than another mode, and only what a platform ends is not the model's own slowness.
            let far = diagnostic.fix.is_none() && !diagnostic.notes.is_empty();
            let from = (&subject, endpoint.mode.value.kind());
            sink.push(if far { offers.other_mode(diagnostic, ModeKind::Async, from) } else { diagnostic });
        }
    }
    for endpoint in &stack.endpoints {
        a_busy_replica_can_be_half_busy(stack, endpoint, |metric| knows(stack, endpoint, table, metric), sink);
    }
    fits
}

fn knows(stack: &Stack, endpoint: &Endpoint, table: &Table, metric: Metric) -> bool {
    let column = table.of(endpoint.mode.value.kind(), stack);
    let cell = column.and_then(|column| table.metric(metric, column));
    cell.is_some_and(|metric| matches!(metric.cell.support, Support::Yes | Support::Limited))
}

/// `None` never happens for a loaded table.
fn ceiling(endpoint: &Endpoint, offers: &Offers) -> Option<Ceiling> {
    let (stack, table) = (offers.stack, offers.against.table);
    let id = table.of(endpoint.mode.value.kind(), stack)?;
    let (column, bound) = (table.column(id)?, table.bound(Limit::Timeout, id)?);
    let because = if bound.because.is_empty() { None } else { Some(bound.because.to_string()) };
    Some(Ceiling {
        title: column.title.to_string(),
        queue: offers.queue(endpoint.mode.value.kind()),
        most: bound.max.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
        notes: because.into_iter().chain([format!("{} ({})", bound.source.note(), column.title)]).collect(),
    })
}
