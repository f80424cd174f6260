//! Prebuilt images by framework, version, region and accelerator, with the day on which each ends.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use serde::Deserialize;

use super::Texts;
use super::load::{About, Broken, known, rows, sources};
use super::machine::Source;

/// The images of one target.
#[derive(Debug)]
pub struct Images {
    /// Of one framework and accelerator the best stands first: the newest version.
    all: Vec<Image>,
    /// Hosts of a registry by region, which may be a beginning and `*`.
    hosts: Vec<(Arc<str>, Arc<str>, Arc<str>)>,
    as_of: Date,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Image {
    pub framework: Arc<str>,
    pub version: Arc<str>,
    pub accelerator: Wanted,
    registry: Arc<str>,
    /// Repository and tag, behind the host.
    image: Arc<str>,
    /// The first day without it; `None` where no source says.
    pub until: Option<Date>,
    pub source: Arc<Source>,
}

/// What an image computes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wanted {
    Cpu,
    Gpu,
    CpuArm64,
    Neuron,
    Tpu,
}

/// What a catalogue says of an image that is wanted.
#[derive(Debug, PartialEq)]
pub enum Found<'c> {
    /// Where to pull it from.
    Image { uri: String, image: &'c Image },
    /// It is over.
    Ended { image: &'c Image, until: Date, newest: Option<&'c Image> },
    /// The framework has images, none of which is of that version for that accelerator; the versions there are, newest first.
    NoVersion {
        versions: Vec<Arc<str>>,
        /// One that there is: of the newest version, or for something else where there is no version.
        known: &'c Image,
    },
    /// There is one, and no registry of that region has it.
    NotThere { image: &'c Image },
    /// The target prebuilds nothing for this framework.
    NoFramework,
}

impl Images {
    /// The newest image of a framework, of a version if one is given: `2.6` takes any `2.6.x`.
    pub fn find(&self, framework: &str, version: Option<&str>, wanted: Wanted, region: &str) -> Found<'_> {
        let of_framework: Vec<&Image> = self.all.iter().filter(|image| &*image.framework == framework).collect();
        let Some(any) = of_framework.first().copied() else { return Found::NoFramework };
        let usable: Vec<&Image> = of_framework.into_iter().filter(|image| image.accelerator == wanted).collect();
        let fits = |image: &&&Image| version.is_none_or(|version| is_of(&image.version, version));
        let goes_on = |image: &&&Image| self.ended(image).is_none();
        let newest = usable.iter().find(goes_on).copied();
        let Some(image) = usable.iter().filter(fits).find(goes_on).or_else(|| usable.iter().find(fits)) else {
            let mut versions: Vec<Arc<str>> = usable.iter().filter(goes_on).map(|i| i.version.clone()).collect();
            versions.dedup();
            return Found::NoVersion { versions, known: newest.unwrap_or(any) };
        };
        if let Some(until) = self.ended(image) {
            return Found::Ended { image, until, newest };
        }
        match self.host(&image.registry, region) {
            Some(host) => Found::Image { uri: format!("{host}/{}", image.image), image },
            None => Found::NotThere { image },
        }
    }

    /// The day on which the catalogue was put together.
    pub fn as_of(&self) -> Date {
        self.as_of
    }

    fn ended(&self, image: &Image) -> Option<Date> {
        image.until.filter(|until| *until <= self.as_of)
    }

    fn host(&self, registry: &str, region: &str) -> Option<&str> {
        let there = |pattern: &str| match pattern.strip_suffix('*') {
            Some(beginning) => region.starts_with(beginning),
            None => pattern == region,
        };
        self.hosts.iter().find(|(of, name, _)| **name == *registry && there(of)).map(|(_, _, host)| &**host)
    }
}

/// Whether a version is the one asked for, or a part of it: the parts between dots and dashes are compared.
fn is_of(version: &str, asked: &str) -> bool {
    let mut parts = version.split(['.', '-']);
    asked.split(['.', '-']).all(|part| parts.next() == Some(part))
}

#[derive(Deserialize)]
struct Row {
    framework: Arc<str>,
    version: Arc<str>,
    accelerator: Wanted,
    registry: Arc<str>,
    image: Arc<str>,
    until: Option<Date>,
    source: Box<str>,
}

#[derive(Deserialize)]
struct HostRow {
    region: Arc<str>,
    registry: Arc<str>,
    host: Arc<str>,
    source: Box<str>,
}

/// The images of a catalogue.
///
/// # Errors
/// At the first row that is not whole.
pub(super) fn images(texts: &Texts) -> Result<Images, Broken> {
    let about: About = serde_json::from_str(texts.about).map_err(|e| Broken(format!("catalog.json: {e}")))?;
    let sources = sources(texts)?;
    let mut hosts = Vec::new();
    let mut registries = BTreeMap::new();
    for row in rows::<HostRow>("registries.csv", texts.registries)? {
        known(&sources, &row.source).map_err(|e| Broken(format!("registries.csv: {e}")))?;
        registries.insert(row.registry.clone(), ());
        hosts.push((row.region, row.registry, row.host));
    }
    let mut all = Vec::new();
    for row in rows::<Row>("images.csv", texts.images)? {
        let in_row = |what: String| Broken(format!("images.csv, `{}`: {what}", row.image));
        if !registries.contains_key(&row.registry) {
            return Err(in_row(format!("`{}` is no registry", row.registry)));
        }
        let source = known(&sources, &row.source).map_err(in_row)?;
        let Row { framework, version, accelerator, registry, image, until, .. } = row;
        all.push(Image { framework, version, accelerator, registry, image, until, source });
    }
    Ok(Images { all, hosts, as_of: about.as_of })
}
