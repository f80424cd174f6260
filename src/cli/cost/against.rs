//! An earlier answer of `servec cost`, to show differences to.

use std::collections::BTreeMap;

use camino::Utf8Path;
use serde::Deserialize;

use crate::files;
use crate::report::{Code, Diagnostic};

/// Expected dollars a month, by stack and then by kind and name.
#[derive(Debug)]
pub struct Earlier(BTreeMap<String, Stack>);

#[derive(Debug)]
struct Stack {
    total: f64,
    items: BTreeMap<(String, String), f64>,
}

#[derive(Deserialize)]
struct Document {
    stacks: Vec<StackRow>,
}

#[derive(Deserialize)]
struct StackRow {
    stack: String,
    total: Month,
    items: Vec<ItemRow>,
}

#[derive(Deserialize)]
struct ItemRow {
    kind: String,
    name: String,
    month: Option<Month>,
}

#[derive(Deserialize)]
struct Month {
    expected: f64,
}

impl Earlier {
    /// From a file.
    ///
    /// # Errors
    /// When it is not there, or no answer of `servec cost --format json`.
    pub fn read(path: &Utf8Path) -> Result<Self, Box<Diagnostic>> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            let message = format!("can't read `{path}`: {}", files::reason(&error));
            Box::new(Diagnostic::error(Code::FileUnreadable, message))
        })?;
        let document: Document = serde_json::from_str(&text).map_err(|error| {
            let message = format!("`{path}` holds no costs: {error}");
            let help = "write it with `servec cost --format json`";
            Box::new(Diagnostic::error(Code::BadPrices, message).help(help))
        })?;
        let stacks = document.stacks.into_iter().map(|row| {
            let items = row.items.into_iter();
            let items = items.filter_map(|item| Some(((item.kind, item.name), item.month?.expected)));
            (row.stack, Stack { total: row.total.expected, items: items.collect() })
        });
        Ok(Self(stacks.collect()))
    }

    /// Expected dollars a month of a whole stack; nothing for one that was not there.
    pub fn total(&self, stack: &str) -> f64 {
        self.0.get(stack).map_or(0.0, |stack| stack.total)
    }

    /// Expected dollars a month of an endpoint or a job; nothing for one that was not there.
    pub fn item(&self, stack: &str, kind: &str, name: &str) -> f64 {
        let found = self.0.get(stack).and_then(|stack| stack.items.get(&(kind.to_owned(), name.to_owned())));
        found.copied().unwrap_or(0.0)
    }

    /// What was there and is no more, with its expected dollars a month.
    pub fn gone(&self, stack: &str, is_there: impl Fn(&str, &str) -> bool) -> Vec<(String, f64)> {
        let items = self.0.get(stack).into_iter().flat_map(|stack| &stack.items);
        let gone = items.filter(|((kind, name), _)| !is_there(kind, name));
        gone.map(|((kind, name), month)| (format!("{kind} {name}"), *month)).collect()
    }
}

/// `+12.50`, `-3.00`, `0.00`.
pub fn signed(difference: f64) -> String {
    // A difference below half a cent is none, whatever its sign.
    if difference.abs() < 0.005 { "0.00".to_owned() } else { format!("{difference:+.2}") }
}
