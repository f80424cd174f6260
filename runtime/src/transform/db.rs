//! From a text detector's probability map (DBNet) to boxes around lines of text.
//!
//! Boxes are upright rectangles: right for documents, screens and signs seen straight on, too wide for text at a
//! slant.

use crate::value::Data;

use super::params::Params;
use super::pixels::Photo;
use super::ports::{Inputs, View, outputs, tensor};
use super::{Outputs, Reject, Transform, function};

/// `ocr.db_boxes`: connected parts of the map above `threshold` whose mean is at least `min`, each grown by
/// `grow` × area ÷ circumference (the detector is trained to mark shrunken lines), in pixels of the photo and in
/// reading order.
pub fn db_boxes(params: &Params) -> Result<Box<dyn Transform>, String> {
    let finder = Finder {
        threshold: params.float("threshold", Some(0.3))?,
        min: params.float("min", Some(0.6))?,
        grow: params.float("grow", Some(1.5))?,
        least: params.size("min_side", Some(3), 1)?,
        most: params.size("most", Some(1000), 1)?,
    };
    if finder.grow < 0.0 {
        return Err("`grow` must not be negative".into());
    }
    function(move |inputs| finder.call(inputs))
}

struct Finder {
    threshold: f64,
    min: f64,
    grow: f64,
    /// Parts thinner than this are noise, in pixels of the map.
    least: usize,
    most: usize,
}

/// A connected part of the map: its bounds, inclusive, and the mean over its own pixels.
struct Part {
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
    mean: f64,
}

/// Left, top, right, bottom in whole pixels of the photo, and the score.
type Found = ([f64; 4], f64);

impl Finder {
    fn call(&self, inputs: &Inputs) -> Outputs {
        let map: View<f32, 4> = inputs.tensor("map")?;
        let photo = Photo::of(inputs)?;
        let [1, 1, rows, columns] = map.shape else {
            return Err(Reject(format!("`map` is {:?}, not 1 × 1 × rows × columns", map.shape)));
        };
        let across = photo.width as f64 / columns.max(1) as f64;
        let down = photo.height as f64 / rows.max(1) as f64;
        let mut found: Vec<Found> = parts(map.data, columns, |x| f64::from(x) > self.threshold)
            .iter()
            .filter(|part| part.mean >= self.min)
            .filter_map(|part| self.grown(part, across, down, &photo))
            .collect();
        found.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        found.truncate(self.most);
        let found = reading_order(found);
        let corners = found.iter().flat_map(|(corners, _)| corners.iter().map(|x| *x as f32)).collect();
        outputs([
            ("boxes", tensor(vec![found.len(), 4], Data::F32(corners))),
            ("scores", tensor(vec![found.len()], Data::F32(found.iter().map(|(_, score)| *score as f32).collect()))),
        ])
    }

    fn grown(&self, part: &Part, across: f64, down: f64, photo: &Photo) -> Option<Found> {
        let (width, height) = (part.right + 1 - part.left, part.bottom + 1 - part.top);
        if width.min(height) < self.least {
            return None;
        }
        let (w, h) = (width as f64, height as f64);
        let by = self.grow * w * h / (2.0 * (w + h));
        let place = |at: f64, scale: f64, most: usize| (at * scale + 0.5).floor().clamp(0.0, most as f64);
        let corners = [
            place(part.left as f64 - by, across, photo.width),
            place(part.top as f64 - by, down, photo.height),
            place((part.right + 1) as f64 + by, across, photo.width),
            place((part.bottom + 1) as f64 + by, down, photo.height),
        ];
        let [left, top, right, bottom] = corners;
        (left < right && top < bottom).then_some((corners, part.mean))
    }
}

/// Parts of a map whose pixels touch, at corners too, in the order in which a scan meets them.
fn parts(map: &[f32], columns: usize, marked: impl Fn(f32) -> bool) -> Vec<Part> {
    let mut open: Vec<bool> = map.iter().map(|x| marked(*x)).collect();
    let mut found = Vec::new();
    let mut stack = Vec::new();
    for start in 0..map.len() {
        if !take(&mut open, start) {
            continue;
        }
        stack.push(start);
        let (mut part, mut sum, mut count) = (None::<Part>, 0.0_f64, 0.0_f64);
        while let Some(at) = stack.pop() {
            let (x, y) = (at % columns, at / columns);
            sum += f64::from(map.get(at).copied().unwrap_or_default());
            count += 1.0;
            part = Some(part.map_or(Part { left: x, top: y, right: x, bottom: y, mean: 0.0 }, |p| Part {
                left: p.left.min(x),
                top: p.top.min(y),
                right: p.right.max(x),
                bottom: p.bottom.max(y),
                mean: 0.0,
            }));
            for row in y.saturating_sub(1)..=y + 1 {
                for column in x.saturating_sub(1)..=(x + 1).min(columns - 1) {
                    let near = row * columns + column;
                    if take(&mut open, near) {
                        stack.push(near);
                    }
                }
            }
        }
        found.extend(part.map(|part| Part { mean: sum / count, ..part }));
    }
    found
}

