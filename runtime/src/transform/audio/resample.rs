//! Another sampling rate: a windowed sinc filter, one set of taps for each phase between the two rates.

/// Zero crossings of the sinc on each side: 16 keep a tone's error near 10⁻³ up to most of the band.
const CROSSINGS: f64 = 16.0;

/// `samples` at `to` a second instead of `from`; frequencies that the new rate can't carry are filtered out.
pub fn resample(samples: Vec<f32>, from: u32, to: u32) -> Vec<f32> {
    if from == to || samples.is_empty() {
        return samples;
    }
    let divisor = gcd(from, to);
    let (up, down) = ((to / divisor) as usize, (from / divisor) as usize);
    // Below 1 when the rate falls: the filter's band, as a share of the source's.
    let band = (f64::from(to) / f64::from(from)).min(1.0);
    let reach = (CROSSINGS / band).ceil() as usize;
    let phases: Vec<Vec<f32>> = (0..up).map(|phase| taps(phase as f64 / up as f64, band, reach)).collect();
    let length = samples.len().saturating_mul(up).div_ceil(down);
    (0..length)
        .map(|i| {
            let (middle, phase) = (i * down / up, i * down % up);
            let first = (middle + 1).saturating_sub(reach);
            let skipped = (first + reach).saturating_sub(middle + 1);
            let taps = phases.get(phase).and_then(|taps| taps.get(skipped..)).unwrap_or_default();
            let near = samples.get(first..).unwrap_or_default();
            near.iter().zip(taps).map(|(sample, tap)| f64::from(*sample) * f64::from(*tap)).sum::<f64>() as f32
        })
        .collect()
}

/// Weights of the samples from `reach − 1` before to `reach` after a point that lies `phase` behind a sample.
fn taps(phase: f64, band: f64, reach: usize) -> Vec<f32> {
    let width = reach as f64;
    (0..2 * reach)
        .map(|i| {
            let at = i as f64 - (width - 1.0) - phase;
            let window = 0.5 + 0.5 * (std::f64::consts::PI * (at / width).clamp(-1.0, 1.0)).cos();
            (band * sinc(at * band) * window) as f32
        })
        .collect()
}

fn sinc(x: f64) -> f64 {
    let angle = std::f64::consts::PI * x;
    if angle.abs() < 1e-9 { 1.0 } else { angle.sin() / angle }
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}
