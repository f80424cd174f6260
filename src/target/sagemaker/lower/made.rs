//! What a stack becomes, resource by resource: typed properties are erased here, once.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::resource::{Address, Resource};
use crate::source::Span;

use super::super::super::spec;
use super::super::cfn::Properties;
use super::names::{At, Names};

/// Where fields of a resource's properties were written, by JSON pointer.
#[derive(Debug, Clone, Default)]
pub struct Spans(BTreeMap<String, Span>);

impl Spans {
    /// A field below the properties: `/ModelName`.
    pub fn put(&mut self, pointer: &str, span: Span) {
        self.0.insert(format!("/Properties{pointer}"), span);
    }

    pub fn may(&mut self, pointer: &str, span: Option<Span>) {
        if let Some(span) = span {
            self.put(pointer, span);
        }
    }

    /// All of a spec's, below a pointer.
    pub fn below(&mut self, pointer: &str, places: &spec::Places) {
        for (at, span) in &places.0 {
            self.put(&format!("{pointer}{at}"), *span);
        }
    }
}

/// The resources that are made.
#[derive(Debug)]
pub struct Made<'n> {
    pub names: &'n Names,
    pub resources: BTreeMap<Address, Resource>,
    pub moved: BTreeMap<Address, Address>,
    pub notes: Vec<String>,
}

impl<'n> Made<'n> {
    pub fn new(names: &'n Names, notes: &[String]) -> Self {
        Self { names, resources: BTreeMap::new(), moved: BTreeMap::new(), notes: notes.to_vec() }
    }

    /// A resource, with what must exist before it.
    pub fn add<P: Properties>(
        &mut self,
        at: &At,
        properties: &P,
        needs: &[Address],
        origin: Span,
        spans: Spans,
    ) -> Address {
        self.put(at, P::TYPE, spec::json(properties), needs, origin, spans)
    }

    /// The same for what is no type of CloudFormation.
    pub fn put(&mut self, at: &At, kind: &str, body: Json, needs: &[Address], origin: Span, spans: Spans) -> Address {
        let address = at.address();
        for earlier in self.names.earlier(at) {
            self.moved.insert(earlier, address.clone());
        }
        let mut needs = needs.to_vec();
        needs.sort();
        needs.dedup();
        let body = json!({ "LogicalId": self.names.logical(at), "Properties": body });
        let spans = spans.0;
        let resource = Resource { address: address.clone(), kind: kind.into(), body, needs, origin, spans };
        self.resources.insert(address.clone(), resource);
        address
    }

    pub fn note(&mut self, words: String) {
        if !self.notes.contains(&words) {
            self.notes.push(words);
        }
    }
}
