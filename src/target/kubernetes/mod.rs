//! Kubernetes: plain Deployments, KEDA, or KServe. Checked here; nothing is emitted yet.

use crate::capability::Table;
use crate::stack::Type;

use super::data::{self, Lazy};
use super::{Emitter, Setting, Target};

/// The target.
#[derive(Debug)]
pub struct Kubernetes;

static SETTINGS: Lazy<[Setting; 3]> = Lazy::new(|| {
    [
        Setting {
            name: "context",
            ty: Type::String,
            required: false,
            doc: "The context of the kubeconfig. Default: the current one.",
        },
        Setting {
            name: "namespace",
            ty: Type::String,
            required: false,
            doc: "The namespace that everything is put in. Default `default`.",
        },
        Setting {
            name: "profile",
            ty: Type::Enum(["plain", "keda", "kserve"].map(Into::into).to_vec()),
            required: false,
            doc: "What the cluster has: `plain` (Deployments and autoscaling of the cluster itself), `keda`, or `kserve`. \
                  Default `plain`.",
        },
    ]
});

static TABLE: Lazy<Table> = Lazy::new(|| data::table(include_str!("../../../targets/kubernetes/capabilities.json")));

impl Target for Kubernetes {
    fn name(&self) -> &'static str {
        "kubernetes"
    }

    fn settings(&self) -> &'static [Setting] {
        &*SETTINGS
    }

    fn table(&self) -> &'static Table {
        &TABLE
    }

    fn emitter(&self) -> Option<&'static dyn Emitter> {
        None
    }
}
