//! Machines, prices and images that a target offers, as dated data, and the choice of the cheapest machine that fits a
//! need. Knows no target: each brings its tables.

mod choose;
mod image;
mod load;
mod machine;
mod need;
mod overrides;
mod place;
mod prebuilt;
mod rate;
mod reason;

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

pub use choose::{Choice, Passed, choose, pick};
pub use image::{Found, Image, Images, Wanted};
pub use load::Broken;
pub use machine::{Accelerators, Arch, Class, Machine, Offer, Price, Source, Usage};
pub use need::{Gpus, Need};
pub use overrides::{Basis, Overrides, Quote};
pub use place::{Ground, Placed, Places, place};
pub use prebuilt::images as images_exist;
pub use rate::{HOURS_A_MONTH, Rate};
pub use reason::{Reason, gib};

/// The tables of one target, as text: see `targets/CATALOG.md`.
#[derive(Debug, Clone, Copy)]
pub struct Texts {
    /// `catalog.json`
    pub about: &'static str,
    pub machines: &'static str,
    pub offers: &'static str,
    pub retired: &'static str,
    pub sources: &'static str,
    pub images: &'static str,
    pub registries: &'static str,
}

/// What one target offers. Its tables are read when first asked for.
#[derive(Debug)]
pub struct Catalog {
    texts: Texts,
    machines: OnceLock<Machines>,
    images: OnceLock<Images>,
}

/// The machines of one target.
#[derive(Debug)]
pub struct Machines {
    /// In the order of the table.
    pub all: Vec<Machine>,
    pub retired: Vec<Retired>,
    /// The day on which the tables were put together: what is over by then is over.
    pub as_of: jiff::civil::Date,
    /// The region that is meant where none is named: that of the prices.
    pub home: Arc<str>,
}

/// Machines that were offered once, by a pattern of their names.
#[derive(Debug, Clone, PartialEq)]
pub struct Retired {
    /// A name, or the beginning of names and `*`.
    pub pattern: Arc<str>,
    pub what: Arc<str>,
    pub because: Arc<str>,
    pub instead: Arc<str>,
    /// A machine to take in its place.
    pub machine: Arc<str>,
    pub source: Arc<Source>,
}

impl Catalog {
    pub const fn new(texts: Texts) -> Self {
        Self { texts, machines: OnceLock::new(), images: OnceLock::new() }
    }

    /// Reads every table: what a test asks, so that nothing fails for a user.
    ///
    /// # Errors
    /// At the first row that is not whole.
    pub fn verify(&self) -> Result<(), Broken> {
        load::machines(&self.texts)?;
        image::images(&self.texts).map(|_| ())
    }

    pub fn machines(&self) -> &Machines {
        self.machines.get_or_init(|| whole(load::machines(&self.texts)))
    }

    pub fn images(&self) -> &Images {
        self.images.get_or_init(|| whole(image::images(&self.texts)))
    }
}

/// Data that is compiled in: a test verifies it, so that it can't fail for a user.
#[allow(
    clippy::panic,
    reason = "a catalogue that does not load is a broken build, and must not look like an empty one"
)]
fn whole<T>(loaded: Result<T, Broken>) -> T {
    loaded.unwrap_or_else(|broken| panic!("a catalogue of this build: {broken}"))
}

impl Machines {
    /// All of one type: several where accelerators are a choice.
    pub fn named<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Machine> {
        self.all.iter().filter(move |machine| &*machine.name == name)
    }

    /// What is known of a name that is not offered any more.
    pub fn retired(&self, name: &str) -> Option<&Retired> {
        self.retired.iter().find(|retired| match retired.pattern.strip_suffix('*') {
            Some(beginning) => name.starts_with(beginning),
            None => *retired.pattern == *name,
        })
    }

    /// Every region that a source lists.
    pub fn regions(&self) -> BTreeSet<Arc<str>> {
        let listed = self.all.iter().filter_map(|machine| match &machine.online {
            Offer::In(regions) => Some(regions.iter().cloned()),
            Offer::Unlisted => None,
        });
        listed.flatten().collect()
    }

    /// Whether any machine is known to be offered there; yes where no source lists regions.
    pub fn knows_region(&self, region: &str) -> bool {
        self.all.iter().any(|machine| machine.online.includes(region))
    }
}
