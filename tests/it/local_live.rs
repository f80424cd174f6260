//! Real processes of the model server, serving a real model.

use serde_json::json;
use servec::apply::{End, Interrupt, Outcome, walk};
use servec::diff::diff;
use servec::plan::{self, Plan, Subject, Verb};
use servec::report::Code;
use servec::resource::{Address, Health};
use servec::source::SourceMap;
use servec::stack::Stack;
use servec::target::local::{Here, Local, Runtime};
use servec::target::{Access as _, Call, Emitter as _, Live as _};

use crate::support::live::{Bench, Quiet, lowered, processes};

async fn planned(here: &Here, stack: &Stack) -> Plan {
    let (desired, observed) = (lowered(stack), here.observe().await.unwrap());
    plan::plan(&desired, &observed, &diff(&desired, &observed, Local.rules()), &SourceMap::default())
}

async fn apply(here: &Here, stack: &Stack) -> Outcome {
    let plan = planned(here, stack).await;
    walk(&plan, here, &Quiet, &Interrupt::new()).await
}

async fn destroy(here: &Here) -> Outcome {
    let subject = Subject { target: "local".into(), stack: "dev".into(), protect: false };
    let plan = plan::destroy(&subject, &here.observe().await.unwrap(), Local.rules());
    walk(&plan, here, &Quiet, &Interrupt::new()).await
}

async fn answer(here: &Here) -> serde_json::Value {
    let call = Call {
        endpoint: "score".to_owned(),
        body: br#"{"x": [[1.0, 2.0]]}"#.to_vec(),
        content_type: Some("application/json".to_owned()),
        variant: None,
    };
    let answer = here.call(&call).await.unwrap();
    assert!(answer.is_success(), "{}", String::from_utf8_lossy(&answer.body));
    serde_json::from_slice(&answer.body).unwrap()
}

#[tokio::test]
async fn what_is_applied_answers_and_a_second_plan_has_nothing_to_do() {
    let bench = Bench::new();
    let (here, stack) = (bench.here(), bench.stack("m.onnx", [10.0, 20.0]));
    let outcome = apply(&here, &stack).await;
    assert_eq!(outcome.end, End::Served, "{outcome:?}");
    assert_eq!(answer(&here).await, json!({ "y": [[11.0, 22.0]] }));
    let again = planned(&here, &stack).await;
    assert!(again.is_empty(), "{again:?}");

    assert_eq!(destroy(&here).await.end, End::Served);
    assert!(!bench.data().exists(), "destroy leaves no file");
    assert_eq!(processes(bench.path()), Vec::<u32>::new(), "destroy leaves no process");
}

#[tokio::test]
async fn a_killed_process_is_drift_and_apply_heals_it_at_the_same_address() {
    let bench = Bench::new();
    let (here, stack) = (bench.here(), bench.stack("m.onnx", [1.0, 1.0]));
    assert_eq!(apply(&here, &stack).await.end, End::Served);
    let before = here.running().await.unwrap()[0].url.clone();
    let pid = processes(bench.path())[0];
    std::process::Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap();
    while !std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default().is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let observed = here.observe().await.unwrap();
    let health = &observed.objects[&Address::new("endpoint", "score")].health;
    assert!(matches!(health, Health::Failed(why) if why.contains(&pid.to_string())), "{health:?}");
    let plan = planned(&here, &stack).await;
    assert_eq!(plan.count(Verb::Replace), 1);
    assert_eq!(apply(&here, &stack).await.end, End::Served);
    assert_eq!(here.running().await.unwrap()[0].url, before);
    assert_eq!(answer(&here).await, json!({ "y": [[2.0, 3.0]] }));
    destroy(&here).await;
}

#[tokio::test]
async fn a_change_is_made_in_place_keeps_the_address_and_drops_the_old_file() {
    let bench = Bench::new();
    let here = bench.here();
    assert_eq!(apply(&here, &bench.stack("m.onnx", [1.0, 1.0])).await.end, End::Served);
    let before = here.running().await.unwrap()[0].url.clone();
    let next = bench.stack("m.onnx", [5.0, 5.0]);
    let plan = planned(&here, &next).await;
    assert_eq!((plan.count(Verb::Create), plan.count(Verb::Update), plan.count(Verb::Delete)), (1, 1, 1));
    let outcome = apply(&here, &next).await;
    assert_eq!(outcome.end, End::Served, "{outcome:?}");
    assert_eq!(here.running().await.unwrap()[0].url, before);
    assert_eq!(answer(&here).await, json!({ "y": [[6.0, 7.0]] }));
    assert_eq!(std::fs::read_dir(bench.data().join("dev/artifacts")).unwrap().count(), 1);
    assert_eq!(processes(bench.path()).len(), 1);
    destroy(&here).await;
}

