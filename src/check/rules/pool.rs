//! Rules about pools.

use crate::report::{Code, Diagnostic, Sink};
use crate::stack::{Member, Pool};

pub fn a_pool_has_two_members_at_least(pool: &Pool, sink: &mut Sink) {
    if let Member::Named(names) = &pool.members.value
        && names.len() < 2
    {
        sink.push(
            Diagnostic::error(Code::SmallPool, format!("the pool `{}` has {} member", pool.name, names.len()))
                .label(pool.members.span, "at least 2")
                .help("serve a single model by itself"),
        );
    }
}
