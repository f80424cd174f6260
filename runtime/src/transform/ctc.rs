//! From a recogniser's probabilities to lines of text.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::value::Data;

use super::params::Params;
use super::ports::{Inputs, View, json as as_json, number, outputs, tensor};
use super::tensors::largest;
use super::{Outputs, Reject, Transform, function};

/// `ocr.ctc_decode`: greedy decoding. Class 0 is the blank, class `i` the alphabet's line `i`; repeats count once. A
/// line's score is the mean probability of the characters kept, 0 for an empty one.
pub fn ctc_decode(params: &Params) -> Result<Box<dyn Transform>, String> {
    let alphabet = params.lines("alphabet")?;
    function(move |inputs| {
        let steps: View<f32, 3> = inputs.tensor("probabilities")?;
        let [lines, length, classes] = steps.shape;
        if classes != alphabet.len() + 1 {
            return Err(Reject(format!(
                "`probabilities` has {classes} classes, but the alphabet's {} characters and the blank make {}",
                alphabet.len(),
                alphabet.len() + 1
            )));
        }
        let line = |n: usize| {
            let size = length * classes;
            read(steps.data.get(n * size..(n + 1) * size).unwrap_or_default(), &alphabet)
        };
        let (texts, scores): (Vec<Json>, Vec<f32>) = (0..lines).map(line).unzip();
        outputs([("texts", as_json(Json::from(texts))), ("scores", tensor(vec![lines], Data::F32(scores)))])
    })
}

fn read(steps: &[f32], alphabet: &[Arc<str>]) -> (Json, f32) {
    let (mut text, mut sum, mut count, mut previous) = (String::new(), 0.0_f64, 0_u32, 0);
    for step in steps.chunks(alphabet.len() + 1) {
        let (class, probability) = largest(step).unwrap_or((0, 0.0));
        let character = class.checked_sub(1).and_then(|at| alphabet.get(at));
        if let Some(character) = character
            && class != previous
        {
            text.push_str(character);
            sum += f64::from(probability);
            count += 1;
        }
        previous = class;
    }
    (Json::from(text), if count == 0 { 0.0 } else { (sum / f64::from(count)) as f32 })
}

/// `ocr.keep`: lines that read as something with a score of at least `min`, each with its box.
pub fn keep(params: &Params) -> Result<Box<dyn Transform>, String> {
    let min = params.float("min", Some(0.5))?;
    function(move |inputs| kept(inputs, min))
}

fn kept(inputs: &Inputs, min: f64) -> Outputs {
    let texts = inputs.texts("texts")?;
    let scores: View<f32, 1> = inputs.tensor("scores")?;
    let boxes: View<f32, 2> = inputs.tensor("boxes")?;
    let [n, four] = boxes.shape;
    let blank = n == 0 && texts.len() == 1;
    if four != 4 || texts.len() != scores.data.len() || (texts.len() != n && !blank) {
        return Err(Reject(format!(
            "{} texts, {} scores and `boxes` of {:?} don't belong together",
            texts.len(),
            scores.data.len(),
            boxes.shape
        )));
    }
    let (mut lines, mut kept) = (Vec::new(), Vec::new());
    for ((text, score), corners) in texts.iter().zip(scores.data).zip(boxes.rows()) {
        if !text.trim().is_empty() && f64::from(*score) >= min {
            let corners: Vec<Json> = corners.iter().map(|x| number(*x)).collect();
            lines.push(json!({ "text": text, "score": number(*score), "box": corners }));
            kept.push(Json::from(*text));
        }
    }
    outputs([("lines", as_json(Json::from(lines))), ("kept", as_json(Json::from(kept)))])
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use serde_json::{Value as Json, json};

    use crate::transform::ports::json as as_json;
    use crate::transform::tests::{call, f32s, floats, json_of, with_asset};

    fn alphabet() -> Json {
        with_asset(json!({}), "alphabet", "a\nb\n \n")
    }

    #[test]
    fn repeats_count_once_unless_a_blank_parts_them() {
        let steps: Vec<f32> = [1, 1, 0, 1, 3, 2]
            .iter()
            .flat_map(|class| (0..4).map(move |at| if at == *class { 0.7 } else { 0.1 }))
            .collect();
        let out = call("ocr.ctc_decode", alphabet(), [("probabilities", floats(&[1, 6, 4], &steps))]).unwrap();
        assert_eq!(json_of(&out["texts"]), json!(["aa b"]));
        assert_eq!(f32s(&out["scores"]).1, [0.7]);
    }

    #[test]
    fn blanks_alone_read_as_nothing() {
        let steps = [1.0, 0.0, 0.0, 0.0];
        let out = call("ocr.ctc_decode", alphabet(), [("probabilities", floats(&[1, 1, 4], &steps))]).unwrap();
        assert_eq!((json_of(&out["texts"]), f32s(&out["scores"]).1), (json!([""]), vec![0.0]));
    }

    #[test]
    fn an_alphabet_of_another_size_is_refused() {
        assert!(call("ocr.ctc_decode", alphabet(), [("probabilities", floats(&[1, 1, 5], &[0.0; 5]))]).is_err());
    }

    #[test]
    fn sure_lines_stay_with_their_boxes() {
        let values = [
            ("texts", as_json(json!(["a", "b", " "]))),
            ("scores", floats(&[3], &[0.75, 0.25, 1.0])),
            ("boxes", floats(&[3, 4], &[1.0; 12])),
        ];
        let out = call("ocr.keep", json!({}), values).unwrap();
        assert_eq!(json_of(&out["lines"]), json!([{"text": "a", "score": 0.75, "box": [1.0, 1.0, 1.0, 1.0]}]));
        assert_eq!(json_of(&out["kept"]), json!(["a"]));
    }

    #[test]
    fn the_blank_line_of_an_empty_page_goes() {
        let values =
            [("texts", as_json(json!([""]))), ("scores", floats(&[1], &[0.0])), ("boxes", floats(&[0, 4], &[]))];
        assert_eq!(json_of(&call("ocr.keep", json!({}), values).unwrap()["lines"]), json!([]));
    }
}
