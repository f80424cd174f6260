//! From a recording to a model's input.

mod resample;
mod wav;

use crate::value::Data;

use super::params::Params;
use super::ports::{Inputs, View, outputs, tensor};
use super::{Outputs, Reject, Transform, function};

/// `audio.decode`: a WAV file as one channel of samples from −1 to 1 at `rate` a second.
pub fn decode(params: &Params) -> Result<Box<dyn Transform>, String> {
    let rate = params.int("rate", Some(16_000), 4_000..=192_000)?.unsigned_abs() as u32;
    let most = params.size("max_seconds", Some(600), 1)?;
    function(move |inputs| {
        let sound = wav::read(inputs.bytes("sound")?).map_err(|why| Reject(format!("`sound` can't be read: {why}")))?;
        if sound.samples.len() / sound.rate as usize >= most {
            return Err(Reject(format!("`sound` is longer than {most} seconds")));
        }
        super::elements(&[sound.samples.len() / sound.rate as usize + 1, rate as usize])?;
        let samples = resample::resample(sound.samples, sound.rate, rate);
        outputs([("samples", tensor(vec![1, samples.len()], Data::F32(samples)))])
    })
}

/// `audio.frames`: windows of `size` samples, `hop` apart; the last one is filled up with silence.
pub fn frames(params: &Params) -> Result<Box<dyn Transform>, String> {
    let size = params.size("size", None, 1)?;
    let hop = params.size("hop", None, 1)?;
    function(move |inputs| cut(inputs, size, hop))
}

fn cut(inputs: &Inputs, size: usize, hop: usize) -> Outputs {
    let samples: View<f32, 2> = inputs.tensor("samples")?;
    if samples.shape.first() != Some(&1) {
        return Err(Reject(format!("`samples` is {:?}, not one channel", samples.shape)));
    }
    let rest = samples.data.len().saturating_sub(size);
    let count = if samples.data.is_empty() { 0 } else { 1 + rest.div_ceil(hop) };
    let mut out = Vec::with_capacity(super::elements(&[count, size])?);
    for frame in 0..count {
        let (_, from) = samples.data.split_at_checked(frame * hop).unwrap_or_default();
        out.extend(from.iter().copied().take(size));
        out.resize((frame + 1) * size, 0.0);
    }
    outputs([("frames", tensor(vec![count, size], Data::F32(out)))])
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use serde_json::json;

    use crate::transform::tests::{bytes, call, f32s, floats};

    /// A WAV file of 16-bit samples.
    fn wav(rate: u32, channels: u16, samples: &[i16]) -> Vec<u8> {
        let data: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        let mut out = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0".to_vec();
        out.extend(channels.to_le_bytes());
        out.extend(rate.to_le_bytes());
        out.extend((rate * u32::from(channels) * 2).to_le_bytes());
        out.extend((channels * 2).to_le_bytes());
        out.extend(16_u16.to_le_bytes());
        out.extend(b"junk\x01\0\0\0x\0data");
        out.extend((data.len() as u32).to_le_bytes());
        out.extend(data);
        out
    }

    #[test]
    fn channels_are_mixed() {
        let out = call("audio.decode", json!({}), [("sound", bytes(&wav(16_000, 2, &[16384, 0, -32768, -32768])))]);
        assert_eq!(f32s(&out.unwrap()["samples"]), (vec![1, 2], vec![0.25, -1.0]));
    }

    #[test]
    fn a_tone_keeps_its_height_at_another_rate() {
        let tone = |rate: f64, n: usize| -> Vec<f64> {
            (0..n).map(|i| 0.5 * (std::f64::consts::TAU * 440.0 * i as f64 / rate).sin()).collect()
        };
        let recorded: Vec<i16> = tone(44_100.0, 44_100).iter().map(|x| (x * 32768.0) as i16).collect();
        let out = call("audio.decode", json!({}), [("sound", bytes(&wav(44_100, 1, &recorded)))]).unwrap();
        let (shape, samples) = f32s(&out["samples"]);
        assert_eq!(shape, [1, 16_000]);
        let wanted = tone(16_000.0, 16_000);
        let middle = 100..15_900;
        let worst = samples[middle.clone()].iter().zip(&wanted[middle]).map(|(a, b)| (f64::from(*a) - b).abs());
        assert!(worst.fold(0.0, f64::max) < 2e-3);
    }

    #[test]
    fn a_tone_too_high_for_the_new_rate_is_silenced() {
        let recorded: Vec<i16> = (0..44_100)
            .map(|i| (16_000.0 * (std::f64::consts::TAU * 15_000.0 * f64::from(i) / 44_100.0).sin()) as i16)
            .collect();
        let out = call("audio.decode", json!({}), [("sound", bytes(&wav(44_100, 1, &recorded)))]).unwrap();
        assert!(f32s(&out["samples"]).1[100..15_900].iter().all(|x| x.abs() < 0.01));
    }

    #[test]
    fn long_or_broken_recordings_are_refused() {
        let long = wav(4_000, 1, &[0; 8_000]);
        for (params, content, reason) in [
            (json!({"max_seconds": 1}), &long[..], "longer than 1 seconds"),
            (json!({}), &long[..30], "can't be read"),
            (json!({}), b"hello", "not a WAV file"),
        ] {
            let why = call("audio.decode", params, [("sound", bytes(content))]).unwrap_err();
            assert!(why.0.contains(reason), "{}", why.0);
        }
    }

    #[test]
    fn the_last_frame_is_filled_up() {
        let samples = floats(&[1, 5], &[1.0, 2.0, 3.0, 4.0, 5.0]);
        let out = call("audio.frames", json!({"size": 3, "hop": 1000}), [("samples", samples.clone())]).unwrap();
        assert_eq!(f32s(&out["frames"]), (vec![2, 3], vec![1.0, 2.0, 3.0, 0.0, 0.0, 0.0]));
        let out = call("audio.frames", json!({"size": 3, "hop": 2}), [("samples", samples)]).unwrap();
        assert_eq!(f32s(&out["frames"]), (vec![2, 3], vec![1.0, 2.0, 3.0, 3.0, 4.0, 5.0]));
    }
}
