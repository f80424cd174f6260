//! From an encoded photo to a model's input.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};

use crate::value::Data;

use super::params::Params;
use super::pixels::{Canvas, Look, Photo, Place};
use super::ports::{Inputs, outputs, tensor};
use super::{Outputs, Reject, Transform, function};

/// `images.decode`: JPEG or PNG as 8-bit RGB, turned upright as its EXIF data says. Transparency is dropped.
pub fn decode(params: &Params) -> Result<Box<dyn Transform>, String> {
    let most = params.int("max_pixels", Some(40_000_000), 1..=1 << 30)?.unsigned_abs();
    let upright = params.bool("upright", Some(true))?;
    function(move |inputs| {
        let image = open(inputs.bytes("photo")?, most, upright)?.into_rgb8();
        let shape = vec![image.height() as usize, image.width() as usize, 3];
        outputs([("image", tensor(shape, Data::U8(image.into_raw())))])
    })
}

fn open(bytes: &[u8], most: u64, upright: bool) -> Result<DynamicImage, Reject> {
    let bad = |why: ImageError| Reject(format!("`photo` can't be read: {why}"));
    let format = image::guess_format(bytes).ok();
    let format = format
        .filter(|format| matches!(format, ImageFormat::Png | ImageFormat::Jpeg))
        .ok_or_else(|| Reject("`photo` is neither JPEG nor PNG".into()))?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::no_limits();
    // Eight bytes are the most that one pixel takes, before it becomes RGB; some slack for tables.
    limits.max_alloc = Some(most.saturating_mul(8).saturating_add(1 << 20));
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(bad)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > most {
        return Err(Reject(format!("`photo` is {width} × {height}: more than {most} pixels")));
    }
    // Metadata that can't be read is no reason to refuse a picture that can.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(bad)?;
    if upright {
        image.apply_orientation(orientation);
    }
    Ok(image)
}

/// `images.resize`: to exactly `width` × `height`, whatever the photo's own ratio.
pub fn resize(params: &Params) -> Result<Box<dyn Transform>, String> {
    let (width, height) = sides(params, None)?;
    let look = Look::of(params, [0.0; 3], [1.0; 3])?;
    function(move |inputs| {
        let photo = Photo::of(inputs)?;
        let place = Place { left: 0, top: 0, width, height };
        let mut canvas = Canvas::new(1, height, width)?;
        canvas.draw(0, &photo, &photo.whole(), place, &look);
        outputs([("pixels", canvas.value())])
    })
}

/// `width` and `height` of an output.
pub fn sides(params: &Params, default: Option<i64>) -> Result<(usize, usize), String> {
    let width = params.size("width", default, 1)?;
    let height = params.size("height", default, 1)?;
    super::elements(&[3, height, width]).map_err(|Reject(why)| why)?;
    Ok((width, height))
}

/// `images.letterbox`: as large as fits `width` × `height` at the photo's own ratio, centred on grey.
pub fn letterbox(params: &Params) -> Result<Box<dyn Transform>, String> {
    let (width, height) = sides(params, None)?;
    let fill = params.float("fill", Some(114.0))? as f32;
    let look = Look::of(params, [0.0; 3], [1.0; 3])?;
    function(move |inputs| {
        let photo = Photo::of(inputs)?;
        let (w, h) = (photo.width as f64, photo.height as f64);
        let ratio = (width as f64 / w).min(height as f64 / h);
        let drawn = |side: f64, most: usize| ((side * ratio).round() as usize).clamp(1, most);
        let (across, down) = (drawn(w, width), drawn(h, height));
        let place = Place { left: (width - across) / 2, top: (height - down) / 2, width: across, height: down };
        let mut canvas = Canvas::new(1, height, width)?;
        canvas.fill(fill, &look);
        canvas.draw(0, &photo, &photo.whole(), place, &look);
        let placement = vec![(across as f64 / w) as f32, (down as f64 / h) as f32, place.left as f32, place.top as f32];
        outputs([("pixels", canvas.value()), ("placement", tensor(vec![4], Data::F32(placement)))])
    })
}

/// `images.scale_to`: no side longer than `longest`, and each a multiple of `multiple`, as fully convolutional models
/// ask for. A smaller photo keeps its size but for the rounding.
pub fn scale_to(params: &Params) -> Result<Box<dyn Transform>, String> {
    let longest = params.size("longest", Some(960), 1)?;
    let multiple = params.size("multiple", Some(32), 1)?;
    if multiple > longest || longest > 16_384 {
        return Err("`longest` must be at least `multiple` and at most 16384".into());
    }
    let look = Look::of(params, [0.0; 3], [1.0; 3])?;
    function(move |inputs| scaled(inputs, longest, multiple, &look))
}

