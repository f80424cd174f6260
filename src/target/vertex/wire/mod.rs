//! The platform's own objects, typed as its discovery documents name their fields: what is emitted and what is read back.
//! Only what servec declares; anything else that the platform answers is let go.

mod deploy;
mod endpoint;
mod job;
mod model;
mod queue;
mod upload;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use deploy::{
    Api, AutoscalingMetricSpec, DedicatedResources, DeployedModel, Deployment, MachineSpec, Rolling, Split,
};
pub use deploy::{ScaleToZero, Shares, Watched};
pub use endpoint::{BigQuery, Connection, Endpoint, Logging, NewEndpoint, PrivateService};
pub use job::{Destination, Job, Machines, NewPool, Pool, Source, Sources, Target};
pub use model::{Container, Env, HttpGet, Model, NewModel, Port, Probe, Secret};
pub use queue::{Expiration, Subscription, Topic};
pub use upload::Upload;

/// As the platform's labels are.
pub type Labels = BTreeMap<String, String>;

/// A key of the user's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Encryption {
    pub kms_key_name: String,
}

/// Whole seconds, as the platform writes durations.
pub fn seconds(time: std::time::Duration) -> String {
    let (whole, rest) = (time.as_secs(), time.subsec_nanos());
    match format!("{rest:09}").trim_end_matches('0') {
        "" => format!("{whole}s"),
        fraction => format!("{whole}.{fraction}s"),
    }
}
