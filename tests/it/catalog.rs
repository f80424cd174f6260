//! The catalogues: whole, sourced, and what is chosen from them.

use std::sync::Arc;

use proptest::prelude::*;
use servec::catalog::{
    Arch, Basis, Catalog, Class, Found, Gpus, Machine, Need, Offer, Overrides, Price, Texts, Usage, Wanted, choose,
    pick,
};
use servec::target::catalogs;

const GIB: u64 = 1 << 30;

fn catalog(name: &str) -> &'static Catalog {
    catalogs().into_iter().find(|(target, _)| *target == name).unwrap().1
}

fn machine(target: &str, label: &str) -> &'static Machine {
    catalog(target).machines().all.iter().find(|m| m.label() == label).unwrap_or_else(|| panic!("no {label}"))
}

fn need(cpu: f64, memory: u64) -> Need {
    Need { cpu: Some(cpu), memory: Some(memory * GIB), gpus: None }
}

fn gpus(kind: Option<&str>, memory: Option<u64>, count: u32) -> Need {
    let gpus = Gpus { kinds: kind.map(Arc::from).into_iter().collect(), memory: memory.map(|m| m * GIB), count };
    Need { gpus: Some(gpus), ..Need::default() }
}

fn picked(target: &str, need: &Need, region: &str) -> Option<String> {
    let choice = choose(catalog(target).machines(), &Overrides::default(), need, &region.into(), Usage::Online);
    choice.picked.map(|(machine, _)| machine.label())
}

#[test]
fn every_catalogue_is_whole() {
    for (target, catalog) in catalogs() {
        catalog.verify().unwrap_or_else(|broken| panic!("{target}: {broken}"));
        assert!(catalog.machines().all.len() > 100, "{target}");
    }
}

#[test]
fn what_is_not_whole_does_not_load() {
    let whole = Texts {
        about: r#"{"as_of":"2026-11-21","home":"r1"}"#,
        machines: "name,cpu,memory_gib,accelerator,count,accelerator_gib,device,arch,burstable,online,batch,usd,infra_usd,ratio,price_source,ratio_source,price_region,source,note\n\
                   m,2,4,,,,,x86_64,,o1,,0.1,,,S,,r1,S,\n",
        offers: "key,regions\no1,r1 r2\n",
        retired: "pattern,what,because,instead,source\n",
        sources: "key,title,as_of\nS,somewhere,2026\n",
        images: "framework,version,accelerator,registry,image,until,source\nf,1.0,cpu,main,f:1.0,,S\n",
        registries: "region,registry,host,source\nr1,main,host,S\n",
    };
    Catalog::new(whole).verify().unwrap();
    let machines = |from: &str, to: &str| {
        assert!(whole.machines.contains(from));
        Texts { machines: whole.machines.replace(from, to).leak(), ..whole }
    };
    for (broken, says) in [
        (machines("0.1,,,S,,r1,S", ",0.1,,S,,r1,S"), "a price is"),
        (machines("0.1,,,S,,r1,S", "0.1,,,,,r1,S"), "a price is"),
        (machines("0.1,,,S,,r1,S", "0.1,,,T,,r1,S"), "`T` is no source"),
        (machines("m,2,4", "m,0,4"), "no cores"),
        (machines("m,2,4,,", "m,2,4,gpu:t4,"), "needs its count"),
        (machines("o1,,", "o2,,"), "`o2` is no offer"),
        (
            machines(
                "m,2,4,,,,,x86_64,,o1,,0.1,,,S,,r1,S,\n",
                "m,2,4,,,,,x86_64,,o1,,0.1,,,S,,r1,S,\nm,2,4,,,,,x86_64,,o1,,0.1,,,S,,r1,S,\n",
            ),
            "twice",
        ),
        (
            Texts {
                images: "framework,version,accelerator,registry,image,until,source\nf,1.0,cpu,other,f:1.0,,S\n",
                ..whole
            },
            "no registry",
        ),
        (Texts { about: "{}", ..whole }, "catalog.json"),
    ] {
        let said = Catalog::new(broken).verify().unwrap_err().0;
        assert!(said.contains(says), "`{said}` does not say `{says}`");
    }
}

