//! Machines from a target's tables: every row is whole and sourced, or nothing loads.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::machine::{Accelerators, Arch, Class, Machine, Offer, Price, Source};
use super::{Machines, Rate, Retired, Texts};

/// A catalogue that contradicts itself, leaves something out, or can't be read.
#[derive(Debug, PartialEq)]
pub struct Broken(pub String);

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The machines of a catalogue.
///
/// # Errors
/// At the first row that is not whole.
pub(super) fn machines(texts: &Texts) -> Result<Machines, Broken> {
    let about: About = serde_json::from_str(texts.about).map_err(|e| Broken(format!("catalog.json: {e}")))?;
    let sources = sources(texts)?;
    let offers = offers(texts)?;
    let rows: Vec<Row> = rows("machines.csv", texts.machines)?;
    let mut bare = BTreeSet::new();
    for row in &rows {
        if row.accelerator.is_none() {
            bare.insert(row.name.clone());
        }
    }
    let mut all = Vec::with_capacity(rows.len());
    let mut labels = BTreeSet::new();
    for row in rows {
        let name = row.name.clone();
        let in_row = |what: String| Broken(format!("machines.csv, `{name}`: {what}"));
        let machine = machine(row, bare.contains(&name), &sources, &offers).map_err(in_row)?;
        if !labels.insert(machine.label()) {
            return Err(in_row("stands twice".to_owned()));
        }
        all.push(machine);
    }
    let mut retired: Vec<Retired> = Vec::new();
    for row in rows_of_retired(texts)? {
        let source = known(&sources, &row.source).map_err(|e| Broken(format!("retired.csv: {e}")))?;
        let RetiredRow { pattern, what, because, instead, machine, .. } = row;
        retired.push(Retired { pattern, what, because, instead, machine, source });
    }
    Ok(Machines { all, retired, as_of: about.as_of, home: about.home })
}

/// Rows of one table.
pub(super) fn rows<T: DeserializeOwned>(file: &str, text: &str) -> Result<Vec<T>, Broken> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().collect::<Result<_, _>>().map_err(|e| Broken(format!("{file}: {e}")))
}

/// The sources by their keys.
pub(super) fn sources(texts: &Texts) -> Result<BTreeMap<Arc<str>, Arc<Source>>, Broken> {
    let all: Vec<Source> = rows("sources.csv", texts.sources)?;
    Ok(all.into_iter().map(|source| (source.key.clone(), Arc::new(source))).collect())
}

pub(super) fn known(sources: &BTreeMap<Arc<str>, Arc<Source>>, key: &str) -> Result<Arc<Source>, String> {
    sources.get(key).cloned().ok_or_else(|| format!("`{key}` is no source"))
}

/// `catalog.json`: of the catalogue as a whole.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct About {
    pub as_of: jiff::civil::Date,
    pub home: Arc<str>,
}

