//! What stacks cost, against figures worked out by hand: a month is 730 hours, prices are those of the catalogue's tables.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use servec::catalog::{Catalog, Overrides};
use servec::check::{Given, TargetInfo, check};
use servec::cost::{Estimate, Item, estimate, keep};
use servec::files::{Nothing, Overlay};
use servec::names;
use servec::report::{Diagnostic, Severity, Sink};
use servec::source::SourceMap;
use servec::stack::{Setting, Stack, Type};
use servec::target::catalogs;

/// Models that the fixtures serve; nothing of them asks for a machine but what is said.
const MODELS: &str = r#"
model plain {
  framework = xgboost("1.7")
  artifact  = "s3://models/plain.tar.gz"
  input  x: tensor<f32>[batch, 4]
  output y: tensor<f32>[batch, 1]
}
model other {
  framework = xgboost("1.7")
  artifact  = "s3://models/other.tar.gz"
  input  x: tensor<f32>[batch, 4]
  output y: tensor<f32>[batch, 1]
}
model three {
  framework = xgboost("1.7")
  artifact  = "s3://models/three.tar.gz"
  input  x: tensor<f32>[batch, 4]
  output y: tensor<f32>[batch, 1]
  memory = 3GiB
}
model third {
  framework = xgboost("1.7")
  artifact  = "s3://models/third.tar.gz"
  input  x: tensor<f32>[batch, 1]
  output y: tensor<f32>[batch, 1]
  memory = 3GiB
}
model seeing {
  framework   = pytorch("2.3")
  artifact    = "s3://models/seeing.tar.gz"
  input  x: tensor<f32>[batch, 4]
  output y: tensor<f32>[batch, 1]
  accelerator = gpu { memory = 16GiB }
}
model two_cores {
  framework = xgboost("1.7")
  artifact  = "s3://models/two.tar.gz"
  input  x: tensor<f32>[batch, 4]
  output y: tensor<f32>[batch, 1]
  cpu = 2
}
pipeline chain {
  input x: tensor<f32>[batch, 4]
  middle = three(x)
  output y = third(middle)
}
pipeline seen {
  input x: tensor<f32>[batch, 4]
  middle = seeing(x)
  output y = third(middle)
}
pool both { members = [plain, other] }
pool large { members = [three, third] }
pool apart {
  members = [three, third]
  share   = instance
}
"#;

fn stack(program: &str) -> Stack {
    let settings: &'static [Setting] =
        vec![Setting { name: "region", ty: Type::String, required: false, doc: "" }].leak();
    let targets = ["sagemaker", "vertex", "own"].map(|name| TargetInfo { name, settings });
    let files =
        Overlay { texts: BTreeMap::from([(Utf8PathBuf::from("main.serve"), program.to_owned())]), below: Nothing };
    let (mut sources, mut sink) = (SourceMap::default(), Sink::default());
    let names = names::resolve(&["main.serve".into()], &files, &mut sources, &mut sink);
    let given = Given { files: &files, targets: &targets, texts: &BTreeMap::new(), set: &BTreeMap::new(), stacks: &[] };
    let stacks = check(&names, &given, &mut sink);
    let errors: Vec<String> =
        sink.into_sorted().into_iter().filter(|d| d.severity == Severity::Error).map(|d| d.message).collect();
    assert!(errors.is_empty(), "{errors:?}\n{program}");
    stacks.into_iter().next().unwrap()
}

/// A stack of these endpoints, all on one target.
fn program(on: &str, declarations: &str) -> String {
    let names: Vec<&str> = declarations
        .lines()
        .filter_map(|line| line.strip_prefix("endpoint ").or(line.strip_prefix("job ")))
        .filter_map(|rest| rest.split_whitespace().next())
        .collect();
    format!("{MODELS}\n{declarations}\nstack s on {on}\n  deploy {}\n}}\n", names.join("\n  deploy "))
}