/// Against a source that is not the table: the SageMaker pricing page's example in the issue that asked for this.
#[test]
fn the_price_that_everyone_quotes_is_listed() {
    let Price::Listed { rate, .. } = &machine("sagemaker", "ml.c5.large").price else { panic!("not listed") };
    assert_eq!(rate.micros(), 102_000);
}

#[test]
fn an_estimate_is_never_called_listed() {
    // 0.8048 x 1.4 = 1.12672
    let quote = Overrides::default().quote(machine("sagemaker", "ml.g6.xlarge"), "us-east-1");
    assert_eq!((quote.basis, quote.rate.unwrap().micros()), (Basis::Estimated, 1_126_720));
    assert!(quote.to_string().contains("estimated"));
    // (0.19 + 0.35) x 1.15 = 0.621
    let quote = Overrides::default().quote(machine("vertex", "n1-standard-4 + 1 t4"), "us-central1");
    assert_eq!((quote.basis, quote.rate.unwrap().micros()), (Basis::Estimated, 621_000));
    let quote = Overrides::default().quote(machine("sagemaker", "ml.p5e.48xlarge"), "us-east-1");
    assert_eq!((quote.basis, quote.rate), (Basis::Unknown, None));
}

#[test]
fn a_price_of_another_region_says_so() {
    let c5 = machine("sagemaker", "ml.c5.large");
    assert_eq!(Overrides::default().quote(c5, "us-east-1").elsewhere, None);
    assert_eq!(Overrides::default().quote(c5, "eu-west-1").elsewhere.as_deref(), Some("us-east-1"));
    assert_eq!(Overrides::default().quote(c5, "eu-west-1").to_string(), "listed, 2026-07-20, us-east-1 price");
}

#[test]
fn own_prices_stand_over_the_catalogue() {
    let c5 = machine("sagemaker", "ml.c5.large");
    let csv = "machine, region, usd_per_hour\nml.c5.large, eu-west-1, 0.115\nml.c5.large, , 0.05\n";
    let json = r#"[{ "machine": "ml.c5.large", "region": "eu-west-1", "usd_per_hour": 0.115, "currency": "USD" },
                   { "machine": "ml.c5.large", "usd_per_hour": 0.05 }]"#;
    for text in [csv, json] {
        let prices = Overrides::parse("own.csv", text).unwrap();
        for (region, micros) in [("eu-west-1", 115_000), ("us-east-1", 50_000)] {
            let quote = prices.quote(c5, region);
            assert_eq!((quote.basis, quote.rate.unwrap().micros()), (Basis::Given, micros));
            assert_eq!(quote.to_string(), "from own.csv");
        }
    }
    for (bad, says) in [
        ("machine,usd_per_hour\nx,-1\n", "`x`"),
        ("machine,usd_per_hour\nx,NaN\n", "`x`"),
        ("machine,usd_per_hour,currency\nx,1,EUR\n", "EUR"),
        ("machine,usd_per_hour\nx,1\nx,2\n", "two prices"),
        ("machine\nx\n", "usd_per_hour"),
        ("[{}]", "machine"),
    ] {
        let said = Overrides::parse("own", bad).unwrap_err();
        assert!(said.contains(says), "`{said}` does not say `{says}`");
    }
    let prices = Overrides::parse("own", "machine,usd_per_hour\nml.no,1\nml.c5.large,1\n").unwrap();
    assert_eq!(prices.strangers(&[catalog("sagemaker").machines()]), [Arc::from("ml.no")]);
}

#[test]
fn an_own_price_changes_the_choice() {
    let prices = Overrides::parse("own", "machine,usd_per_hour\nml.m5.large,0.01\n").unwrap();
    let machines = catalog("sagemaker").machines();
    let choice = choose(machines, &prices, &need(2.0, 4), &"us-east-1".into(), Usage::Online);
    assert_eq!(choice.picked.unwrap().0.label(), "ml.m5.large");
}

