//! Rules about pools.

use crate::report::{Code, Diagnostic, Sink};
use crate::stack::{Member, Model, Origin, Pool, Stack};

pub fn a_pool_has_two_members_at_least(pool: &Pool, sink: &mut Sink) {
    if let Member::Named(names) = &pool.members.value
        && names.len() < 2
    {
        sink.push(
            Diagnostic::error(
                Code::SmallPool,
                format!(
                    "the pool `{}` has {} member{}",
                    pool.name,
                    names.len(),
                    if names.len() == 1 { "" } else { "s" }
                ),
            )
            .label(pool.members.span, "at least 2")
            .help("serve a single model by itself"),
        );
    }
}

/// What runs a model.
fn server(model: &Model) -> &str {
    match &model.origin {
        Origin::Framework { framework, .. } => &framework.value.name,
        Origin::Image { image, .. } => &image.value,
    }
}

pub fn one_server_runs_one_framework(stack: &Stack, pool: &Pool, sink: &mut Sink) {
    let Member::Named(names) = &pool.members.value else { return };
    let mut members = names.iter().filter_map(|name| stack.models.get(name));
    let Some(first) = members.next().filter(|_| !pool.share_instance) else { return };
    if let Some(other) = members.find(|m| server(m) != server(first)) {
        sink.push(
            Diagnostic::error(
                Code::MixedFrameworks,
                format!("one server can't run all members of the pool `{}`", pool.name),
            )
            .label(pool.members.span, format!("`{}` needs another one than `{}`", other.name, first.name))
            .label(first.span, format!("runs on `{}`", server(first)))
            .label(other.span, format!("runs on `{}`", server(other)))
            .help("add `share = instance`: each member gets a server of its own, on one machine"),
        );
    }
}
