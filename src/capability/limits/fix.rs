//! The nearest legal form of an amount out of bounds.

use crate::report::{Change, Diagnostic, amount};
use crate::source::Span;
use crate::stack::{Endpoint, ModeKind, ValueKind};

use super::super::offer::Offers;
use super::{Limit, Measure};

/// What to do about it, with an edit where one does. `nearest` is the legal amount next to the one that was asked for.
pub(super) fn nearest(diagnostic: Diagnostic, measure: &Measure, nearest: Option<f64>, offers: &Offers) -> Diagnostic {
    let unit = measure.limit.unit();
    let queue = measure.limit.queued().and_then(|why| Some(format!("; or {}, {why}", offers.queue(measure.mode)?)));
    let help = format!("{}{}", measure.limit.help(), queue.unwrap_or_default());
    if let (Some(amount), Some(span)) = (nearest, measure.written)
        && let Some(text) = unit.written(amount)
    {
        let helped = diagnostic.help(format!("write `{text}`; or {help}"));
        return helped.fix(format!("write `{text}`"), span, text);
    }
    let helped = diagnostic.help(help);
    let one_more = nearest.is_some_and(|most| measure.amount - most <= 1.0);
    let last = measure.places.last().map(|(span, _)| *span);
    match measure.limit {
        Limit::RequestBytes | Limit::ResponseBytes => queued(helped, measure, offers),
        Limit::Start | Limit::ArtifactBytes => {
            offers.other_mode(helped, ModeKind::Realtime, (&measure.subject, measure.mode))
        }
        Limit::Variants if one_more => match least(measure, offers) {
            Some(span) => helped.propose("leave {} out: the others get its calls", [Change::LeaveOut(span)]),
            None => helped,
        },
        Limit::Shadows => match last.filter(|_| one_more) {
            Some(span) => helped.propose("leave {} out: callers notice nothing", [Change::LeaveOut(span)]),
            None => helped,
        },
        Limit::VariantsBesideShadow => {
            let shadows = endpoint(measure, offers).into_iter().flat_map(|endpoint| &endpoint.variants);
            let shadows = shadows.filter(|variant| variant.shadow).map(|variant| Change::LeaveOut(variant.span));
            helped.propose("leave {} out: callers notice nothing", shadows)
        }
        Limit::AbortAlarms => match last.filter(|_| one_more) {
            Some(span) => helped.propose("leave the last condition out: {}", [Change::Drop(span)]),
            None => helped,
        },
        Limit::NameChars => match nearest.map(|most| short(&measure.subject.name, most as usize)) {
            Some(to) => {
                let places = measure.places.iter().map(|(span, _)| Change::Rename { declared: *span, to: to.clone() });
                helped.propose(format!("name it `{to}`"), places)
            }
            None => helped,
        },
        Limit::RolloutTime => match (nearest, measure.places.first()) {
            (Some(most), Some((bake, _))) => in_time(helped, measure, most, *bake, offers),
            _ => helped,
        },
        Limit::TagValueChars => match (nearest, last) {
            (Some(most), Some(span)) => shortened(helped, span, most, offers),
            _ => helped,
        },
        Limit::Timeout
        | Limit::ServerlessMemory
        | Limit::ServerlessConcurrency
        | Limit::AsyncInFlight
        | Limit::Containers
        | Limit::VariantShare
        | Limit::Variants
        | Limit::Tags
        | Limit::TagKeyChars
        | Limit::EnvEntries
        | Limit::EnvValueBytes
        | Limit::EnvTotalBytes
        | Limit::Disk
        | Limit::Replicas
        | Limit::CanaryFirst
        | Limit::LinearFirst
        | Limit::RollingFirst
        | Limit::Bake
        | Limit::Cooldown => helped,
    }
}

/// A shorter time for each part, in whole minutes.
fn in_time(diagnostic: Diagnostic, measure: &Measure, most: f64, bake: Span, offers: &Offers) -> Diagnostic {
    let rollout = endpoint(measure, offers).and_then(|endpoint| endpoint.rollout.as_ref());
    let Some(parts) = rollout.and_then(|rollout| rollout.value.parts()) else { return diagnostic };
    let each = (most / f64::from(parts) / 60.0).floor() * 60.0;
    match amount::duration_literal(each).filter(|_| each > 0.0) {
        Some(text) => {
            let helped =
                diagnostic.help(format!("write `bake = {text}` for each of {parts} parts, or use larger parts"));
            helped.fix(format!("write `{text}`"), bake, text)
        }
        None => diagnostic,
    }
}

/// A name's beginning, to the end of a word where one ends in its latter half.
fn short(name: &str, most: usize) -> String {
    let start: String = name.chars().take(most).collect();
    let word = start.rfind('_').filter(|at| at * 2 > start.len()).and_then(|at| start.get(..at));
    word.unwrap_or(&start).trim_end_matches('_').to_owned()
}

/// Bodies that are files have room in the queue of an async endpoint.
fn queued(diagnostic: Diagnostic, measure: &Measure, offers: &Offers) -> Diagnostic {
    offers.other_mode(diagnostic, ModeKind::Async, (&measure.subject, measure.mode))
}

fn endpoint<'a>(measure: &Measure, offers: &Offers<'a>) -> Option<&'a Endpoint> {
    offers.stack.endpoints.iter().find(|endpoint| endpoint.name == measure.subject.name)
}

/// The variant that answers the fewest calls; the last of several.
fn least(measure: &Measure, offers: &Offers) -> Option<Span> {
    let answering = endpoint(measure, offers)?.variants.iter().rev().filter(|variant| !variant.shadow);
    answering.min_by_key(|variant| variant.weight).map(|variant| variant.span)
}

/// The beginning of a tag's value, as long as may be.
fn shortened(diagnostic: Diagnostic, span: Span, most: f64, offers: &Offers) -> Diagnostic {
    let value = offers.stack.tags.values().find(|value| value.span == span);
    let Some(ValueKind::String(text)) = value.map(|value| &value.kind) else { return diagnostic };
    let plain = text.chars().all(|c| c != '"' && c != '\\' && c != '$' && !c.is_control());
    let short: String = text.chars().take(most as usize).collect();
    match plain {
        true => diagnostic.fix(format!("cut it to {most} characters"), span, format!("\"{short}\"")),
        false => diagnostic,
    }
}
