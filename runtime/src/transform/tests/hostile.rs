//! Every builtin against values that no checker has seen: wrong kinds, ranks, lengths, NaNs and random bytes. It may
//! refuse; it may not panic.

use std::collections::BTreeMap;

use crate::transform::ports::{json, tensor, text};
use crate::transform::tests::{bytes, params, stdlib};
use crate::transform::{Params, build};
use crate::value::{Data, Value};

/// Xorshift: the same values in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n
    }

    fn float(&mut self) -> f32 {
        match self.below(8) {
            0 => f32::NAN,
            1 => f32::INFINITY,
            2 => -1e30,
            3 => f32::MAX,
            _ => self.below(400) as f32 / 10.0 - 10.0,
        }
    }

    fn bytes(&mut self) -> Vec<u8> {
        let heads: [&[u8]; 4] =
            [b"", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"\xff\xd8\xff\xe0", b"RIFF....WAVEfmt \x10\0\0\0\x01\0"];
        let mut out = heads[self.below(4)].to_vec();
        let more = self.below(80);
        out.extend(
            (0..more).map(|_| if self.0.is_multiple_of(3) { self.below(4) as u8 } else { self.below(256) as u8 }),
        );
        out
    }

    fn shape(&mut self, rank: usize) -> Vec<usize> {
        (0..rank).map(|_| [0, 1, 1, 2, 3, 4, 5, 33][self.below(8)]).collect()
    }

    /// Mostly a value of the declared type, sometimes anything.
    fn value(&mut self, ty: &str) -> Value {
        let kind = if self.below(8) == 0 { ["bytes", "text", "json", "tensor<f32>[a, b]"][self.below(4)] } else { ty };
        if let Some(element) = kind.strip_prefix("tensor<") {
            let declared = kind.split('[').nth(1).unwrap().split(',').count();
            let rank = if self.below(8) == 0 { self.below(6) } else { declared };
            return self.tensor(element, rank);
        }
        match kind {
            "text" | "string" => text(["", "a b", "\u{0}ä\r\n\n x", "  "][self.below(4)]),
            kind if kind.starts_with("list") => {
                json(serde_json::json!([["a", "b"].as_slice(), &[""], &[]][self.below(3)]))
            }
            "json" => json(serde_json::json!({"a": [1, null, "x"]})),
            _ => bytes(&self.bytes()),
        }
    }

    fn tensor(&mut self, element: &str, rank: usize) -> Value {
        let mut shape = self.shape(rank);
        if let Some(last) = shape.last_mut()
            && self.below(3) > 0
        {
            *last = if element.starts_with("u8") { 3 } else { 4 };
        }
        let length = shape.iter().product::<usize>() + usize::from(self.below(20) == 0);
        let data = match &element[..2] {
            "u8" => Data::U8((0..length).map(|_| self.below(256) as u8).collect()),
            "i6" => Data::I64((0..length).map(|_| self.below(5) as i64 - 2).collect()),
            _ => Data::F32((0..length).map(|_| self.float()).collect()),
        };
        tensor(shape, data)
    }
}

#[test]
fn no_input_makes_a_transform_panic() {
    let mut random = Random(0x5eed);
    let mut answered = BTreeMap::<String, u32>::new();
    for declared in stdlib::transforms() {
        let bound = build(&declared.handler, &declared.params(true)).unwrap();
        for _ in 0..2000 {
            let mut values: BTreeMap<String, Value> =
                declared.inputs.iter().map(|(name, ty)| (name.clone(), random.value(ty))).collect();
            if random.below(30) == 0 {
                values.pop_first();
            }
            if let Ok(out) = bound.call(&values) {
                assert!(out.keys().eq(declared.outputs.keys()), "{}: {:?}", declared.handler, out.keys());
                *answered.entry(declared.handler.clone()).or_default() += 1;
            }
        }
    }
    // Random bytes are hardly ever a photo or a recording; everything else must have had something to do.
    let idle: Vec<_> = super::super::names().filter(|name| !answered.contains_key(*name)).collect();
    assert_eq!(idle, ["audio.decode", "images.decode"]);
}

#[test]
fn no_parameter_makes_binding_panic() {
    let odd = serde_json::json!([0, -1, 1e300, 1_u64 << 40, "", "x", true, null, [], [1, 2, 3], {"a": 1}, "file:\u{0}", "file:"]);
    for declared in stdlib::transforms() {
        for name in declared.params(false).keys().chain(declared.params(true).keys()) {
            for value in odd.as_array().unwrap() {
                let mut given = declared.params(true);
                given.extend(params(&serde_json::json!({ name: value })));
                let _ = build(&declared.handler, &given).map(drop);
                let _ = Params::new(&given).all_known();
            }
        }
    }
}

/// A photo, cut or changed at any place, decodes or is refused.
#[test]
fn damaged_photos_and_recordings_never_panic() {
    let picture = image::RgbImage::from_fn(17, 9, |x, y| image::Rgb([(x * 13) as u8, (y * 29) as u8, (x ^ y) as u8]));
    let mut random = Random(77);
    for format in [image::ImageFormat::Png, image::ImageFormat::Jpeg] {
        let mut whole = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut whole, format).unwrap();
        let whole = whole.into_inner();
        let decode = build("images.decode", &params(&serde_json::json!({"max_pixels": 1000}))).unwrap();
        for _ in 0..1500 {
            let mut damaged = whole.clone();
            for _ in 0..=random.below(3) {
                let at = random.below(damaged.len());
                damaged[at] = random.below(256) as u8;
            }
            damaged.truncate(damaged.len() - random.below(2) * random.below(damaged.len()));
            let _ = decode.call(&BTreeMap::from([("photo".to_owned(), bytes(&damaged))]));
        }
    }
}
