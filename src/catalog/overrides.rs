//! Prices of one's own over those of the catalogue, and what a machine costs with both.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Machine, Machines, Price, Rate};

/// How a price is known; the better known stands first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The user's own.
    Given,
    /// The platform's.
    Listed,
    /// Worked out by servec.
    Estimated,
    Unknown,
}

/// What one machine costs in one region.
#[derive(Debug, Clone, PartialEq)]
pub struct Quote {
    /// `None` when unknown, and never nothing instead.
    pub rate: Option<Rate>,
    pub basis: Basis,
    /// The region that the price is of, where it is another than the one asked about.
    pub elsewhere: Option<Arc<str>>,
    /// When the source said so.
    pub as_of: Option<Arc<str>>,
    /// Where the price is from, in words.
    pub source: Option<String>,
}

/// The user's own prices, from a file; empty without one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Overrides {
    /// As the file was named.
    file: Arc<str>,
    /// By the machine's label and region, or none for every region.
    rates: BTreeMap<(Arc<str>, Option<Arc<str>>), Rate>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    machine: Arc<str>,
    #[serde(default)]
    region: Option<Arc<str>>,
    usd_per_hour: f64,
    #[serde(default)]
    currency: Option<Box<str>>,
}

impl Overrides {
    /// From the text of a file: CSV with the columns `machine`, `region`, `usd_per_hour`, `currency` (the second and the
    /// last may be left out), or JSON, a list of objects of these fields.
    ///
    /// # Errors
    /// In words for the user, when the text or a price can't be read.
    pub fn parse(file: &str, text: &str) -> Result<Self, String> {
        let rows: Vec<Row> = if text.trim_start().starts_with(['[', '{']) {
            serde_json::from_str(text).map_err(|e| e.to_string())?
        } else {
            let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
            reader.deserialize().collect::<Result<_, _>>().map_err(|e| e.to_string())?
        };
        let mut rates = BTreeMap::new();
        for row in rows {
            let machine = &row.machine;
            if let Some(currency) = row.currency.as_deref().filter(|c| !c.eq_ignore_ascii_case("usd")) {
                return Err(format!("the price of `{machine}` is in {currency}: prices are in USD"));
            }
            let rate = Rate::from_usd(row.usd_per_hour)
                .ok_or_else(|| format!("the price of `{machine}`, {}, is none", row.usd_per_hour))?;
            let region = row.region.filter(|region| !region.is_empty());
            if rates.insert((machine.clone(), region), rate).is_some() {
                return Err(format!("`{machine}` has two prices for one region"));
            }
        }
        Ok(Self { file: file.into(), rates })
    }

    /// What a machine costs there, as far as is known.
    pub fn quote(&self, machine: &Machine, region: &str) -> Quote {
        let other = |of: &Arc<str>| (**of != *region).then(|| of.clone());
        match (self.rate(machine, region), &machine.price) {
            (Some(rate), _) => Quote {
                rate: Some(rate),
                basis: Basis::Given,
                elsewhere: None,
                as_of: None,
                source: Some(self.file.to_string()),
            },
            (None, Price::Listed { rate, region: of, source }) => Quote {
                rate: Some(*rate),
                basis: Basis::Listed,
                elsewhere: other(of),
                as_of: Some(source.as_of.clone()),
                source: Some(source.title.to_string()),
            },
            (None, Price::Estimated { rate, bare, ratio, region: of, source, ratio_source }) => Quote {
                rate: Some(*rate),
                basis: Basis::Estimated,
                elsewhere: other(of),
                as_of: Some(source.as_of.clone()),
                source: Some(format!(
                    "{} USD/h x {ratio}: {}; {}, {}",
                    bare, source.title, ratio_source.title, ratio_source.as_of
                )),
            },
            (None, Price::Unknown) => {
                Quote { rate: None, basis: Basis::Unknown, elsewhere: None, as_of: None, source: None }
            }
        }
    }

    /// The price of [`quote`](Self::quote) and how it is known, without words on where it comes from.
    pub fn known(&self, machine: &Machine, region: &str) -> (Option<Rate>, Basis) {
        match (self.rate(machine, region), &machine.price) {
            (Some(rate), _) => (Some(rate), Basis::Given),
            (None, Price::Listed { rate, .. }) => (Some(*rate), Basis::Listed),
            (None, Price::Estimated { rate, .. }) => (Some(*rate), Basis::Estimated),
            (None, Price::Unknown) => (None, Basis::Unknown),
        }
    }

    fn rate(&self, machine: &Machine, region: &str) -> Option<Rate> {
        if self.rates.is_empty() {
            return None;
        }
        let name: Arc<str> = machine.label().into();
        let here = self.rates.get(&(name.clone(), Some(region.into())));
        here.or_else(|| self.rates.get(&(name, None))).copied()
    }

    /// Names of the file that are no machine of any of these catalogues.
    pub fn strangers(&self, known: &[&Machines]) -> Vec<Arc<str>> {
        let is_known = |name: &str| known.iter().any(|machines| machines.all.iter().any(|m| m.label() == name));
        let mut strangers: Vec<Arc<str>> = self.rates.keys().map(|(name, _)| name.clone()).collect();
        strangers.dedup();
        strangers.retain(|name| !is_known(name));
        strangers
    }
}

/// `listed, 2026-07-20`, `estimated, 2026-07-20, us-east-1 price`.
impl fmt::Display for Quote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.basis, &self.source) {
            (Basis::Given, Some(file)) => write!(f, "from {file}")?,
            (Basis::Given, None) => f.write_str("given")?,
            (Basis::Listed, _) => f.write_str("listed")?,
            (Basis::Estimated, _) => f.write_str("estimated")?,
            (Basis::Unknown, _) => f.write_str("unknown")?,
        }
        match self.as_of.as_deref() {
            Some("unknown") => f.write_str(", undated")?,
            Some(day) => write!(f, ", {day}")?,
            None => {}
        }
        self.elsewhere.as_ref().map_or(Ok(()), |region| write!(f, ", {region} price"))
    }
}
