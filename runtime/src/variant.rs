//! Which variant answers a request: smooth weighted round robin, so that the shares are exact over every cycle and no
//! variant gets a burst. Deterministic; no randomness.

use std::sync::{Mutex, PoisonError};

use serve_spec::Variant;

/// Chooses among variants by weight.
pub struct Chooser {
    /// The index of each variant that answers, with its weight and its credit.
    turns: Mutex<Vec<Turn>>,
}

struct Turn {
    index: usize,
    weight: i64,
    credit: i64,
}

impl Chooser {
    /// Shadows and variants of weight 0 never answer by turn.
    #[must_use]
    pub fn new(variants: &[Variant]) -> Self {
        let answering = variants.iter().enumerate().filter(|(_, variant)| !variant.shadow && variant.weight > 0);
        let turns = answering.map(|(index, variant)| Turn { index, weight: variant.weight.into(), credit: 0 });
        Chooser { turns: Mutex::new(turns.collect()) }
    }

    /// The index of the next variant; `None` when none answers.
    pub fn next(&self) -> Option<usize> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let total: i64 = turns.iter().map(|turn| turn.weight).sum();
        for turn in turns.iter_mut() {
            turn.credit += turn.weight;
        }
        // The first of the largest, so that a tie goes to the one declared first.
        let chosen = turns.iter_mut().rev().max_by_key(|turn| turn.credit)?;
        chosen.credit -= total;
        Some(chosen.index)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn variant(name: &str, weight: u32, shadow: bool) -> Variant {
        Variant { name: name.to_owned(), weight, shadow, graph: String::new() }
    }

    #[test]
    fn every_cycle_has_the_exact_shares_and_no_burst() {
        let chooser = Chooser::new(&[
            variant("a", 5, false),
            variant("s", 9, true),
            variant("b", 1, false),
            variant("c", 1, false),
        ]);
        for _ in 0..3 {
            let cycle: Vec<usize> = (0..7).map(|_| chooser.next().unwrap()).collect();
            assert_eq!(cycle, [0, 0, 2, 0, 3, 0, 0]);
        }
    }

    #[test]
    fn without_an_answering_variant_there_is_none() {
        assert_eq!(Chooser::new(&[variant("s", 0, true)]).next(), None);
    }
}
