//! What a stack says of its cluster.

use crate::stack::{Setting, Stack, Type, ValueKind};

use super::super::data::Lazy;
use super::facts::{self, Cloud};

/// What the cluster has beside Kubernetes itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    Plain,
    Keda,
    Kserve,
}

/// A stack's settings, with what holds where one is not written.
#[derive(Debug)]
pub struct Settings {
    pub namespace: String,
    pub profile: Profile,
    pub cloud: &'static Cloud,
    /// Under which files of this machine are put, without a slash at its end.
    pub artifacts: Option<String>,
    pub runtime_image: String,
    /// Namespace, where it is another one, and name.
    pub gateway: Option<(Option<String>, String)>,
    pub host: Option<String>,
    pub queue: Option<String>,
    pub prometheus: String,
}

impl Settings {
    pub fn of(stack: &Stack) -> Self {
        let profile = match text(stack, "profile").as_deref() {
            Some("keda") => Profile::Keda,
            Some("kserve") => Profile::Kserve,
            _ => Profile::Plain,
        };
        let gateway = text(stack, "gateway").map(|gateway| match gateway.split_once('/') {
            Some((namespace, name)) => (Some(namespace.to_owned()), name.to_owned()),
            None => (None, gateway),
        });
        let image = || format!("servec-runtime:{}", env!("CARGO_PKG_VERSION"));
        Self {
            namespace: text(stack, "namespace").unwrap_or_else(|| "default".to_owned()),
            profile,
            cloud: facts::cloud(text(stack, "cloud").as_deref()),
            artifacts: text(stack, "artifacts").map(|uri| uri.trim_end_matches('/').to_owned()),
            runtime_image: text(stack, "runtime_image").unwrap_or_else(image),
            gateway,
            host: text(stack, "host"),
            queue: text(stack, "queue"),
            prometheus: text(stack, "prometheus").unwrap_or_else(|| facts::facts().prometheus.address.clone()),
        }
    }
}

/// A setting that is text or a word.
fn text(stack: &Stack, name: &str) -> Option<String> {
    match stack.settings.get(name).map(|value| &value.kind) {
        Some(ValueKind::String(text) | ValueKind::Word(text)) => Some(text.to_string()),
        Some(_) | None => None,
    }
}

const fn text_setting(name: &'static str, doc: &'static str) -> Setting {
    Setting { name, ty: Type::String, required: false, doc }
}

/// The settings that a stack may have.
pub static ALL: Lazy<Vec<Setting>> = Lazy::new(|| {
    let words = |name, words: Vec<&str>, doc| {
        let ty = Type::Enum(words.into_iter().map(Into::into).collect());
        Setting { name, ty, required: false, doc }
    };
    vec![
        text_setting("context", "The context of the kubeconfig. Default: the current one."),
        text_setting("namespace", "The namespace that everything is put in. Default `default`."),
        words(
            "profile",
            vec!["plain", "keda", "kserve"],
            "What the cluster has: `plain` (Deployments and autoscaling of the cluster itself), `keda`, or `kserve`. \
             Default `plain`.",
        ),
        words(
            "cloud",
            facts::clouds().collect(),
            "Whose cluster it is: what its nodes, disks and identities are called. Default: as on any cluster.",
        ),
        text_setting(
            "artifacts",
            "A prefix (`s3://bucket/models`, `gs://bucket/models`) that files of this machine are copied to, and that pods \
             read them from. Without it, models must lie there already.",
        ),
        text_setting("runtime_image", "The image of servec's runtime. Default `servec-runtime:VERSION`."),
        text_setting(
            "gateway",
            "The Gateway that leads to the endpoints, as `name` or `namespace/name`. Without it they are reached inside \
             the cluster only.",
        ),
        text_setting("host", "The host name under which the gateway is asked. Default: any."),
        text_setting(
            "queue",
            "What async calls wait in: `redis://HOST:PORT`, an SQS queue's `https://` address, \
             `pubsub://PROJECT/SUBSCRIPTION`, or `kafka://BROKER:PORT/TOPIC`. Default: a Redis of the stack's own.",
        ),
        text_setting(
            "prometheus",
            "The address of the Prometheus that KEDA asks. Default `http://prometheus-operated.monitoring.svc:9090`.",
        ),
    ]
});
