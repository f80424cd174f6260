//! Which machine serves each variant of each endpoint of a stack, with a diagnostic for each that has none.

mod messages;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::report::Sink;
use crate::stack::{Endpoint, Job, Mode, Servable, Stack, ValueKind};

use super::reason::against;
use super::{Choice, Machine, Machines, Need, Overrides, Passed, Quote, Reason, Usage, choose, pick};
use messages::Asker;

/// A need, and the cheapest machine that fits it.
type Picked<'c> = (Need, Usage, Option<(&'c Machine, Quote)>);

/// Where a stack's machines are looked for.
#[derive(Debug, Clone)]
pub struct Ground<'c> {
    pub machines: &'c Machines,
    pub prices: &'c Overrides,
    pub region: Arc<str>,
    /// What was picked for each need so far: most of a stack needs the same.
    picked: RefCell<Vec<Picked<'c>>>,
}

/// A machine and what it costs.
#[derive(Debug, Clone)]
pub struct Placed<'c> {
    pub machine: &'c Machine,
    pub quote: Quote,
    /// The endpoint names it; otherwise it is the cheapest that fits.
    pub pinned: bool,
}

/// Machines of what a stack deploys.
#[derive(Debug, Default)]
pub struct Places<'c> {
    /// By endpoint and variant. Without an entry: the mode has no machines, or there is none, which is reported.
    pub variants: BTreeMap<(Arc<str>, Arc<str>), Placed<'c>>,
    pub jobs: BTreeMap<Arc<str>, Placed<'c>>,
}

impl<'c> Ground<'c> {
    /// Of a stack: its `region`, or the catalogue's own where it names none.
    pub fn of(stack: &Stack, machines: &'c Machines, prices: &'c Overrides) -> Self {
        let region = match stack.settings.get("region").map(|value| &value.kind) {
            Some(ValueKind::String(region)) => region.clone(),
            Some(_) | None => machines.home.clone(),
        };
        Self { machines, prices, region, picked: RefCell::default() }
    }

    fn pick(&self, need: &Need, usage: Usage) -> Option<(&'c Machine, Quote)> {
        let mut picked = self.picked.borrow_mut();
        if let Some((.., known)) = picked.iter().find(|(of, how, _)| *how == usage && of == need) {
            return known.clone();
        }
        let found = pick(self.machines, self.prices, need, &self.region, usage);
        picked.push((need.clone(), usage, found.clone()));
        found
    }
}

/// The machines of everything that a stack deploys. Says nothing about a region that the catalogue has never heard of: that
/// is the target's to refuse.
pub fn place<'c>(stack: &Stack, ground: &Ground<'c>, sink: &mut Sink) -> Places<'c> {
    let mut places = Places::default();
    if !ground.machines.knows_region(&ground.region) {
        return places;
    }
    // A name that is wrong in one place, and used in many, is one mistake.
    let mut unknown = BTreeSet::new();
    for endpoint in &stack.endpoints {
        let serverless = matches!(endpoint.mode.value, Mode::Serverless { .. });
        let pin = endpoint.machine.as_ref().filter(|_| !serverless);
        match pin.filter(|name| ground.machines.named(&name.value).next().is_none()) {
            Some(name) if unknown.insert(&name.value) => {
                let asked =
                    usage(&endpoint.mode.value).map(|how| (Need::of_servable(stack, &endpoint.serve.value), how));
                let asked = asked.as_ref().map(|(need, how)| (need, *how));
                sink.push(messages::unknown(stack, &name.value, name.span, ground, asked));
            }
            Some(_) => {}
            None => of_endpoint(stack, endpoint, ground, &mut places, sink),
        }
    }
    for job in &stack.jobs {
        of_job(stack, job, ground, &mut places, sink);
    }
    places
}

