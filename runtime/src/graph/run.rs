//! Runs a graph: a step starts as soon as what it needs is there, so independent steps run side by side. Values are
//! shared, never copied. Dropping the future starts nothing more; a step that already computes runs to its end. A graph
//! that is run often enough to keep everything busy makes further requests wait before their first step.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::{Call, Graph, Source, Step, Values};
use crate::fault::{Fault, Kind};
use crate::typed::{self, Symbols};
use crate::value::Value;

/// Runs the graph on checked inputs. `timed` is told each step's id and how long it computed (not how long it waited
/// for its turn).
///
/// # Errors
/// The first fault of any step, which says which step it was.
pub async fn run(
    graph: &Graph,
    inputs: Values,
    mut symbols: Symbols,
    timed: &(dyn Fn(&str, Duration) + Send + Sync),
) -> Result<Values, Fault> {
    let Ok(_slot) = graph.slots.acquire().await else { return Err(lost()) };
    let mut done: Vec<Option<Values>> = graph.steps.iter().map(|_| None).collect();
    let mut started = vec![false; graph.steps.len()];
    let mut running = JoinSet::new();
    loop {
        for (index, step) in graph.steps.iter().enumerate() {
            let ready = step.needs.iter().all(|need| done.get(*need).is_some_and(Option::is_some));
            if let Some(started) = started.get_mut(index)
                && !*started
                && ready
            {
                *started = true;
                let args = gather(step, &inputs, &done)?;
                running.spawn(execute(index, Arc::clone(step), Arc::clone(&graph.builtins), args));
            }
        }
        let Some(finished) = running.join_next().await else { break };
        let (index, took, outcome) =
            finished.map_err(|error| Fault::new(Kind::Internal, format!("a step was lost: {error}")))?;
        let step = graph.steps.get(index).ok_or_else(lost)?;
        timed(&step.id, took);
        let outputs = outcome.map_err(|fault| fault.at(&format!("step `{}`", step.id)))?;
        *done.get_mut(index).ok_or_else(lost)? = Some(outputs);
    }
    let mut answers = Values::new();
    for (output, source) in &graph.outputs {
        let value = fetch(source, &inputs, &done)?;
        typed::check(&value, &output.ty, &mut symbols)
            .map_err(|mismatch| Fault::new(Kind::Internal, format!("output `{}`: {mismatch}", output.name)))?;
        answers.insert(output.name.clone(), value);
    }
    Ok(answers)
}

async fn execute(
    index: usize,
    step: Arc<Step>,
    builtins: Arc<tokio::sync::Semaphore>,
    args: Values,
) -> (usize, Duration, Result<Values, Fault>) {
    let permits = match &step.call {
        Call::Model(model) => Arc::clone(&model.permits),
        Call::Builtin(_) => builtins,
    };
    let Ok(permit) = permits.acquire_owned().await else {
        return (index, Duration::ZERO, Err(lost()));
    };
    // The permit goes with the computation: a request that timed out holds its place until the model is free.
    let computed = tokio::task::spawn_blocking(move || {
        let began = Instant::now();
        let outcome = call(&step, &args);
        drop(permit);
        (began.elapsed(), outcome)
    });
    match computed.await {
        Ok((took, outcome)) => (index, took, outcome),
        Err(error) => {
            let fault = Fault::new(Kind::Internal, if error.is_panic() { "it panicked" } else { "it was cancelled" });
            (index, Duration::ZERO, Err(fault))
        }
    }
}

fn call(step: &Step, args: &Values) -> Result<Values, Fault> {
    match &step.call {
        Call::Model(model) => model.call(args),
        Call::Builtin(transform) => {
            let outputs = transform.call(args).map_err(|reject| Fault::new(Kind::Rejected, reject.0))?;
            let mut symbols = Symbols::new();
            for port in &step.outputs {
                let value = outputs
                    .get(&port.name)
                    .ok_or_else(|| Fault::new(Kind::Internal, format!("it gave no output `{}`", port.name)))?;
                typed::check(value, &port.ty, &mut symbols)
                    .map_err(|mismatch| Fault::new(Kind::Internal, format!("output `{}`: {mismatch}", port.name)))?;
            }
            Ok(outputs)
        }
    }
}

fn gather(step: &Step, inputs: &Values, done: &[Option<Values>]) -> Result<Values, Fault> {
    step.args.iter().map(|(name, source)| Ok((name.clone(), fetch(source, inputs, done)?))).collect()
}

fn fetch(source: &Source, inputs: &Values, done: &[Option<Values>]) -> Result<Value, Fault> {
    let found = match source {
        Source::Input(name) => inputs.get(name),
        Source::Step { index, output } => done.get(*index).and_then(Option::as_ref).and_then(|v| v.get(output)),
    };
    found.cloned().ok_or_else(lost)
}

/// The loader's checks make this impossible; it is an answer rather than a panic all the same.
fn lost() -> Fault {
    Fault::new(Kind::Internal, "a value of the graph is not there")
}
