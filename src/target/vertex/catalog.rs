//! The catalogue of this target: its machines, prices and images, from its data folder.

use crate::catalog::{Catalog, Texts};

pub static CATALOG: Catalog = Catalog::new(Texts {
    about: include_str!("../../../targets/vertex/catalog.json"),
    machines: include_str!("../../../targets/vertex/machines.csv"),
    offers: include_str!("../../../targets/vertex/offers.csv"),
    retired: include_str!("../../../targets/vertex/retired.csv"),
    sources: include_str!("../../../targets/vertex/sources.csv"),
    images: include_str!("../../../targets/vertex/images.csv"),
    registries: include_str!("../../../targets/vertex/registries.csv"),
});
