//! An answer against the expected one: numbers within a tolerance, everything else equal.

use serde_json::Value;

/// What came out of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Compared {
    /// The largest difference of two numbers in the same place.
    pub largest: f64,
    /// Where they disagree, in the order of the expected one.
    pub differences: Vec<Difference>,
}

/// One place in which they disagree.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// As in `boxes[0][3]`.
    pub path: String,
    pub what: String,
}

impl Compared {
    pub fn agrees(&self) -> bool {
        self.differences.is_empty()
    }
}

/// `tolerance` is the largest difference of a number that is still the same.
pub fn compare(expected: &Value, actual: &Value, tolerance: f64) -> Compared {
    let mut compared = Compared::default();
    both(expected, actual, tolerance, "", &mut compared);
    compared
}

fn both(expected: &Value, actual: &Value, tolerance: f64, path: &str, out: &mut Compared) {
    match (expected, actual) {
        (Value::Number(a), Value::Number(b)) => {
            let (Some(a), Some(b)) = (a.as_f64(), b.as_f64()) else { return differ(expected, actual, path, out) };
            let difference = (a - b).abs();
            out.largest = out.largest.max(difference);
            if difference > tolerance {
                differ(expected, actual, path, out);
            }
        }
        (Value::Array(a), Value::Array(b)) => {
            if a.len() != b.len() {
                let what = format!("expected {} items, got {}", a.len(), b.len());
                out.differences.push(Difference { path: shown(path), what });
            }
            for (i, (a, b)) in a.iter().zip(b).enumerate() {
                both(a, b, tolerance, &format!("{path}[{i}]"), out);
            }
        }
        (Value::Object(a), Value::Object(b)) => {
            let inner = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            for (name, a) in a {
                match b.get(name) {
                    Some(b) => both(a, b, tolerance, &inner(name), out),
                    None => {
                        let what = "expected, and not in the answer".to_owned();
                        out.differences.push(Difference { path: inner(name), what });
                    }
                }
            }
            for name in b.keys().filter(|name| !a.contains_key(*name)) {
                out.differences
                    .push(Difference { path: inner(name), what: "in the answer, and not expected".to_owned() });
            }
        }
        _ if expected == actual => {}
        _ => differ(expected, actual, path, out),
    }
}

fn differ(expected: &Value, actual: &Value, path: &str, out: &mut Compared) {
    let what = format!("expected {}, got {}", short(expected), short(actual));
    out.differences.push(Difference { path: shown(path), what });
}

fn shown(path: &str) -> String {
    if path.is_empty() { "the answer".to_owned() } else { path.to_owned() }
}

/// One line of a value.
pub fn short(value: &Value) -> String {
    const SHOWN: usize = 160;
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_agree_within_the_tolerance_and_the_largest_difference_is_told() {
        let compared = compare(&json!({ "y": [1.0, 2.0] }), &json!({ "y": [1.01, 1.98] }), 0.05);
        assert!(compared.agrees());
        assert!((compared.largest - 0.02).abs() < 1e-12);
        assert!(!compare(&json!([1.0]), &json!([1.2]), 0.1).agrees());
        assert!(compare(&json!(1), &json!(1.0), 0.0).agrees());
    }

    #[test]
    fn every_place_that_differs_is_named() {
        let expected = json!({ "a": [1, { "b": "x" }], "c": true });
        let actual = json!({ "a": [1, { "b": "y" }, 3], "d": null });
        let found = compare(&expected, &actual, 0.0).differences;
        let paths: Vec<&str> = found.iter().map(|d| d.path.as_str()).collect();
        assert_eq!(paths, ["a", "a[1].b", "c", "d"]);
        assert_eq!(found[0].what, "expected 2 items, got 3");
        assert_eq!(found[1].what, "expected \"x\", got \"y\"");
    }

    #[test]
    fn another_kind_of_value_is_a_difference() {
        assert!(!compare(&json!(1), &json!("1"), 10.0).agrees());
        assert!(!compare(&json!(null), &json!(0), 10.0).agrees());
        assert!(!compare(&json!([]), &json!({}), 10.0).agrees());
    }
}
