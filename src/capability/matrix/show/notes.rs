//! Sources below a table, each once, by number; and the mark of a cell from the user's own file.

use super::super::super::Source;
use super::super::Entry;

/// Numbers sources in the order in which they are first shown.
#[derive(Debug, Default)]
pub struct Notes {
    wanted: bool,
    seen: Vec<String>,
    own: Option<String>,
}

impl Notes {
    pub fn new(wanted: bool) -> Self {
        Self { wanted, ..Self::default() }
    }

    /// The number of a cell's source, where sources are wanted.
    pub fn number(&mut self, entry: &Entry) -> Option<usize> {
        let source = entry.source.as_ref()?;
        if !self.wanted {
            return None;
        }
        let text = words(source);
        let at = self.seen.iter().position(|seen| *seen == text);
        Some(
            1 + at.unwrap_or_else(|| {
                self.seen.push(text);
                self.seen.len() - 1
            }),
        )
    }

    /// Whether a cell is the user's own, which is then said below.
    pub fn is_own(&mut self, entry: &Entry) -> bool {
        let Some(file) = entry.source.as_ref().and_then(|source| source.file.as_ref()) else { return false };
        self.own = Some(file.to_string());
        true
    }

    /// Every source that was numbered.
    pub fn seen(&self) -> impl Iterator<Item = (usize, &str)> {
        self.seen.iter().enumerate().map(|(i, text)| (i + 1, text.as_str()))
    }

    /// The user's own file, where a cell came from it.
    pub fn own(&self) -> Option<&str> {
        self.own.as_deref()
    }
}

/// "Amazon SageMaker API reference, as of 2026-11-20"
pub fn words(source: &Source) -> String {
    match &source.file {
        Some(file) => format!("{}, as of {}, in your own table `{file}`", source.title, source.as_of),
        None => format!("{}, as of {}", source.title, source.as_of),
    }
}
