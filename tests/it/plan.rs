//! What a plan says, to people and to programs, and when it must not be applied.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Value, json};
use servec::cost::{Estimate, Figures, Item, Kind, Usd};
use servec::diff::{Notice, diff};
use servec::plan::{Cost, How, Live, Plan, Risk, Stale, Subject, Verb, destroy, plan, stale};
use servec::report::{Code, Diagnostic};
use servec::resource::{Address, Desired, Health, Observed, Resource};
use servec::source::{FileId, SourceMap, Span};

use crate::twin::{Twin, rules};

pub fn resource(address: &str, body: Value, needs: &[&str]) -> Resource {
    let at = |text: &str| text.split_once('.').map(|(kind, name)| Address::new(kind, name)).unwrap();
    Resource {
        address: at(address),
        kind: "thing".into(),
        body,
        needs: needs.iter().map(|n| at(n)).collect(),
        origin: Span::new(FileId(0), 6, 8),
        spans: BTreeMap::from([("/replicas".to_owned(), Span::new(FileId(0), 11, 14))]),
    }
}

pub fn desired(resources: impl IntoIterator<Item = Resource>) -> Desired {
    Desired {
        target: "twin".into(),
        stack: "dev".into(),
        resources: resources.into_iter().map(|r| (r.address.clone(), r)).collect(),
        moved: BTreeMap::new(),
        protect: false,
        notes: vec![],
    }
}

pub fn make(wanted: &Desired, observed: &Observed) -> Plan {
    let mut sources = SourceMap::default();
    sources.add("main.serve", "line 1\nline 2\nline 3\n");
    plan(wanted, observed, &diff(wanted, observed, &rules()), &sources)
}

fn subject(protect: bool) -> Subject {
    Subject { target: "twin".into(), stack: "dev".into(), protect }
}

/// One of each: `a` and `b` stay, `c` is updated, `d` replaced, `e` created, `f` deleted.
fn all_kinds() -> (Desired, Twin) {
    let body =
        |image: &str, replicas: u32| json!({ "image": image, "replicas": replicas, "secret": "s-1", "tags": [1, 2] });
    let was = [
        resource("artifact.a", body("x", 1), &[]),
        resource("model.b", body("x", 1), &["artifact.a"]),
        resource("endpoint.c", body("x", 1), &["model.b"]),
        resource("endpoint.d", body("x", 1), &["model.b"]),
        resource("endpoint.f", body("x", 1), &["model.b"]),
    ];
    let mut next: Vec<Resource> = was[..4].to_vec();
    next[2].body = json!({ "image": "x", "replicas": 2, "secret": "s-2", "tags": [2, 1] });
    next[3].body = body("y", 1);
    next.push(resource("endpoint.e", body("x", 1), &["model.b", "endpoint.c"]));
    (desired(next), Twin::holding(&was))
}

fn steps(plan: &Plan) -> Vec<String> {
    plan.steps.iter().map(|s| format!("{} {}", s.action.word(), s.address)).collect()
}

fn folder() -> (tempfile::TempDir, Utf8PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = Utf8Path::from_path(folder.path()).unwrap().join("next.plan");
    (folder, path)
}

#[test]
fn steps_follow_the_graph_and_deletions_come_last() {
    let (wanted, twin) = all_kinds();
    let plan = make(&wanted, &twin.observed());
    assert_eq!(steps(&plan), ["update endpoint.c", "replace endpoint.d", "create endpoint.e", "delete endpoint.f"]);
    assert_eq!(plan.steps[2].needs, [Address::new("endpoint", "c")]);
    assert_eq!(plan.kept.len(), 2);
    assert!(!plan.is_empty());
}

#[test]
fn a_step_waits_for_another_through_what_stays_between_them() {
    let chain = |n: u32| {
        desired([
            resource("x.c", json!({ "replicas": n }), &[]),
            resource("x.b", json!({ "replicas": 1 }), &["x.c"]),
            resource("x.a", json!({ "replicas": n }), &["x.b"]),
        ])
    };
    let twin = Twin::holding(chain(1).resources.values());
    let plan = make(&chain(2), &twin.observed());
    assert_eq!(steps(&plan), ["update x.c", "update x.a"]);
    assert_eq!(plan.steps[1].needs, [Address::new("x", "c")]);
}

