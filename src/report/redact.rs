//! Diagnostics without the secrets that the sources spell out: a message may quote what it found before anyone knows what
//! that is. What the sources' drawn lines hold is [`super::view`]'s concern.

use std::borrow::Cow;

use crate::source::SourceMap;

use super::Diagnostic;

/// Shorter ones are left: replacing them would garble every message, and hide nothing worth the name.
const SHORTEST: usize = 4;

/// The same diagnostics, with stars for each secret in their words.
pub fn redacted<'a>(sources: &SourceMap, diagnostics: &'a [Diagnostic]) -> Cow<'a, [Diagnostic]> {
    let secrets: Vec<&str> =
        sources.all_hidden().map(|span| sources.text(span).trim_matches('"')).filter(|s| s.len() >= SHORTEST).collect();
    if secrets.is_empty() {
        return Cow::Borrowed(diagnostics);
    }
    let without = |text: &mut String| {
        for secret in &secrets {
            if text.contains(secret) {
                *text = text.replace(secret, "***");
            }
        }
    };
    let mut out = diagnostics.to_vec();
    for d in &mut out {
        without(&mut d.message);
        d.labels.iter_mut().for_each(|label| without(&mut label.text));
        d.help.iter_mut().for_each(without);
        d.notes.iter_mut().for_each(without);
    }
    Cow::Owned(out)
}
