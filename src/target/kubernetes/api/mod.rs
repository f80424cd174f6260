//! The objects that are made for a cluster, as typed structs: the fields that are used of each kind, in the order in
//! which people write them. What is absent is left out. Names follow the Kubernetes API reference and the custom
//! resource definitions of KEDA, KServe and Gateway API.

mod autoscaling;
mod keda;
mod kserve;
mod meta;
mod monitoring;
mod network;
mod pod;
mod workload;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

pub use autoscaling::*;
pub use keda::*;
pub use kserve::*;
pub use meta::*;
pub use monitoring::*;
pub use network::*;
pub use pod::*;
pub use workload::*;

/// Strings by key, in one order.
pub type Map = BTreeMap<String, String>;

/// Whether a field is left out.
pub trait Absent {
    fn absent(&self) -> bool {
        false
    }
}

impl<T> Absent for Option<T> {
    fn absent(&self) -> bool {
        self.is_none()
    }
}

impl<T> Absent for Vec<T> {
    fn absent(&self) -> bool {
        self.is_empty()
    }
}

impl<K, V> Absent for BTreeMap<K, V> {
    fn absent(&self) -> bool {
        self.is_empty()
    }
}

impl<T> Absent for Box<T> {}
impl Absent for String {}
impl Absent for &'static str {}
impl Absent for bool {}
impl Absent for i32 {}
impl Absent for u32 {}
impl Absent for u64 {}

macro_rules! shapes {
    ($($(#[$outer:meta])* $name:ident { $($(#[$inner:meta])* $field:ident: $ty:ty),* $(,)? })*) => { $(
        $(#[$outer])*
        #[derive(Debug, Clone, PartialEq, Default, serde::Serialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            $($(#[$inner])* #[serde(skip_serializing_if = "crate::target::kubernetes::api::Absent::absent")] pub $field: $ty,)*
        }

        impl crate::target::kubernetes::api::Absent for $name {}
    )* };
}

use shapes;

/// A number, or text such as `25%`, `http` or `500m`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum IntOrText {
    Int(u64),
    Text(String),
}

impl Absent for IntOrText {}

impl Default for IntOrText {
    fn default() -> Self {
        Self::Int(0)
    }
}

/// A whole object: what it is, how it is called, and its own part (`spec`, `data`).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Object<B> {
    pub api_version: &'static str,
    pub kind: &'static str,
    pub metadata: Metadata,
    #[serde(flatten)]
    pub body: B,
}

/// The own part of most kinds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Spec<S> {
    pub spec: S,
}

/// What has a kind of its own, and where its definition comes from.
pub trait Kind: Serialize + Sized {
    const API_VERSION: &'static str;
    const KIND: &'static str;

    fn named(self, metadata: Metadata) -> Object<Spec<Self>> {
        Object { api_version: Self::API_VERSION, kind: Self::KIND, metadata, body: Spec { spec: self } }
    }
}

macro_rules! kinds {
    ($($spec:ident is $kind:literal of $version:literal;)*) => { $(
        impl Kind for $spec {
            const API_VERSION: &'static str = $version;
            const KIND: &'static str = $kind;
        }
    )* };
}

kinds! {
    DeploymentSpec is "Deployment" of "apps/v1";
    ServiceSpec is "Service" of "v1";
    JobSpec is "Job" of "batch/v1";
    AutoscalerSpec is "HorizontalPodAutoscaler" of "autoscaling/v2";
    DisruptionSpec is "PodDisruptionBudget" of "policy/v1";
    NetworkPolicySpec is "NetworkPolicy" of "networking.k8s.io/v1";
    RouteSpec is "HTTPRoute" of "gateway.networking.k8s.io/v1";
    ScaledObjectSpec is "ScaledObject" of "keda.sh/v1alpha1";
    ScaledJobSpec is "ScaledJob" of "keda.sh/v1alpha1";
    TriggerAuthenticationSpec is "TriggerAuthentication" of "keda.sh/v1alpha1";
    HttpScaledObjectSpec is "HTTPScaledObject" of "http.keda.sh/v1alpha1";
    InferenceServiceSpec is "InferenceService" of "serving.kserve.io/v1beta1";
    InferenceGraphSpec is "InferenceGraph" of "serving.kserve.io/v1alpha1";
    ServingRuntimeSpec is "ServingRuntime" of "serving.kserve.io/v1alpha1";
    TrainedModelSpec is "TrainedModel" of "serving.kserve.io/v1alpha1";
    PrometheusRuleSpec is "PrometheusRule" of "monitoring.coreos.com/v1";
    ServiceMonitorSpec is "ServiceMonitor" of "monitoring.coreos.com/v1";
}

/// As a body that diff and plan read. What is made of strings, numbers, lists and string-keyed maps always has one.
pub fn json<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}
