//! Rules about pools.

use crate::report::{Code, Diagnostic, Sink, amount};
use crate::source::{Span, Spanned};
use crate::stack::{Artifact, Member, Model, Origin, Pool, Stack};

use super::model::artifact;

/// How many times the others' median a member may need before it is better served by itself. A rule of thumb of
/// servec's own.
const UNLIKE: f64 = 8.0;

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

/// An amount that members of a pool are compared by.
struct Yardstick {
    /// "memory"
    what: &'static str,
    of: fn(&Model) -> Option<(f64, Span)>,
    words: fn(f64) -> String,
    /// What one that needs much more does to the others.
    harm: &'static str,
}

const YARDSTICKS: [Yardstick; 3] = [
    Yardstick {
        what: "memory",
        of: |model| model.memory.as_ref().map(|memory| (memory.value as f64, memory.span)),
        words: amount::bytes,
        harm: "while it is loaded, many others are pushed out",
    },
    Yardstick {
        what: "artifact",
        of: |model| match artifact(model) {
            Some(Spanned { value: Artifact::File { bytes, .. }, span }) => Some((*bytes as f64, *span)),
            Some(Spanned { value: Artifact::Remote { .. }, .. }) | None => None,
        },
        words: amount::bytes,
        harm: "while it is loaded, many others are pushed out",
    },
    Yardstick {
        what: "latency",
        of: |model| model.latency.as_ref().map(|latency| (latency.value.as_secs_f64(), latency.span)),
        words: amount::seconds,
        harm: "while it computes, short calls of the others wait",
    },
];

/// Hardware that is shared suits members that need about the same. Said once, by the first amount that shows it.
pub fn members_of_a_pool_are_alike(stack: &Stack, pool: &Pool, sink: &mut Sink) {
    let Member::Named(names) = &pool.members.value else { return };
    let members: Vec<&Model> = names.iter().filter_map(|name| stack.models.get(name)).collect();
    // Members in servers of their own push no other out, but all are scaled as one.
    let yardsticks = YARDSTICKS.iter().filter(|by| !pool.share_instance || by.what == "latency");
    for by in yardsticks {
        let mut known: Vec<(&Model, f64, Span)> =
            members.iter().filter_map(|model| (by.of)(model).map(|(amount, span)| (*model, amount, span))).collect();
        known.sort_by(|a, b| a.1.total_cmp(&b.1));
        let Some(((largest, amount, span), others)) = known.split_last() else { continue };
        let Some(median) = others.get(others.len() / 2).map(|(_, amount, _)| *amount) else { continue };
        if median <= 0.0 || *amount <= UNLIKE * median {
            continue;
        }
        let message = format!("`{}` is unlike the other members of the pool `{}`", largest.name, pool.name);
        let rest = if others.len() == 1 { "the other member's is" } else { "the median of the others is" };
        return sink.push(
            Diagnostic::warning(Code::UnlikeMember, message)
                .label(*span, format!("{} of {}; {rest} {}", by.what, (by.words)(*amount), (by.words)(median)))
                .label(pool.members.span, by.harm)
                .help(format!("serve `{}` by an endpoint of its own", largest.name))
                .note(format!("servec warns above {UNLIKE} times the median of the others")),
        );
    }
}
