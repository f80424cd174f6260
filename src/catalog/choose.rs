//! The cheapest machine that fits a need, and why each other one was passed over.

use std::cmp::Reverse;
use std::sync::Arc;

use super::reason::against;
use super::{Basis, Machine, Machines, Need, Overrides, Quote, Rate, Reason, Usage};

/// What became of every machine.
#[derive(Debug)]
pub struct Choice<'c> {
    /// `None` when none fits.
    pub picked: Option<(&'c Machine, Quote)>,
    /// Those that fit too, the cheapest first; unknown prices last.
    pub runners_up: Vec<Passed<'c>>,
    /// Those that do not fit, the nearest first: those of the right sort, then the fewest reasons, the least
    /// memory short, the lowest price.
    pub misses: Vec<Passed<'c>>,
}

/// A machine that was not taken; its reasons are never empty.
#[derive(Debug)]
pub struct Passed<'c> {
    pub machine: &'c Machine,
    pub quote: Quote,
    pub reasons: Vec<Reason>,
}

/// The cheapest machine that fits. Of equal prices a listed one wins over an estimate, then more memory, more cores, the
/// name. One whose price is unknown is taken only when no other fits, the smallest first.
pub fn choose<'c>(
    machines: &'c Machines,
    prices: &Overrides,
    need: &Need,
    region: &Arc<str>,
    usage: Usage,
) -> Choice<'c> {
    let mut fitting = Vec::new();
    let mut misses = Vec::new();
    for machine in &machines.all {
        let quote = prices.quote(machine, region);
        let reasons = against(machine, need, region, usage);
        if reasons.is_empty() {
            fitting.push((machine, quote));
        } else {
            misses.push(Passed { machine, quote, reasons });
        }
    }
    fitting.sort_by_cached_key(|(machine, quote)| (order(machine, quote.rate, quote.basis), machine.label()));
    misses.sort_by_cached_key(|passed| {
        let (rate, reasons) = (passed.quote.rate, &passed.reasons);
        let short: u64 = reasons.iter().map(Reason::short).fold(0, u64::saturating_add);
        (reasons.iter().any(Reason::is_of_sort), reasons.len(), short, rate.is_none(), rate, passed.machine.label())
    });
    let mut fitting = fitting.into_iter();
    let picked = fitting.next();
    let best = picked.as_ref().map(|(_, quote)| quote.clone());
    let runners_up = fitting.map(|(machine, quote)| {
        let reason = best.as_ref().map_or(Reason::PriceUnknown, |best| dearer(best, &quote));
        Passed { machine, quote, reasons: vec![reason] }
    });
    Choice { picked, runners_up: runners_up.collect(), misses }
}

/// What [`choose`] picks, without a word on the others.
pub fn pick<'c>(
    machines: &'c Machines,
    prices: &Overrides,
    need: &Need,
    region: &Arc<str>,
    usage: Usage,
) -> Option<(&'c Machine, Quote)> {
    let fitting = machines.all.iter().filter(|machine| against(machine, need, region, usage).is_empty());
    // A quote says its sources in words: of many machines, only one is asked for them.
    let ordered = fitting.map(|machine| {
        let (rate, basis) = prices.known(machine, region);
        (order(machine, rate, basis), machine)
    });
    let first = ordered.min_by(|(a, one), (b, other)| a.cmp(b).then_with(|| one.label().cmp(&other.label())));
    first.map(|(_, machine)| (machine, prices.quote(machine, region)))
}

/// Priced ones by price, then what is better known, then what is larger; others by size.
type Order = (bool, Option<Rate>, Basis, (u32, u64, u32), Reverse<(u64, u32)>);

fn order(machine: &Machine, rate: Option<Rate>, basis: Basis) -> Order {
    let size = (machine.accelerators.as_ref().map_or(0, |a| a.count), machine.memory, machine.cpu);
    let (smallest, largest) = if rate.is_none() { (size, (0, 0)) } else { ((0, 0, 0), (machine.memory, machine.cpu)) };
    (rate.is_none(), rate, basis, smallest, Reverse(largest))
}

fn dearer(best: &Quote, quote: &Quote) -> Reason {
    match (best.rate, quote.rate) {
        (Some(best), Some(rate)) if rate > best => Reason::Costs(rate.above(best)),
        (Some(_), Some(_)) => Reason::SamePrice,
        (Some(_), None) => Reason::PriceUnknown,
        (None, _) => Reason::Larger,
    }
}
