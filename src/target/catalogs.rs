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
