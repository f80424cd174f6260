//! The estimate of a stack, from the machines that serve it.

use std::sync::Arc;

use crate::catalog::{Catalog, Ground, Overrides, Placed, Places, place};
use crate::report::Sink;
use crate::stack::{Budget, Endpoint, Job, Mode, Money, Stack};

use super::{Estimate, Figures, Item, Kind, Part, Replicas, Usd, per_variant};

/// What a stack costs on its target, which offers `catalog`; none for a target that rents out nothing. Machines that can't be
/// had are reported.
pub fn estimate(stack: &Stack, catalog: Option<&Catalog>, prices: &Overrides, sink: &mut Sink) -> Estimate {
    let ground = catalog.map(|catalog| Ground::of(stack, catalog.machines(), prices));
    let places = ground.as_ref().map(|ground| place(stack, ground, sink));
    let endpoints = stack.endpoints.iter().map(|endpoint| of_endpoint(stack, endpoint, places.as_ref()));
    let jobs = stack.jobs.iter().map(|job| of_job(stack, job, places.as_ref()));
    let items: Vec<Item> = endpoints.chain(jobs).collect();
    Estimate {
        stack: stack.name.clone(),
        target: stack.target.clone(),
        region: ground.map(|ground| ground.region),
        total: items.iter().filter_map(|item| item.month).sum(),
        items,
    }
}

fn of_endpoint(stack: &Stack, endpoint: &Endpoint, places: Option<&Places>) -> Item {
    let mut item = Item {
        name: endpoint.name.clone(),
        kind: Kind::Endpoint,
        parts: Vec::new(),
        month: None,
        unknown: Vec::new(),
        budget: endpoint.budget.as_ref().map(|budget| crate::source::Spanned::new(money(budget.value), budget.span)),
    };
    let Some(places) = places else {
        item.unknown.push(own_machines(stack));
        return item;
    };
    if let Mode::Serverless { .. } = endpoint.mode.value {
        item.unknown.push("a serverless endpoint costs by call, and no price of calls is known".to_owned());
        return item;
    }
    for (variant, replicas) in endpoint.variants.iter().zip(per_variant(endpoint)) {
        match places.variants.get(&(endpoint.name.clone(), variant.name.clone())) {
            Some(placed) => add(&mut item, &variant.name, placed, replicas),
            None => item.unknown.push(format!("variant `{}` has no machine", variant.name)),
        }
    }
    item
}

/// A job's machines run for as long as its data lasts, which nobody can say beforehand.
fn of_job(stack: &Stack, job: &Job, places: Option<&Places>) -> Item {
    let placed = places.map(|places| places.jobs.get(&job.name));
    let why = match placed {
        None => own_machines(stack),
        Some(None) => "it has no machine".to_owned(),
        Some(Some(placed)) => {
            let rate = placed.quote.rate.map_or("an unknown price".to_owned(), |rate| format!("{rate} USD/h"));
            format!("a job costs by how long it runs: {rate} ({}) for each `{}`", placed.quote, placed.machine.label())
        }
    };
    Item { name: job.name.clone(), kind: Kind::Job, parts: Vec::new(), month: None, unknown: vec![why], budget: None }
}

fn add(item: &mut Item, variant: &Arc<str>, placed: &Placed, replicas: Replicas) {
    let month = placed.quote.rate.map(|rate| Figures {
        floor: Usd::month(rate, f64::from(replicas.floor)),
        expected: Usd::month(rate, replicas.expected),
        ceiling: Usd::month(rate, f64::from(replicas.ceiling)),
    });
    match month {
        Some(month) => item.month = Some(item.month.unwrap_or_default() + month),
        None => item.unknown.push(format!("the price of `{}` is unknown", placed.machine.label())),
    }
    item.parts.push(Part {
        what: variant.clone(),
        machine: placed.machine.label(),
        pinned: placed.pinned,
        replicas,
        quote: placed.quote.clone(),
        month,
    });
}

fn own_machines(stack: &Stack) -> String {
    format!("`{}` rents out no machines: what your own cost is not known", stack.target)
}

fn money(Budget(money): Budget) -> Money {
    money
}
