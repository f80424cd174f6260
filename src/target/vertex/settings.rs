//! A stack's own settings, read once: where it is deployed, and where its files go.

use serde::Deserialize;

use crate::resource::Desired;
use crate::stack::{Setting, Stack, Type, ValueKind};

use super::super::data::{self, Lazy};

pub static SETTINGS: Lazy<[Setting; 7]> = Lazy::new(|| {
    [
        Setting { name: "project", ty: Type::String, required: true, doc: "The project that owns what is deployed." },
        Setting {
            name: "region",
            ty: Type::String,
            required: true,
            doc: "The region that it is deployed in, such as \"europe-west4\".",
        },
        Setting {
            name: "endpoint",
            ty: Type::Enum(["dedicated", "shared", "private"].map(Into::into).to_vec()),
            required: false,
            doc: "Who shares the address: `dedicated`, with a name of its own, `shared`, or `private`, through Private \
                  Service Connect. Default `dedicated`.",
        },
        Setting {
            name: "runtime_image",
            ty: Type::String,
            required: false,
            doc: "Where servec's runtime image lies, which serves ONNX models and pipelines. Default \
                  `REGION-docker.pkg.dev/PROJECT/servec/runtime:VERSION`.",
        },
        Setting {
            name: "artifacts",
            ty: Type::Uri(vec!["gs".into()]),
            required: false,
            doc: "Where files are uploaded to. Default `gs://servec-PROJECT-REGION/`, which is made where it is not there.",
        },
        Setting {
            name: "access_log",
            ty: Type::Bool,
            required: false,
            doc: "Whether each call is a line in Cloud Logging. Default `false`.",
        },
        Setting {
            name: "container_log",
            ty: Type::Bool,
            required: false,
            doc: "Whether what containers print goes to Cloud Logging. Default `true`.",
        },
    ]
});

/// Hosts, by service.
#[derive(Debug, Deserialize)]
pub struct Hosts {
    /// With `{region}` in it.
    pub aiplatform: String,
    pub storage: String,
    pub pubsub: String,
    pub monitoring: String,
}

/// What lowering takes from the data folder.
#[derive(Debug, Deserialize)]
pub struct Facts {
    pub hosts: Hosts,
    /// Path of a registry's image behind `REGION-`, with `{project}` and `{version}` in it.
    pub runtime_image: String,
    /// Seconds without calls until the last replica goes, and at least between two changes.
    pub idle_seconds: u64,
    pub scaleup_seconds: u64,
    /// Longest time that a deployment may take, and what is allowed beside a model's own `load_time`, in seconds.
    pub most_deployment_seconds: u64,
    pub deployment_margin_seconds: u64,
    /// Longest time until an unanswered message is given out again, in seconds.
    pub most_ack_seconds: u32,
    /// Bytes of one request of an endpoint, by kind.
    pub shared_request_bytes: u64,
    pub request_bytes: u64,
    pub vllm: Vllm,
    pub watch: Watch,
}

/// How the one image of vLLM is called.
#[derive(Debug, Deserialize)]
pub struct Vllm {
    pub image: String,
    pub args: Vec<String>,
    pub port: u16,
    pub predict_route: String,
    pub health_route: String,
    pub shared_memory_mb: u32,
}

/// Queries of Cloud Monitoring, with `{endpoint}` in them, and `{quantile}` in that of latencies.
#[derive(Debug, Deserialize)]
pub struct Watch {
    pub errors: String,
    pub quantile: String,
    pub mean: String,
}

pub static FACTS: Lazy<Facts> = Lazy::new(|| data::json(include_str!("../../../targets/vertex/emit.json")));

/// Who shares an endpoint's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Dedicated,
    Shared,
    Private,
}

/// A project and a region: what every path of the API begins with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Where {
    pub project: String,
    pub region: String,
}

impl Where {
    /// Of what is desired: each deployed model and each job names its model in full.
    pub fn of_desired(desired: &Desired) -> Self {
        let bodies = desired.resources.values().map(|resource| &resource.body);
        let mut names =
            bodies.filter_map(|body| body.pointer("/deployedModel/model").or(body.pointer("/model"))?.as_str());
        names.find_map(Self::of_name).unwrap_or_default()
    }

    /// `projects/P/locations/R/…`
    pub fn of_name(name: &str) -> Option<Self> {
        let mut parts = name.split('/');
        let (projects, project, locations, region) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        (projects == "projects" && locations == "locations")
            .then(|| Self { project: project.to_owned(), region: region.to_owned() })
    }

    /// `projects/P/locations/R`
    pub fn parent(&self) -> String {
        format!("projects/{}/locations/{}", self.project, self.region)
    }
}

/// Where a stack is deployed, and how.
#[derive(Debug, Clone)]
pub struct Site {
    pub at: Where,
    pub kind: Kind,
    pub runtime_image: String,
    pub bucket: String,
    /// Within the bucket; empty, or with a `/` at its end.
    pub prefix: String,
    pub own_bucket: bool,
    pub access_log: Option<bool>,
    pub container_log: Option<bool>,
}

impl Site {
    pub fn of(stack: &Stack) -> Self {
        let text = |name: &str| match stack.settings.get(name).map(|value| &value.kind) {
            Some(ValueKind::String(text) | ValueKind::Word(text)) => Some(text.to_string()),
            Some(_) | None => None,
        };
        let truth = |name: &str| match stack.settings.get(name).map(|value| &value.kind) {
            Some(ValueKind::Bool(truth)) => Some(*truth),
            Some(_) | None => None,
        };
        Self::read(text, truth)
    }

    /// From the settings as text.
    pub fn read(text: impl Fn(&str) -> Option<String>, truth: impl Fn(&str) -> Option<bool>) -> Self {
        let (project, region) = (text("project").unwrap_or_default(), text("region").unwrap_or_default());
        let kind = match text("endpoint").as_deref() {
            Some("shared") => Kind::Shared,
            Some("private") => Kind::Private,
            Some(_) | None => Kind::Dedicated,
        };
        let image = || {
            let path = FACTS.runtime_image.replace("{region}", &region).replace("{project}", &project);
            path.replace("{version}", env!("CARGO_PKG_VERSION"))
        };
        let given = text("artifacts");
        let (bucket, prefix) = match given.as_deref().and_then(|uri| uri.strip_prefix("gs://")) {
            Some(place) => place.split_once('/').map_or((place, ""), |(bucket, prefix)| (bucket, prefix)),
            None => ("", ""),
        };
        let bucket = match bucket {
            "" => format!("servec-{project}-{region}"),
            bucket => bucket.to_owned(),
        };
        let prefix = match prefix.trim_end_matches('/') {
            "" => String::new(),
            prefix => format!("{prefix}/"),
        };
        Self {
            own_bucket: given.is_none(),
            runtime_image: text("runtime_image").unwrap_or_else(image),
            access_log: truth("access_log"),
            container_log: truth("container_log"),
            at: Where { project, region },
            kind,
            bucket,
            prefix,
        }
    }

    /// Largest body of a request, in bytes.
    pub fn request_bytes(&self) -> u64 {
        match self.kind {
            Kind::Shared => FACTS.shared_request_bytes,
            Kind::Dedicated | Kind::Private => FACTS.request_bytes,
        }
    }
}
