//! Whether a target can express a stack: demands and amounts against its dated tables. What is fitted can be lowered.

mod demand;
mod exclusions;
mod feature;
mod fit;
mod limit;
mod limits;
pub mod matrix;
mod offer;
mod part;
mod reserved;
mod served;
mod table;

pub(crate) use demand::is_chain;
pub use demand::{Demand, Demands, MetricDemand, Subject, demands};
pub use feature::Feature;
pub use fit::{Against, fit};
pub use limit::{Limit, Unit};
pub use limits::{Held, Measure, held, measures};
pub use table::{
    Bound, Cell, Column, ColumnId, Exclusion, MetricCell, Own, OwnTables, Regions, ReservedEnv, Source, Support, Table,
    Way,
};

use crate::graph::Dag;
use crate::stack::Stack;

/// A stack that its target can express: the proof that lowering needs. Only [`fit`] makes one.
#[derive(Debug)]
pub struct Fitted<'a> {
    stack: &'a Stack,
    dag: &'a Dag,
    notes: Vec<String>,
}

impl Fitted<'_> {
    pub fn stack(&self) -> &Stack {
        self.stack
    }

    pub fn dag(&self) -> &Dag {
        self.dag
    }

    /// What the target does differently from what was written, in words.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}
