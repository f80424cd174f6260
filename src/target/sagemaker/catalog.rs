//! The catalogue of this target: its machines, prices and images, from its data folder.

use crate::catalog::{Catalog, Texts};

pub static CATALOG: Catalog = Catalog::new(Texts {
    about: include_str!("../../../targets/sagemaker/catalog.json"),
    machines: include_str!("../../../targets/sagemaker/machines.csv"),
    offers: include_str!("../../../targets/sagemaker/offers.csv"),
    retired: include_str!("../../../targets/sagemaker/retired.csv"),
    sources: include_str!("../../../targets/sagemaker/sources.csv"),
    images: include_str!("../../../targets/sagemaker/images.csv"),
    registries: include_str!("../../../targets/sagemaker/registries.csv"),
});
