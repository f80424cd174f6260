//! Google's Vertex AI: online endpoints and batch prediction, as an ordered plan of REST calls. Here is its pure half;
//! what makes the calls is in `live`.

mod calls;
mod catalog;
mod files;
mod hold;
mod live;
mod lower;
mod names;
mod settings;
mod wire;

use crate::capability::{Fitted, Table};
use crate::catalog::Catalog;
use crate::diff::Rules;
use crate::report::Sink;
use crate::resource::{Artifact, Desired};
use crate::stack::Stack;

use super::data::{self, Lazy};
use super::{Access, Emitter, Failure, Place, Setting, Target};

/// The target.
#[derive(Debug)]
pub struct Vertex;

static TABLE: Lazy<Table> = Lazy::new(|| data::table(include_str!("../../../targets/vertex/capabilities.json")));
static RULES: Lazy<Rules> = Lazy::new(|| data::json(include_str!("../../../targets/vertex/rules.json")));

impl Target for Vertex {
    fn name(&self) -> &'static str {
        "vertex"
    }

    fn settings(&self) -> &'static [Setting] {
        &*settings::SETTINGS
    }

    fn table(&self) -> &'static Table {
        &TABLE
    }

    fn catalog(&self) -> Option<&'static Catalog> {
        Some(&catalog::CATALOG)
    }

    fn hold(&self, stack: &Stack, sink: &mut Sink) {
        hold::hold(stack, sink);
    }

    fn connect(&self, place: &Place) -> Result<Box<dyn Access>, Failure> {
        Ok(Box::new(live::Reach::new(place)?))
    }

    fn emitter(&self) -> Option<&'static dyn Emitter> {
        Some(&Vertex)
    }
}

impl Emitter for Vertex {
    fn rules(&self) -> &'static Rules {
        &RULES
    }

    fn lower(&self, fitted: &Fitted) -> Desired {
        lower::lower(fitted)
    }

    fn files(&self, desired: &Desired) -> Vec<Artifact> {
        files::files(desired)
    }
}
