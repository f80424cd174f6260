//! When a cron expression of five fields fires. What can't be read was refused by the checker.

use jiff::civil::Date;

/// The values of each field, a bit for each.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cron {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    /// Sunday is 0.
    weekdays: u64,
    /// Both the day of the month and the weekday are given: either will do.
    either: bool,
}

impl Cron {
    pub fn parse(text: &str) -> Option<Self> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays] = fields.as_slice() else { return None };
        let sunday = field(weekdays, 0, 7)?;
        Some(Self {
            minutes: field(minutes, 0, 59)?,
            hours: field(hours, 0, 23)?,
            days: field(days, 1, 31)?,
            months: field(months, 1, 12)?,
            weekdays: (sunday & 0x7f) | (sunday >> 7),
            either: !days.starts_with('*') && !weekdays.starts_with('*'),
        })
    }

    /// Whether it fires on that day at all.
    pub fn on(&self, day: Date) -> bool {
        let of_month = has(self.days, i64::from(day.day()));
        let of_week = has(self.weekdays, i64::from(day.weekday().to_sunday_zero_offset()));
        has(self.months, i64::from(day.month())) && if self.either { of_month || of_week } else { of_month && of_week }
    }

    /// Hours and minutes of such a day, in order.
    pub fn times(&self) -> impl Iterator<Item = (i8, i8)> {
        let minutes = self.minutes;
        (0..24).filter(|hour| has(self.hours, i64::from(*hour))).flat_map(move |hour| {
            (0..60).filter(move |minute| has(minutes, i64::from(*minute))).map(move |minute| (hour, minute))
        })
    }
}

fn has(bits: u64, value: i64) -> bool {
    (0..64).contains(&value) && bits >> value & 1 == 1
}

/// `*`, `7`, `1-5`, each with `/step`, with commas between.
fn field(text: &str, low: u32, high: u32) -> Option<u64> {
    let mut bits = 0;
    for part in text.split(',') {
        let (range, step) = part.split_once('/').map_or((part, None), |(range, step)| (range, Some(step)));
        let (from, to) = match range.split_once('-') {
            Some((from, to)) => (from.parse().ok()?, to.parse().ok()?),
            None if range == "*" => (low, high),
            // `5/10`: from there on.
            None => (range.parse().ok()?, if step.is_some() { high } else { range.parse().ok()? }),
        };
        let step = step.map_or(Some(1), |step| step.parse::<usize>().ok().filter(|step| *step > 0))?;
        for value in (from..=to.min(high)).step_by(step) {
            bits |= 1_u64.checked_shl(value)?;
        }
    }
    Some(bits)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::Cron;

    fn cron(text: &str) -> Cron {
        Cron::parse(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn weekdays_are_monday_to_friday() {
        let working = cron("0 7 * * 1-5");
        // 2026-01-05 is a Monday.
        let on: Vec<bool> = (5..12).map(|day| working.on(date(2026, 1, day))).collect();
        assert_eq!(on, [true, true, true, true, true, false, false]);
        assert_eq!(working.times().collect::<Vec<_>>(), [(7, 0)]);
    }

    #[test]
    fn sunday_is_nought_and_seven() {
        for text in ["0 0 * * 0", "0 0 * * 7"] {
            assert!(cron(text).on(date(2026, 1, 11)) && !cron(text).on(date(2026, 1, 12)), "{text}");
        }
    }

    #[test]
    fn of_two_sorts_of_day_either_will_do() {
        let either = cron("0 0 1 * 1");
        assert!(either.on(date(2026, 1, 1)) && either.on(date(2026, 1, 5)) && !either.on(date(2026, 1, 6)));
    }

    #[test]
    fn steps_and_lists_are_read() {
        assert_eq!(cron("*/30 8,20 * * *").times().collect::<Vec<_>>(), [(8, 0), (8, 30), (20, 0), (20, 30)]);
        assert_eq!(cron("50/5 0 * * *").times().collect::<Vec<_>>(), [(0, 50), (0, 55)]);
        assert_eq!(Cron::parse("0 0 * *"), None);
    }
}