fn of_endpoint<'c>(stack: &Stack, endpoint: &Endpoint, ground: &Ground<'c>, places: &mut Places<'c>, sink: &mut Sink) {
    let Some(usage) = usage(&endpoint.mode.value) else { return };
    // Variants that serve the same thing have the same machine, and the same mistake once.
    let mut done: BTreeMap<&Servable, Option<Placed>> = BTreeMap::new();
    for variant in &endpoint.variants {
        let placed = done.entry(&variant.serve).or_insert_with(|| {
            let need = Need::of_servable(stack, &variant.serve);
            let span = if variant.serve == endpoint.serve.value { endpoint.serve.span } else { variant.span };
            let asker =
                Asker { stack, what: format!("endpoint `{}`", endpoint.name), serve: &variant.serve, span, need };
            match &endpoint.machine {
                Some(name) => pinned(&asker, &name.value, name.span, ground, usage, sink),
                None => chosen(&asker, ground, usage, sink),
            }
        });
        if let Some(placed) = placed {
            places.variants.insert((endpoint.name.clone(), variant.name.clone()), placed.clone());
        }
    }
}

/// `None` for a mode without machines.
fn usage(mode: &Mode) -> Option<Usage> {
    match mode {
        Mode::Realtime { .. } | Mode::Streaming { .. } | Mode::Async { .. } => Some(Usage::Online),
        Mode::Batch { .. } => Some(Usage::Batch),
        Mode::Serverless { .. } => None,
    }
}

fn of_job<'c>(stack: &Stack, job: &Job, ground: &Ground<'c>, places: &mut Places<'c>, sink: &mut Sink) {
    let serve = &job.run.value;
    let need = Need::of_servable(stack, serve);
    let asker = Asker { stack, what: format!("job `{}`", job.name), serve, span: job.run.span, need };
    if let Some(placed) = chosen(&asker, ground, Usage::Batch, sink) {
        places.jobs.insert(job.name.clone(), placed);
    }
}

/// The cheapest that fits. One that has more accelerators than were asked for is refused: nobody pays for eight by
/// accident.
fn chosen<'c>(asker: &Asker, ground: &Ground<'c>, usage: Usage, sink: &mut Sink) -> Option<Placed<'c>> {
    // Why the others were passed over takes longer to say than to know: only a mistake needs it.
    let all = || choose(ground.machines, ground.prices, &asker.need, &ground.region, usage);
    let Some((machine, quote)) = ground.pick(&asker.need, usage) else {
        sink.push(messages::none_fits(asker, &all(), ground));
        return None;
    };
    let asked = asker.need.gpus.as_ref().map(|gpus| gpus.count);
    if let (Some(asked), Some(has)) = (asked, &machine.accelerators)
        && has.count > asked
    {
        sink.push(messages::has_more(asker, machine, &quote, asked, elsewhere(&all(), asked)));
        return None;
    }
    Some(Placed { machine, quote, pinned: false })
}

/// One with as few accelerators as asked for, if only the region is in its way.
fn elsewhere<'c>(choice: &Choice<'c>, asked: u32) -> Option<&'c Machine> {
    let only_there = |passed: &&Passed| matches!(passed.reasons.as_slice(), [Reason::NotOffered(_)]);
    let mut misses = choice.misses.iter().filter(only_there);
    misses.find(|passed| passed.machine.accelerators.as_ref().is_some_and(|has| has.count == asked)).map(|p| p.machine)
}

/// The machine of a name that is known, if it is there, and large enough. Where the name comes with several sets
/// of accelerators, the cheapest set that fits.
fn pinned<'c>(
    asker: &Asker,
    name: &Arc<str>,
    span: crate::source::Span,
    ground: &Ground<'c>,
    usage: Usage,
    sink: &mut Sink,
) -> Option<Placed<'c>> {
    let mut known: Vec<&Machine> = ground.machines.named(name).collect();
    let reasons = |machine: &Machine| {
        let mut reasons = against(machine, &asker.need, &ground.region, usage);
        // Whoever names a machine knows what it is.
        reasons.retain(|reason| !matches!(reason, Reason::Arm | Reason::Burstable));
        reasons
    };
    // No more accelerators than are asked for, before cheaper ones: `n1-standard-4` alone is no gpu machine.
    known.sort_by_cached_key(|machine| {
        let count = machine.accelerators.as_ref().map_or(0, |has| has.count);
        let rate = ground.prices.quote(machine, &ground.region).rate;
        (reasons(machine).len(), count, rate.is_none(), rate)
    });
    let machine = *known.first()?;
    let reasons = reasons(machine);
    if reasons.is_empty() {
        let quote = ground.prices.quote(machine, &ground.region);
        return Some(Placed { machine, quote, pinned: true });
    }
    sink.push(messages::pinned_misfit(asker, machine, &reasons, span, ground, usage));
    None
}
