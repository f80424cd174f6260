//! The laws of comparing what is declared with what is live.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use servec::diff::{Change, Changes, Notice, Rules, Verdict, diff};
use servec::resource::{Address, Desired, Health, Object, Observed, Resource};
use servec::source::{FileId, Span};

fn span(start: u32) -> Span {
    Span::new(FileId(0), start, start + 1)
}

fn address() -> Address {
    Address::new("endpoint", "a")
}

fn desired(body: Value) -> Desired {
    let resource = Resource {
        address: address(),
        kind: "thing".into(),
        body,
        needs: vec![],
        origin: span(0),
        spans: BTreeMap::from([("/variants".to_owned(), span(7)), ("/variants/0/weight".to_owned(), span(9))]),
    };
    Desired {
        target: "twin".into(),
        stack: "s".into(),
        resources: BTreeMap::from([(resource.address.clone(), resource)]),
        moved: BTreeMap::new(),
        protect: false,
        notes: vec![],
    }
}

fn live(body: Value) -> Observed {
    let object = Object { kind: "thing".into(), body, needs: vec![], health: Health::Ready };
    Observed { objects: BTreeMap::from([(address(), object)]) }
}

fn rules(rules: Value) -> Rules {
    serde_json::from_value(json!({ "thing": rules })).unwrap()
}

fn compare(declared: Value, there: Value, by: Value) -> Change {
    let changes = diff(&desired(declared), &live(there), &rules(by));
    changes.by_address[&address()].clone()
}

fn paths(change: &Change) -> Vec<&str> {
    change.differences.iter().map(|d| d.path.as_str()).collect()
}

#[test]
fn what_is_not_there_is_created_and_what_is_not_declared_is_deleted() {
    let mut wanted = desired(json!({}));
    let changes = diff(&wanted, &Observed::default(), &Rules::default());
    assert_eq!(changes.by_address[&address()].verdict, Verdict::Create);
    wanted.resources.clear();
    let changes = diff(&wanted, &live(json!({})), &Rules::default());
    assert_eq!(changes.by_address[&address()].verdict, Verdict::Delete);
}

#[test]
fn numbers_compare_by_value_and_keys_in_any_order() {
    let change = compare(json!({ "a": 1, "b": 2.0, "c": 3e2 }), json!({ "c": 300, "b": 2, "a": 1.0 }), json!({}));
    assert_eq!(change.verdict, Verdict::Keep);
    let big = compare(json!({ "a": 9007199254740993_u64 }), json!({ "a": 9007199254740992_u64 }), json!({}));
    assert_eq!(paths(&big), ["/a"], "integers compare exactly, however large");
}

#[test]
fn text_is_never_a_number() {
    assert_eq!(paths(&compare(json!({ "a": "1" }), json!({ "a": 1 }), json!({}))), ["/a"]);
}

#[test]
fn an_undeclared_null_is_nothing() {
    assert_eq!(compare(json!({ "a": null }), json!({}), json!({})).verdict, Verdict::Keep);
    let change = compare(json!({ "a": 1 }), json!({ "a": null }), json!({}));
    assert_eq!((paths(&change), change.differences[0].before.clone()), (vec!["/a"], None));
    assert_eq!(paths(&compare(json!({ "a": null }), json!({ "a": 1 }), json!({}))), ["/a"]);
}

#[test]
fn a_list_that_holds_more_is_a_difference_and_an_item_that_holds_more_is_not() {
    let change = compare(json!({ "l": [{ "a": 1 }] }), json!({ "l": [{ "a": 1 }, { "a": 2 }] }), json!({}));
    assert_eq!(paths(&change), ["/l"]);
    let change = compare(json!({ "l": [{ "a": 1 }] }), json!({ "l": [{ "a": 1, "b": 2 }] }), json!({}));
    assert_eq!(change.verdict, Verdict::Keep);
}

#[test]
fn an_immutable_path_forces_a_replacement_by_name() {
    let by = json!({ "immutable": ["/variants/*/image"] });
    let change = compare(
        json!({ "variants": [{ "image": "b", "weight": 1 }] }),
        json!({ "variants": [{ "image": "a", "weight": 2 }] }),
        by.clone(),
    );
    assert_eq!(change.verdict, Verdict::Replace);
    assert_eq!(paths(&change), ["/variants/0/image", "/variants/0/weight"]);
    assert_eq!(change.differences[0].forces.as_deref(), Some("/variants/*/image"));
    assert_eq!(change.differences[1].forces, None);
    let change = compare(
        json!({ "variants": [{ "image": "a" }, { "image": "b" }] }),
        json!({ "variants": [{ "image": "a" }] }),
        by,
    );
    assert_eq!(change.verdict, Verdict::Update, "a variant more changes no variant's image");
}

