//! JSON pointers and the patterns over them that rules are written in. Knows nothing of what a rule means.

use std::cmp::Ordering;

/// A parsed pattern: `/variants/*/weight`, where `*` is any one step.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    /// As written in the rules.
    pub text: String,
    pub steps: Vec<String>,
}

impl Pattern {
    pub fn parse(text: &str) -> Self {
        Self { text: text.to_owned(), steps: text.split('/').skip(1).map(unescape).collect() }
    }

    /// Whether the pattern is the path itself or stands above it.
    pub fn covers(&self, path: &[String]) -> bool {
        self.steps.len() <= path.len() && meets(&self.steps, path)
    }

    pub fn is(&self, path: &[String]) -> bool {
        self.steps.len() == path.len() && meets(&self.steps, path)
    }

    /// What is left of the pattern below the path; none unless it goes deeper than the path.
    pub fn below(&self, path: &[String]) -> Option<&[String]> {
        let rest = self.steps.get(path.len()..)?;
        (!rest.is_empty() && meets(&self.steps, path)).then_some(rest)
    }
}

/// Whether the two agree as far as the shorter one goes.
fn meets(pattern: &[String], path: &[String]) -> bool {
    pattern.iter().zip(path).all(|(want, step)| want == "*" || want == step)
}

/// `["a", "b/c"]` is `/a/b~1c`.
pub(super) fn pointer(path: &[String]) -> String {
    path.iter().map(|step| format!("/{}", step.replace('~', "~0").replace('/', "~1"))).collect()
}

fn unescape(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

/// The order of paths in every output: list items by number, fields by name.
pub(super) fn order(a: &[String], b: &[String]) -> Ordering {
    let steps = a.iter().zip(b).map(|(a, b)| match (a.parse::<u64>(), b.parse::<u64>()) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        _ => a.cmp(b),
    });
    steps.fold(Ordering::Equal, Ordering::then).then(a.len().cmp(&b.len()))
}
