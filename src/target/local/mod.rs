//! The local target: each endpoint is a process of the model server on this machine. Here is its pure half; what touches
//! the machine is in `live`.

mod live;
mod lower;

use std::sync::{Arc, LazyLock};

use crate::capability::{Fitted, Table};
use crate::diff::Rules;
use crate::resource::{Artifact, Desired};
use crate::stack::Type;

use super::data::{self, Lazy};
use super::{Access, Emitter, Failure, Place, Setting, Target};

pub use super::spec::Copied;
pub use live::{Here, Runtime};
pub use lower::{MAX_REQUEST_BYTES, PROCESS};

/// The target.
#[derive(Debug)]
pub struct Local;

static SETTINGS: LazyLock<[Setting; 2]> = LazyLock::new(|| {
    let engines: [&str; 3] = ["auto", "rten", "ort"];
    [
        Setting {
            name: "engine",
            ty: Type::Enum(engines.map(Arc::from).to_vec()),
            required: false,
            doc: "What runs the models: `rten`, which is compiled in, `ort` (ONNX Runtime, where its library is there), \
                  or `auto`, the first that can load a model. Default `auto`.",
        },
        Setting {
            name: "max_request",
            ty: Type::Size,
            required: false,
            doc: "The largest request body that an endpoint takes. Default `64MiB`.",
        },
    ]
});

static TABLE: Lazy<Table> = Lazy::new(|| data::table(include_str!("../../../targets/local/capabilities.json")));
static RULES: Lazy<Rules> = Lazy::new(|| data::json(include_str!("../../../targets/local/rules.json")));

impl Target for Local {
    fn name(&self) -> &'static str {
        "local"
    }

    fn settings(&self) -> &'static [Setting] {
        &*SETTINGS
    }

    fn table(&self) -> &'static Table {
        &TABLE
    }

    fn emitter(&self) -> Option<&'static dyn Emitter> {
        Some(&Local)
    }

    fn connect(&self, place: &Place) -> Result<Box<dyn Access>, Failure> {
        Ok(Box::new(Here::new(place, Runtime::found()?)?))
    }
}

impl Emitter for Local {
    fn rules(&self) -> &'static Rules {
        &RULES
    }

    fn lower(&self, fitted: &Fitted) -> Desired {
        lower::lower(fitted)
    }

    fn files(&self, desired: &Desired) -> Vec<Artifact> {
        lower::files(desired)
    }
}
