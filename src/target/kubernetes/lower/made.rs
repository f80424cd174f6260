//! What a stack becomes, as it is gathered: objects as resources, each with what it needs and where it was written.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::resource::{Address, Resource};
use crate::source::Span;

use super::super::api::{Map, Metadata, Object, json};
use super::Ctx;

/// Resources by address, and what is to be said of them.
#[derive(Debug, Default)]
pub struct Made {
    pub resources: BTreeMap<Address, Resource>,
    pub notes: Vec<String>,
}

/// Where an object comes from, and what must exist before it.
#[derive(Debug, Clone)]
pub struct From {
    pub origin: Span,
    pub needs: Vec<Address>,
    /// By JSON pointer into the object.
    pub spans: Vec<(String, Span)>,
}

impl From {
    pub fn new(origin: Span) -> Self {
        Self { origin, needs: vec![], spans: vec![] }
    }

    pub fn needs(mut self, needs: impl IntoIterator<Item = Address>) -> Self {
        self.needs.extend(needs);
        self
    }

    pub fn at(mut self, pointer: &str, span: Option<Span>) -> Self {
        self.spans.extend(span.map(|span| (pointer.to_owned(), span)));
        self
    }
}

impl Made {
    pub fn put<B: Serialize>(&mut self, object: &Object<B>, from: From) -> Address {
        let address = Address::new(&object.kind.to_lowercase(), &object.metadata.name);
        let resource = Resource {
            address: address.clone(),
            kind: object.kind.into(),
            body: json(object),
            needs: from.needs,
            origin: from.origin,
            spans: from.spans.into_iter().collect(),
        };
        self.resources.insert(address.clone(), resource);
        address
    }

    /// Said once, however often it holds.
    pub fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}

/// The prefix of labels and annotations that are servec's own.
pub const OWN: &str = "servec.dev";

/// A label or annotation of servec's own.
pub fn own(name: &str) -> String {
    format!("{OWN}/{name}")
}

impl Ctx<'_> {
    /// How an object is called, and the marks by which it is found again: whose it is, and the stack's tags.
    pub fn metadata(&self, name: String, labels: &Map) -> Metadata {
        Metadata {
            name,
            namespace: Some(self.settings.namespace.clone()),
            labels: self.labels(labels),
            annotations: Map::new(),
        }
    }

    /// These, with what is common to all that the stack makes.
    pub fn labels(&self, labels: &Map) -> Map {
        let mut all = self.tags.clone();
        all.extend(labels.clone());
        all.insert("app.kubernetes.io/managed-by".to_owned(), "servec".to_owned());
        all.insert(own("stack"), self.stack_label.clone());
        all
    }
}
