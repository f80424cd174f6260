//! Features that a target honours one by one and not together: what a platform would drop in silence is refused here.

use std::collections::BTreeMap;

use crate::report::{Code, Diagnostic, Sink};
use crate::source::Span;
use crate::stack::Endpoint;

use super::Feature;
use super::demand::{Each, Subject};
use super::offer::Offers;
use super::table::{Column, Exclusion};

/// Holds every endpoint against the exclusions of its column. `false` when one is met.
pub(super) fn hold(offers: &Offers, sink: &mut Sink) -> bool {
    let (mut fits, stack, table) = (true, offers.stack, offers.against.table);
    let mut each = Each::new(stack);
    for endpoint in &stack.endpoints {
        let Some(id) = table.of(endpoint.mode.value.kind(), stack) else { continue };
        let (Some(column), mut exclusions) = (table.column(id), table.exclusions(id).peekable()) else { continue };
        if exclusions.peek().is_none() {
            continue;
        }
        let used = each.of(endpoint);
        for exclusion in exclusions {
            let of_it = exclusion.machine.as_ref().is_none_or(|prefix| is_pinned(endpoint, prefix));
            if let Some(places) = met(exclusion, &used).filter(|_| of_it) {
                let refusal = refusal(exclusion, endpoint, &places, column);
                sink.push(with_a_way(refusal, exclusion, endpoint, &places, offers));
                fits = false;
            }
        }
    }
    fits
}

/// With what makes one of the features legal.
fn with_a_way(
    refusal: Diagnostic,
    exclusion: &Exclusion,
    endpoint: &Endpoint,
    places: &[(Feature, Span)],
    offers: &Offers,
) -> Diagnostic {
    let Some((feature, way)) = &exclusion.way else { return refusal };
    let spans: Vec<Span> = places.iter().filter(|(of, _)| of == feature).map(|(_, span)| *span).collect();
    let subject = Subject { kind: "endpoint", name: endpoint.name.clone() };
    offers.way(refusal, way, &spans, (&subject, endpoint.mode.value.kind()))
}

fn is_pinned(endpoint: &Endpoint, prefix: &str) -> bool {
    endpoint.machine.as_ref().is_some_and(|machine| machine.value.starts_with(prefix))
}

/// Where the features stand, if the exclusion is met.
fn met(exclusion: &Exclusion, used: &BTreeMap<Feature, Span>) -> Option<Vec<(Feature, Span)>> {
    let lacking = exclusion.lacks.iter().all(|feature| !used.contains_key(feature));
    let places = exclusion.uses.iter().map(|feature| Some((*feature, *used.get(feature)?)));
    places.collect::<Option<Vec<_>>>().filter(|_| lacking)
}

fn refusal(exclusion: &Exclusion, endpoint: &Endpoint, places: &[(Feature, Span)], column: &Column) -> Diagnostic {
    let words: Vec<&str> = places.iter().map(|(feature, _)| feature.words()).collect();
    let without: Vec<&str> = exclusion.lacks.iter().map(|feature| feature.words()).collect();
    let (without, together) = match without.as_slice() {
        [] => (String::new(), " together"),
        lacking => (format!(" without {}", lacking.join(" or ")), ""),
    };
    let message = format!(
        "endpoint `{}` has {}{without}, which {} can't honour{together}",
        endpoint.name,
        words.join(" and "),
        column.title
    );
    let mut labels = places.iter().enumerate();
    let error = Diagnostic::error(Code::NotTogether, message);
    let labelled = labels.try_fold(error, |d, (i, (_, span))| {
        Some(d.label(*span, if i == 0 { &*exclusion.because } else { "together with this" }))
    });
    let error = labelled.unwrap_or_else(|| Diagnostic::error(Code::NotTogether, exclusion.because.to_string()));
    error.help(exclusion.instead.to_string()).note(format!("{} ({})", exclusion.source.note(), column.title))
}
