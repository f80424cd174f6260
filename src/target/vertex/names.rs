//! Names on the platform: ids that callers use and never change, and ids that carry a hash of what they stand for.

use serde_json::Value;

use crate::diff::{canonical, sha256};

/// Longest id of an endpoint, a model or a pool, and longest value of a label less one (discovery documents of `aiplatform`).
const LONGEST: usize = 63;
/// Hex digits of a hash in a name.
const DIGITS: usize = 12;

/// A name in lower-case letters, digits and dashes. What is lost on the way comes back as a hash, so that two names never
/// become one.
pub fn slug(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_lowercase() || c.is_ascii_digit() { c } else { '-' };
    let lower: String = name.to_ascii_lowercase().chars().map(plain).collect();
    let whole = !lower.is_empty()
        && !lower.contains("--")
        && !lower.starts_with(|c: char| !c.is_ascii_lowercase())
        && !lower.ends_with('-')
        && !lower.starts_with("goog")
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if whole {
        return lower;
    }
    let kept: String = lower.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    // Pub/Sub takes no id that begins with `goog`, and no id begins with a digit.
    let named = kept.starts_with(|c: char| c.is_ascii_lowercase()) && !kept.starts_with("goog");
    let parts = [if named { "" } else { "x" }, &kept, &hash(name, 6)];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

/// `stack--name`, cut where it is too long. Two dashes stand in no slug, so that stack and name are never confused.
pub fn id(stack: &str, name: &str) -> String {
    short(&format!("{}--{}", slug(stack), slug(name)))
}

/// As the value of a label.
pub fn label(name: &str) -> String {
    short(&slug(name))
}

fn short(text: &str) -> String {
    if text.len() <= LONGEST {
        return text.to_owned();
    }
    let kept = text.get(..LONGEST - 9).unwrap_or(text).trim_end_matches('-');
    format!("{kept}-{}", hash(text, 8))
}

/// Hex digits of a hash of what something is made of.
pub fn content(of: &Value) -> String {
    hash(&canonical(of), DIGITS)
}

/// Ten digits, not beginning with 0: the form that ids of deployed models have.
pub fn digits(of: &Value) -> String {
    let hex = sha256(&canonical(of));
    let number = hex.get(..15).and_then(|hex| u64::from_str_radix(hex, 16).ok()).unwrap_or(0);
    (1_000_000_000 + number % 9_000_000_000).to_string()
}

fn hash(text: &str, digits: usize) -> String {
    let mut hex = sha256(text);
    hex.truncate(digits);
    hex
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_stay_and_others_get_a_hash() {
        assert_eq!(slug("photo_search"), "photo-search");
        assert_eq!(id("prod", "photo_search"), "prod--photo-search");
        assert_ne!(slug("Search"), slug("search"));
        assert_ne!(slug("a__b"), slug("a_b"));
        assert_ne!(id("a", "b_c"), id("a_b", "c"));
        assert!(slug("_1").starts_with("x-1-"));
        assert!(!slug("google").starts_with("goog"));
    }

    #[test]
    fn long_names_are_cut_and_stay_apart() {
        let (a, b) = (id("prod", &"a".repeat(80)), id("prod", &"a".repeat(81)));
        assert_eq!((a.len(), b.len()), (63, 63));
        assert_ne!(a, b);
    }

    #[test]
    fn ids_of_deployed_models_have_ten_digits() {
        let id = digits(&serde_json::json!({"a": 1}));
        assert!(id.len() == 10 && !id.starts_with('0') && id.chars().all(|c| c.is_ascii_digit()), "{id}");
    }
}
