//! What a stack asks for against what a table says.

use camino::Utf8Path;
use servec::capability::{Feature, OwnTables, Support, Table, demands, fit};
use servec::report::{Code, Severity, Sink};
use servec::stack::{Mode, Stack};
use servec::target::Target as _;
use servec::target::local::Local;

use crate::support::stacks;

fn plain() -> Stack {
    let model = stacks::model("scorer", Utf8Path::new("m.onnx"), &"a".repeat(64), 9);
    stacks::stack(vec![stacks::endpoint("score", "scorer")], vec![model])
}

/// The local table, with one feature's cell changed as a user's own file would.
fn table(feature: Feature, support: &str) -> Table {
    let name = serde_json::to_value(feature).unwrap();
    let own = serde_json::json!({ "local": { "features": { name.as_str().unwrap(): { "*": {
        "support": support, "because": "the reason", "instead": "the other way", "source": "a page", "as_of": "2026-11-21",
    } } } } });
    OwnTables::read("mine.json", &own.to_string()).unwrap().over("local", Local.table()).unwrap()
}

#[test]
fn the_local_table_covers_every_feature_and_gives_a_reason_for_every_no() {
    let table = Local.table();
    for (column, _) in table.columns() {
        for feature in Feature::ALL {
            let cell = table.cell(*feature, column).unwrap();
            assert!(matches!(cell.support, Support::Yes | Support::Moot) || !cell.because.is_empty(), "{feature:?}");
            assert!(cell.support != Support::No || !cell.instead.is_empty(), "{feature:?} has no way on");
        }
    }
}

#[test]
fn a_model_in_realtime_fits_without_a_word() {
    let (stack, dag, mut sink) = (plain(), stacks::dag(), Sink::default());
    let fitted = fit(&stack, &dag, Local.table(), &mut sink).unwrap();
    assert!(fitted.notes().is_empty());
    assert!(sink.as_slice().is_empty());
}

#[test]
fn what_the_target_has_not_is_refused_with_reason_source_date_and_the_way_on() {
    let mut stack = plain();
    stack.endpoints[0].mode.value = Mode::Async {
        timeout: stacks::at(std::time::Duration::from_secs(1), 21),
        output: None,
        on_done: None,
        max_in_flight: None,
    };
    let mut sink = Sink::default();
    assert!(fit(&stack, &stacks::dag(), &table(Feature::Async, "no"), &mut sink).is_none());
    let found = &sink.as_slice()[0];
    assert_eq!(found.code, Code::ModeRefused);
    assert_eq!(found.message, "endpoint `score` uses `mode = async`, which the local target can't honour");
    assert_eq!((found.labels[0].span, found.labels[0].text.as_str()), (stack.endpoints[0].mode.span, "the reason"));
    assert_eq!(found.help.as_deref(), Some("the other way"));
    assert_eq!(found.notes, ["source: your own table `mine.json`: a page, as of 2026-11-21"]);
}

#[test]
fn what_is_honoured_in_part_is_a_warning_and_a_note_of_the_plan() {
    let mut stack = plain();
    stack.endpoints[0].scale.value.max = 4;
    let (dag, mut sink) = (stacks::dag(), Sink::default());
    let fitted = fit(&stack, &dag, Local.table(), &mut sink).unwrap();
    assert!(fitted.notes()[0].contains("runs one replica"), "{:?}", fitted.notes());
    assert_eq!((sink.as_slice()[0].code, sink.as_slice()[0].severity), (Code::LimitedSupport, Severity::Warning));
}

#[test]
fn preview_and_emulation_need_the_stacks_leave() {
    for (support, code, word) in
        [("preview", Code::PreviewNotAllowed, "preview"), ("emulated", Code::EmulationNotAllowed, "emulation")]
    {
        let (mut stack, dag, mut sink) = (plain(), stacks::dag(), Sink::default());
        let table = table(Feature::Realtime, support);
        assert!(fit(&stack, &dag, &table, &mut sink).is_none());
        let found = &sink.as_slice()[0];
        assert_eq!(found.code, code);
        assert!(found.help.as_ref().unwrap().contains(&format!("allow = [{word}]")), "{found:?}");

        stack.allow_preview = support == "preview";
        stack.allow_emulation = support == "emulated";
        let mut sink = Sink::default();
        let fitted = fit(&stack, &dag, &table, &mut sink).unwrap();
        assert_eq!(fitted.notes().len(), 1, "the plan still says it");
        let said: Vec<Severity> = sink.as_slice().iter().map(|d| d.severity).collect();
        assert_eq!(said, [Severity::Note], "and so does the check");
    }
}

#[test]
fn one_thing_that_uses_a_feature_twice_is_told_once_with_both_places() {
    let mut stack = plain();
    let scorer = stack.models.get_mut("scorer").unwrap();
    scorer.memory = Some(stacks::at(1, 40));
    scorer.cpu = Some(stacks::at(1.0, 41));
    let all = demands(&stack);
    let resources: Vec<_> = all.features.iter().filter(|d| d.feature == Feature::Resources).collect();
    assert_eq!(resources.len(), 1);
    assert_eq!(resources[0].spans, [stacks::span(41), stacks::span(40)]);
}