fn catalog(target: &str) -> Option<&'static Catalog> {
    catalogs().into_iter().find(|(name, _)| *name == target).map(|(_, catalog)| catalog)
}

fn costs(on: &str, declarations: &str, prices: &Overrides) -> (Estimate, Vec<Diagnostic>) {
    let stack = stack(&program(on, declarations));
    let mut sink = Sink::default();
    let estimate = estimate(&stack, catalog(&stack.target), prices, &mut sink);
    keep(&estimate, &mut sink);
    (estimate, sink.into_sorted())
}

/// Floor, expected, ceiling in USD a month; the total of the stack.
fn total(on: &str, declarations: &str) -> [f64; 3] {
    let (estimate, diagnostics) = costs(on, declarations, &Overrides::default());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    assert!(estimate.is_complete(), "{:?}", estimate.items);
    [estimate.total.floor, estimate.total.expected, estimate.total.ceiling].map(|usd| usd.dollars())
}

const US: &str = "sagemaker {\n  region = \"us-east-1\"";
const VERTEX: &str = "vertex {\n  region = \"us-central1\"";

#[test]
fn figures_are_those_worked_out_by_hand() {
    let c5 = |rest: &str| format!("endpoint a {{\n  serve = plain\n  machine = \"ml.c5.large\"\n{rest}\n}}");
    // Every price an hour as the table or its source has it; x 730 is a month of one machine:
    // ml.c5.large 0.102 -> 74.46; ml.g4dn.xlarge 0.7364 -> 537.572; ml.m5.large 0.115 -> 83.95
    let fixtures: Vec<(&str, &str, String, [f64; 3])> = vec![
        ("one machine", US, c5(""), [74.46, 74.46, 74.46]),
        // 2 x 74.46
        ("a fixed pair", US, c5("scale = 2..2"), [148.92, 148.92, 148.92]),
        // nothing moves the count: it stays at 1; 4 x 74.46
        ("a range without a policy", US, c5("scale = 1..4"), [74.46, 74.46, 297.84]),
        // half way between 1 and 4 is 2.5: 2.5 x 74.46
        ("a tracked range", US, c5("scale = 1..4 {\n  track requests_per_replica { target = 40/s }\n}"), [74.46, 186.15, 297.84]),
        // half way between 0 and 4 is 2: 2 x 74.46
        (
            "async down to nothing",
            US,
            c5("mode = async { timeout = 60s }\nscale = 0..4 {\n  track backlog_per_replica { target = 5 }\n}"),
            [0.0, 148.92, 297.84],
        ),
        ("async without a policy", US, c5("mode = async { timeout = 60s }\nscale = 0..4"), [0.0, 0.0, 297.84]),
        // ml.g4dn.xlarge is the cheapest with 16 GiB: 0.7364 x 730; 2 and 3 of it
        (
            "the cheapest gpu",
            US,
            "endpoint a {\n  serve = seeing\n  scale = 1..3 {\n    track gpu { target = 60% }\n  }\n}".into(),
            [537.572, 1075.144, 1612.716],
        ),
        // ml.g6.xlarge, estimated: 0.8048 x 1.4 = 1.12672; x 730
        ("an estimated price", US, "endpoint a {\n  serve = seeing\n  machine = \"ml.g6.xlarge\"\n}".into(), [822.5056; 3]),
        // ml.p4d.24xlarge, estimated: 21.957642 x 1.15 = 25.2512883; x 730
        ("eight accelerators", US, "endpoint a {\n  serve = seeing\n  machine = \"ml.p4d.24xlarge\"\n}".into(), [18433.4405; 3]),
        // 10 x 90/100 = 9 and 10 x 10/100 = 1: ten machines
        (
            "nine parts and one",
            US,
            c5("scale = 10..10\nvariant stable { weight = 90 }\nvariant canary { weight = 10, serve = other }"),
            [744.60; 3],
        ),
        // one replica, two variants: one machine each
        (
            "two variants of one replica",
            US,
            c5("variant one { weight = 50 }\nvariant two { weight = 50, serve = other }"),
            [148.92; 3],
        ),
        // floor 1 + 1; at 2.5 replicas each variant is between 1 (of 2) and 2 (of 3): 1.5 + 1.5 = 3; ceiling 2 + 2
        (
            "two variants of a tracked range",
            US,
            c5("scale = 1..4 {\n  track requests_per_replica { target = 40/s }\n}\nvariant one { weight = 50 }\nvariant two { weight = 50, serve = other }"),
            [148.92, 223.38, 297.84],
        ),
        // floor 1 + 1; at 10.5: 95 of 100 of 10 is 9.5, so 10, and of 11 is 10.45, so 11: 10.5; 5 of 100 is 1: 11.5; ceiling 19 + 1
        (
            "a small canary of a wide range",
            US,
            c5("scale = 1..20 {\n  track requests_per_replica { target = 40/s }\n}\nvariant one { weight = 95 }\nvariant two { weight = 5, serve = other }"),
            [148.92, 856.29, 1489.20],
        ),
        // the shadow is sent everything: twice 1, 2 and 3
        (
            "a shadow",
            US,
            c5("scale = 1..3 {\n  track requests_per_replica { target = 40/s }\n}\nvariant one { weight = 1 }\nvariant mirror { shadow = true, serve = other }"),
            [148.92, 297.84, 446.76],
        ),
        // 74.46 (ml.c5.large, the cheapest there is) + 537.572 (ml.g4dn.xlarge)
        (
            "variants on unlike machines",
            US,
            "endpoint a {\n  serve = plain\n  variant one { weight = 1 }\n  variant two { weight = 1, serve = seeing }\n}".into(),
            [612.032; 3],
        ),
        // 4 for 12 h on 5 days, else 1: 1 + 3 x 60/168 = 2.0714286; x 74.46
        (
            "working hours",
            US,
            c5("scale = 1..4 {\n  schedule up { cron = \"0 7 * * 1-5\", min = 4 }\n  schedule down { cron = \"0 19 * * 1-5\", min = 1 }\n}"),
            [74.46, 154.2386, 297.84],
        ),
        // the same hours in another zone
        (
            "working hours in Berlin",
            US,
            c5("scale = 1..4 {\n  schedule up { cron = \"0 7 * * 1-5\", zone = \"Europe/Berlin\", min = 4 }\n  schedule down { cron = \"0 19 * * 1-5\", zone = \"Europe/Berlin\", min = 1 }\n}"),
            [74.46, 154.2386, 297.84],
        ),
        // nothing sets it back: 3 at all times; 3 x 74.46; 5 x 74.46
        (
            "a schedule that nothing undoes",
            US,
            c5("scale = 1..5 {\n  schedule up { cron = \"0 7 * * *\", min = 3 }\n}"),
            [74.46, 223.38, 372.30],
        ),
        // minimum 2.0714286 as above, maximum 10: half way is 6.0357143; x 74.46
        (
            "working hours and a tracked range",
            US,
            c5("scale = 1..10 {\n  track requests_per_replica { target = 40/s }\n  schedule up { cron = \"0 7 * * 1-5\", min = 4 }\n  schedule down { cron = \"0 19 * * 1-5\", min = 1 }\n}"),
            [74.46, 449.4193, 744.60],
        ),
        // 2 for 120 of 168 h, else none: 1.4285714 x 74.46
        (
            "off at weekends",
            US,
            c5("mode = async { timeout = 60s }\nscale = 2..2 {\n  schedule off { cron = \"0 0 * * 6\", min = 0 }\n  schedule on { cron = \"0 0 * * 1\", min = 2 }\n}"),
            [0.0, 106.3714, 148.92],
        ),
        // members of a pool share one machine
        ("a pool", US, "endpoint a {\n  serve = both\n  machine = \"ml.c5.large\"\n}".into(), [74.46; 3]),
        // 3 GiB is the larger member, which ml.c5.large has
        ("a pool of large members", US, "endpoint a {\n  serve = large\n}".into(), [74.46; 3]),
        // 3 + 3 GiB side by side: ml.m5.large has 8
        ("a pool whose members stand side by side", US, "endpoint a {\n  serve = apart\n}".into(), [83.95; 3]),
        ("a pipeline", US, "endpoint a {\n  serve = chain\n}".into(), [83.95; 3]),
        // 16 GiB of gpu and 3 GiB: ml.g4dn.xlarge has both
        ("a pipeline with a gpu", US, "endpoint a {\n  serve = seen\n}".into(), [537.572; 3]),
        // no price of Dublin is known: that of us-east-1 stands, and says so
        ("another region", "sagemaker {\n  region = \"eu-west-1\"", c5(""), [74.46; 3]),
        // without a region that of the prices is meant
        ("no region", "sagemaker {", c5(""), [74.46; 3]),
        // two endpoints: 74.46 + 2 x 537.572
        (
            "two endpoints",
            US,
            format!("{}\nendpoint b {{\n  serve = seeing\n  scale = 2..2\n}}", c5("")),
            [1149.604; 3],
        ),
        // e2-highcpu-2, estimated: 0.04947 x 1.15 = 0.0568905, in whole millionths 0.056891; x 730
        ("the cheapest of another target", VERTEX, "endpoint a {\n  serve = two_cores\n}".into(), [41.5304; 3]),
        // n1-standard-4 + 1 t4, estimated: (0.19 + 0.35) x 1.15 = 0.621; x 730
        ("an accelerator that is added", VERTEX, "endpoint a {\n  serve = seeing\n  machine = \"n1-standard-4\"\n}".into(), [453.33; 3]),
        // n1-standard-4 alone: 0.19 x 1.15 = 0.2185; x 730
        ("none that is not asked for", VERTEX, "endpoint a {\n  serve = plain\n  machine = \"n1-standard-4\"\n}".into(), [159.505; 3]),
    ];
    assert!(fixtures.len() >= 25);
    let mut wrong = Vec::new();
    for (name, on, declarations, expected) in fixtures {
        let actual = total(on, &declarations);
        // To a cent: much nearer than the one part in a hundred that is promised.
        if actual.iter().zip(expected).any(|(actual, expected)| (actual - expected).abs() > 0.01) {
            wrong.push(format!("{name}: {actual:?}, by hand {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn only(on: &str, declarations: &str, prices: &Overrides) -> Item {
    costs(on, declarations, prices).0.items.remove(0)
}

#[test]
fn what_is_unknown_is_said_and_never_nothing() {
    let none = Overrides::default();
    for (on, declarations, says) in [
        (US, "endpoint a {\n  serve = plain\n  mode = serverless { memory = 2GiB, max_concurrency = 5 }\n}", "by call"),
        (
            US,
            "job a {\n  run = two_cores\n  mode = batch { input = \"s3://in\", output = \"s3://out\" }\n}",
            "0.102 USD/h (estimated, 2026-07-20) for each `ml.c6i.large`",
        ),
        (
            VERTEX,
            "endpoint a {\n  serve = seeing\n  machine = \"g4-standard-48\"\n}",
            "the price of `g4-standard-48` is unknown",
        ),
        ("own {", "endpoint a {\n  serve = plain\n}", "rents out no machines"),
    ] {
        let item = only(on, declarations, &none);
        assert_eq!(item.month, None, "{declarations}");
        assert!(item.unknown.iter().any(|why| why.contains(says)), "{:?} does not say {says}", item.unknown);
    }
}

#[test]
fn what_is_known_of_a_part_counts() {
    // g2-standard-4 0.70683 x 1.15 = 0.8128545; x 730 = 593.38, and a variant whose price nobody knows
    let both = "endpoint a {\n  serve = seeing\n  machine = \"g4-standard-48\"\n}\nendpoint b {\n  serve = seeing\n  machine = \"g2-standard-4\"\n}";
    let (estimate, _) = costs(VERTEX, both, &Overrides::default());
    assert!(!estimate.is_complete());
    assert!((estimate.total.expected.dollars() - 593.38).abs() < 0.01);
}

#[test]
fn own_prices_are_used_and_said() {
    let prices = Overrides::parse("own.csv", "machine,usd_per_hour\nml.c5.large,0.05\n").unwrap();
    let item = only(US, "endpoint a {\n  serve = plain\n}", &prices);
    // 0.05 x 730
    assert!((item.month.unwrap().expected.dollars() - 36.50).abs() < 0.01);
    assert_eq!(item.parts[0].quote.to_string(), "from own.csv");
}

#[test]
fn a_price_of_another_region_is_marked() {
    let item = only("sagemaker {\n  region = \"eu-west-1\"", "endpoint a {\n  serve = plain\n}", &Overrides::default());
    assert_eq!(item.parts[0].quote.elsewhere.as_deref(), Some("us-east-1"));
}

#[test]
fn ten_endpoints_cost_ten_times_a_pool() {
    let ten: String =
        (0..10).map(|i| format!("endpoint e{i} {{\n  serve = plain\n  machine = \"ml.c5.large\"\n}}\n")).collect();
    let pool = "endpoint a {\n  serve = both\n  machine = \"ml.c5.large\"\n}";
    // 10 x 0.102 = 1.02 an hour
    let (ten, one) = (total(US, &ten)[1] / 730.0, total(US, pool)[1] / 730.0);
    assert!((ten - 1.02).abs() < 1e-9 && (one - 0.102).abs() < 1e-9, "{ten} {one}");
}

fn said(declarations: &str) -> Vec<(String, String)> {
    let (_, diagnostics) = costs(US, declarations, &Overrides::default());
    diagnostics.into_iter().map(|d| (d.code.id().to_owned(), format!("{d:?}"))).collect()
}

#[test]
fn a_budget_is_kept() {
    let with = |scale: &str, budget: &str| {
        said(&format!(
            "endpoint a {{\n  serve = plain\n  machine = \"ml.c5.large\"\n  {scale}\n  budget = {budget}\n}}"
        ))
    };
    let tracked = "scale = 1..4 {\n  track requests_per_replica { target = 40/s }\n}";
    // floor 74.46, expected 186.15, ceiling 297.84
    for (budget, code) in [
        ("298 USD/month", None),
        ("297.84 USD/month", None),
        ("297 USD/month", Some("E0441")),
        ("186.15 USD/month", Some("E0441")),
        ("186 USD/month", Some("E0440")),
        ("10 USD/month", Some("E0440")),
        // No rate of exchange is known.
        ("10 EUR/month", None),
    ] {
        let codes: Vec<String> = with(tracked, budget).into_iter().map(|(code, _)| code).collect();
        assert_eq!(codes, code.into_iter().collect::<Vec<_>>(), "{budget}");
    }
}

#[test]
fn a_budget_that_is_exceeded_names_the_three_largest_parts() {
    let found = said(
        "endpoint a {\n  serve = plain\n  budget = 100 USD/month\n  variant one { weight = 1 }\n  variant two { weight = 1, serve = seeing }\n  \
         variant three { weight = 1, serve = chain }\n  variant four { weight = 1, serve = two_cores }\n}",
    );
    assert_eq!(found.len(), 1);
    let (code, text) = &found[0];
    assert_eq!(code, "E0440");
    // 537.57 + 83.95 + 2 x 74.46 = 770.44
    assert!(text.contains("770.44"), "{text}");
    let names: Vec<bool> = ["`two`", "`three`", "`one`", "`four`"].iter().map(|name| text.contains(name)).collect();
    assert_eq!(names, [true, true, true, false], "{text}");
}
