//! Google's Vertex AI: online endpoints and batch prediction. Checked here; nothing is emitted yet.

mod catalog;

use crate::capability::Table;
use crate::catalog::Catalog;
use crate::stack::Type;

use super::data::{self, Lazy};
use super::{Emitter, Setting, Target};

/// The target.
#[derive(Debug)]
pub struct Vertex;

static SETTINGS: Lazy<[Setting; 3]> = Lazy::new(|| {
    [
        Setting { name: "project", ty: Type::String, required: true, doc: "The project that owns what is deployed." },
        Setting {
            name: "region",
            ty: Type::String,
            required: true,
            doc: "The region that it is deployed in, such as \"europe-west4\".",
        },
        Setting {
            name: "endpoint",
            ty: Type::Enum(["dedicated", "shared", "private"].map(Into::into).to_vec()),
            required: false,
            doc: "Who shares the address: `dedicated`, with a name of its own, `shared`, or `private`, through Private \
                  Service Connect. Default `dedicated`.",
        },
    ]
});

static TABLE: Lazy<Table> = Lazy::new(|| data::table(include_str!("../../../targets/vertex/capabilities.json")));

impl Target for Vertex {
    fn name(&self) -> &'static str {
        "vertex"
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
