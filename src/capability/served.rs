//! The checker's rules in which a target's table has a part: how long it lets calls take, and which metrics it has.

use std::time::Duration;

use crate::check::{Ceiling, a_busy_replica_can_be_half_busy, calls_are_answered_in_time};
use crate::report::Sink;
use crate::stack::{Endpoint, Metric, Stack};

use super::{Limit, Support, Table};

/// `false` when a call of some endpoint can't be answered in time.
pub(super) fn hold(stack: &Stack, table: &Table, sink: &mut Sink) -> bool {
    let before = sink.as_slice().len();
    for endpoint in &stack.endpoints {
        calls_are_answered_in_time(stack, endpoint, ceiling(stack, endpoint, table).as_ref(), sink);
    }
    let fits = sink.as_slice().len() == before;
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
fn ceiling(stack: &Stack, endpoint: &Endpoint, table: &Table) -> Option<Ceiling> {
    let id = table.of(endpoint.mode.value.kind(), stack)?;
    let (column, bound) = (table.column(id)?, table.bound(Limit::Timeout, id)?);
    let because = if bound.because.is_empty() { None } else { Some(bound.because.to_string()) };
    Some(Ceiling {
        title: column.title.to_string(),
        most: bound.max.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
        notes: because.into_iter().chain([format!("{} ({})", bound.source.note(), column.title)]).collect(),
    })
}
