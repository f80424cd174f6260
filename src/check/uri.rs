//! URIs and paths: what may stand where an artifact or a prefix is named.

/// The scheme of a URI, lower case; `None` for a path.
pub fn scheme(text: &str) -> Option<&str> {
    let (scheme, _) = text.split_once("://")?;
    let ok = !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'+');
    ok.then_some(scheme)
}

/// Whether a text is a URI of one of these schemes; no schemes allow any, and a path counts as `file`.
pub fn allows(schemes: &[&str], text: &str) -> bool {
    match scheme(text) {
        _ if schemes.is_empty() => !text.is_empty(),
        Some("https") if schemes.contains(&"http") => true,
        Some(scheme) => schemes.contains(&scheme),
        None => !text.is_empty() && !text.contains("://") && schemes.contains(&"file"),
    }
}