#[test]
fn deletion_is_the_inverse_order() {
    let was = [
        resource("x.a", json!({}), &[]),
        resource("x.b", json!({}), &["x.a"]),
        resource("x.c", json!({}), &["x.a", "x.b"]),
    ];
    let plan = destroy(&subject(false), &Twin::holding(&was).observed(), &rules());
    assert_eq!(steps(&plan), ["delete x.c", "delete x.b", "delete x.a"]);
    assert!(plan.refusal().is_none());
}

#[test]
fn a_plan_says_what_callers_notice_and_what_it_risks() {
    let (wanted, twin) = all_kinds();
    let plan = make(&wanted, &twin.observed());
    let said: Vec<_> = plan.steps.iter().map(|s| (s.action, s.notice, s.risk)).collect();
    assert_eq!(
        said,
        [
            (Verb::Update, Notice::BriefErrors, Risk::Disruptive),
            // The rules name `/image`, so it is not the outage that a replacement is otherwise.
            (Verb::Replace, Notice::ColdStart, Risk::Destructive),
            (Verb::Create, Notice::None, Risk::Safe),
            (Verb::Delete, Notice::Outage, Risk::Destructive),
        ]
    );
}

#[test]
fn replacing_what_an_endpoint_needs_is_an_outage_unless_rules_say_otherwise() {
    let was = [resource("model.m", json!({}), &[]), resource("endpoint.e", json!({}), &["model.m"])];
    let twin = Twin::holding(&was);
    twin.world.lock().unwrap().objects.get_mut(&Address::new("model", "m")).unwrap().kind = "other".into();
    let plan = make(&desired(was), &twin.observed());
    assert_eq!((plan.steps[0].action, plan.steps[0].notice), (Verb::Replace, Notice::Outage));
}

