//! Drawing a region of a photo into a model's input: the one way in which every builtin resizes.
//!
//! Bilinear with half-pixel centres and clamped edges, without smoothing, as OpenCV's `INTER_LINEAR`: output pixel
//! `i` of `n` that cover `start..end` samples at `start + (i + ½)(end − start)/n − ½`.

use crate::value::Data;

use super::Reject;
use super::params::Params;
use super::ports::{Inputs, View, tensor};

/// A decoded photo: 8-bit RGB, row by row.
pub struct Photo<'a> {
    pub width: usize,
    pub height: usize,
    data: &'a [u8],
}

impl<'a> Photo<'a> {
    /// Takes the photo from port `image`.
    pub fn of(inputs: &Inputs<'a>) -> Result<Self, Reject> {
        let View { shape: [height, width, channels], data } = inputs.tensor::<u8, 3>("image")?;
        if height == 0 || width == 0 || channels != 3 {
            return Err(Reject(format!(
                "`image` is {height} × {width} × {channels}, not height × width × 3 with at least one pixel"
            )));
        }
        Ok(Photo { width, height, data })
    }

    /// All of it.
    pub fn whole(&self) -> Region {
        Region { left: 0.0, top: 0.0, right: self.width as f64, bottom: self.height as f64 }
    }

    /// The part of a box that lies inside, or why there is none.
    pub fn inside(&self, corners: &[f32]) -> Result<Region, Reject> {
        let &[left, top, right, bottom] = corners else {
            return Err(Reject("a box has four numbers: left, top, right, bottom".into()));
        };
        if !corners.iter().all(|x| x.is_finite()) {
            return Err(Reject(format!("a box must be finite, not {corners:?}")));
        }
        let (width, height) = (self.width as f64, self.height as f64);
        let left = f64::from(left).clamp(0.0, width);
        let top = f64::from(top).clamp(0.0, height);
        Ok(Region {
            left,
            top,
            right: f64::from(right).clamp(left, width),
            bottom: f64::from(bottom).clamp(top, height),
        })
    }

    fn row(&self, at: usize) -> &'a [u8] {
        let stride = self.width * 3;
        self.data.get(at * stride..(at + 1) * stride).unwrap_or_default()
    }
}

/// Part of a photo, in pixels, edges included.
#[derive(Debug, Clone, Copy)]
pub struct Region {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

/// How a pixel becomes a model's number: `(pixel × scale − mean) ÷ std`, in RGB or BGR order.
#[derive(Debug, Clone)]
pub struct Look {
    mean: [f32; 3],
    std: [f32; 3],
    scale: f32,
    bgr: bool,
}

impl Look {
    /// Reads `mean`, `std`, `scale` and `order`.
    pub fn of(params: &Params, mean: [f64; 3], std: [f64; 3]) -> Result<Self, String> {
        let mean = params.channels("mean", mean)?;
        let std = params.channels("std", std)?;
        if std.contains(&0.0) {
            return Err("`std` must not hold a zero".into());
        }
        let scale = params.float("scale", Some(1.0 / 255.0))? as f32;
        let bgr = match params.string("order", Some("rgb"))?.as_str() {
            "rgb" => false,
            "bgr" => true,
            other => return Err(format!("`order` must be \"rgb\" or \"bgr\", not \"{other}\"")),
        };
        Ok(Look { mean, std, scale, bgr })
    }

    /// Output channels in order: which channel of the photo, and its mean and deviation.
    fn channels(&self) -> impl Iterator<Item = (usize, f32, f32)> {
        let sources = if self.bgr { [2, 1, 0] } else { [0, 1, 2] };
        sources.into_iter().zip(self.mean.into_iter().zip(self.std)).map(|(from, (mean, std))| (from, mean, std))
    }
}

/// Planes of one or more pictures of one size: a model's `[n, 3, height, width]`.
pub struct Canvas {
    height: usize,
    width: usize,
    data: Vec<f32>,
}

/// Where on a canvas a region lands, in canvas pixels.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    pub left: usize,
    pub top: usize,
    pub width: usize,
    pub height: usize,
}

impl Canvas {
    /// `n` pictures filled with zeros.
    pub fn new(n: usize, height: usize, width: usize) -> Result<Self, Reject> {
        let size = super::elements(&[n, 3, height, width])?;
        Ok(Canvas { height, width, data: vec![0.0; size] })
    }

    /// Fills every picture with one grey level from 0 to 255.
    pub fn fill(&mut self, level: f32, look: &Look) {
        let plane = self.height * self.width;
        let channels: Vec<_> = look.channels().collect();
        for (pixels, (_, mean, std)) in self.data.chunks_mut(plane.max(1)).zip(channels.iter().cycle()) {
            pixels.fill((level * look.scale - mean) / std);
        }
    }

    /// Draws a region of a photo over `place` of picture `n`. What lies outside the canvas is left out.
    pub fn draw(&mut self, n: usize, photo: &Photo, region: &Region, place: Place, look: &Look) {
        let columns = axis(region.left, region.right, place.width, photo.width);
        let rows = axis(region.top, region.bottom, place.height, photo.height);
        let plane = self.height * self.width;
        for (channel, (from, mean, std)) in look.channels().enumerate() {
            let start = (n * 3 + channel) * plane + place.top * self.width;
            let lines = self.data.get_mut(start..).unwrap_or_default().chunks_mut(self.width.max(1));
            for (line, (upper, lower, down)) in lines.zip(&rows) {
                let (upper, lower) = (photo.row(*upper), photo.row(*lower));
                let value = |row: &[u8], x: usize| row.get(x * 3 + from).copied().map_or(0.0, f32::from);
                for (out, (left, right, across)) in line.iter_mut().skip(place.left).zip(&columns) {
                    let above = mix(value(upper, *left), value(upper, *right), *across);
                    let below = mix(value(lower, *left), value(lower, *right), *across);
                    *out = (mix(above, below, *down) * look.scale - mean) / std;
                }
            }
        }
    }

    /// The canvas as a tensor of `[n, 3, height, width]`.
    pub fn value(self) -> crate::value::Value {
        let n = self.data.len() / (3 * self.height * self.width).max(1);
        tensor(vec![n, 3, self.height, self.width], Data::F32(self.data))
    }
}

fn mix(a: f32, b: f32, share: f32) -> f32 {
    a + (b - a) * share
}

/// For each of `n` output pixels: the two pixels of `size` that it lies between, and the second one's share.
fn axis(start: f64, end: f64, n: usize, size: usize) -> Vec<(usize, usize, f32)> {
    let last = size.saturating_sub(1);
    let step = (end - start) / n as f64;
    (0..n)
        .map(|i| {
            let at = (start + (i as f64 + 0.5) * step - 0.5).clamp(0.0, last as f64);
            let floor = at.floor();
            (floor as usize, (floor as usize + 1).min(last), (at - floor) as f32)
        })
        .collect()
}
