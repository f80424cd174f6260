//! What every part of lowering looks at: the stack, where it is deployed, its machines, and its names.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use crate::catalog::{self, Ground, Machine, Overrides, Places};
use crate::cost;
use crate::report::Sink;
use crate::source::Span;
use crate::stack::{Endpoint, Scale, Stack, ValueKind, Variant};

use super::super::super::spec::{Copied, Files};
use super::super::catalog::CATALOG;
use super::super::cfn::{Tag, Text};
use super::super::facts::FACTS;
use super::read;

/// The key of the tag by which what a stack owns is found again.
pub const STACK_TAG: &str = "servec:stack";
/// The endpoint or job that a thing is of.
pub const OF_TAG: &str = "servec:of";
/// How an endpoint is called.
pub const MODE_TAG: &str = "servec:mode";

static PRICES: LazyLock<Overrides> = LazyLock::new(Overrides::default);

pub struct Cx<'a> {
    pub stack: &'a Stack,
    pub region: Arc<str>,
    pub places: Places<'static>,
    pub files: Files<'a>,
    /// A prefix of S3 that is the stack's own, without `/` at its end.
    pub artifacts: Text,
    pub artifacts_at: Option<Span>,
    pub runtime_image: Text,
    pub runtime_image_at: Option<Span>,
}

impl<'a> Cx<'a> {
    pub fn of(stack: &'a Stack) -> Self {
        let ground = Ground::of(stack, CATALOG.machines(), &PRICES);
        // A stack that was compiled has its machines: nothing is left to report.
        let places = catalog::place(stack, &ground, &mut Sink::default());
        let setting = |name: &str| {
            let value = stack.settings.get(name)?;
            Some((read::text(value)?.trim_end_matches('/').to_owned(), value.span))
        };
        let defaults = &FACTS.defaults;
        let (artifacts, artifacts_at) = match setting("artifacts") {
            Some((prefix, span)) => (Text::plain(prefix), Some(span)),
            None => (Text::sub(&defaults.artifacts), None),
        };
        let (runtime_image, runtime_image_at) = match setting("runtime_image") {
            Some((image, span)) => (Text::plain(image), Some(span)),
            None => {
                let version = env!("CARGO_PKG_VERSION");
                (Text::sub(format!("{}:{version}", defaults.runtime_image)), None)
            }
        };
        let artifacts = artifacts.then(&format!("/{}", stack.name));
        let files = Files::of(stack, Copied::path_in_bundle);
        Self { stack, region: ground.region, places, files, artifacts, artifacts_at, runtime_image, runtime_image_at }
    }

    pub fn machine(&self, endpoint: &Endpoint, variant: &Variant) -> Option<&'static Machine> {
        Some(self.places.variants.get(&(endpoint.name.clone(), variant.name.clone()))?.machine)
    }

    /// The stack's own tags, and what each thing is of.
    pub fn tags(&self, of: Option<&str>, more: &[(&str, &str)]) -> Vec<Tag> {
        let own = self.stack.tags.iter().filter_map(|(key, value)| {
            let ValueKind::String(text) = &value.kind else { return None };
            Some((key.to_string(), text.to_string()))
        });
        let mut tags: BTreeMap<String, String> = own.collect();
        tags.insert(STACK_TAG.to_owned(), self.stack.name.to_string());
        if let Some(of) = of {
            tags.insert(OF_TAG.to_owned(), of.to_owned());
        }
        for (key, value) in more {
            tags.insert((*key).to_owned(), (*value).to_owned());
        }
        tags.into_iter().map(|(key, value)| Tag { key, value }).collect()
    }

    /// Where the tags are written, for what all of a stack's things have.
    pub fn tags_at(&self) -> Option<Span> {
        self.stack.tags.values().next().map(crate::stack::Value::place)
    }
}

/// Each variant's machines when the endpoint has `replicas`: as many as `servec cost` counts.
pub fn shares(endpoint: &Endpoint, replicas: u32) -> Vec<u32> {
    let mut fixed = endpoint.clone();
    let Scale { low, high, .. } = endpoint.scale.value;
    fixed.scale.value = Scale { min: replicas, max: replicas, low, high, policies: vec![] };
    cost::per_variant(&fixed).iter().map(|of| of.floor).collect()
}
