//! Cron expressions of five fields as AWS writes them: six fields, weekdays by name, and `?` for the one of day and weekday
//! that is not asked.

const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// The schedules that fire as the expression does: two where it names a day of the month and a weekday, since either will do.
pub fn schedules(cron: &str) -> Vec<String> {
    let fields: Vec<&str> = cron.split_whitespace().collect();
    // What can't be read was refused by the checker.
    let [minute, hour, day, month, weekday] = fields.as_slice() else { return vec![] };
    let whole = |day: &str, weekday: &str| format!("cron({minute} {hour} {day} {month} {weekday} *)");
    let days = weekdays(weekday);
    match (*day == "*", *weekday == "*") {
        (_, true) => vec![whole(day, "?")],
        (true, false) => vec![whole("?", &days)],
        (false, false) if day.starts_with('*') || weekday.starts_with('*') => {
            // A step over all days together with weekdays holds for both at once: the days that both have.
            vec![whole("?", &days)]
        }
        (false, false) => vec![whole(day, "?"), whole("?", &days)],
    }
}

/// Names of the days that a field has: AWS counts from Sunday as 1, so numbers would mean others.
fn weekdays(field: &str) -> String {
    let mut days = [false; 7];
    for part in field.split(',') {
        let (range, step) = part.split_once('/').map_or((part, None), |(range, step)| (range, Some(step)));
        let number = |text: &str| text.parse::<usize>().unwrap_or(0);
        let (from, to) = match range.split_once('-') {
            Some((from, to)) => (number(from), number(to)),
            None if range == "*" => (0, 6),
            None => (number(range), if step.is_some() { 6 } else { number(range) }),
        };
        for day in (from..=to).step_by(step.map_or(1, number).max(1)) {
            if let Some(day) = days.get_mut(day % 7) {
                *day = true;
            }
        }
    }
    let named = WEEKDAYS.iter().zip(days).filter(|(_, on)| *on).map(|(name, _)| *name);
    named.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::schedules;

    #[test]
    fn weekdays_get_names_and_the_other_field_a_question_mark() {
        assert_eq!(schedules("0 7 * * 1-5"), ["cron(0 7 ? * MON,TUE,WED,THU,FRI *)"]);
        assert_eq!(schedules("0 0 * * 5-7"), ["cron(0 0 ? * SUN,FRI,SAT *)"]);
        assert_eq!(schedules("*/15 8-18 1 * *"), ["cron(*/15 8-18 1 * ? *)"]);
    }

    #[test]
    fn either_of_two_sorts_of_day_is_two_schedules() {
        assert_eq!(schedules("0 0 1 * 1"), ["cron(0 0 1 * ? *)", "cron(0 0 ? * MON *)"]);
    }
}