/// Whether a pixel is marked and not taken yet; it is taken now.
fn take(open: &mut [bool], at: usize) -> bool {
    open.get_mut(at).is_some_and(std::mem::take)
}

/// Rows from top to bottom, boxes of a row from left to right. Boxes share a row when their middles are at most half
/// the smaller height apart.
fn reading_order(mut found: Vec<Found>) -> Vec<Found> {
    let middle = |[_, top, _, bottom]: &[f64; 4]| (top + bottom) / 2.0;
    found.sort_by(|(a, _), (b, _)| middle(a).total_cmp(&middle(b)).then(a[0].total_cmp(&b[0])));
    let mut rows: Vec<(f64, f64, Vec<Found>)> = Vec::new();
    for one in found {
        let (at, height) = (middle(&one.0), one.0[3] - one.0[1]);
        match rows.last_mut() {
            Some((row, row_height, boxes)) if (at - *row).abs() <= 0.5 * height.min(*row_height) => boxes.push(one),
            _ => rows.push((at, height, vec![one])),
        }
    }
    rows.iter_mut().for_each(|(_, _, boxes)| boxes.sort_by(|(a, _), (b, _)| a[0].total_cmp(&b[0])));
    rows.into_iter().flat_map(|(_, _, boxes)| boxes).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use serde_json::json;

    use crate::transform::ports::tensor;
    use crate::transform::tests::{call, f32s, floats};
    use crate::value::{Data, Value};

    /// A map of `rows` × `columns` with rectangles (left, top, right, bottom, exclusive) of one probability.
    fn map(rows: usize, columns: usize, marks: &[([usize; 4], f32)]) -> Value {
        let mut data = vec![0.0; rows * columns];
        for ([left, top, right, bottom], p) in marks {
            for y in *top..*bottom {
                data[y * columns + left..y * columns + right].fill(*p);
            }
        }
        floats(&[1, 1, rows, columns], &data)
    }

    fn photo(height: usize, width: usize) -> Value {
        tensor(vec![height, width, 3], Data::U8(vec![0; height * width * 3]))
    }

    #[test]
    fn boxes_grow_and_are_scaled_to_the_photo() {
        let values = [("map", map(32, 64, &[([10, 10, 30, 14], 0.75)])), ("image", photo(64, 128))];
        let out = call("ocr.db_boxes", json!({"grow": 1.2}), values).unwrap();
        // 20 × 4 grows by 1.2 · 80 / 48 = 2 on each side, then everything doubles.
        assert_eq!(f32s(&out["boxes"]), (vec![1, 4], vec![16.0, 16.0, 64.0, 32.0]));
        assert_eq!(f32s(&out["scores"]).1, [0.75]);
    }

    #[test]
    fn thin_and_unsure_parts_are_left_out() {
        let marks = [([0, 0, 20, 2], 0.9), ([0, 10, 20, 14], 0.5), ([0, 20, 20, 24], 0.1)];
        let out = call("ocr.db_boxes", json!({}), [("map", map(32, 32, &marks)), ("image", photo(32, 32))]).unwrap();
        assert_eq!(f32s(&out["boxes"]), (vec![0, 4], vec![]));
    }

    #[test]
    fn boxes_come_in_reading_order() {
        let marks = [([40, 4, 60, 10], 0.9), ([0, 5, 20, 11], 0.7), ([0, 20, 20, 26], 0.8)];
        let out = call("ocr.db_boxes", json!({"grow": 0}), [("map", map(32, 64, &marks)), ("image", photo(32, 64))]);
        assert_eq!(f32s(&out.unwrap()["scores"]).1, [0.7, 0.9, 0.8]);
    }

    #[test]
    fn corners_join_parts() {
        let marks = [([0, 0, 4, 4], 0.9), ([4, 4, 8, 8], 0.9)];
        let out =
            call("ocr.db_boxes", json!({"grow": 0}), [("map", map(8, 8, &marks)), ("image", photo(8, 8))]).unwrap();
        assert_eq!(f32s(&out["boxes"]).1, [0.0, 0.0, 8.0, 8.0]);
    }
}