#[derive(Deserialize)]
struct Row {
    name: Arc<str>,
    cpu: u32,
    memory_gib: f64,
    /// `class:kind`
    accelerator: Option<Box<str>>,
    count: Option<u32>,
    accelerator_gib: Option<f64>,
    device: Option<Arc<str>>,
    arch: Arch,
    burstable: Option<Yes>,
    online: Box<str>,
    batch: Option<Box<str>>,
    usd: Option<f64>,
    infra_usd: Option<f64>,
    ratio: Option<f64>,
    price_source: Option<Box<str>>,
    ratio_source: Option<Box<str>>,
    price_region: Option<Arc<str>>,
    source: Box<str>,
    note: Arc<str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Yes {
    Yes,
}

#[derive(Deserialize)]
struct OfferRow {
    key: Box<str>,
    regions: Box<str>,
}

#[derive(Deserialize)]
struct RetiredRow {
    pattern: Arc<str>,
    what: Arc<str>,
    because: Arc<str>,
    instead: Arc<str>,
    machine: Arc<str>,
    source: Box<str>,
}

fn rows_of_retired(texts: &Texts) -> Result<Vec<RetiredRow>, Broken> {
    rows("retired.csv", texts.retired)
}

/// Sets of regions by their keys, with the two words that stand for no list and for an empty one.
fn offers(texts: &Texts) -> Result<BTreeMap<Box<str>, Offer>, Broken> {
    let all: Vec<OfferRow> = rows("offers.csv", texts.offers)?;
    let listed = all.into_iter().map(|row| {
        let regions: BTreeSet<Arc<str>> = row.regions.split_whitespace().map(Arc::from).collect();
        (row.key, Offer::In(Arc::new(regions)))
    });
    let words = [("any".into(), Offer::Unlisted), ("none".into(), Offer::In(Arc::default()))];
    Ok(listed.chain(words).collect())
}

fn machine(
    row: Row,
    attached: bool,
    sources: &BTreeMap<Arc<str>, Arc<Source>>,
    offers: &BTreeMap<Box<str>, Offer>,
) -> Result<Machine, String> {
    let offer = |key: &str| offers.get(key).cloned().ok_or_else(|| format!("`{key}` is no offer"));
    Ok(Machine {
        cpu: if row.cpu == 0 { return Err("no cores".to_owned()) } else { row.cpu },
        memory: bytes(row.memory_gib)?,
        accelerators: accelerators(&row, attached)?,
        price: price(&row, sources)?,
        online: offer(&row.online)?,
        batch: row.batch.as_deref().map(offer).transpose()?,
        source: known(sources, &row.source)?,
        name: row.name,
        arch: row.arch,
        burstable: row.burstable.is_some(),
        note: row.note,
    })
}

fn accelerators(row: &Row, attached: bool) -> Result<Option<Accelerators>, String> {
    let (word, count) = match (&row.accelerator, row.count) {
        (None, None) => return Ok(None),
        (Some(word), Some(count)) if count > 0 => (word, count),
        (Some(_), _) | (None, Some(_)) => return Err("an accelerator needs its count".to_owned()),
    };
    let (class, kind) = match word.split_once(':') {
        Some(("gpu", kind)) => (Class::Gpu, kind),
        Some(("neuron", kind)) => (Class::Neuron, kind),
        Some(("gaudi", kind)) => (Class::Gaudi, kind),
        Some(_) | None => return Err(format!("`{word}` is no class and kind")),
    };
    let memory = row.accelerator_gib.map(bytes).transpose()?;
    Ok(Some(Accelerators { class, kind: kind.into(), count, memory, device: row.device.clone(), attached }))
}

fn price(row: &Row, sources: &BTreeMap<Arc<str>, Arc<Source>>) -> Result<Price, String> {
    let rate = |usd| Rate::from_usd(usd).filter(|r| r.micros() > 0).ok_or_else(|| format!("{usd} is no price"));
    match (row.usd, row.infra_usd, row.ratio, &row.price_source, &row.ratio_source, &row.price_region) {
        (None, None, None, None, None, None) => Ok(Price::Unknown),
        (Some(usd), None, None, Some(source), None, Some(region)) => {
            Ok(Price::Listed { rate: rate(usd)?, region: region.clone(), source: known(sources, source)? })
        }
        (None, Some(bare), Some(ratio), Some(source), Some(ratio_source), Some(region)) => Ok(Price::Estimated {
            rate: rate(bare * ratio)?,
            bare: rate(bare)?,
            ratio,
            region: region.clone(),
            source: known(sources, source)?,
            ratio_source: known(sources, ratio_source)?,
        }),
        _ => Err("a price is listed, or estimated from a bare price and a ratio, or unknown; each with source and \
                  region"
            .to_owned()),
    }
}

/// Bytes of GiB.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the bounds are checked")]
fn bytes(gib: f64) -> Result<u64, String> {
    if gib > 0.0 && gib < 1e6 { Ok((gib * f64::from(1 << 30)).round() as u64) } else { Err(format!("{gib} GiB")) }
}