#[test]
fn a_change_above_an_immutable_path_forces_only_when_it_reaches_it() {
    let by = json!({ "immutable": ["/net/vpc"] });
    assert_eq!(compare(json!({ "net": { "vpc": 1 } }), json!({}), by.clone()).verdict, Verdict::Replace);
    assert_eq!(compare(json!({ "net": { "ttl": 1 } }), json!({}), by).verdict, Verdict::Update);
}

#[test]
fn a_difference_points_at_the_nearest_span() {
    let change = compare(
        json!({ "variants": [{ "weight": 1, "name": "x" }], "other": 1 }),
        json!({ "variants": [{ "weight": 2, "name": "y" }], "other": 2 }),
        json!({}),
    );
    let spans: Vec<_> = change.differences.iter().map(|d| (d.path.as_str(), d.span)).collect();
    assert_eq!(spans, [("/other", span(0)), ("/variants/0/name", span(7)), ("/variants/0/weight", span(9))]);
}

#[test]
fn the_nearest_rule_says_what_callers_notice() {
    let by = json!({ "notice": { "": "brief_errors", "/replicas": "none", "/image": "cold_start" } });
    let notice = |field: &str| compare(json!({ field: 1 }), json!({ field: 2 }), by.clone()).differences[0].notice;
    assert_eq!(notice("replicas"), Notice::None);
    assert_eq!(notice("image"), Notice::ColdStart);
    assert_eq!(notice("anything"), Notice::BriefErrors);
}

#[test]
fn sensitive_values_are_shown_as_hashes_wherever_they_stand() {
    let by = json!({ "sensitive": ["/env/*/token"] });
    let secret = |token: &str| json!({ "env": [{ "token": token, "name": "n" }], "extra": 1 });
    let change = compare(secret("hunter2"), secret("letmein"), by.clone());
    assert!(change.differences[0].sensitive);
    let shown = format!("{change:?}");
    assert!(!shown.contains("hunter2") && !shown.contains("letmein"), "{shown}");
    assert!(shown.contains("sensitive sha256:"), "{shown}");
    assert_ne!(change.differences[0].before, change.differences[0].after);
    let whole = compare(json!({ "env": [{ "token": "hunter2" }, {}] }), secret("letmein"), by.clone());
    let shown = format!("{whole:?}");
    assert!(!shown.contains("hunter2") && !shown.contains("letmein"), "{shown}");
    let gone =
        diff(&Desired { resources: BTreeMap::new(), ..desired(json!({})) }, &live(secret("letmein")), &rules(by));
    assert!(!format!("{:?}", gone.by_address).contains("letmein"));
}

#[test]
fn a_default_of_the_platform_is_no_difference_and_a_leftover_is() {
    let by = json!({ "defaulted": { "/timeout": 60, "/list/*/port": 80 } });
    assert_eq!(compare(json!({ "timeout": 60 }), json!({}), by.clone()).verdict, Verdict::Keep);
    assert_eq!(compare(json!({}), json!({ "timeout": 60.0 }), by.clone()).verdict, Verdict::Keep);
    assert_eq!(compare(json!({}), json!({}), by.clone()).verdict, Verdict::Keep);
    let change = compare(json!({}), json!({ "timeout": 30 }), by.clone());
    assert_eq!(paths(&change), ["/timeout"], "it was declared once, and must go back");
    assert_eq!(change.differences[0].after, Some(json!(60)));
    assert_eq!(paths(&compare(json!({ "list": [{}] }), json!({ "list": [{ "port": 81 }] }), by)), ["/list/0/port"]);
}

#[test]
fn computed_paths_never_differ() {
    let by = json!({ "computed": ["/status"] });
    let change = compare(json!({ "status": { "a": 1 }, "b": 1 }), json!({ "status": { "a": 2 }, "b": 1 }), by);
    assert_eq!(change.verdict, Verdict::Keep);
}

