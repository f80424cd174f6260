//! Everything a program can ask of a target: a closed list, so that a table that leaves one out does not load.

use serde::{Deserialize, Serialize};

macro_rules! features {
    ($($variant:ident $words:literal;)*) => {
        /// Something that a program uses and a target honours or not.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Feature { $($variant),* }

        impl Feature {
            pub const ALL: &'static [Feature] = &[$(Feature::$variant),*];

            /// As a diagnostic says it: `local can't honour …`.
            pub fn words(self) -> &'static str {
                match self { $(Feature::$variant => $words),* }
            }
        }
    };
}

features! {
    Realtime "`mode = realtime`";
    Streaming "`mode = streaming`";
    Serverless "`mode = serverless`";
    Async "`mode = async`";
    Batch "a batch job";
    ServeModel "an endpoint that serves a model";
    ServePipeline "an endpoint that serves a pipeline";
    ServePool "an endpoint that serves a pool";
    FrameworkOnnx "an ONNX model";
    FrameworkOther "a model of a framework other than `onnx`";
    Image "a model from a container image";
    ArtifactFile "an artifact that is a file on this machine";
    ArtifactRemote "an artifact behind a URI";
    HandlerBuiltin "a transform of the standard library";
    HandlerPython "a transform in Python";
    HandlerContainer "a transform in a container";
    Accelerator "an accelerator";
    Machine "a pinned machine";
    Resources "`cpu`, `memory` and `disk` of a model";
    Environment "`env` of a model";
    HealthCheck "`health` of a model";
    Batching "`batching` of a model";
    OneReplica "one replica";
    ManyReplicas "more than one replica";
    ScaleToZero "scaling to zero";
    ScaleTrack "a `track` policy";
    ScaleStep "a `step` policy";
    ScaleSchedule "a `schedule` policy";
    VariantWeights "variants with weights";
    VariantShadow "a shadow variant";
    Rollout "a `rollout`";
    Slo "an `slo`";
    Budget "a `budget`";
    Capture "`capture`";
    Network "`network`";
    Encrypt "`encrypt`";
    Identity "`identity`";
    Alarm "an `alarm`";
    Sample "a `sample`";
}
