//! What apply does to a platform when all goes well, and when something does not.

use std::collections::BTreeSet;
use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};
use servec::apply::{End, Interrupt, Outcome, State, walk};
use servec::plan::{Plan, Subject, Verb, destroy};
use servec::report::Code;
use servec::resource::{Address, Desired, Health, Resource};

use crate::plan::{desired, make, resource};
use crate::twin::{Fault, Quiet, Twin, rules};

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}

fn apply(plan: &Plan, twin: &Twin) -> Outcome {
    apply_with(plan, twin, &Interrupt::new())
}

fn apply_with(plan: &Plan, twin: &Twin, interrupt: &Interrupt) -> Outcome {
    let replaced = plan.steps.iter().filter(|s| s.action == Verb::Replace).filter_map(|s| s.live.clone());
    twin.world.lock().unwrap().replaced = replaced.collect();
    run(walk(plan, twin, &Quiet, interrupt))
}

fn states(outcome: &Outcome) -> Vec<&'static str> {
    let word = |state: &State| match state {
        State::Done => "done",
        State::Failed(_) => "failed",
        State::NotReached => "not reached",
    };
    outcome.reports.iter().map(|r| word(&r.state)).collect()
}

/// Four to make, change and remove, in a graph.
fn scene() -> (Desired, Twin) {
    let body = |image: &str, n: u32| json!({ "image": image, "replicas": n, "tags": ["t", n] });
    let was = [
        resource("artifact.a", body("x", 1), &[]),
        resource("model.b", body("x", 1), &["artifact.a"]),
        resource("endpoint.c", body("x", 1), &["model.b"]),
        resource("endpoint.old", body("x", 1), &["model.gone"]),
        resource("model.gone", body("x", 1), &["artifact.a"]),
    ];
    let next = [
        resource("artifact.a", body("y", 1), &[]),
        resource("model.b", body("x", 2), &["artifact.a"]),
        resource("endpoint.c", body("x", 1), &["model.b"]),
        resource("endpoint.d", body("x", 1), &["model.b", "endpoint.c"]),
    ];
    (desired(next), Twin::holding(&was))
}

fn settled(wanted: &Desired, twin: &Twin) {
    let again = make(wanted, &twin.observed());
    assert!(again.is_empty(), "{}", again.to_text(false));
    assert_eq!(twin.world.lock().unwrap().violations, Vec::<String>::new());
}

