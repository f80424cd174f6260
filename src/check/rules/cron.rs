//! Cron expressions of five fields, as far as every target reads them the same way.

const FIELDS: [(&str, u32, u32); 5] =
    [("minute", 0, 59), ("hour", 0, 23), ("day of month", 1, 31), ("month", 1, 12), ("weekday", 0, 7)];

/// Why it can't be read, if it can't.
pub fn check(text: &str) -> Result<(), String> {
    let fields: Vec<&str> = text.split_whitespace().collect();
    if fields.len() != FIELDS.len() {
        return Err(format!("has {} fields, not 5", fields.len()));
    }
    for (field, (name, low, high)) in fields.iter().zip(FIELDS) {
        for part in field.split(',') {
            item(part, low, high).map_err(|why| format!("{name} `{part}`: {why}"))?;
        }
    }
    Ok(())
}

fn item(part: &str, low: u32, high: u32) -> Result<(), String> {
    let (range, step) = match part.split_once('/') {
        Some((range, step)) => (range, Some(step)),
        None => (part, None),
    };
    if let Some(step) = step {
        match step.parse::<u32>() {
            Ok(n) if n > 0 => {}
            _ => return Err("the step is not a number above 0".into()),
        }
    }
    if range == "*" {
        return Ok(());
    }
    let number = |text: &str| match text.parse::<u32>() {
        Ok(n) if (low..=high).contains(&n) => Ok(n),
        _ => Err(format!("`{text}` is not from {low} to {high}")),
    };
    match range.split_once('-') {
        Some((a, b)) if number(a)? > number(b)? => Err("the range is reversed".into()),
        Some(_) => Ok(()),
        None => number(range).map(|_| ()),
    }
}