#[test]
fn a_set_pairs_each_item_with_the_one_that_fits() {
    // The first declared item fits both live ones; the second fits only one of them.
    let by = json!({ "unordered": ["/set"] });
    let declared = json!({ "set": [{ "a": 1 }, { "a": 1, "b": 2 }] });
    let there = json!({ "set": [{ "a": 1, "b": 2, "x": 0 }, { "a": 1, "b": 3, "x": 0 }] });
    assert_eq!(compare(declared, there, by.clone()).verdict, Verdict::Keep);
    let change = compare(json!({ "set": ["a", "b", "c"] }), json!({ "set": ["c", "a"] }), by.clone());
    assert_eq!(paths(&change), ["/set"]);
    assert_eq!(compare(json!({ "set": ["a", "b", "a"] }), json!({ "set": ["b", "a"] }), by).verdict, Verdict::Keep);
}

#[test]
fn what_broke_is_made_again_in_the_words_of_the_platform() {
    let mut there = live(json!({ "a": 1 }));
    there.objects.get_mut(&address()).unwrap().health = Health::Failed("process 7 was killed".into());
    let changes = diff(&desired(json!({ "a": 1 })), &there, &Rules::default());
    let change = &changes.by_address[&address()];
    assert_eq!(change.verdict, Verdict::Replace);
    assert_eq!(change.drift.as_deref(), Some("process 7 was killed"));
    there.objects.get_mut(&address()).unwrap().health = Health::Pending("loading".into());
    let changes = diff(&desired(json!({ "a": 1 })), &there, &Rules::default());
    assert!(changes.is_empty(), "what is on its way is no difference");
}

#[test]
fn a_new_name_declared_as_moved_is_no_change() {
    let renamed = |moves: &[(&str, &str)]| {
        let mut wanted = desired(json!({ "a": 1 }));
        wanted.moved =
            moves.iter().map(|(old, new)| (Address::new("endpoint", old), Address::new("endpoint", new))).collect();
        let mut there = live(json!({ "a": 1 }));
        let object = there.objects.remove(&address()).unwrap();
        there.objects.insert(Address::new("endpoint", "old"), object);
        diff(&wanted, &there, &Rules::default())
    };
    let verdicts = |changes: &Changes| changes.by_address.values().map(|c| c.verdict).collect::<Vec<_>>();
    assert_eq!(verdicts(&renamed(&[])), [Verdict::Create, Verdict::Delete]);
    let moved = renamed(&[("old", "a")]);
    assert!(moved.is_empty());
    assert_eq!(moved.by_address[&address()].live, Some(Address::new("endpoint", "old")));
    assert!(renamed(&[("old", "older"), ("older", "a")]).is_empty(), "through a chain");
    assert!(renamed(&[("old", "a"), ("a", "old")]).is_empty(), "and a circle ends");
    assert_eq!(verdicts(&renamed(&[("other", "a")])), [Verdict::Create, Verdict::Delete]);
}

#[test]
fn another_kind_at_the_same_address_is_a_replacement() {
    let mut there = live(json!({ "a": 1 }));
    there.objects.get_mut(&address()).unwrap().kind = "other".into();
    let changes = diff(&desired(json!({ "a": 1 })), &there, &Rules::default());
    assert_eq!(changes.by_address[&address()].verdict, Verdict::Replace);
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-1000_i64..1000).prop_map(Value::from),
        (-1000.0..1000.0_f64).prop_map(Value::from),
        "[a-c/~*]{0,3}".prop_map(Value::from),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-e/~*0-2]{1,2}", inner, 0..5)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn body() -> impl Strategy<Value = Value> {
    prop::collection::btree_map("[a-e/~*0-2]{1,2}", value(), 0..6).prop_map(|f| Value::Object(f.into_iter().collect()))
}

/// As a platform gives it back: keys turned around, whole numbers as floats, fields of its own in every object.
fn noisy(value: &Value) -> Value {
    match value {
        Value::Number(n) => n.as_f64().map_or(value.clone(), Value::from),
        Value::Array(items) => items.iter().map(noisy).collect(),
        Value::Object(fields) => {
            let mut out: Map<String, Value> = fields.iter().rev().map(|(k, v)| (k.clone(), noisy(v))).collect();
            out.insert("platform".into(), json!([{ "since": 1 }]));
            out.into()
        }
        Value::Null | Value::Bool(_) | Value::String(_) => value.clone(),
    }
}

