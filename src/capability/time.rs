//! How long calls take against how long a target lets them: the rules are the checker's, the bound is the table's.

use std::time::Duration;

use crate::check::{Ceiling, calls_are_answered_in_time};
use crate::report::Sink;
use crate::stack::{Endpoint, Stack};

use super::{Limit, Table};

/// `false` when a call of some endpoint can't be answered in time.
pub(super) fn hold(stack: &Stack, table: &Table, sink: &mut Sink) -> bool {
    let before = sink.as_slice().len();
    for endpoint in &stack.endpoints {
        calls_are_answered_in_time(stack, endpoint, ceiling(stack, endpoint, table).as_ref(), sink);
    }
    sink.as_slice().len() == before
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
