#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Barrier, Mutex};
use std::time::Duration;

use serve_spec::Type;

use super::*;
use crate::transform::Reject;

/// A builtin made of a function from text to text.
struct Of<F>(F);

impl<F: Fn(&str) -> Result<String, Reject> + Send + Sync> Transform for Of<F> {
    fn call(&self, values: &Values) -> Result<Values, Reject> {
        let mut joined = String::new();
        for value in values.values() {
            if let Value::Text(text) = value {
                joined.push_str(text);
            }
        }
        Ok(Values::from([("out".to_owned(), Value::Text(Arc::from((self.0)(&joined)?)))]))
    }
}

fn port(name: &str) -> Port {
    Port { name: name.to_owned(), ty: Type::Text, from: None }
}

fn step<F>(id: &str, args: &[(&str, Source)], needs: &[usize], call: F) -> Arc<Step>
where
    F: Fn(&str) -> Result<String, Reject> + Send + Sync + 'static,
{
    Arc::new(Step {
        id: id.to_owned(),
        call: Call::Builtin(Box::new(Of(call))),
        args: args.iter().map(|(name, source)| ((*name).to_owned(), source.clone())).collect(),
        outputs: vec![port("out")],
        needs: needs.to_vec(),
    })
}

fn input() -> Source {
    Source::Input("x".to_owned())
}

fn of(index: usize) -> Source {
    Source::Step { index, output: "out".to_owned() }
}

fn graph(steps: Vec<Arc<Step>>, permits: usize) -> Graph {
    let last = of(steps.len() - 1);
    let value = serve_spec::Ref::Input(String::new());
    let output = Output { name: "y".to_owned(), ty: Type::Text, value };
    let (builtins, slots) = (Arc::new(Semaphore::new(permits)), Arc::new(Semaphore::new(4)));
    Graph { inputs: vec![port("x")], steps, outputs: vec![(output, last)], builtins, slots }
}

async fn run_on(graph: &Graph, text: &str) -> Result<String, Fault> {
    let values = Values::from([("x".to_owned(), Value::Text(Arc::from(text)))]);
    let symbols = graph.check_inputs(&values)?;
    let answer = run(graph, values, symbols, &|_, _| {}).await?;
    let Some(Value::Text(text)) = answer.get("y") else { panic!("{answer:?}") };
    Ok(text.to_string())
}

#[tokio::test]
async fn independent_steps_run_side_by_side_and_meet() {
    // Each of the two waits for the other: one after the other would never end.
    let meeting = Arc::new(Barrier::new(2));
    let (left, right) = (Arc::clone(&meeting), meeting);
    let steps = vec![
        step("left", &[("t", input())], &[], move |t| {
            left.wait();
            Ok(format!("{t}1"))
        }),
        step("right", &[("t", input())], &[], move |t| {
            right.wait();
            Ok(format!("{t}2"))
        }),
        step("join", &[("a", of(0)), ("b", of(1))], &[0, 1], |t| Ok(t.to_owned())),
    ];
    let graph = graph(steps, 2);
    let answer = tokio::time::timeout(Duration::from_secs(20), run_on(&graph, "x")).await.unwrap();
    assert_eq!(answer.unwrap(), "x1x2");
}

#[tokio::test]
async fn a_step_that_rejects_is_422_and_named() {
    let steps = vec![
        step("first", &[("t", input())], &[], |t| Ok(t.to_owned())),
        step("second", &[("t", of(0))], &[0], |_| Err(Reject("too dark".to_owned()))),
    ];
    let fault = run_on(&graph(steps, 1), "x").await.unwrap_err();
    assert_eq!((fault.status(), fault.message.as_str()), (422, "step `second`: too dark"));
}

#[tokio::test]
async fn a_step_that_panics_is_500_and_the_next_request_is_answered() {
    let calls = AtomicUsize::new(0);
    let steps = vec![step("odd", &[("t", input())], &[], move |t| {
        assert!(calls.fetch_add(1, Ordering::Relaxed) > 0, "the first call");
        Ok(t.to_owned())
    })];
    let graph = graph(steps, 1);
    let fault = run_on(&graph, "x").await.unwrap_err();
    assert_eq!((fault.status(), fault.message.as_str()), (500, "step `odd`: it panicked"));
    assert_eq!(run_on(&graph, "x").await.unwrap(), "x");
}

#[tokio::test]
async fn no_more_steps_compute_at_once_than_there_are_permits() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let seen = Arc::clone(&most);
    let steps = vec![step("busy", &[("t", input())], &[], move |t| {
        seen.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(5));
        now.fetch_sub(1, Ordering::SeqCst);
        Ok(t.to_owned())
    })];
    let graph = Arc::new(graph(steps, 2));
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let graph = Arc::clone(&graph);
        calls.spawn(async move { run_on(&graph, "x").await });
    }
    assert_eq!(calls.join_all().await.into_iter().filter(Result::is_ok).count(), 12);
    assert_eq!(most.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn no_more_requests_hold_values_between_steps_than_there_are_slots() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (entered, seen) = (Arc::clone(&now), Arc::clone(&most));
    let steps = vec![
        step("decode", &[("t", input())], &[], move |t| {
            seen.fetch_max(entered.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            Ok(t.to_owned())
        }),
        step("use", &[("t", of(0))], &[0], move |t| {
            std::thread::sleep(Duration::from_millis(5));
            now.fetch_sub(1, Ordering::SeqCst);
            Ok(t.to_owned())
        }),
    ];
    let mut graph = graph(steps, 8);
    graph.slots = Arc::new(Semaphore::new(2));
    let graph = Arc::new(graph);
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let graph = Arc::clone(&graph);
        calls.spawn(async move { run_on(&graph, "x").await });
    }
    assert_eq!(calls.join_all().await.into_iter().filter(Result::is_ok).count(), 12);
    assert_eq!(most.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn what_a_step_gives_must_be_what_it_declares() {
    let mut wrong = step("wrong", &[("t", input())], &[], |t| Ok(t.to_owned()));
    Arc::get_mut(&mut wrong).unwrap().outputs = vec![Port { ty: Type::Int, ..port("out") }];
    let fault = run_on(&graph(vec![wrong], 1), "x").await.unwrap_err();
    assert_eq!(fault.message, "step `wrong`: output `out`: expected int, got text");
    assert_eq!(fault.status(), 500);
}

#[tokio::test]
async fn each_step_is_timed_once() {
    let steps = vec![
        step("a", &[("t", input())], &[], |t| Ok(t.to_owned())),
        step("b", &[("t", of(0))], &[0], |t| Ok(t.to_owned())),
    ];
    let timed = Mutex::new(vec![]);
    let values = Values::from([("x".to_owned(), Value::Text(Arc::from("t")))]);
    let note = |id: &str, _| timed.lock().unwrap().push(id.to_owned());
    run(&graph(steps, 1), values, Symbols::new(), &note).await.unwrap();
    assert_eq!(*timed.lock().unwrap(), ["a", "b"]);
}
