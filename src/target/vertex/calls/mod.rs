//! REST calls: one value that the plan's document shows, the shell script writes out, and the live half sends.

mod create;
mod order;

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use serde::Serialize;
use serde_json::Value as Json;

use crate::resource::Address;

pub use create::{Ids, add_version, create, read};
pub use order::all;

use super::settings::{FACTS, Where};

/// Who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    Aiplatform,
    Storage,
    Pubsub,
    /// Asked while a rollout is watched; no call of a plan.
    Monitoring,
}

impl Service {
    pub const ALL: [Service; 4] = [Service::Aiplatform, Service::Storage, Service::Pubsub, Service::Monitoring];
    /// Those that plans call.
    pub const OF_PLANS: [Service; 3] = [Service::Aiplatform, Service::Storage, Service::Pubsub];

    pub fn word(self) -> &'static str {
        match self {
            Service::Aiplatform => "aiplatform",
            Service::Storage => "storage",
            Service::Pubsub => "pubsub",
            Service::Monitoring => "monitoring",
        }
    }

    /// Its host in a region.
    pub fn host(self, at: &Where) -> String {
        let hosts = &FACTS.hosts;
        match self {
            Service::Aiplatform => hosts.aiplatform.replace("{region}", &at.region),
            Service::Storage => hosts.storage.clone(),
            Service::Pubsub => hosts.pubsub.clone(),
            Service::Monitoring => hosts.monitoring.clone(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    pub fn word(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }
}

/// Where a request goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    pub service: Service,
    pub method: Method,
    /// From the host on, percent-encoded.
    pub path: String,
    pub query: BTreeMap<String, String>,
    pub body: Body,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    None,
    Json(Json),
    /// A file on this machine.
    File {
        source: Utf8PathBuf,
        sha256: String,
        bytes: u64,
        content_type: String,
    },
    Text {
        text: String,
        content_type: String,
    },
}

/// When a call is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Waits {
    /// With its answer.
    Answer,
    /// With the end of the long-running operation that it answers.
    Operation,
}

/// Something that the server gives and later calls take.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Take {
    pub name: String,
    /// A JSON pointer into the answer, or into the operation that has ended.
    pub from: String,
}

/// Something that is put in before a call is made.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fill {
    /// A JSON pointer into the body, or `path`: in the place of `{taken}` there.
    pub at: String,
    /// The name of what was taken, or `secret.NAME`.
    pub with: String,
}

/// One call of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Unique in its plan.
    pub id: String,
    /// The resource that it makes.
    pub address: Address,
    /// For people: `upload model detector`.
    pub does: String,
    pub request: Request,
    pub waits: Waits,
    /// Statuses beside 2xx that mean that it is there already.
    pub accepts: Vec<u16>,
    pub takes: Vec<Take>,
    pub fills: Vec<Fill>,
    pub undo: Option<Undo>,
}

/// What takes a call back.
#[derive(Debug, Clone, PartialEq)]
pub struct Undo {
    pub request: Request,
    pub waits: Waits,
    pub fills: Vec<Fill>,
}

impl Request {
    pub fn new(service: Service, method: Method, path: impl Into<String>) -> Self {
        Self { service, method, path: path.into(), query: BTreeMap::new(), body: Body::None }
    }

    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.query.insert(name.to_owned(), value.into());
        self
    }

    pub fn json(mut self, body: Json) -> Self {
        self.body = Body::Json(body);
        self
    }

    /// Path and query, as behind a host.
    pub fn target(&self) -> String {
        let query: Vec<String> = self.query.iter().map(|(k, v)| format!("{k}={}", encoded(v))).collect();
        if query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, query.join("&")) }
    }
}

/// One segment of a path, or one value of a query: everything but letters, digits and `-._~` percent-encoded.
pub fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