#[tokio::test]
async fn a_new_one_that_can_not_start_leaves_the_old_one_serving_and_shows_its_log() {
    let bench = Bench::new();
    let here = bench.here();
    assert_eq!(apply(&here, &bench.stack("m.onnx", [1.0, 1.0])).await.end, End::Served);
    let mut broken = bench.stack("m.onnx", [1.0, 1.0]);
    broken.models.get_mut("adder").unwrap().inputs[0].name = "no_such_input".into();
    let outcome = apply(&here, &broken).await;
    assert_eq!(outcome.end, End::Failed);
    let failure = outcome.diagnostics()[0];
    assert_eq!(failure.code, Code::StartFailed);
    assert!(failure.notes.iter().any(|n| n.starts_with("log: ") && n.contains("no_such_input")), "{failure:?}");
    assert!(failure.notes.iter().any(|n| n == "the old one still serves as before"), "{failure:?}");
    assert_eq!(answer(&here).await, json!({ "y": [[2.0, 3.0]] }));
    assert_eq!(processes(bench.path()).len(), 1);
    destroy(&here).await;
}

#[tokio::test]
async fn an_endpoint_that_can_not_start_at_all_leaves_nothing_behind() {
    let bench = Bench::new();
    let runtime =
        Runtime { program: "/bin/sh".into(), arguments: vec!["-c".into(), "echo out of luck >&2; exit 3".into()] };
    let here = bench.here_with(runtime);
    let outcome = apply(&here, &bench.stack("m.onnx", [1.0, 1.0])).await;
    let failure = outcome.diagnostics()[0];
    assert!(failure.message.contains("exit status: 3"), "{failure:?}");
    assert_eq!(failure.notes, ["log: out of luck"]);
    assert!(!bench.data().join("dev/endpoints").exists());
}

#[tokio::test]
async fn the_second_of_two_is_refused_with_the_name_of_the_first() {
    let bench = Bench::new();
    let (first, second) = (bench.here(), bench.here());
    let stack = bench.stack("m.onnx", [1.0, 1.0]);
    let held = first.lock().await.unwrap();
    let outcome = apply(&second, &stack).await;
    let End::Refused(failure) = &outcome.end else { panic!("{outcome:?}") };
    assert_eq!(failure.code, Code::StackLocked);
    assert!(failure.message.contains(&format!("`servec apply` (process {}", std::process::id())), "{failure:?}");
    assert!(failure.help.as_ref().unwrap().contains("releases the lock"));
    drop(held);
    assert!(!bench.data().exists(), "an unused lock leaves nothing");
    assert_eq!(apply(&second, &stack).await.end, End::Served);
    destroy(&second).await;
}

#[tokio::test]
async fn a_process_that_only_has_the_recorded_number_is_never_ended() {
    let bench = Bench::new();
    let (here, stack) = (bench.here(), bench.stack("m.onnx", [1.0, 1.0]));
    assert_eq!(apply(&here, &stack).await.end, End::Served);
    let ours = processes(bench.path())[0];
    let mut stranger = std::process::Command::new("sleep").arg("60").spawn().unwrap();
    let path = bench.data().join("dev/endpoints/score/record.json");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace(&ours.to_string(), &stranger.id().to_string())).unwrap();
    assert_eq!(destroy(&here).await.end, End::Served);
    assert!(stranger.try_wait().unwrap().is_none(), "it was ended");
    assert_eq!(processes(bench.path()), Vec::<u32>::new(), "ours is found by its token");
    stranger.kill().unwrap();
    stranger.wait().unwrap();
}

#[tokio::test]
async fn a_file_that_changed_after_it_was_compiled_is_refused() {
    let bench = Bench::new();
    let (here, stack) = (bench.here(), bench.stack("m.onnx", [1.0, 1.0]));
    std::fs::write(bench.path().join("m.onnx"), b"something else").unwrap();
    let outcome = apply(&here, &stack).await;
    assert_eq!(outcome.diagnostics()[0].code, Code::ArtifactChanged);
    assert!(!bench.data().exists(), "nothing is left of it");
}
