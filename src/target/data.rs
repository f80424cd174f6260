//! Data of targets that is compiled in: a test loads all of it, so that none fails for a user.

use serde::de::DeserializeOwned;

use crate::capability::Table;

pub use std::sync::LazyLock as Lazy;

/// A capability table.
pub fn table(text: &str) -> Table {
    loaded(Table::load(text))
}

/// Any other document.
pub fn json<T: DeserializeOwned>(text: &str) -> T {
    loaded(serde_json::from_str(text).map_err(|error| error.to_string()))
}

#[allow(clippy::panic, reason = "data that does not load is a broken build, and must never look like an empty table")]
fn loaded<T>(data: Result<T, String>) -> T {
    data.unwrap_or_else(|error| panic!("data of a target: {error}"))
}
