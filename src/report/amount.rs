//! Amounts for people: bytes, times and plain numbers in their largest fitting unit.

const BINARY: [(f64, &str); 4] =
    [(1_099_511_627_776.0, "TiB"), (1_073_741_824.0, "GiB"), (1_048_576.0, "MiB"), (1024.0, "KiB")];
const DECIMAL: [(f64, &str); 4] = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")];

/// A number without a needless fraction, with two digits after the point at most.
pub fn number(n: f64) -> String {
    let text = format!("{n:.2}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Whether an amount is a round one in a unit: at most two digits after the point.
fn round(amount: f64, unit: f64) -> bool {
    let scaled = amount / unit * 100.0;
    (scaled - scaled.round()).abs() < 1e-6
}

/// `25 MiB`, `1500 MiB`, `1.5 MB`, `900 bytes`: the largest unit that is round, binary ones first, else near.
pub fn bytes(n: f64) -> String {
    if n < 1000.0 {
        return format!("{} bytes", number(n));
    }
    for units in [BINARY, DECIMAL] {
        if let Some((unit, word)) = units.into_iter().find(|(unit, _)| n >= *unit && round(n, *unit)) {
            return format!("{} {word}", number(n / unit));
        }
    }
    match BINARY.into_iter().find(|(unit, _)| n >= *unit) {
        Some((unit, word)) => format!("about {} {word}", number(n / unit)),
        None => format!("{} bytes", number(n)),
    }
}

/// `8 min`, `1 h`, `45 s`, `20 ms`.
pub fn seconds(n: f64) -> String {
    match n {
        n if n >= 3600.0 && round(n, 3600.0) => format!("{} h", number(n / 3600.0)),
        n if n >= 60.0 && round(n, 60.0) && n % 60.0 == 0.0 => format!("{} min", number(n / 60.0)),
        n if n >= 1.0 || n == 0.0 => format!("{} s", number(n)),
        n => format!("{} ms", number(n * 1000.0)),
    }
}

/// `4MiB` as the language writes a size; `None` where no unit makes it whole.
pub fn size_literal(n: f64) -> Option<String> {
    BINARY.into_iter().chain(DECIMAL).find(|(unit, _)| n >= *unit && n % unit == 0.0).map(|(unit, word)| {
        let word = if word == "kB" { "KB" } else { word };
        format!("{}{word}", number(n / unit))
    })
}

/// `8min` as the language writes a duration; `None` below a millisecond.
pub fn duration_literal(n: f64) -> Option<String> {
    let units = [(3600.0, "h"), (60.0, "min"), (1.0, "s"), (0.001, "ms")];
    units
        .into_iter()
        .find(|(unit, _)| n >= *unit && n % unit == 0.0)
        .map(|(unit, word)| format!("{}{word}", number(n / unit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_shown_in_their_largest_round_unit() {
        let shown: Vec<String> =
            [26_214_400.0, 1_500_000.0, 900.0, 25e6, 6_291_456.0, 128_000.0, 1_572_864_000.0].map(bytes).into();
        assert_eq!(shown, ["25 MiB", "1.5 MB", "900 bytes", "25 MB", "6 MiB", "125 KiB", "1500 MiB"]);
        assert_eq!(
            [90.0, 60.0, 480.0, 3600.0, 0.045, 5400.0].map(seconds),
            ["90 s", "1 min", "8 min", "1 h", "45 ms", "1.5 h"]
        );
        assert_eq!(size_literal(3_221_225_472.0).as_deref(), Some("3GiB"));
        assert_eq!(duration_literal(480.0).as_deref(), Some("8min"));
    }
}
