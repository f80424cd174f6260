//! Did you mean: the candidate nearest to a misspelt word.

/// The nearest candidate, if it is near: at most one edit in three letters, swaps of neighbours counted as one.
pub(in crate::syntax) fn nearest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let limit = word.len().div_ceil(3).max(1);
    let scored = candidates.iter().map(|c| (distance(word, c), *c));
    scored.min().filter(|(d, _)| *d <= limit).map(|(_, c)| c)
}

/// Optimal string alignment distance, over bytes.
fn distance(a: &str, b: &str) -> usize {
    if a.len() > 64 || b.len() > 64 {
        return usize::MAX;
    }
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut two_back: Vec<usize> = vec![];
    let mut back: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let cell = |r: &[usize], k: usize| r.get(k).copied().unwrap_or(usize::MAX / 2);
            let mut best = cell(&back, j) + usize::from(x != y);
            best = best.min(cell(&back, j + 1) + 1).min(cell(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                best = best.min(cell(&two_back, j - 1) + 1);
            }
            row.push(best);
        }
        two_back = std::mem::replace(&mut back, row);
    }
    back.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_swap_or_a_lost_letter_is_near_and_another_word_is_not() {
        let words = ["model", "endpoint", "job"];
        assert_eq!(nearest("modle", &words), Some("model"));
        assert_eq!(nearest("endpont", &words), Some("endpoint"));
        assert_eq!(nearest("resource", &words), None);
    }
}
