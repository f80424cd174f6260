//! Scores as named labels.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::params::Params;
use super::ports::{Inputs, View, json as as_json, number, outputs};
use super::{Outputs, Reject, Transform, function};

/// `tensors.top_k`: the `k` best labels of one row of scores, best first; equal scores keep the labels' order.
pub fn top_k(params: &Params) -> Result<Box<dyn Transform>, String> {
    let labels = params.lines("labels")?;
    let k = params.size("k", Some(5), 1)?;
    function(move |inputs| named(inputs, &labels, k, f64::NEG_INFINITY))
}

/// `tensors.labels_above`: every label of one row whose score is at least `min`, best first.
pub fn labels_above(params: &Params) -> Result<Box<dyn Transform>, String> {
    let labels = params.lines("labels")?;
    let min = params.float("min", Some(0.5))?;
    function(move |inputs| named(inputs, &labels, usize::MAX, min))
}

fn named(inputs: &Inputs, labels: &[Arc<str>], most: usize, min: f64) -> Outputs {
    let scores: View<f32, 2> = inputs.tensor("scores")?;
    if scores.shape != [1, labels.len()] {
        return Err(Reject(format!(
            "`scores` is {:?}, but there are {} labels for one row",
            scores.shape,
            labels.len()
        )));
    }
    let mut found: Vec<(&Arc<str>, f32)> = labels
        .iter()
        .zip(scores.data.iter().copied())
        .filter(|(_, score)| score.is_finite() && f64::from(*score) >= min)
        .collect();
    found.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    found.truncate(most);
    let found: Vec<Json> =
        found.iter().map(|(label, score)| json!({ "label": label.as_ref(), "score": number(*score) })).collect();
    outputs([("best", as_json(Json::from(found)))])
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use serde_json::json;

    use crate::transform::tests::{call, floats, json_of, with_asset};

    #[test]
    fn the_best_labels_come_first() {
        let params = with_asset(json!({"k": 2}), "labels", "a\r\nb\nc\n");
        let out = call("tensors.top_k", params, [("scores", floats(&[1, 3], &[0.25, 0.5, 0.5]))]).unwrap();
        assert_eq!(json_of(&out["best"]), json!([{"label": "b", "score": 0.5}, {"label": "c", "score": 0.5}]));
    }

    #[test]
    fn only_labels_above_the_threshold_remain() {
        let params = with_asset(json!({"min": 0.3}), "labels", "a\nb\nc");
        let out = call("tensors.labels_above", params, [("scores", floats(&[1, 3], &[0.25, 0.5, f32::NAN]))]).unwrap();
        assert_eq!(json_of(&out["best"]), json!([{"label": "b", "score": 0.5}]));
    }

    #[test]
    fn as_many_scores_as_labels() {
        let params = with_asset(json!({}), "labels", "a\nb");
        assert!(call("tensors.top_k", params, [("scores", floats(&[1, 3], &[0.0; 3]))]).is_err());
    }
}
