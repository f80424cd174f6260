//! Amazon SageMaker AI: real-time, serverless and async endpoints, and batch transform. Checked here; nothing is emitted yet.

mod catalog;

use crate::capability::Table;
use crate::catalog::Catalog;
use crate::stack::Type;

use super::data::{self, Lazy};
use super::{Emitter, Setting, Target};

/// The target.
#[derive(Debug)]
pub struct SageMaker;

static SETTINGS: Lazy<[Setting; 1]> = Lazy::new(|| {
    [Setting {
        name: "region",
        ty: Type::String,
        required: true,
        doc: "The region that it is deployed in, such as \"eu-west-1\".",
    }]
});

static TABLE: Lazy<Table> = Lazy::new(|| data::table(include_str!("../../../targets/sagemaker/capabilities.json")));

impl Target for SageMaker {
    fn name(&self) -> &'static str {
        "sagemaker"
    }

    fn settings(&self) -> &'static [Setting] {
        &*SETTINGS
    }

    fn table(&self) -> &'static Table {
        &TABLE
    }

    fn catalog(&self) -> Option<&'static Catalog> {
        Some(&catalog::CATALOG)
    }

    fn emitter(&self) -> Option<&'static dyn Emitter> {
        None
    }
}
