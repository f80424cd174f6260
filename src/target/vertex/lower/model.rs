//! Models in the registry: each content is a version, known by an alias that holds its hash.

use serde_json::Value as Json;

use crate::resource::Address;
use crate::stack::{Servable, Variant};

use super::super::super::spec::{Places, json};
use super::super::names;
use super::super::wire::{Model, NewModel};
use super::container::{self, Contained, For};
use super::{Lowering, Made, kind};

/// An uploaded model, for what deploys it.
pub struct Known {
    pub address: Address,
    /// `projects/P/locations/R/models/M@h-0123456789ab`
    pub name: String,
}

/// The model of a variant. Two that are alike are one.
pub fn of(variant: &Variant, purpose: &For, all: &mut Lowering) -> Known {
    let (Servable::Model(served) | Servable::Pipeline(served) | Servable::Pool(served)) = &variant.serve;
    let contained = container::of(variant, purpose, all);
    let hash = names::content(&what_counts(&contained, purpose));
    let model_id = all.id(served);
    let name = format!("{}/models/{model_id}@{}", all.site.at.parent(), alias(&hash));
    let Contained { spec, artifact_uri, uploads, secrets, places: inner } = contained;
    let body = NewModel {
        model_id,
        model: Model {
            display_name: served.to_string(),
            version_description: format!("content {hash}, from stack {} of servec", all.stack.name),
            version_aliases: vec!["default".to_owned(), alias(&hash)],
            artifact_uri,
            container_spec: spec,
            encryption_spec: purpose.encryption.cloned(),
            labels: all.labels(),
        },
        secrets,
    };
    let mut places = Places(inner.0.into_iter().map(|(at, span)| (format!("/model{at}"), span)).collect());
    all.label_places("/model/labels", &mut places);
    let address = Address::new(kind::MODEL, &format!("{served}-{hash}"));
    let origin = container::origin(&variant.serve, all.stack);
    all.put(Made { address: address.clone(), kind: kind::MODEL, body: &body, needs: uploads, origin, places });
    Known { address, name }
}

/// The alias of a version by its content.
pub fn alias(hash: &str) -> String {
    format!("h-{hash}")
}

/// What makes another version: labels and descriptions do not.
fn what_counts(contained: &Contained, purpose: &For) -> Json {
    json(&(&contained.spec, &contained.artifact_uri, &contained.secrets, purpose.encryption))
}
