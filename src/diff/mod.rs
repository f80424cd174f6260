//! Desired against observed: what differs, by the rules of the target. Can't fail.

mod rules;

pub use rules::{KindRules, Notice, Rules};