#[test]
fn after_apply_the_plan_is_empty() {
    let (wanted, twin) = scene();
    let plan = make(&wanted, &twin.observed());
    let outcome = apply(&plan, &twin);
    assert_eq!((outcome.end.clone(), outcome.exit_code()), (End::Served, 0));
    let log = [
        "delete artifact.a",
        "create artifact.a",
        "update model.b",
        "create endpoint.d",
        "delete endpoint.old",
        "delete model.gone",
    ];
    assert_eq!(twin.log(), log);
    settled(&wanted, &twin);
    assert_eq!(apply(&make(&wanted, &twin.observed()), &twin).end, End::Served, "and an empty one only checks");
    assert_eq!(twin.log(), log);
    insta::assert_snapshot!(outcome.to_text(false), @r"
5 done: what is served is as declared");
}

#[test]
fn destroy_leaves_nothing() {
    let (_, twin) = scene();
    let subject = Subject { target: "twin".into(), stack: "dev".into(), protect: false };
    assert_eq!(apply(&destroy(&subject, &twin.observed(), &rules()), &twin).end, End::Served);
    assert!(twin.observed().objects.is_empty());
    assert!(destroy(&subject, &twin.observed(), &rules()).is_empty());
}

#[test]
fn a_failure_at_any_call_is_reported_and_a_rerun_converges() {
    let mut failures = 0;
    for fault in [Fault::Fails, Fault::FailsLate] {
        for call in 0.. {
            let (wanted, twin) = scene();
            twin.fault(call, fault.clone());
            let outcome = apply(&make(&wanted, &twin.observed()), &twin);
            if !twin.world.lock().unwrap().faults.is_empty() {
                assert_eq!(outcome.end, End::Served, "past the last call");
                break;
            }
            failures += 1;
            assert_eq!(outcome.exit_code(), 1, "call {call}");
            assert!(!outcome.diagnostics().is_empty(), "call {call}");
            let done = states(&outcome).iter().take_while(|s| **s == "done").count();
            if outcome.end == End::Failed {
                assert_eq!(states(&outcome)[done], "failed");
                assert!(states(&outcome)[done + 1..].iter().all(|s| *s == "not reached"), "stops at the first failure");
            }
            let again = apply(&make(&wanted, &twin.observed()), &twin);
            assert_eq!(again.end, End::Served, "rerun after call {call}");
            settled(&wanted, &twin);
        }
    }
    assert!(failures > 30, "every call was tried: {failures}");
}

#[test]
fn an_interrupt_at_any_call_stops_between_steps_and_a_rerun_converges() {
    let mut stopped = 0;
    for call in 0.. {
        let (wanted, twin) = scene();
        let interrupt = Interrupt::new();
        twin.fault(call, Fault::Interrupts(interrupt.clone()));
        let outcome = apply_with(&make(&wanted, &twin.observed()), &twin, &interrupt);
        if !interrupt.is_raised() {
            break;
        }
        if outcome.end == End::Interrupted {
            stopped += 1;
            assert_eq!(outcome.exit_code(), 130);
            assert!(states(&outcome).iter().all(|s| *s != "failed"));
        } else {
            assert_eq!(outcome.end, End::Served, "it came during the last check");
        }
        // No step is half done: what is logged is what is reported.
        let done = outcome.reports.iter().filter(|r| r.state == State::Done);
        let acts: usize = done.map(|r| if r.action == Verb::Replace { 2 } else { 1 }).sum();
        assert_eq!(twin.log().len(), acts);
        assert_eq!(apply(&make(&wanted, &twin.observed()), &twin).end, End::Served);
        settled(&wanted, &twin);
    }
    assert!(stopped > 8, "{stopped}");
}

#[test]
fn a_stale_plan_is_refused_by_name_and_changes_nothing() {
    let (wanted, twin) = scene();
    let plan = make(&wanted, &twin.observed());
    twin.world.lock().unwrap().objects.get_mut(&Address::new("endpoint", "c")).unwrap().body["replicas"] = json!(5);
    twin.world.lock().unwrap().objects.remove(&Address::new("endpoint", "old"));
    let outcome = apply(&plan, &twin);
    let End::Refused(failure) = &outcome.end else { panic!("{outcome:?}") };
    assert_eq!(failure.code, Code::StalePlan);
    assert!(failure.message.contains("`endpoint.c` has changed, `endpoint.old` is gone"), "{}", failure.message);
    assert_eq!(twin.log(), Vec::<String>::new());
    assert_eq!(outcome.exit_code(), 1);
    assert!(states(&outcome).iter().all(|s| *s == "not reached"));
}

#[test]
fn a_platform_that_quietly_serves_the_old_is_caught() {
    for call in 0.. {
        let (wanted, twin) = scene();
        twin.fault(call, Fault::Forgets);
        let plan = make(&wanted, &twin.observed());
        let outcome = apply(&plan, &twin);
        if !twin.world.lock().unwrap().faults.is_empty() {
            break;
        }
        let served = make(&wanted, &twin.observed()).is_empty();
        assert_eq!(outcome.end == End::Served, served, "call {call}");
        assert_eq!(outcome.exit_code() == 0, served);
    }
}

#[test]
fn a_rollback_names_the_fields_that_are_not_as_asked() {
    let wanted = |n: u32| desired([resource("endpoint.a", json!({ "image": "x", "replicas": n }), &[])]);
    let twin = Twin::holding(wanted(1).resources.values());
    // Calls: lock, observe, update, verify, verify, observe.
    twin.fault(2, Fault::Forgets);
    let outcome = apply(&make(&wanted(2), &twin.observed()), &twin);
    let End::NotServed(failures) = &outcome.end else { panic!("{outcome:?}") };
    assert_eq!((failures.len(), failures[0].code), (1, Code::NotServed));
    assert_eq!(failures[0].notes, ["`/replicas` is `1` and should be `2`"]);
    assert_eq!(states(&outcome), ["done"], "the step itself went well");
}

#[test]
fn what_somebody_else_does_meanwhile_is_caught_at_the_end() {
    let all = || desired(["x.a", "x.b"].map(|a| resource(a, json!({ "image": "x", "replicas": 1 }), &[])));
    for meddling in [
        (Address::new("x", "a"), None),
        (Address::new("x", "a"), Some(json!({ "image": "evil", "replicas": 1 }))),
        (Address::new("x", "stranger"), Some(json!({}))),
    ] {
        let twin = Twin::new();
        twin.fault(4, Fault::Meddles(meddling.0.clone(), meddling.1));
        let outcome = apply(&make(&all(), &twin.observed()), &twin);
        let End::NotServed(failures) = &outcome.end else { panic!("{outcome:?}") };
        let named = failures.iter().any(|f| f.code == Code::NotServed && f.message.contains(meddling.0.as_str()));
        assert!(named, "{failures:?}");
    }
}

#[test]
fn the_second_of_two_applies_is_refused_by_the_lock() {
    let (wanted, mut twin) = scene();
    twin.delay = Duration::from_millis(5);
    let plan = make(&wanted, &twin.observed());
    let (one, two) = run(async {
        let interrupt = Interrupt::new();
        tokio::join!(walk(&plan, &twin, &Quiet, &interrupt), walk(&plan, &twin, &Quiet, &interrupt))
    });
    assert_eq!(one.end, End::Served);
    let End::Refused(failure) = &two.end else { panic!("{two:?}") };
    assert!(failure.message.contains("locked by pid 1"), "the holder is named in the target's own words");
    assert_eq!(apply(&make(&wanted, &twin.observed()), &twin).end, End::Served, "and the lock is released");
}

#[test]
fn a_protected_stack_is_refused_before_the_lock_is_taken() {
    let (mut wanted, twin) = scene();
    wanted.protect = true;
    let outcome = apply(&make(&wanted, &twin.observed()), &twin);
    let End::Refused(failure) = &outcome.end else { panic!("{outcome:?}") };
    assert_eq!((failure.code, twin.world.lock().unwrap().calls), (Code::Protected, 0));
}

#[test]
fn what_broke_is_made_again() {
    let wanted = desired([resource("endpoint.a", json!({ "image": "x" }), &[])]);
    let twin = Twin::holding(wanted.resources.values());
    twin.world.lock().unwrap().objects.values_mut().for_each(|o| o.health = Health::Failed("killed".into()));
    assert_eq!(apply(&make(&wanted, &twin.observed()), &twin).end, End::Served);
    settled(&wanted, &twin);
}

#[test]
fn what_is_not_ready_in_the_end_is_not_served() {
    let wanted = desired([resource("endpoint.a", json!({ "image": "x" }), &[])]);
    let twin = Twin::holding(wanted.resources.values());
    twin.world.lock().unwrap().objects.values_mut().for_each(|o| o.health = Health::Pending("loading".into()));
    let plan = make(&wanted, &twin.observed());
    assert!(plan.is_empty());
    assert!(matches!(apply(&plan, &twin).end, End::NotServed(_)));
}

#[test]
fn a_moved_resource_is_changed_where_it_lives() {
    let was = [
        resource("model.m", json!({ "image": "x" }), &[]),
        resource("endpoint.old", json!({ "image": "x", "replicas": 1 }), &["model.m"]),
    ];
    let twin = Twin::holding(&was);
    let next = |image: &str, n: u32| {
        let mut wanted = desired([
            resource("model.m", json!({ "image": "x" }), &[]),
            resource("endpoint.new", json!({ "image": image, "replicas": n }), &["model.m"]),
            resource("endpoint.other", json!({ "image": "x" }), &["endpoint.new"]),
        ]);
        wanted.moved.insert(Address::new("endpoint", "old"), Address::new("endpoint", "new"));
        wanted
    };
    assert_eq!(apply(&make(&next("x", 2), &twin.observed()), &twin).end, End::Served);
    assert_eq!(twin.log(), ["update endpoint.old", "create endpoint.other"]);
    settled(&next("x", 2), &twin);
    assert_eq!(apply(&make(&next("y", 2), &twin.observed()), &twin).end, End::Served);
    assert_eq!(twin.log()[2..], ["delete endpoint.old", "create endpoint.new"], "made anew, it has its new name");
    assert!(make(&next("y", 2), &twin.observed()).is_empty());
}

#[test]
fn independent_steps_run_together_where_the_target_bears_it() {
    let wanted = desired((0..8).map(|i| resource(&format!("x.n{i}"), json!({ "image": "x" }), &[])));
    let mut twin = Twin::new();
    twin.width = 4;
    twin.delay = Duration::from_millis(2);
    assert_eq!(apply(&make(&wanted, &twin.observed()), &twin).end, End::Served);
    assert_eq!(twin.world.lock().unwrap().most_at_once, 4);
}

#[test]
fn a_saved_plan_applies_as_a_fresh_one_does() {
    let (wanted, twin) = scene();
    let folder = tempfile::tempdir().unwrap();
    let path = camino::Utf8Path::from_path(folder.path()).unwrap().join("p.json");
    make(&wanted, &twin.observed()).save(&path).unwrap();
    assert_eq!(apply(&Plan::load(&path).unwrap(), &twin).end, End::Served);
    settled(&wanted, &twin);
    let outcome = apply(&Plan::load(&path).unwrap(), &twin);
    assert!(matches!(outcome.end, End::Refused(f) if f.code == Code::StalePlan), "it can't be applied twice");
}

/// Up to eight resources that need earlier ones, each in some state.
fn resources() -> impl Strategy<Value = Vec<Resource>> {
    let one = (any::<bool>(), 0..2_u8, 0..3_u32, any::<u8>(), prop::collection::btree_set(0..4_u8, 0..3));
    prop::collection::vec(one, 8).prop_map(|all| {
        let names: Vec<String> = (0..8).map(|i| format!("{}.n{i}", if i < 5 { "model" } else { "endpoint" })).collect();
        let there: BTreeSet<usize> = all.iter().enumerate().filter(|(_, r)| r.0).map(|(i, _)| i).collect();
        let build = |i: usize| {
            let (_, image, replicas, needs, tags) = &all[i];
            let needs: Vec<&str> =
                (0..i).filter(|j| there.contains(j) && needs & (1 << j) != 0).map(|j| names[j].as_str()).collect();
            let body: Value = json!({ "image": image, "replicas": replicas, "tags": tags, "uses": needs });
            resource(&names[i], body, &needs)
        };
        there.iter().copied().map(build).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn whatever_is_live_apply_makes_it_what_is_declared_in_an_order_that_holds(
        next in resources(),
        was in resources(),
        broken in prop::collection::vec(prop::bool::weighted(0.2), 8),
        lost in prop::collection::vec(prop::bool::weighted(0.1), 8),
        width in 1..5_usize,
        fault in prop::option::of(0..40_usize),
    ) {
        let mut twin = Twin::holding(&was);
        twin.width = width;
        {
            let mut world = twin.world.lock().unwrap();
            for ((object, broken), _) in world.objects.values_mut().zip(&broken).zip(&lost) {
                if *broken { object.health = Health::Failed("killed".into()); }
            }
            let gone: Vec<Address> = world.objects.keys().zip(&lost).filter(|(_, l)| **l).map(|(a, _)| a.clone()).collect();
            gone.iter().for_each(|a| drop(world.objects.remove(a)));
        }
        let wanted = desired(next.clone());
        let plan = make(&wanted, &twin.observed());
        // Written and read back, it is the same plan; and its steps stand in an order in which they can run.
        let places: Vec<&Address> = plan.steps.iter().map(|s| &s.address).collect();
        for (i, step) in plan.steps.iter().enumerate() {
            prop_assert!(step.needs.iter().all(|n| places[..i].contains(&n)));
        }
        if wanted.resources.is_empty() {
            prop_assert_eq!(plan.refusal().is_some(), !plan.is_empty());
            return Ok(());
        }
        if let Some(call) = fault {
            twin.fault(call, Fault::FailsLate);
            apply(&plan, &twin);
            twin.world.lock().unwrap().faults.clear();
        }
        let plan = make(&wanted, &twin.observed());
        let outcome = apply(&plan, &twin);
        prop_assert_eq!(&outcome.end, &End::Served);
        let again = make(&wanted, &twin.observed());
        prop_assert!(again.is_empty(), "{}", again.to_text(false));
        prop_assert_eq!(&twin.world.lock().unwrap().violations, &Vec::<String>::new());
        let live: Vec<Address> = twin.observed().objects.into_keys().collect();
        prop_assert_eq!(live, wanted.resources.into_keys().collect::<Vec<_>>());
    }
}
