//! Boxes that a detector found: left, top, right, bottom.

use crate::value::Data;

use super::params::Params;
use super::ports::{Inputs, View, outputs, tensor};
use super::{Outputs, Reject, Transform, function};

/// `images.place_back`: boxes on a letterboxed picture as boxes on the photo it was made from.
pub fn place_back(_: &Params) -> Result<Box<dyn Transform>, String> {
    function(|inputs| {
        let boxes = quads(inputs)?;
        let placement: View<f32, 1> = inputs.tensor("placement")?;
        let &[across, down, left, top] = placement.data else {
            return Err(Reject(format!("`placement` is {:?}, not 4 numbers", placement.shape)));
        };
        let placed: Vec<f32> = boxes
            .iter()
            .flat_map(|[l, t, r, b]| [(l - left) / across, (t - top) / down, (r - left) / across, (b - top) / down])
            .collect();
        outputs([("placed", tensor(vec![boxes.len(), 4], Data::F32(placed)))])
    })
}

/// `tensors.nms`: of boxes that overlap by more than `overlap` (intersection over union) only the best scored stays.
pub fn nms(params: &Params) -> Result<Box<dyn Transform>, String> {
    let overlap = params.float("overlap", Some(0.45))?;
    let min = params.float("min", Some(0.25))?;
    let most = params.size("most", Some(100), 1)?;
    if most > 10_000 {
        return Err("`most` must be at most 10000".into());
    }
    function(move |inputs| best_boxes(inputs, overlap, min, most))
}

fn best_boxes(inputs: &Inputs, overlap: f64, min: f64, most: usize) -> Outputs {
    let boxes = quads(inputs)?;
    let scores: View<f32, 1> = inputs.tensor("scores")?;
    if scores.data.len() != boxes.len() {
        return Err(Reject(format!("{} boxes have {} scores", boxes.len(), scores.data.len())));
    }
    let mut candidates: Vec<(usize, [f32; 4], f32)> = (boxes.into_iter().zip(scores.data.iter().copied()))
        .enumerate()
        .map(|(at, (corners, score))| (at, corners, score))
        .filter(|(_, corners, score)| f64::from(*score) >= min && corners.iter().all(|x| x.is_finite()))
        .collect();
    candidates.sort_by(|(_, _, a), (_, _, b)| b.total_cmp(a));
    let mut kept: Vec<(usize, [f32; 4], f32)> = Vec::new();
    for candidate in candidates {
        if kept.len() == most {
            break;
        }
        if kept.iter().all(|(_, better, _)| shared(better, &candidate.1) <= overlap) {
            kept.push(candidate);
        }
    }
    let n = kept.len();
    outputs([
        ("kept", tensor(vec![n, 4], Data::F32(kept.iter().flat_map(|(_, corners, _)| *corners).collect()))),
        ("kept_scores", tensor(vec![n], Data::F32(kept.iter().map(|(_, _, score)| *score).collect()))),
        ("index", tensor(vec![n], Data::I64(kept.iter().map(|(at, _, _)| *at as i64).collect()))),
    ])
}

/// Intersection over union; 0 where neither box has an area.
fn shared(a: &[f32; 4], b: &[f32; 4]) -> f64 {
    let [al, at, ar, ab] = a.map(f64::from);
    let [bl, bt, br, bb] = b.map(f64::from);
    let area = |l: f64, t: f64, r: f64, b: f64| (r - l).max(0.0) * (b - t).max(0.0);
    let both = area(al.max(bl), at.max(bt), ar.min(br), ab.min(bb));
    let either = area(al, at, ar, ab) + area(bl, bt, br, bb) - both;
    if either > 0.0 { both / either } else { 0.0 }
}

fn quads(inputs: &Inputs) -> Result<Vec<[f32; 4]>, Reject> {
    let boxes: View<f32, 2> = inputs.tensor("boxes")?;
    let four: Option<Vec<[f32; 4]>> = boxes.rows().map(|row| row.try_into().ok()).collect();
    four.ok_or_else(|| Reject(format!("`boxes` is {:?}, not rows of 4", boxes.shape)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use serde_json::json;

    use crate::transform::ports::tensor;
    use crate::transform::tests::{call, f32s, floats};
    use crate::value::Data;

    #[test]
    fn the_better_of_two_overlapping_boxes_stays() {
        let boxes = [[0.0, 0.0, 10.0, 10.0], [1.0, 0.0, 10.0, 10.0], [20.0, 0.0, 30.0, 10.0], [0.0, 0.0, 1.0, 1.0]];
        let scores = floats(&[4], &[0.5, 0.9, 0.3, 0.1]);
        let values = [("boxes", floats(&[4, 4], &boxes.concat())), ("scores", scores)];
        let out = call("tensors.nms", json!({}), values).unwrap();
        assert_eq!(f32s(&out["kept"]).1, [boxes[1], boxes[2]].concat());
        assert_eq!(f32s(&out["kept_scores"]).1, [0.9, 0.3]);
        assert_eq!(out["index"], tensor(vec![2], Data::I64(vec![1, 2])));
    }

    #[test]
    fn placing_back_undoes_a_letterbox() {
        let values =
            [("boxes", floats(&[1, 4], &[0.0, 1.0, 4.0, 3.0])), ("placement", floats(&[4], &[2.0, 2.0, 0.0, 1.0]))];
        let out = call("images.place_back", json!({}), values).unwrap();
        assert_eq!(f32s(&out["placed"]).1, [0.0, 0.0, 2.0, 1.0]);
    }
}
