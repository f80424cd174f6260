//! Amounts with a suffix, as Kubernetes writes them: one number has many forms, and a cluster may answer with another
//! than it was given. The forms are those of `resource.Quantity` in the Kubernetes API reference.

use serde_json::Value;

/// Whether two amounts are one number.
pub fn same(a: &Value, b: &Value) -> bool {
    matches!((billionths(a), billionths(b)), (Some(a), Some(b)) if a == b)
}

/// One form for each number; what is no amount stays as it is.
pub fn normal(value: &Value) -> Value {
    billionths(value).map_or_else(|| value.clone(), |amount| format!("{amount}n").into())
}

/// The finest suffix is `n`: every amount is a whole number of those.
fn billionths(value: &Value) -> Option<i128> {
    match value {
        Value::Number(number) => read(&number.to_string()),
        Value::String(text) => read(text),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

const ONE: i128 = 1_000_000_000;

fn read(text: &str) -> Option<i128> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '+' | '-')));
    let (number, suffix) = text.split_at(end.unwrap_or(text.len()));
    let unit = match suffix {
        "" => ONE,
        "n" => 1,
        "u" => 1_000,
        "m" => 1_000_000,
        "k" => ONE * 1_000,
        "M" => ONE * 1_000_000,
        "G" => ONE * 1_000_000_000,
        "T" => ONE * 1_000_000_000_000,
        "P" => ONE * 1_000_000_000_000_000,
        "E" => ONE * 1_000_000_000_000_000_000,
        "Ki" => ONE << 10,
        "Mi" => ONE << 20,
        "Gi" => ONE << 30,
        "Ti" => ONE << 40,
        "Pi" => ONE << 50,
        "Ei" => ONE << 60,
        exponent => ONE.checked_mul(10_i128.checked_pow(exponent.strip_prefix(['e', 'E'])?.parse().ok()?)?)?,
    };
    let (sign, digits) = match number.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, number.strip_prefix('+').unwrap_or(number)),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && part.is_empty() {
        return None;
    }
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let places = u32::try_from(part.len()).ok().filter(|places| *places <= 18)?;
    let part: i128 = if part.is_empty() { 0 } else { part.parse().ok()? };
    let amount = whole.checked_mul(unit)?.checked_add(part.checked_mul(unit)? / 10_i128.pow(places))?;
    Some(sign * amount)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_number_has_many_forms() {
        for (a, b) in [
            (json!("1500m"), json!("1.5")),
            (json!("1500m"), json!(1.5)),
            (json!("1Gi"), json!(1_073_741_824_u64)),
            (json!("1024Mi"), json!("1Gi")),
            (json!("2"), json!(2)),
            (json!("1e3"), json!("1k")),
            (json!("0.5Gi"), json!("512Mi")),
            (json!("-1"), json!("-1000m")),
        ] {
            assert!(same(&a, &b), "{a} {b}");
            assert_eq!(normal(&a), normal(&b));
        }
    }

    #[test]
    fn what_differs_or_is_no_amount_is_not_the_same() {
        for (a, b) in [
            (json!("1G"), json!("1Gi")),
            (json!("1"), json!("1m")),
            (json!("some"), json!("some more")),
            (json!(""), json!(0)),
            (json!("1e99"), json!("1e98")),
            (json!(true), json!(1)),
        ] {
            assert!(!same(&a, &b), "{a} {b}");
        }
        assert_eq!(normal(&json!("some")), json!("some"));
    }
}
