//! Does what a plan says, and nothing else: under the lock, in the plan's order, verified step by step and as a whole.

mod check;
mod interrupt;
mod outcome;
mod pool;

use std::collections::BTreeSet;
use std::time::Instant;

use crate::plan::{Plan, Step, Verb};
use crate::resource::{Address, Observed};
use crate::target::{Action, BoxFuture, Failure, Live, Progress};

pub use interrupt::Interrupt;
pub use outcome::{End, Outcome, Report, State};

/// Apply a plan. Refuses, without a change, one that must not be applied or no longer fits what is live. Stops starting
/// steps at the first failure and when interrupted; steps that run are finished. An empty plan only checks.
pub async fn walk(plan: &Plan, live: &dyn Live, progress: &dyn Progress, interrupt: &Interrupt) -> Outcome {
    let reports = plan.steps.iter().map(Report::waiting).collect();
    let mut outcome = Outcome { stack: plan.stack.clone(), purpose: plan.purpose, reports, end: End::Served };
    if let Some(refusal) = plan.refusal() {
        outcome.end = End::Refused(refusal);
        return outcome;
    }
    // Held to the end of the walk.
    let (_guard, observed) = match locked(plan, live).await {
        Ok(held) => held,
        Err(failure) => {
            outcome.end = End::Refused(failure);
            return outcome;
        }
    };
    run(plan, &observed, live, progress, interrupt, &mut outcome).await;
    let all_done = outcome.reports.iter().all(|r| r.state == State::Done);
    outcome.end = if outcome.reports.iter().any(|r| matches!(r.state, State::Failed(_))) {
        End::Failed
    } else if !all_done || interrupt.is_raised() {
        End::Interrupted
    } else {
        match check::served(plan, live, progress).await {
            failures if failures.is_empty() => End::Served,
            failures => End::NotServed(failures),
        }
    };
    outcome
}

impl Report {
    fn waiting(step: &Step) -> Self {
        Self { address: step.address.clone(), action: step.action, state: State::NotReached, took: Default::default() }
    }
}

async fn locked(plan: &Plan, live: &dyn Live) -> Result<(Box<dyn crate::target::Guard>, Observed), Failure> {
    let guard = live.lock().await?;
    let observed = live.observe().await?;
    match check::stale_plan(plan, &observed) {
        Some(stale) => Err(stale),
        None => Ok((guard, observed)),
    }
}

async fn run(
    plan: &Plan,
    observed: &Observed,
    live: &dyn Live,
    progress: &dyn Progress,
    interrupt: &Interrupt,
    outcome: &mut Outcome,
) {
    let width = live.width().max(1);
    let mut pool = pool::Pool::new();
    let mut done: BTreeSet<&Address> = BTreeSet::new();
    let mut waiting: Vec<(usize, &Step)> = plan.steps.iter().enumerate().collect();
    let mut making = plan.steps.iter().filter(|s| s.action != Verb::Delete).count();
    let mut failed = false;
    loop {
        while !failed && !interrupt.is_raised() && pool.len() < width {
            let ready = |(_, step): &(usize, &Step)| {
                (step.action != Verb::Delete || making == 0) && step.needs.iter().all(|needed| done.contains(needed))
            };
            let Some(place) = waiting.iter().position(ready) else { break };
            let (number, step) = waiting.remove(place);
            pool.start(number, perform(step, observed, live, progress));
        }
        let Some((number, (result, took))) = pool.next().await else { break };
        let (Some(report), Some(step)) = (outcome.reports.get_mut(number), plan.steps.get(number)) else { break };
        report.took = took;
        report.state = match result {
            Ok(()) => State::Done,
            Err(failure) => State::Failed(failure),
        };
        failed |= report.state != State::Done;
        if report.state == State::Done {
            done.insert(&step.address);
            making -= usize::from(step.action != Verb::Delete);
        }
    }
}

type Ended = (Result<(), Failure>, std::time::Duration);

fn perform<'a>(
    step: &'a Step,
    observed: &'a Observed,
    live: &'a dyn Live,
    progress: &'a dyn Progress,
) -> BoxFuture<'a, Ended> {
    Box::pin(async move {
        let started = Instant::now();
        progress.say(&step.address, doing(step.action));
        let result = act(step, observed, live, progress).await;
        let took = started.elapsed();
        progress.ended(&step.address, did(step.action, result.is_ok()), took);
        (result, took)
    })
}

async fn act(step: &Step, observed: &Observed, live: &dyn Live, progress: &dyn Progress) -> Result<(), Failure> {
    // The plan shows bodies with hashes for secrets; the target gets what was read just now, which is not stale.
    let before = step.live.as_ref().and_then(|at| observed.objects.get(at).map(|object| (at, object.body.clone())));
    if let (Verb::Replace | Verb::Delete, Some((address, before))) = (step.action, before.clone()) {
        live.act(&Action::Delete { address: address.clone(), before }, progress).await?;
    }
    let Some(resource) = &step.resource else { return Ok(()) };
    let action = match (step.action, before) {
        (Verb::Update, Some((_, before))) => Action::Update { resource: resource.clone(), before },
        _ => Action::Create(resource.clone()),
    };
    live.act(&action, progress).await?;
    progress.say(&step.address, "checking");
    live.verify(resource).await
}

fn doing(verb: Verb) -> &'static str {
    match verb {
        Verb::Create => "creating",
        Verb::Update => "updating",
        Verb::Replace => "replacing",
        Verb::Delete => "deleting",
    }
}

fn did(verb: Verb, well: bool) -> &'static str {
    match (verb, well) {
        (Verb::Create, true) => "created",
        (Verb::Update, true) => "updated",
        (Verb::Replace, true) => "replaced",
        (Verb::Delete, true) => "removed",
        (Verb::Create, false) => "create failed",
        (Verb::Update, false) => "update failed",
        (Verb::Replace, false) => "replace failed",
        (Verb::Delete, false) => "delete failed",
    }
}