/// All pointers into a value, its own root left out.
fn pointers(value: &Value, at: &str, out: &mut Vec<String>) {
    let items: Vec<(String, &Value)> = match value {
        Value::Array(items) => items.iter().enumerate().map(|(i, v)| (i.to_string(), v)).collect(),
        Value::Object(fields) => fields.iter().map(|(k, v)| (k.replace('~', "~0").replace('/', "~1"), v)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => vec![],
    };
    for (step, item) in items {
        let path = format!("{at}/{step}");
        pointers(item, &path, out);
        out.push(path);
    }
}

proptest! {
    #[test]
    fn a_body_given_back_by_a_platform_is_no_difference(body in body()) {
        let change = compare(body.clone(), noisy(&body), json!({}));
        prop_assert_eq!(paths(&change), Vec::<&str>::new());
        prop_assert_eq!(change.before, change.after);
    }

    #[test]
    fn a_change_of_one_declared_field_is_reported_at_exactly_its_path(body in body(), pick in any::<prop::sample::Index>()) {
        let mut all = vec![];
        pointers(&body, "", &mut all);
        prop_assume!(!all.is_empty());
        let path = pick.get(&all).clone();
        let mut there = noisy(&body);
        *there.pointer_mut(&path).unwrap() = json!("someone else's");
        let change = compare(body.clone(), there, json!({}));
        prop_assert_eq!(paths(&change), vec![path.as_str()]);
        prop_assert_eq!(change.verdict, Verdict::Update);
        prop_assert_eq!(change.differences[0].after.as_ref(), body.pointer(&path));
        // And the same path as a rule makes it a replacement.
        let change = compare(body.clone(), { let mut t = noisy(&body); *t.pointer_mut(&path).unwrap() = json!("x!"); t }, json!({ "immutable": [path] }));
        prop_assert_eq!(change.verdict, Verdict::Replace);
    }

    #[test]
    fn a_field_that_went_missing_is_reported_at_exactly_its_path(body in body(), pick in any::<prop::sample::Index>()) {
        let mut all = vec![];
        pointers(&body, "", &mut all);
        all.retain(|p| !body.pointer(p).unwrap().is_null() && body.pointer(&p[..p.rfind('/').unwrap()]).unwrap().is_object());
        prop_assume!(!all.is_empty());
        let path = pick.get(&all).clone();
        let (above, key) = path.rsplit_once('/').unwrap();
        let mut there = noisy(&body);
        there.pointer_mut(above).unwrap().as_object_mut().unwrap().remove(&key.replace("~1", "/").replace("~0", "~"));
        let change = compare(body.clone(), there, json!({}));
        prop_assert_eq!(paths(&change), vec![path.as_str()]);
        prop_assert_eq!(&change.differences[0].before, &None);
    }

    #[test]
    fn the_order_of_a_set_is_no_difference(items in prop::collection::vec(value(), 0..7), seed in any::<u64>()) {
        let mut there: Vec<Value> = items.iter().map(noisy).collect();
        let turn = if there.is_empty() { 0 } else { (seed % there.len() as u64) as usize };
        there.rotate_left(turn);
        if seed % 2 == 0 { there.reverse(); }
        let change = compare(json!({ "set": items }), json!({ "set": there }), json!({ "unordered": ["/set"] }));
        prop_assert_eq!(paths(&change), Vec::<&str>::new());
    }

    #[test]
    fn a_change_of_one_item_of_a_set_is_reported_in_that_item(
        items in prop::collection::btree_set((0..50_i64, 0..50_i64), 1..7),
        pick in any::<prop::sample::Index>(),
    ) {
        let items: Vec<Value> = items.into_iter().map(|(a, b)| json!({ "a": a, "b": b })).collect();
        let i = pick.index(items.len());
        let mut there: Vec<Value> = items.iter().map(noisy).collect();
        there[i]["b"] = json!("else");
        there.reverse();
        let change = compare(json!({ "set": items }), json!({ "set": there }), json!({ "unordered": ["/set"] }));
        let path = format!("/set/{i}/b");
        prop_assert_eq!(paths(&change), vec![path.as_str()]);
    }

    #[test]
    fn any_two_bodies_compare_the_same_way_twice_and_only_equal_ones_show_nothing(a in body(), b in body()) {
        let by = json!({ "unordered": ["/a"], "immutable": ["/b/*"], "sensitive": ["/c"], "defaulted": { "/d": 1 } });
        let once = compare(a.clone(), b.clone(), by.clone());
        prop_assert_eq!(&once, &compare(a.clone(), b.clone(), by));
        prop_assert_eq!(once.differences.is_empty(), once.verdict == Verdict::Keep);
        // What is shown differs exactly when something differs.
        let shown_same = servec::diff::same(once.before.as_ref().unwrap(), once.after.as_ref().unwrap());
        prop_assert_eq!(shown_same, once.differences.is_empty());
    }
}