#[test]
fn the_cheapest_that_fits_is_picked() {
    for (need, sagemaker, vertex) in [
        (need(2.0, 4), "ml.c5.large", "e2-standard-2"),
        (need(4.0, 8), "ml.c5.xlarge", "e2-standard-4"),
        (gpus(None, Some(16), 1), "ml.g4dn.xlarge", "n1-standard-2 + 1 t4"),
        (gpus(None, Some(20), 1), "ml.g6.xlarge", "g2-standard-4"),
        (gpus(Some("a10g"), None, 4), "ml.g5.12xlarge", "-"),
        // One where eight is the smallest, on one platform; one alone on the other.
        (gpus(Some("a100"), None, 1), "ml.p4d.24xlarge", "a2-highgpu-1g"),
        (gpus(Some("a100"), Some(80), 1), "ml.p4de.24xlarge", "a2-ultragpu-1g"),
        (gpus(None, Some(1024), 1), "-", "-"),
    ] {
        assert_eq!(picked("sagemaker", &need, "us-east-1").as_deref().unwrap_or("-"), sagemaker, "{need}");
        assert_eq!(picked("vertex", &need, "us-central1").as_deref().unwrap_or("-"), vertex, "{need}");
    }
}

#[test]
fn regions_and_modes_are_kept() {
    let h100 = gpus(Some("h100"), None, 1);
    assert_eq!(picked("sagemaker", &h100, "us-east-1").as_deref(), Some("ml.p5.48xlarge"));
    let offered = &machine("sagemaker", "ml.p5.4xlarge").online;
    let Offer::In(regions) = offered else { panic!("regions are listed") };
    assert!(!regions.is_empty() && !regions.contains("us-east-1"));
    for region in regions.iter() {
        assert_eq!(picked("sagemaker", &h100, region).as_deref(), Some("ml.p5.4xlarge"), "{region}");
    }
    let machines = catalog("sagemaker").machines();
    let batch = choose(machines, &Overrides::default(), &need(2.0, 4), &"us-east-1".into(), Usage::Batch);
    assert_eq!(batch.picked.unwrap().0.label(), "ml.c6i.large", "ml.c5.large runs no batch jobs");
}

#[test]
fn what_is_over_is_known_by_name() {
    let machines = catalog("sagemaker").machines();
    let retired = machines.retired("ml.eia2.medium").unwrap();
    assert!(retired.because.contains("no longer supported") && !retired.source.as_of.is_empty());
    assert!(machines.retired("ml.c5.large").is_none());
}

#[test]
fn a_name_that_comes_with_and_without_accelerators_is_told_apart() {
    let labels: Vec<String> = catalog("vertex").machines().named("n1-standard-4").map(Machine::label).collect();
    assert!(labels.contains(&"n1-standard-4".to_owned()) && labels.contains(&"n1-standard-4 + 2 t4".to_owned()));
    assert_eq!(
        machine("vertex", "a2-highgpu-1g").accelerators.as_ref().unwrap().device.as_deref(),
        Some("NVIDIA_TESLA_A100")
    );
}

#[test]
fn images_are_found_by_framework_version_region_and_accelerator() {
    let images = catalog("sagemaker").images();
    let uri = |framework, version, wanted, region| match images.find(framework, version, wanted, region) {
        Found::Image { uri, .. } => uri,
        other => panic!("{framework} {version:?} in {region}: {other:?}"),
    };
    assert_eq!(
        uri("pytorch", Some("2.6"), Wanted::Gpu, "eu-west-1"),
        "763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-inference:2.6.0-gpu-py312"
    );
    assert_eq!(
        uri("pytorch", None, Wanted::Cpu, "af-south-1"),
        "626614931356.dkr.ecr.af-south-1.amazonaws.com/pytorch-inference:2.6.0-cpu-py312"
    );
    assert_eq!(
        uri("sklearn", Some("1.2"), Wanted::Cpu, "us-west-2"),
        "246618743249.dkr.ecr.us-west-2.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
    );
    assert!(matches!(images.find("onnx", None, Wanted::Cpu, "us-east-1"), Found::NoFramework));
    let Found::NoVersion { versions, .. } = images.find("pytorch", Some("9"), Wanted::Cpu, "us-east-1") else {
        panic!("there is no version 9")
    };
    assert_eq!(versions.first().map(|v| &**v), Some("2.6.0"), "the newest first");
    assert!(
        matches!(images.find("sklearn", None, Wanted::Gpu, "us-east-1"), Found::NoVersion { versions, .. } if versions.is_empty())
    );
    assert!(matches!(images.find("xgboost", None, Wanted::Cpu, "ap-east-2"), Found::NotThere { .. }));
}

