//! The catalogues of the targets that have one.

use crate::catalog::Catalog;

#[path = "sagemaker/catalog.rs"]
mod sagemaker;
#[path = "vertex/catalog.rs"]
mod vertex;

/// Each target that rents out machines, with what it offers.
pub fn catalogs() -> Vec<(&'static str, &'static Catalog)> {
    vec![("sagemaker", &sagemaker::CATALOG), ("vertex", &vertex::CATALOG)]
}

/// What one target offers; `None` where machines are the user's own.
pub fn catalog_of(target: &str) -> Option<&'static Catalog> {
    catalogs().into_iter().find(|(name, _)| *name == target).map(|(_, catalog)| catalog)
}
