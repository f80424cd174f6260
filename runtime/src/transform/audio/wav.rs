//! The RIFF container: uncompressed WAV files only.

/// One channel of samples from −1 to 1.
pub struct Sound {
    pub rate: u32,
    pub samples: Vec<f32>,
}

/// How samples are stored.
#[derive(Clone, Copy)]
struct Format {
    float: bool,
    channels: u16,
    rate: u32,
    bits: u16,
}

/// Reads a WAV file and mixes its channels.
pub fn read(bytes: &[u8]) -> Result<Sound, String> {
    let (Some(b"RIFF"), Some(b"WAVE")) = (bytes.get(..4), bytes.get(8..12)) else {
        return Err("not a WAV file".into());
    };
    let mut rest = bytes.get(12..).unwrap_or_default();
    let mut format = None;
    while let Some((id, size)) = rest.first_chunk::<4>().zip(number(rest, 4, 4)) {
        let body = rest.get(8..).unwrap_or_default();
        // Recorders that write to a pipe leave the last size wrong: what is there is taken.
        let (body, after) = body.split_at_checked(size as usize).unwrap_or((body, &[]));
        match (id, format) {
            (b"fmt ", _) => format = Some(format_of(body)?),
            (b"data", Some(format)) => return samples(body, format),
            (b"data", None) => return Err("its samples come before their format".into()),
            _ => {}
        }
        rest = after.get(size as usize % 2..).unwrap_or_default();
    }
    Err("it has no samples".into())
}

/// A little-endian number of `size` bytes.
fn number(bytes: &[u8], at: usize, size: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + size)?;
    Some(bytes.iter().rev().fold(0, |n, byte| n << 8 | u32::from(*byte)))
}

fn format_of(chunk: &[u8]) -> Result<Format, String> {
    let short = |at| number(chunk, at, 2).map(|n| n as u16).ok_or("its format is cut short");
    let tag = match short(0)? {
        // The extensible form says the real tag at the head of its sub-format.
        0xfffe => short(24)?,
        tag => tag,
    };
    let rate = number(chunk, 4, 4).ok_or("its format is cut short")?;
    let format = Format { float: tag == 3, channels: short(2)?, rate, bits: short(14)? };
    match (tag, format.bits) {
        (1, 8 | 16 | 24 | 32) | (3, 32 | 64) => {}
        _ => return Err(format!("format {tag} with {} bits is not supported", format.bits)),
    }
    if format.channels == 0 || !(4_000..=192_000).contains(&rate) {
        return Err(format!("{} channels at {rate} samples a second are not supported", format.channels));
    }
    Ok(format)
}

fn samples(data: &[u8], format: Format) -> Result<Sound, String> {
    let width = usize::from(format.bits / 8);
    let frame = width * usize::from(format.channels);
    let samples = data
        .chunks_exact(frame)
        .map(|frame| {
            let sum: f64 = frame.chunks_exact(width).map(|sample| value(sample, format.float)).sum();
            (sum / f64::from(format.channels)) as f32
        })
        .map(|sample| if sample.is_finite() { sample } else { 0.0 })
        .collect();
    Ok(Sound { rate: format.rate, samples })
}

/// One sample: 8 bits are unsigned, wider integers signed.
fn value(sample: &[u8], float: bool) -> f64 {
    match *sample {
        [a] => (f64::from(a) - 128.0) / 128.0,
        [a, b] => f64::from(i16::from_le_bytes([a, b])) / 32_768.0,
        [a, b, c] => f64::from(i32::from_le_bytes([0, a, b, c])) / 2_147_483_648.0,
        [a, b, c, d] if float => f64::from(f32::from_le_bytes([a, b, c, d])),
        [a, b, c, d] => f64::from(i32::from_le_bytes([a, b, c, d])) / 2_147_483_648.0,
        [a, b, c, d, e, f, g, h] => f64::from_le_bytes([a, b, c, d, e, f, g, h]),
        _ => 0.0,
    }
}
