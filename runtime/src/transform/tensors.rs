//! Arithmetic on tensors that follows a model: rows of scores, embeddings.

use crate::value::Data;

use super::params::Params;
use super::ports::{Inputs, View, outputs, tensor};
use super::{Outputs, Reject, Transform, function};

/// `tensors.softmax`: each row's exponentials over their sum.
pub fn softmax(_: &Params) -> Result<Box<dyn Transform>, String> {
    function(|inputs| {
        map_rows(inputs, "scores", "probabilities", |row, out| {
            let top = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let exponentials: Vec<f64> = row.iter().map(|x| f64::from(x - top).exp()).collect();
            let sum: f64 = exponentials.iter().sum();
            out.extend(exponentials.iter().map(|x| (x / sum) as f32));
        })
    })
}

/// `tensors.sigmoid`: 1 / (1 + e⁻ˣ), element by element.
pub fn sigmoid(_: &Params) -> Result<Box<dyn Transform>, String> {
    function(|inputs| {
        map_rows(inputs, "scores", "probabilities", |row, out| {
            out.extend(row.iter().map(|x| (1.0 / (1.0 + (-f64::from(*x)).exp())) as f32));
        })
    })
}

/// `tensors.l2_normalize`: each row divided by its length; a row of zeros stays as it is.
pub fn l2_normalize(_: &Params) -> Result<Box<dyn Transform>, String> {
    function(|inputs| {
        map_rows(inputs, "vectors", "unit", |row, out| {
            let length = row.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
            let length = if length == 0.0 { 1.0 } else { length };
            out.extend(row.iter().map(|x| (f64::from(*x) / length) as f32));
        })
    })
}

fn map_rows(inputs: &Inputs, from: &str, to: &str, map: impl Fn(&[f32], &mut Vec<f32>)) -> Outputs {
    let rows: View<f32, 2> = inputs.tensor(from)?;
    let mut out = Vec::with_capacity(rows.data.len());
    rows.rows().for_each(|row| map(row, &mut out));
    outputs([(to, tensor(rows.shape.to_vec(), Data::F32(out)))])
}

/// `tensors.argmax`: where each row is largest; the first of equals.
pub fn argmax(_: &Params) -> Result<Box<dyn Transform>, String> {
    function(|inputs| {
        let rows: View<f32, 2> = inputs.tensor("scores")?;
        let best: Option<Vec<i64>> = rows.rows().map(|row| largest(row).map(|(at, _)| at as i64)).collect();
        let best = best.ok_or_else(|| Reject("`scores` has a row without a largest number".into()))?;
        outputs([("index", tensor(vec![best.len()], Data::I64(best)))])
    })
}

/// Place and size of the first of the largest numbers; `None` where there are only NaNs.
pub fn largest(row: &[f32]) -> Option<(usize, f32)> {
    let mut best: Option<(usize, f32)> = None;
    for (at, x) in row.iter().copied().enumerate() {
        if !x.is_nan() && best.is_none_or(|(_, most)| x > most) {
            best = Some((at, x));
        }
    }
    best
}

/// `tensors.threshold`: which elements are at least `min`.
pub fn threshold(params: &Params) -> Result<Box<dyn Transform>, String> {
    let min = params.float("min", Some(0.5))?;
    function(move |inputs| {
        let rows: View<f32, 2> = inputs.tensor("scores")?;
        let above: Vec<bool> = rows.data.iter().map(|x| f64::from(*x) >= min).collect();
        outputs([("above", tensor(rows.shape.to_vec(), Data::Bool(above)))])
    })
}

/// `tensors.mean_pool`: the mean over tokens that the mask keeps: a sentence's vector from its tokens' vectors.
pub fn mean_pool(_: &Params) -> Result<Box<dyn Transform>, String> {
    function(|inputs| {
        let tokens: View<f32, 3> = inputs.tensor("vectors")?;
        let mask: View<i64, 2> = inputs.tensor("mask")?;
        let [batch, length, size] = tokens.shape;
        if mask.shape != [batch, length] {
            return Err(Reject(format!(
                "`mask` is {:?}, but `vectors` holds {batch} rows of {length} tokens",
                mask.shape
            )));
        }
        super::elements(&[batch, size])?;
        let mut out = Vec::with_capacity(batch * size);
        for (row, keep) in mask.rows().enumerate() {
            let mut sums = vec![0.0_f64; size];
            let mut count = 0.0_f64;
            for (at, _) in keep.iter().enumerate().filter(|(_, keep)| **keep != 0) {
                let start = (row * length + at) * size;
                let token = tokens.data.get(start..start + size).unwrap_or_default();
                sums.iter_mut().zip(token).for_each(|(sum, x)| *sum += f64::from(*x));
                count += 1.0;
            }
            out.extend(sums.iter().map(|sum| (sum / count.max(1.0)) as f32));
        }
        outputs([("pooled", tensor(vec![batch, size], Data::F32(out)))])
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use serde_json::json;

    use crate::transform::ports::tensor;
    use crate::transform::tests::{call, f32s, floats};
    use crate::value::Data;

    #[test]
    fn softmax_of_large_numbers_stays_finite() {
        let out = call("tensors.softmax", json!({}), [("scores", floats(&[1, 2], &[1000.0, 1000.0]))]).unwrap();
        assert_eq!(f32s(&out["probabilities"]), (vec![1, 2], vec![0.5, 0.5]));
    }

    #[test]
    fn sigmoid_of_zero_is_a_half() {
        let out = call("tensors.sigmoid", json!({}), [("scores", floats(&[1, 2], &[0.0, -1e9]))]).unwrap();
        assert_eq!(f32s(&out["probabilities"]).1, vec![0.5, 0.0]);
    }

    #[test]
    fn argmax_takes_the_first_of_equals_and_skips_nan() {
        let out =
            call("tensors.argmax", json!({}), [("scores", floats(&[2, 3], &[f32::NAN, 2.0, 2.0, 3.0, 1.0, 0.0]))]);
        assert_eq!(out.unwrap()["index"], tensor(vec![2], Data::I64(vec![1, 0])));
    }

    #[test]
    fn argmax_refuses_a_row_of_nan() {
        assert!(call("tensors.argmax", json!({}), [("scores", floats(&[1, 1], &[f32::NAN]))]).is_err());
    }

    #[test]
    fn unit_vectors_have_length_one() {
        let out =
            call("tensors.l2_normalize", json!({}), [("vectors", floats(&[2, 2], &[3.0, 4.0, 0.0, 0.0]))]).unwrap();
        assert_eq!(f32s(&out["unit"]).1, vec![0.6, 0.8, 0.0, 0.0]);
    }

    #[test]
    fn pooling_leaves_masked_tokens_out() {
        let mask = tensor(vec![1, 3], Data::I64(vec![1, 1, 0]));
        let vectors = floats(&[1, 3, 2], &[1.0, 2.0, 3.0, 4.0, 99.0, 99.0]);
        let out = call("tensors.mean_pool", json!({}), [("vectors", vectors), ("mask", mask)]).unwrap();
        assert_eq!(f32s(&out["pooled"]), (vec![1, 2], vec![2.0, 3.0]));
    }

    #[test]
    fn the_wrong_rank_is_refused_by_name() {
        let why = call("tensors.softmax", json!({}), [("scores", floats(&[2], &[0.0, 1.0]))]).unwrap_err();
        assert_eq!(why.0, "`scores` has 1 dimensions, not 2");
    }
}
