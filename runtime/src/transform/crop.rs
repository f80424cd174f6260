//! Cutting boxes out of a photo, as a batch for the next model.

use super::params::Params;
use super::pixels::{Canvas, Look, Photo, Place, Region};
use super::ports::{Inputs, View, outputs};
use super::{Reject, Transform, function, images};

/// `images.crop`: each box resized to `width` × `height`.
pub fn crop(params: &Params) -> Result<Box<dyn Transform>, String> {
    let (width, height) = images::sides(params, None)?;
    let look = Look::of(params, [0.0; 3], [1.0; 3])?;
    function(move |inputs| {
        let photo = Photo::of(inputs)?;
        let regions = regions(inputs, &photo)?;
        let mut canvas = Canvas::new(regions.len(), height, width)?;
        for (n, region) in regions.iter().enumerate() {
            canvas.draw(n, &photo, region, Place { left: 0, top: 0, width, height }, &look);
        }
        outputs([("crops", canvas.value())])
    })
}

/// `ocr.crop_lines`: each box at one `height` and its own ratio, in a batch as wide as the widest, zeros behind.
///
/// No box gives one blank line, since recognisers can't run on an empty batch; `ocr.keep` drops it again.
pub fn crop_lines(params: &Params) -> Result<Box<dyn Transform>, String> {
    let height = params.size("height", Some(48), 1)?;
    let least = params.size("min_width", Some(320), 1)?;
    let most = params.size("max_width", Some(3200), 1)?;
    if least > most {
        return Err("`min_width` must not be more than `max_width`".into());
    }
    super::elements(&[3, height, most]).map_err(|Reject(why)| why)?;
    let look = Look::of(params, [0.5; 3], [0.5; 3])?;
    function(move |inputs| {
        let photo = Photo::of(inputs)?;
        let regions = regions(inputs, &photo)?;
        let widths: Vec<usize> = regions.iter().map(|region| line_width(region, height).min(most)).collect();
        let width = widths.iter().copied().fold(least, usize::max);
        let mut canvas = Canvas::new(regions.len().max(1), height, width)?;
        for (n, (region, width)) in regions.iter().zip(widths).enumerate() {
            canvas.draw(n, &photo, region, Place { left: 0, top: 0, width, height }, &look);
        }
        outputs([("lines", canvas.value())])
    })
}

/// How wide a region is at `height`; a box less than a pixel high or wide counts as one pixel.
fn line_width(region: &Region, height: usize) -> usize {
    let ratio = (region.right - region.left).max(1.0) / (region.bottom - region.top).max(1.0);
    (ratio * height as f64).ceil() as usize
}

fn regions(inputs: &Inputs, photo: &Photo) -> Result<Vec<Region>, Reject> {
    let boxes: View<f32, 2> = inputs.tensor("boxes")?;
    if boxes.shape.last() != Some(&4) {
        return Err(Reject(format!("`boxes` is {:?}, not rows of 4", boxes.shape)));
    }
    boxes.rows().map(|corners| photo.inside(corners)).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use serde_json::json;

    use crate::transform::ports::tensor;
    use crate::transform::tests::{call, f32s, floats};
    use crate::value::{Data, Value};

    /// Four by two pixels, each of its own column's number.
    fn photo() -> Value {
        let row: Vec<u8> = (0..4).flat_map(|x| [x; 3]).collect();
        tensor(vec![2, 4, 3], Data::U8(row.repeat(2)))
    }

    #[test]
    fn a_box_is_cut_out_and_boxes_reach_only_to_the_edge() {
        let boxes = floats(&[2, 4], &[1.0, 0.0, 3.0, 2.0, -5.0, -5.0, 99.0, 99.0]);
        let params = json!({"width": 2, "height": 1, "scale": 1});
        let out = call("images.crop", params, [("image", photo()), ("boxes", boxes)]).unwrap();
        let (shape, data) = f32s(&out["crops"]);
        assert_eq!(shape, [2, 3, 1, 2]);
        assert_eq!(data, [[1.0, 2.0].repeat(3), [0.5, 2.5].repeat(3)].concat());
    }

    #[test]
    fn lines_share_the_widest_width() {
        let boxes = floats(&[2, 4], &[0.0, 0.0, 2.0, 2.0, 0.0, 0.0, 4.0, 2.0]);
        let params = json!({"height": 2, "min_width": 3, "scale": 1, "mean": [0, 0, 0], "std": [1, 1, 1]});
        let out = call("ocr.crop_lines", params, [("image", photo()), ("boxes", boxes)]).unwrap();
        let (shape, data) = f32s(&out["lines"]);
        assert_eq!(shape, [2, 3, 2, 4]);
        assert_eq!(data[..4], [0.0, 1.0, 0.0, 0.0]);
        assert_eq!(data[24..28], [0.0, 1.0, 2.0, 3.0]);
    }

    #[test]
    fn no_box_gives_one_blank_line() {
        let out = call("ocr.crop_lines", json!({}), [("image", photo()), ("boxes", floats(&[0, 4], &[]))]).unwrap();
        assert_eq!(f32s(&out["lines"]), (vec![1, 3, 48, 320], vec![0.0; 3 * 48 * 320]));
    }

    #[test]
    fn too_many_lines_are_refused_not_allocated() {
        let boxes = floats(&[9000, 4], &[0.0, 0.0, 4.0, 0.1].repeat(9000));
        let why = call("ocr.crop_lines", json!({}), [("image", photo()), ("boxes", boxes)]).unwrap_err();
        assert!(why.0.contains("larger than"), "{}", why.0);
    }

    #[test]
    fn a_box_that_is_not_finite_is_refused() {
        let boxes = floats(&[1, 4], &[f32::NAN; 4]);
        assert!(call("ocr.crop_lines", json!({}), [("image", photo()), ("boxes", boxes)]).is_err());
    }
}
