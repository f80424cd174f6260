//! The catalogues of the targets that have one.

use crate::catalog::Catalog;

use super::{ALL, find};

/// Each target that rents out machines, with what it offers.
pub fn catalogs() -> Vec<(&'static str, &'static Catalog)> {
    ALL.iter().filter_map(|target| Some((target.name(), target.catalog()?))).collect()
}

/// What one target offers; `None` where machines are the user's own.
pub fn catalog_of(target: &str) -> Option<&'static Catalog> {
    find(target)?.catalog()
}
