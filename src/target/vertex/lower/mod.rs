//! A fitted stack as the platform's objects: uploads, models, endpoints, deployed models, traffic, queues and jobs. Each is
//! typed until it becomes a resource's body.

mod bundle;
mod container;
mod deployment;
mod endpoint;
mod health;
mod job;
mod model;
mod pool;
mod queue;
mod scale;
mod traffic;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;

use crate::capability::{Fitted, Table};
use crate::catalog::{Ground, Overrides, Placed, Places as Machines, place};
use crate::report::Sink;
use crate::resource::{Address, Desired, Resource};
use crate::source::Span;
use crate::stack::{Job, Stack, Value, ValueKind, Variant};

use super::super::spec::{Files, Places, json};
use super::catalog::CATALOG;
use super::names;
use super::settings::Site;
use super::wire::{Encryption, Labels, MachineSpec};

pub use bundle::{address as address_of_object, base as base_of_objects};
pub use job::HASH_LABEL;
pub use pool::{SHARED, shares_machines};
pub use traffic::shares;

/// Kinds of resources.
pub mod kind {
    pub const ARTIFACT: &str = "artifact";
    pub const MODEL: &str = "model";
    pub const ENDPOINT: &str = "endpoint";
    pub const DEPLOYMENT: &str = "deployment";
    pub const TRAFFIC: &str = "traffic";
    pub const POOL: &str = "pool";
    pub const TOPIC: &str = "topic";
    pub const SUBSCRIPTION: &str = "subscription";
    pub const JOB: &str = "job";
}

/// The label that holds the stack, by which what it made is found again.
pub const STACK_LABEL: &str = "servec_stack";
/// Marks everything that servec makes.
pub const MADE_LABEL: &str = "managed_by";

pub fn lower(fitted: &Fitted) -> Desired {
    let stack = fitted.stack();
    let machines = CATALOG.machines();
    // A compiled stack has its machines, so that nothing is left to report.
    let prices = Overrides::default();
    let places = place(stack, &Ground::of(stack, machines, &prices), &mut Sink::default());
    let mut all = Lowering {
        stack,
        site: Site::of(stack),
        table: &super::TABLE,
        machines: places,
        files: Files::of(stack, |copied| copied.path_in_bundle()),
        resources: BTreeMap::new(),
    };
    for endpoint in &stack.endpoints {
        endpoint::lower(endpoint, &mut all);
    }
    for job in &stack.jobs {
        job::lower(job, &mut all);
    }
    let moved = moved(stack, &all.resources);
    Desired {
        target: stack.target.clone(),
        stack: stack.name.clone(),
        resources: all.resources,
        moved,
        protect: stack.protect,
        notes: fitted.notes().to_vec(),
    }
}

struct Lowering<'a> {
    stack: &'a Stack,
    site: Site,
    table: &'a Table,
    machines: Machines<'a>,
    files: Files<'a>,
    resources: BTreeMap<Address, Resource>,
}

/// A resource before its body is erased.
struct Made<'b, T> {
    address: Address,
    kind: &'static str,
    body: &'b T,
    needs: Vec<Address>,
    origin: Span,
    places: Places,
}

impl Lowering<'_> {
    fn put<T: Serialize>(&mut self, made: Made<T>) {
        let resource = Resource {
            address: made.address.clone(),
            kind: made.kind.into(),
            body: json(made.body),
            needs: made.needs.into_iter().collect::<BTreeSet<_>>().into_iter().collect(),
            origin: made.origin,
            spans: made.places.0,
        };
        self.resources.insert(made.address, resource);
    }

    /// The stack's tags, and the marks by which it finds what it made.
    fn labels(&self) -> Labels {
        let tags = self.stack.tags.iter().filter_map(|(key, value)| Some((key.to_string(), text(value)?.to_owned())));
        let own = [(STACK_LABEL, names::label(&self.stack.name)), (MADE_LABEL, "servec".to_owned())];
        tags.chain(own.map(|(key, value)| (key.to_owned(), value))).collect()
    }

    /// Where the stack's tags are written.
    fn label_places(&self, at: &str, places: &mut Places) {
        for (key, value) in &self.stack.tags {
            places.put(&format!("{at}/{key}"), value.span);
        }
    }

    fn id(&self, name: &str) -> String {
        names::id(&self.stack.name, name)
    }

    fn machine(&self, endpoint: &str, variant: &Variant) -> MachineSpec {
        machine(self.machines.variants.get(&(Arc::from(endpoint), variant.name.clone())))
    }

    fn machine_of_job(&self, job: &Job) -> MachineSpec {
        machine(self.machines.jobs.get(&job.name))
    }
}

/// The platform's own default where a user's own table lets through what the catalogue has no machine for.
fn machine(placed: Option<&Placed>) -> MachineSpec {
    let Some(placed) = placed else {
        return MachineSpec {
            machine_type: "n1-standard-2".to_owned(),
            accelerator_type: None,
            accelerator_count: None,
        };
    };
    let accelerators = placed.machine.accelerators.as_ref();
    let device = accelerators.and_then(|has| Some((has.device.clone()?, has.count)));
    MachineSpec {
        machine_type: placed.machine.name.to_string(),
        accelerator_type: device.as_ref().map(|(device, _)| device.to_string()),
        accelerator_count: device.map(|(_, count)| count),
    }
}

/// A field of a block that is kept as it was written, if it is text.
pub(super) fn text_of<'v>(value: Option<&'v Value>, name: &str) -> Option<(&'v str, Span)> {
    let (ValueKind::Construct { fields, .. } | ValueKind::Record(fields)) = &value?.kind else { return None };
    let field = fields.get(name)?;
    Some((text(field)?, field.span))
}

fn text(value: &Value) -> Option<&str> {
    if let ValueKind::String(text) = &value.kind { Some(text) } else { None }
}

fn encryption(value: Option<&Value>) -> Option<(Encryption, Span)> {
    text_of(value, "key").map(|(key, span)| (Encryption { kms_key_name: key.to_owned() }, span))
}

/// What has an address of its own under an endpoint's or a model's name, under the old name and the new.
fn moved(stack: &Stack, resources: &BTreeMap<Address, Resource>) -> BTreeMap<Address, Address> {
    let mut out = BTreeMap::new();
    for (old, new) in &stack.moved {
        for address in resources.keys() {
            let Some((kind, rest)) = address.as_str().split_once('.') else { continue };
            let tail = rest.strip_prefix(&**new).filter(|tail| tail.is_empty() || tail.starts_with(['.', '-']));
            // `-` only before the hash of a model or a job: an endpoint's name is whole, or followed by a dot.
            let hashed = kind == kind::MODEL || kind == kind::JOB;
            if let Some(tail) = tail.filter(|tail| tail.starts_with('-') == hashed) {
                out.insert(Address::new(kind, &format!("{old}{tail}")), address.clone());
            }
        }
    }
    out
}