#[test]
fn an_image_ends_on_its_day() {
    let images = catalog("vertex").images();
    let Found::Ended { until, newest, .. } = images.find("pytorch", Some("2.1"), Wanted::Cpu, "europe-west4") else {
        panic!("2.1 is over")
    };
    assert_eq!((until.to_string().as_str(), newest.map(|i| &*i.version)), ("2025-12-01", Some("2.4")));
    let Found::Image { uri, image } = images.find("pytorch", Some("2.4"), Wanted::Gpu, "europe-west4") else {
        panic!("2.4 goes on")
    };
    assert_eq!(uri, "europe-docker.pkg.dev/vertex-ai/prediction/pytorch-gpu.2-4:latest");
    assert_eq!(image.until.unwrap().to_string(), "2027-01-14");
}

/// What fits, told again in other words than the code's.
fn fits(machine: &Machine, need: &Need, region: &str) -> bool {
    let offered = match &machine.online {
        Offer::Unlisted => true,
        Offer::In(regions) => regions.iter().any(|r| **r == *region),
    };
    let accelerated = need.gpus.as_ref().is_none_or(|asked| {
        machine.accelerators.as_ref().is_some_and(|has| {
            has.class == Class::Gpu
                && has.count >= asked.count
                && asked.kinds.iter().all(|kind| *kind == has.kind)
                && asked.memory.is_none_or(|memory| has.memory.is_some_and(|has| has >= memory))
        })
    });
    offered
        && accelerated
        && machine.arch == Arch::X86
        && !machine.burstable
        && f64::from(machine.cpu) >= need.cpu.unwrap_or(0.0)
        && machine.memory >= need.memory.unwrap_or(0)
}

fn needs() -> impl Strategy<Value = Need> {
    let kinds = proptest::sample::select(vec!["t4", "l4", "a10g", "a100", "h100", "nothing"]);
    let gpus =
        (proptest::option::of(kinds), proptest::option::of(1_u64..200), 1_u32..9).prop_map(|(kind, memory, count)| {
            Gpus { kinds: kind.map(Arc::from).into_iter().collect(), memory: memory.map(|m| m * GIB), count }
        });
    let sizes = (proptest::option::of(0.5_f64..200.0), proptest::option::of(1_u64..3000));
    (sizes, proptest::option::of(gpus)).prop_map(|((cpu, memory), gpus)| Need {
        cpu,
        memory: memory.map(|m| m * GIB),
        gpus,
    })
}

proptest! {
    #[test]
    fn the_pick_fits_and_none_cheaper_does(
        need in needs(),
        target in proptest::sample::select(vec!["sagemaker", "vertex"]),
        region in proptest::sample::select(vec!["us-east-1", "eu-west-1", "ap-southeast-4", "us-central1"]),
    ) {
        let machines = catalog(target).machines();
        let prices = Overrides::default();
        let choice = choose(machines, &prices, &need, &region.into(), Usage::Online);
        let fitting: Vec<&Machine> = machines.all.iter().filter(|m| fits(m, &need, region)).collect();
        prop_assert_eq!(choice.picked.is_some(), !fitting.is_empty());
        prop_assert_eq!(&choice.picked, &pick(machines, &prices, &need, &region.into(), Usage::Online));
        if let Some((machine, quote)) = &choice.picked {
            prop_assert!(fits(machine, &need, region));
            for other in &fitting {
                let rate = prices.quote(other, region).rate;
                prop_assert!(rate.is_none() || quote.rate.is_some_and(|own| Some(own) <= rate), "{}", other.label());
            }
        }
        // Every machine is accounted for, once, with a reason.
        let passed = choice.runners_up.iter().chain(&choice.misses);
        prop_assert!(passed.clone().all(|p| !p.reasons.is_empty()));
        prop_assert_eq!(passed.count() + usize::from(choice.picked.is_some()), machines.all.len());
        prop_assert_eq!(choice.runners_up.len() + usize::from(choice.picked.is_some()), fitting.len());
    }
}