#[test]
fn people_read_what_changes_why_and_where_it_was_written() {
    let (wanted, twin) = all_kinds();
    let text = make(&wanted, &twin.observed()).to_text(false);
    insta::assert_snapshot!(text, @r#"
    plan for stack `dev` on twin

      ~ update endpoint.c (thing)  main.serve:1:7
          it differs from the program
          /replicas  1 -> 2  main.serve:2:5
          /secret    "sensitive sha256:7be62984f0f8" -> "sensitive sha256:6a45f87e138e"  main.serve:1:7
          callers notice brief errors

    -/+ replace endpoint.d (thing)  main.serve:1:7
          `/image` can't change in place
          /image  "x" -> "y"  (forces a replacement)  main.serve:1:7
          callers notice a cold start

      + create endpoint.e (thing)  main.serve:1:7
          it does not exist yet

      - delete endpoint.f (thing)
          it is no longer in the program
          callers notice an outage

    1 to create, 1 to update, 1 to replace, 1 to delete
    "#);
    let colour = make(&wanted, &twin.observed()).to_text(true);
    assert!(colour.contains('\u{1b}') && !text.contains('\u{1b}'));
}

#[test]
fn reviewers_read_a_comment_that_folds_the_steps_away() {
    let (wanted, twin) = all_kinds();
    let text = make(&wanted, &twin.observed()).to_markdown();
    assert!(!text.contains("s-1") && !text.contains("s-2"), "{text}");
    insta::assert_snapshot!(text, @r#"
    <!-- servec plan twin dev -->
    ### `dev` on twin: 1 to create, 1 to update, 1 to replace, 1 to delete

    Callers notice **an outage**.

    <details><summary>What changes, and why</summary>

    - ✏️ **update** `endpoint.c` (thing, main.serve:1:7)
      - it differs from the program
      - callers notice brief errors
      - `/replicas`: `1` → `2` (main.serve:2:5)
      - `/secret`: `"sensitive sha256:7be62984f0f8"` → `"sensitive sha256:6a45f87e138e"` (main.serve:1:7)
    - ♻️ **replace** `endpoint.d` (thing, main.serve:1:7)
      - `/image` can't change in place
      - callers notice a cold start
      - `/image`: `"x"` → `"y"`, which forces a replacement (main.serve:1:7)
    - ➕ **create** `endpoint.e` (thing, main.serve:1:7)
      - it does not exist yet
    - ➖ **delete** `endpoint.f` (thing)
      - it is no longer in the program
      - callers notice an outage

    </details>
    "#);
}

#[test]
fn a_comment_about_a_large_plan_is_cut_at_whole_steps_and_says_so() {
    let many = |n: usize| desired((0..n).map(|i| resource(&format!("endpoint.e{i}"), json!({ "replicas": i }), &[])));
    let nothing = Twin::holding(&[]);
    for n in [10, 2_000, 5_000] {
        let text = make(&many(n), &nothing.observed()).to_markdown();
        assert!(text.len() <= servec::plan::LONGEST_COMMENT, "{n}: {}", text.len());
        assert!(text.contains(&format!("{n} to create")) && text.ends_with("</details>\n\n"), "{n}");
        let shown = text.matches("**create**").count();
        let said = text.lines().find_map(|line| line.strip_suffix(" steps: run `servec plan` to see them."));
        let left = said.map_or(0, |line| line.split(' ').next().unwrap().parse::<usize>().unwrap());
        assert_eq!(shown + left, n, "{said:?}");
        assert_eq!(left == 0, n == 10);
    }
}

#[test]
fn nothing_of_a_program_becomes_markup_of_a_comment() {
    let hostile = "</details><script>@team `x`\n# head";
    let mut next = resource("endpoint.a", json!({ "name": hostile }), &[]);
    next.kind = "<b>kind".into();
    let mut wanted = desired([next]);
    wanted.notes.push(hostile.to_owned());
    let twin = Twin::holding(&[resource("endpoint.a", json!({ "name": "x" }), &[])]);
    let text = make(&wanted, &twin.observed()).to_markdown();
    let outside: String = text.split("``").step_by(2).collect();
    assert_eq!(outside.matches("</details>").count(), 1, "{text}");
    assert!(!outside.contains("<script>") && !outside.contains("@team") && !outside.contains("\n# "), "{text}");
}

#[test]
fn text_differences_go_from_live_to_declared_and_hide_secrets() {
    let (wanted, twin) = all_kinds();
    let text = make(&wanted, &twin.observed()).to_diff(false);
    assert!(!text.contains("s-1") && !text.contains("s-2"), "{text}");
    let update: String = text.lines().take_while(|l| !l.contains("endpoint.d")).map(|l| format!("{l}\n")).collect();
    insta::assert_snapshot!(update, @r#"
    --- live/endpoint.c
    +++ next/endpoint.c
    @@ -1,7 +1,7 @@
     {
       "image": "x",
    -  "replicas": 1,
    -  "secret": "sensitive sha256:7be62984f0f8",
    +  "replicas": 2,
    +  "secret": "sensitive sha256:6a45f87e138e",
       "tags": [
         2,
         1
    "#);
    assert_eq!(make(&desired([]), &Observed::default()).to_diff(false), "");
}

#[test]
fn programs_read_what_the_published_schema_says() {
    let schema: Value = serde_json::from_str(include_str!("../../docs/plan.schema.json")).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let (mut wanted, twin) = all_kinds();
    let full = make(&wanted, &twin.observed()).to_json();
    wanted.protect = true;
    wanted.notes.push("a note".into());
    let refused = make(&wanted, &twin.observed()).to_json();
    assert_eq!(refused["refusal"]["code"], "E0902");
    let destroyed = destroy(&subject(false), &twin.observed(), &rules()).to_json();
    let empty = make(&desired([]), &Observed::default()).to_json();
    let mut priced = make(&wanted, &twin.observed());
    priced.cost = Some(cost(Live::Nothing));
    let priced = priced.to_json();
    assert_eq!(priced["cost"]["change"], json!({ "floor": 74.46, "expected": 186.15, "ceiling": 297.84 }));
    for shown in [&full, &refused, &destroyed, &empty, &priced] {
        let errors: Vec<String> =
            validator.iter_errors(shown).map(|e| format!("{e} at {}", e.instance_path())).collect();
        assert_eq!(errors, Vec::<String>::new());
        assert!(!shown.to_string().contains("s-1"));
    }
    let mut wrong = full.clone();
    wrong["steps"][0]["surprise"] = json!(1);
    assert!(!validator.is_valid(&wrong), "the schema is strict");
    assert_eq!(full["counts"], json!({ "create": 1, "update": 1, "replace": 1, "delete": 1, "keep": 2 }));
    assert_eq!(full["steps"][0]["changes"][0]["place"], json!({ "file": "main.serve", "line": 2, "column": 5 }));
}

/// Of one endpoint of one to four `ml.c5.large`, and a job whose cost nobody knows.
fn cost(live: Live) -> Cost {
    let figures = Figures { floor: Usd(74_460_000), expected: Usd(186_150_000), ceiling: Usd(297_840_000) };
    let item = |kind, name: &str, month, unknown: &[&str]| Item {
        name: name.into(),
        kind,
        parts: vec![],
        month,
        unknown: unknown.iter().map(|why| (*why).to_owned()).collect(),
        budget: None,
    };
    let estimate = Estimate {
        stack: "prod".into(),
        target: "cloud".into(),
        region: Some("us-east-1".into()),
        items: vec![
            item(Kind::Endpoint, "score", Some(figures), &[]),
            item(Kind::Job, "nightly", None, &["a job costs by how long it runs"]),
        ],
        total: figures,
    };
    Cost::of(&estimate, live).unwrap()
}

#[test]
fn a_plan_says_what_changes_about_the_cost() {
    let said = |live| cost(live).lines();
    let rest = [
        "  endpoint score: 186.15 (74.46 to 297.84)",
        "  job nightly: unknown",
        "  unknown: job `nightly`: a job costs by how long it runs",
    ];
    for (live, before) in [
        (Live::Nothing, "now 0.00, a change of +186.15"),
        (Live::Same, "now 186.15, a change of +0.00"),
        (Live::Unknown, "what runs now costs an amount that is not known"),
    ] {
        let first = format!("cost: at least 186.15 (74.46 to 297.84) USD/month; {before}");
        assert_eq!(said(live), std::iter::once(first.as_str()).chain(rest).collect::<Vec<_>>());
    }
    assert_eq!(cost(Live::Unknown).before, None);
    let mut plan = make(&desired([]), &Observed::default());
    assert!(!plan.to_text(false).contains("cost"));
    plan.cost = Some(cost(Live::Nothing));
    assert!(plan.to_text(false).contains("\ncost: at least 186.15"));
}

#[test]
fn the_same_input_makes_the_same_bytes() {
    let (wanted, twin) = all_kinds();
    let one = make(&wanted, &twin.observed());
    let two = make(&wanted.clone(), &twin.observed());
    assert_eq!(one.to_json().to_string(), two.to_json().to_string());
    assert_eq!((one.to_text(true), one.to_diff(true)), (two.to_text(true), two.to_diff(true)));
}

#[test]
fn a_protected_stack_refuses_to_destroy_and_replace_but_not_to_repair() {
    let code = |plan: &Plan| plan.refusal().map(|d: Box<Diagnostic>| d.code);
    let (mut wanted, twin) = all_kinds();
    assert_eq!(code(&make(&wanted, &twin.observed())), None);
    wanted.protect = true;
    let refusal = make(&wanted, &twin.observed()).refusal().unwrap();
    assert_eq!(refusal.code, Code::Protected);
    assert!(refusal.message.contains("replace `endpoint.d`, delete `endpoint.f`"), "{}", refusal.message);
    assert_eq!(refusal.span(), Some(Span::new(FileId(0), 6, 8)));
    assert_eq!(code(&destroy(&subject(true), &twin.observed(), &rules())), Some(Code::Protected));
    let one = desired([resource("endpoint.a", json!({}), &[])]);
    let one = Desired { protect: true, ..one };
    let broken = Twin::holding(one.resources.values());
    broken.world.lock().unwrap().objects.values_mut().for_each(|o| o.health = Health::Failed("killed".into()));
    let repair = make(&one, &broken.observed());
    assert_eq!((steps(&repair), code(&repair)), (vec!["replace endpoint.a".to_owned()], None));
    assert_eq!(repair.steps[0].reasons, ["it is broken: killed"]);
}

#[test]
fn a_program_that_wants_nothing_never_deletes_everything() {
    let (_, twin) = all_kinds();
    let plan = make(&desired([]), &twin.observed());
    assert_eq!(plan.refusal().map(|d| d.code), Some(Code::DeletesAll));
    assert!(make(&desired([]), &Observed::default()).refusal().is_none());
    assert!(destroy(&subject(false), &twin.observed(), &rules()).refusal().is_none());
}

#[test]
fn a_saved_plan_reads_back_as_it_was_and_holds_no_live_secret() {
    let (wanted, twin) = all_kinds();
    twin.world.lock().unwrap().objects.get_mut(&Address::new("endpoint", "c")).unwrap().body["secret"] =
        json!("live-secret");
    let made = make(&wanted, &twin.observed());
    let (_folder, path) = folder();
    made.save(&path).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(!text.contains("live-secret"), "only hashes of what is live are kept");
    let read = Plan::load(&path).unwrap();
    assert_eq!(read.to_json(), made.to_json());
    assert_eq!((read.to_text(true), read.to_diff(false)), (made.to_text(true), made.to_diff(false)));
    read.save(&path).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "and is written the same again");
    assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no temporary file is left");
}

#[cfg(unix)]
#[test]
fn a_saved_plan_is_its_owners_only() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, path) = folder();
    make(&desired([]), &Observed::default()).save(&path).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0);
}

#[test]
fn a_plan_that_was_edited_cut_or_made_by_another_servec_is_refused() {
    let (wanted, twin) = all_kinds();
    let (_folder, path) = folder();
    make(&wanted, &twin.observed()).save(&path).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let code = |text: &str| {
        std::fs::write(&path, text).unwrap();
        Plan::load(&path).err().map(|d| d.code)
    };
    assert_eq!(code(&text), None);
    assert_eq!(code(&text.replace("\"replicas\": 2", "\"replicas\": 9")), Some(Code::BadPlanFile));
    assert_eq!(code(&text.replacen("{", "{ \"more\": 1,", 1)), Some(Code::BadPlanFile));
    assert_eq!(code(&text[..text.len() / 2]), Some(Code::BadPlanFile));
    assert_eq!(code(""), Some(Code::BadPlanFile));
    assert_eq!(code("[]"), Some(Code::BadPlanFile));
    assert_eq!(code(&text.replacen("\"format\": 1", "\"format\": 2", 1)), Some(Code::ForeignPlan));
    let version = format!("\"servec\": \"{}\"", env!("CARGO_PKG_VERSION"));
    assert_eq!(code(&text.replacen(&version, "\"servec\": \"99.0.0\"", 1)), Some(Code::ForeignPlan));
    std::fs::remove_file(&path).unwrap();
    assert_eq!(Plan::load(&path).unwrap_err().code, Code::BadPlanFile);
}

#[test]
fn a_plan_that_cant_be_written_leaves_what_was_there() {
    let (_folder, path) = folder();
    std::fs::create_dir(&path).unwrap();
    let plan = make(&desired([]), &Observed::default());
    assert_eq!(plan.save(&path).unwrap_err().code, Code::PlanNotWritten);
    assert!(path.is_dir());
    assert_eq!(plan.save(&path.join("no/such/folder")).unwrap_err().code, Code::PlanNotWritten);
}

#[test]
fn a_plan_knows_which_objects_moved_since() {
    let (wanted, twin) = all_kinds();
    let plan = make(&wanted, &twin.observed());
    assert_eq!(stale(&plan, &twin.observed()), []);
    let at = |name: &str| Address::new("endpoint", name);
    {
        let mut world = twin.world.lock().unwrap();
        world.objects.get_mut(&at("c")).unwrap().body["etag"] = json!("the platform's own");
        let tags = world.objects.get_mut(&at("c")).unwrap().body["tags"].as_array_mut().unwrap();
        tags.reverse();
        world.objects.get_mut(&at("c")).unwrap().health = Health::Pending("scaling".into());
    }
    assert_eq!(stale(&plan, &twin.observed()), []);
    {
        let mut world = twin.world.lock().unwrap();
        world.objects.get_mut(&at("c")).unwrap().body["undeclared"] = json!(1);
        world.objects.get_mut(&at("d")).unwrap().health = Health::Failed("killed".into());
        let copy = world.objects.remove(&at("f")).unwrap();
        world.objects.insert(at("z"), copy);
    }
    let moved: Vec<Stale> = [("c", How::Changed), ("d", How::Changed), ("f", How::Gone), ("z", How::New)]
        .map(|(name, how)| Stale { address: at(name), how })
        .into();
    assert_eq!(stale(&plan, &twin.observed()), moved);
}

#[test]
fn the_program_hash_ignores_how_it_was_written() {
    let (wanted, _) = all_kinds();
    let mut same = wanted.clone();
    same.resources.values_mut().for_each(|r| r.origin = Span::new(FileId(3), 1, 2));
    assert_eq!(servec::plan::program_hash(&wanted), servec::plan::program_hash(&same));
    same.resources.values_mut().for_each(|r| r.body["replicas"] = json!(7));
    assert_ne!(servec::plan::program_hash(&wanted), servec::plan::program_hash(&same));
}

#[test]
fn what_is_not_ready_yet_is_a_note_and_no_step() {
    let wanted = desired([resource("endpoint.a", json!({}), &[])]);
    let twin = Twin::holding(wanted.resources.values());
    twin.world.lock().unwrap().objects.values_mut().for_each(|o| o.health = Health::Pending("loading".into()));
    let plan = make(&wanted, &twin.observed());
    assert!(plan.is_empty());
    assert_eq!(plan.notes, ["`endpoint.a` is not ready yet: loading"]);
}
