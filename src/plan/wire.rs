//! How resources are written into a plan file: all but their spans, which mean nothing without the sources.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::resource::{Address, Resource};
use crate::source::{FileId, Span};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    address: Address,
    kind: Arc<str>,
    body: Value,
    needs: Vec<Address>,
}

impl Written {
    fn of(resource: &Resource) -> Self {
        let Resource { address, kind, body, needs, origin: _, spans: _ } = resource.clone();
        Self { address, kind, body, needs }
    }

    fn read(self) -> Resource {
        let Self { address, kind, body, needs } = self;
        Resource { address, kind, body, needs, origin: nowhere(), spans: BTreeMap::new() }
    }
}

/// The span of what came out of a plan file; in no source map.
pub fn nowhere() -> Span {
    Span::new(FileId(u32::MAX), 0, 0)
}

pub(super) mod option {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{Resource, Written};

    pub fn serialize<S: Serializer>(resource: &Option<Resource>, to: S) -> Result<S::Ok, S::Error> {
        resource.as_ref().map(Written::of).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Resource>, D::Error> {
        Ok(Option::<Written>::deserialize(from)?.map(Written::read))
    }
}

pub(super) mod list {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{Resource, Written};

    pub fn serialize<S: Serializer>(resources: &[Resource], to: S) -> Result<S::Ok, S::Error> {
        resources.iter().map(Written::of).collect::<Vec<_>>().serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Resource>, D::Error> {
        Ok(Vec::<Written>::deserialize(from)?.into_iter().map(Written::read).collect())
    }
}
