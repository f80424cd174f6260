//! A fitted stack as resources: what CloudFormation makes, and what `apply` does beside it (files that are uploaded, jobs).

mod alarm;
mod artifact;
mod chain;
mod component;
mod config;
mod container;
mod cron;
mod cx;
mod dashboard;
mod endpoint;
mod job;
mod made;
mod model;
mod names;
mod owner;
pub mod read;
mod role;
mod rollout;
mod scale;
mod step;
mod topic;

use crate::capability::Fitted;
use crate::resource::Desired;

pub use chain::runs;
pub use config::models_of;
pub use container::is_ecr;

/// CloudFormation's name of a stack is this and its own.
pub const STACK_PREFIX: &str = "servec-";

pub fn lower(fitted: &Fitted) -> Desired {
    let stack = fitted.stack();
    let names = names::Names::of(stack);
    let cx = cx::Cx::of(stack);
    let mut made = made::Made::new(&names, fitted.notes());
    for endpoint in &stack.endpoints {
        endpoint::lower(&cx, &mut made, endpoint);
    }
    for job in &stack.jobs {
        job::lower(&cx, &mut made, job);
    }
    dashboard::put(&cx, &mut made);
    Desired {
        target: stack.target.clone(),
        stack: stack.name.clone(),
        resources: made.resources,
        moved: made.moved,
        protect: stack.protect,
        notes: made.notes,
    }
}