fn scaled(inputs: &Inputs, longest: usize, multiple: usize, look: &Look) -> Outputs {
    let photo = Photo::of(inputs)?;
    let ratio = (longest as f64 / photo.width.max(photo.height) as f64).min(1.0);
    let most = longest / multiple;
    let side = |length: usize| {
        let steps = (length as f64 * ratio / multiple as f64 + 0.5).floor() as usize;
        steps.clamp(1, most.max(1)) * multiple
    };
    let (width, height) = (side(photo.width), side(photo.height));
    let mut canvas = Canvas::new(1, height, width)?;
    canvas.draw(0, &photo, &photo.whole(), Place { left: 0, top: 0, width, height }, look);
    outputs([("pixels", canvas.value())])
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use std::io::Cursor;

    use image::{ImageFormat, RgbImage};
    use serde_json::json;

    use crate::transform::ports::tensor;
    use crate::transform::tests::{bytes, call, f32s};
    use crate::value::{Data, Value};

    fn png(width: u32, height: u32) -> Vec<u8> {
        let picture = RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8, y as u8, 7]));
        let mut out = Cursor::new(Vec::new());
        picture.write_to(&mut out, ImageFormat::Png).unwrap();
        out.into_inner()
    }

    fn photo(height: usize, width: usize, data: &[u8]) -> Value {
        tensor(vec![height, width, 3], Data::U8(data.to_vec()))
    }

    #[test]
    fn a_png_decodes_to_its_pixels() {
        let out = call("images.decode", json!({}), [("photo", bytes(&png(2, 1)))]).unwrap();
        assert_eq!(out["image"], photo(1, 2, &[0, 0, 7, 1, 0, 7]));
    }

    #[test]
    fn a_photo_is_turned_upright_as_its_camera_says() {
        let mut jpeg = Cursor::new(Vec::new());
        RgbImage::new(4, 2).write_to(&mut jpeg, ImageFormat::Jpeg).unwrap();
        // EXIF with one entry: orientation (0x112) 6, turn right by a quarter.
        let exif = b"\xff\xe1\0\x22Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        let mut turned = jpeg.into_inner();
        turned.splice(2..2, *exif);
        for (upright, shape) in [(true, [4, 2, 3]), (false, [2, 4, 3])] {
            let out = call("images.decode", json!({ "upright": upright }), [("photo", bytes(&turned))]).unwrap();
            let Value::Tensor(image) = &out["image"] else { panic!("{out:?}") };
            assert_eq!(image.shape, shape);
        }
    }

    #[test]
    fn a_photo_above_the_limit_is_refused_before_it_is_decoded() {
        let why = call("images.decode", json!({"max_pixels": 5}), [("photo", bytes(&png(3, 2)))]).unwrap_err();
        assert_eq!(why.0, "`photo` is 3 × 2: more than 5 pixels");
    }

    #[test]
    fn what_is_no_photo_is_refused() {
        for (content, reason) in [(&b"hello"[..], "neither JPEG nor PNG"), (&png(9, 9)[..40], "can't be read")] {
            let why = call("images.decode", json!({}), [("photo", bytes(content))]).unwrap_err();
            assert!(why.0.contains(reason), "{}", why.0);
        }
    }

    #[test]
    fn resizing_mixes_neighbours_and_normalises() {
        let params = json!({"width": 4, "height": 1, "scale": 1, "mean": [0, 0, 1], "std": [1, 1, 2], "order": "bgr"});
        let out = call("images.resize", params, [("image", photo(1, 2, &[0, 10, 20, 8, 10, 40]))]).unwrap();
        let (shape, data) = f32s(&out["pixels"]);
        assert_eq!(shape, [1, 3, 1, 4]);
        assert_eq!(data, [20.0, 25.0, 35.0, 40.0, 10.0, 10.0, 10.0, 10.0, -0.5, 0.5, 2.5, 3.5]);
    }

    #[test]
    fn a_letterboxed_photo_is_centred_on_grey() {
        let params = json!({"width": 4, "height": 4, "scale": 1, "fill": 9});
        let out = call("images.letterbox", params, [("image", photo(1, 2, &[1; 6]))]).unwrap();
        let plane = [[9.0; 4], [1.0; 4], [1.0; 4], [9.0; 4]].concat();
        assert_eq!(f32s(&out["pixels"]), (vec![1, 3, 4, 4], plane.repeat(3)));
        assert_eq!(f32s(&out["placement"]).1, [2.0, 2.0, 0.0, 1.0]);
    }

    #[test]
    fn scaling_keeps_to_the_longest_side_and_the_multiple() {
        let sizes = [((64, 64), (64, 64)), ((100, 40), (96, 32)), ((1, 200), (32, 128)), ((4, 4), (32, 32))];
        for ((height, width), (rows, columns)) in sizes {
            let image = photo(height, width, &vec![0; height * width * 3]);
            let out = call("images.scale_to", json!({"longest": 128}), [("image", image)]).unwrap();
            assert_eq!(f32s(&out["pixels"]).0, [1, 3, rows, columns]);
        }
    }
}
