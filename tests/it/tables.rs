//! The capability tables that are compiled in: total, sourced, and with a way on wherever they refuse.

use servec::capability::{Feature, Limit, Support};
use servec::stack::Metric;
use servec::target::ALL;

#[test]
fn every_table_loads_and_every_refusal_names_a_way_on() {
    let mut problems = vec![];
    for target in ALL {
        let table = target.table();
        for (id, column) in table.columns() {
            for feature in Feature::ALL {
                let cell = table.cell(*feature, id).unwrap();
                let refuses = matches!(cell.support, Support::No | Support::Preview | Support::Emulated);
                if refuses && cell.instead.is_empty() {
                    problems.push(format!("{}, {}: {feature:?} has no way on", target.name(), column.id));
                }
                if cell.because.ends_with('.') || cell.instead.ends_with('.') {
                    problems.push(format!("{}, {}: {feature:?} ends in a full stop", target.name(), column.id));
                }
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Distinct facts: a cell that holds for all columns alike counts once.
#[test]
fn at_least_150_cells_have_a_source_and_a_day() {
    let mut cells = std::collections::BTreeSet::new();
    for target in ALL {
        let table = target.table();
        for (id, _) in table.columns() {
            let features = Feature::ALL.iter().map(|f| (format!("{f:?}"), &table.cell(*f, id).unwrap().source));
            let limits = Limit::ALL.iter().map(|l| (format!("{l:?}"), &table.bound(*l, id).unwrap().source));
            let metrics = Metric::ALL.iter().map(|m| (format!("{m:?}"), &table.metric(*m, id).unwrap().cell.source));
            for (key, source) in features.chain(limits).chain(metrics) {
                assert!(!source.title.is_empty() && source.as_of.year() >= 2020, "{key}: {source:?}");
                cells.insert((target.name(), key, source.title.clone()));
            }
        }
    }
    assert!(cells.len() >= 150, "{}", cells.len());
}
