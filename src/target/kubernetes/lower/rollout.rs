//! How a change reaches callers. A Deployment replaces pods one by one, never below the count; what it can't do by itself
//! (parts of the calls, going back for what is measured) `servec apply` does, by what stands in an annotation.

use std::fmt::Write as _;

use crate::source::Spanned;
use crate::stack::Rollout;
use crate::stack::value::Comparison;

use super::super::api::{IntOrText, RollingUpdate, Strategy};
use super::values::{number, percent, plain, seconds};

/// The share of new pods that come up before old ones go, where a rollout does not say.
const SURGE: &str = "25%";

pub fn strategy(rollout: Option<&Spanned<Rollout>>) -> Strategy {
    let rollout = rollout.map(|rollout| &rollout.value);
    let surge = match rollout.map(|rollout| (&*rollout.kind, rollout.first.as_ref())) {
        Some(("all_at_once", _)) => "100%".to_owned(),
        Some(("rolling", Some(first))) => format!("{}%", percent(first.value)),
        Some(_) | None => SURGE.to_owned(),
    };
    let rolling_update = Some(RollingUpdate { max_surge: IntOrText::Text(surge), max_unavailable: IntOrText::Int(0) });
    Strategy { kind: "RollingUpdate", rolling_update }
}

/// How long a new pod is watched before the next old one goes.
pub fn ready_seconds(rollout: Option<&Spanned<Rollout>>) -> Option<u64> {
    rollout.and_then(|rollout| rollout.value.bake.as_ref()).map(|bake| seconds(bake.value))
}

/// A rollout in one line: `canary first=10% bake=600s abort_on=errors>0.01`.
pub fn words(rollout: &Rollout) -> String {
    let mut words = rollout.kind.to_string();
    if let Some(first) = &rollout.first {
        let _ = write!(words, " first={}%", plain(first.value * 100.0));
    }
    if let Some(bake) = &rollout.bake {
        let _ = write!(words, " bake={}s", seconds(bake.value));
    }
    for condition in &rollout.abort_on {
        let bound = number(&condition.bound).unwrap_or_default();
        let _ = write!(words, " abort_on={}{}{}", condition.metric, sign(condition.op), plain(bound));
    }
    words
}

pub fn sign(op: Comparison) -> &'static str {
    match op {
        Comparison::Less => "<",
        Comparison::LessEqual => "<=",
        Comparison::Greater => ">",
        Comparison::GreaterEqual => ">=",
        Comparison::Equal => "==",
        Comparison::NotEqual => "!=",
    }
}
