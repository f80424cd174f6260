//! Names of objects: what a cluster takes as a DNS label, one for each thing of a program, and never two for one.

use crate::diff::sha256;

/// A Service's name is a DNS label.
pub const LABEL: usize = 63;

/// Words of a program as one name of at most so many characters: the stack, what it deploys, and a part of that, as in
/// `prod-photo-search--v2`. Where the words can't be read back from it, or it is too long, it ends in a part of their hash.
pub fn name(words: &[&str], most: usize) -> String {
    let plain: Vec<String> = words.iter().map(|word| plain(word)).collect();
    let head = plain.get(..2).unwrap_or(&plain).join("-");
    let joined = plain.get(2..).into_iter().flatten().fold(head, |head, part| format!("{head}--{part}"));
    // A stack's own `_` would look like the end of its name, and two of them like the end of any.
    let readable = |(i, word): (usize, &&str)| !word.contains(if i == 0 { "_" } else { "__" });
    let lossless = words.iter().zip(&plain).all(|(word, plain)| word.replace('_', "-") == *plain)
        && words.iter().enumerate().all(readable);
    if lossless && joined.len() <= most && joined.starts_with(|c: char| c.is_ascii_lowercase()) {
        return joined;
    }
    let hash = sha256(&words.join("\n"));
    let hash = hash.get(..8).unwrap_or(&hash);
    let room = most.saturating_sub(hash.len() + 1);
    let head: String = joined.trim_start_matches(|c: char| !c.is_ascii_lowercase()).chars().take(room).collect();
    let head = head.trim_end_matches('-');
    if head.is_empty() { format!("x{hash}") } else { format!("{head}-{hash}") }
}

/// Lower-case letters, digits and `-`, which neither begins nor ends it.
fn plain(word: &str) -> String {
    let lower: String =
        word.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    lower.trim_matches('-').to_owned()
}

/// A short part of what something is made of, for the name of what can't be changed in place.
pub fn hash(text: &str) -> String {
    let hash = sha256(text);
    hash.get(..10).unwrap_or(&hash).to_owned()
}

/// Whether a cluster takes it as a label's value.
pub fn is_label_value(text: &str) -> bool {
    text.is_empty() || is_qualified(text)
}

/// Whether a cluster takes it as a label's key, without a prefix.
pub fn is_qualified(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let end = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    text.len() <= LABEL && text.chars().all(inner) && end(text.chars().next()) && end(text.chars().next_back())
}

/// Whether it can be the name of a Namespace or a Service.
pub fn is_dns_label(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let end = |c: Option<char>| c.is_some_and(|c| c != '-');
    text.len() <= LABEL && text.chars().all(inner) && end(text.chars().next()) && end(text.chars().next_back())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_can_be_read_back_stay_as_they_are() {
        assert_eq!(name(&["prod", "photo_search"], LABEL), "prod-photo-search");
        assert_eq!(name(&["prod", "search", "v2"], LABEL), "prod-search--v2");
    }

    #[test]
    fn two_things_never_have_one_name() {
        assert_ne!(name(&["prod", "Search"], LABEL), name(&["prod", "search"], LABEL));
        assert_ne!(name(&["prod", "_a"], LABEL), name(&["prod", "a"], LABEL));
        assert_ne!(name(&["prod", "search", "v2"], LABEL), name(&["prod", "search_v2"], LABEL));
        assert_ne!(name(&["prod", "a", "b_c"], LABEL), name(&["prod", "a_b", "c"], LABEL));
        assert_ne!(name(&["prod_a", "b"], LABEL), name(&["prod", "a_b"], LABEL));
        let (long, longer) = ("x".repeat(70), "x".repeat(71));
        assert_ne!(name(&["prod", &long], LABEL), name(&["prod", &longer], LABEL));
    }

    #[test]
    fn any_words_give_a_dns_label() {
        for words in [&["_", "_"][..], &["prod", "_a_"], &["A"], &["9lives"], &["prod", &"y".repeat(200)]] {
            let made = name(words, LABEL);
            assert!(is_dns_label(&made) && made.starts_with(|c: char| c.is_ascii_lowercase()), "{words:?} {made}");
        }
    }
}
