//! Amounts that a stack asks for against the bounds of its target's table.

mod fix;
mod measure;
mod payload;

use crate::report::{Code, Diagnostic, Sink};

use super::limit::Unit;
use super::offer::Offers;
use super::{Bound, Column, Limit};

pub use measure::{Measure, measures};

/// Holds every measure against its bound. `false` when one is out of bounds.
pub(super) fn hold(offers: &Offers, sink: &mut Sink) -> bool {
    let (mut fits, stack, table) = (true, offers.stack, offers.against.table);
    for measure in measures(stack) {
        // A loaded table has a bound for every limit.
        let Some(column) = table.of(measure.mode, stack) else { continue };
        let (Some(bound), Some(column)) = (table.bound(measure.limit, column), table.column(column)) else { continue };
        if let Some(diagnostic) = judge(&measure, bound, column, offers) {
            fits &= diagnostic.severity != crate::report::Severity::Error;
            sink.push(diagnostic);
        }
    }
    fits
}

/// Where an amount lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Held {
    Within,
    /// Above what is sure, with that.
    Unsure(f64),
    /// With the most there may be.
    Above(f64),
    /// With the least there may be.
    Below(f64),
    /// Not one of the only amounts there are.
    NoStep,
}

/// Holds an amount against a bound, both in the unit of the limit.
pub fn held(amount: f64, bound: &Bound) -> Held {
    match bound {
        Bound { one_of, .. } if !one_of.is_empty() && !one_of.contains(&amount) => Held::NoStep,
        Bound { max: Some(max), .. } if amount > *max => Held::Above(*max),
        Bound { min: Some(min), .. } if amount < *min => Held::Below(*min),
        Bound { warn_above: Some(sure), .. } if amount > *sure => Held::Unsure(*sure),
        _ => Held::Within,
    }
}

fn judge(measure: &Measure, bound: &Bound, column: &Column, offers: &Offers) -> Option<Diagnostic> {
    let (amount, unit, title) = (measure.amount, measure.limit.unit(), &column.title);
    let (verdict, nearest) = match held(amount, bound) {
        Held::Within => {
            let step =
                bound.step.filter(|step| measure.places.iter().any(|(_, amount)| !is_multiple(*amount, *step)))?;
            let message = format!("{}: {title} rounds to steps of {}", said(measure), unit.words(step));
            let warning = Diagnostic::warning(Code::LimitedSupport, message);
            return Some(explained(warning, measure, bound, column));
        }
        Held::Unsure(sure) => {
            let message = format!("{}: {title} is sure of {} only", said(measure), unit.words(sure));
            let warning = Diagnostic::warning(Code::UnsureLimit, message);
            return Some(explained(warning, measure, bound, column));
        }
        Held::NoStep => {
            // The next larger one keeps what was asked for.
            let nearest = bound.one_of.iter().copied().find(|n| *n > amount).or(bound.one_of.last().copied());
            (format!("{title} takes {}", list(&bound.one_of, unit)), nearest)
        }
        Held::Above(max) => (format!("{title} takes {} at most", unit.words(max)), Some(max)),
        Held::Below(min) => (format!("{title} takes {} at least", unit.words(min)), Some(min)),
    };
    let error = Diagnostic::error(measure.limit.code(), format!("{}: {verdict}", said(measure)));
    Some(fix::nearest(explained(error, measure, bound, column), measure, nearest, offers))
}

fn is_multiple(amount: f64, step: f64) -> bool {
    let times = amount / step;
    (times - times.round()).abs() < 1e-6
}

/// "the timeout of endpoint `search` is 90 s"
fn said(measure: &Measure) -> String {
    let Measure { limit, subject, amount, .. } = measure;
    let least = if measure.at_least { "at least " } else { "" };
    format!("{} of {subject} is {least}{}", limit.words(), limit.unit().words(*amount))
}

fn list(amounts: &[f64], unit: Unit) -> String {
    let words: Vec<String> = amounts.iter().map(|n| unit.words(*n)).collect();
    match words.as_slice() {
        [init @ .., last] if !init.is_empty() => format!("{} or {last}", init.join(", ")),
        _ => words.concat(),
    }
}

fn explained(diagnostic: Diagnostic, measure: &Measure, bound: &Bound, column: &Column) -> Diagnostic {
    let labels = measure.places.iter();
    let labelled = labels.fold(diagnostic, |d, (span, amount)| d.label(*span, measure.limit.unit().words(*amount)));
    let because = if bound.because.is_empty() { labelled } else { labelled.note(bound.because.to_string()) };
    because.note(format!("{} ({})", bound.source.note(), column.title))
}
