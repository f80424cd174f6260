//! What a machine costs: whole millionths of a US dollar an hour, so that sums and comparisons are exact.

use std::fmt;

/// Hours in a month, wherever servec turns a price an hour into one a month.
pub const HOURS_A_MONTH: u64 = 730;

/// Millionths of a US dollar, an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Rate(u64);

/// Above this no price of one machine is believed: a hundred thousand dollars an hour.
const MOST: f64 = 100_000.0;

impl Rate {
    /// From dollars an hour; `None` unless it is a number from nothing to a hundred thousand.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the bounds are checked")]
    pub fn from_usd(usd: f64) -> Option<Self> {
        (0.0..=MOST).contains(&usd).then(|| Self((usd * 1e6).round() as u64))
    }

    /// Millionths of a dollar an hour.
    pub fn micros(self) -> u64 {
        self.0
    }

    #[allow(clippy::cast_precision_loss, reason = "shown to a few digits")]
    pub fn usd(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// Dollars more than another; nothing when it is not more.
    #[must_use]
    pub fn above(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

/// Dollars with two to four digits behind the point: `0.102`, `1.02`, `0.7364`.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let four = format!("{:.4}", self.usd());
        let short = four.trim_end_matches('0');
        let digits = short.len() - short.find('.').map_or(short.len(), |dot| dot + 1);
        write!(f, "{short}{}", "0".repeat(2_usize.saturating_sub(digits)))
    }
}

#[cfg(test)]
mod tests {
    use super::Rate;

    #[test]
    fn two_to_four_digits_are_shown() {
        for (usd, shown) in
            [(0.102, "0.102"), (1.02, "1.02"), (3.0, "3.00"), (0.5, "0.50"), (25.247_96, "25.248"), (0.0, "0.00")]
        {
            assert_eq!(Rate::from_usd(usd).map(|rate| rate.to_string()).as_deref(), Some(shown));
        }
    }

    #[test]
    fn what_is_no_price_is_none() {
        assert_eq!(Rate::from_usd(-0.1), None);
        assert_eq!(Rate::from_usd(f64::NAN), None);
        assert_eq!(Rate::from_usd(1e9), None);
    }
}
