//! Everything a program can ask of a target: a closed list, so that a table that leaves one out does not load.

use serde::{Deserialize, Serialize};

use crate::report::Code;
use crate::stack::endpoint::ModeKind;

macro_rules! features {
    ($($code:ident $subject:literal { $($variant:ident $words:literal;)* })*) => {
        /// Something that a program uses and a target honours or not.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Feature { $($($variant),*),* }

        impl Feature {
            pub const ALL: &'static [Feature] = &[$($(Feature::$variant),*),*];

            /// As a diagnostic says it: `local can't honour …`.
            pub fn words(self) -> &'static str {
                match self { $($(Feature::$variant => $words),*),* }
            }

            /// What it belongs to, as a heading.
            pub fn subject(self) -> &'static str {
                match self { $($(Feature::$variant => $subject),*),* }
            }

            /// The code of its refusal.
            pub fn code(self) -> Code {
                match self { $($(Feature::$variant => Code::$code),*),* }
            }
        }
    };
}

features! {
    ModeRefused "modes" {
        Realtime "`mode = realtime`";
        Streaming "`mode = streaming`";
        Serverless "`mode = serverless`";
        Async "`mode = async`";
        Batch "a batch job";
        AsyncOutput "`output` of an async mode";
        AsyncOnDone "`on_done` of an async mode";
        AsyncInFlight "`max_in_flight` of an async mode";
        ServerlessMemory "`memory` of a serverless mode";
        ServerlessConcurrency "`max_concurrency` of a serverless mode";
        BatchSplitLine "`split = line` of a batch mode";
        BatchSplitFile "`split = file` of a batch mode";
    }
    ShapeRefused "what is served" {
        ServeModel "an endpoint that serves a model";
        PipelineChain "a pipeline in one line";
        PipelineDag "a pipeline that branches or joins";
    }
    PoolRefused "pools" {
        PoolNamed "a pool of named members in one server";
        PoolPrefix "a pool of all artifacts under a prefix";
        PoolInstance "a pool with `share = instance`";
        PoolGpu "a pool whose members ask for an accelerator";
        PoolGpuTriton "a pool of Triton models that ask for an accelerator";
        PoolCacheOff "a pool with `cache = off`";
    }
    FrameworkRefused "frameworks" {
        FrameworkOnnx "a model of framework `onnx`";
        FrameworkPytorch "a model of framework `pytorch`";
        FrameworkTensorflow "a model of framework `tensorflow`";
        FrameworkXgboost "a model of framework `xgboost`";
        FrameworkSklearn "a model of framework `sklearn`";
        FrameworkHuggingface "a model of framework `huggingface`";
        FrameworkTriton "a model of framework `triton`";
        FrameworkVllm "a model of framework `vllm`";
        Image "a model from a container image";
    }
    ArtifactRefused "artifacts" {
        ArtifactFile "an artifact that is a file on this machine";
        ArtifactS3 "an archive at `s3://`";
        ArtifactS3Plain "an artifact at `s3://` that is no `.tar.gz`";
        ArtifactGs "an artifact at `gs://`";
        ArtifactHf "an artifact at `hf://`";
        ArtifactHttp "an artifact at `http://` or `https://`";
        ArtifactOci "an artifact at `oci://`";
    }
    HandlerRefused "transforms" {
        HandlerBuiltin "a transform of the standard library";
        HandlerPython "a transform in Python";
        HandlerContainer "a transform in a container";
    }
    HardwareRefused "hardware" {
        Accelerator "an accelerator";
        AcceleratorMany "several accelerators for one replica";
        Machine "a pinned machine";
        Resources "`cpu` and `memory` of a model";
        Disk "`disk` of a model";
        SharedFiles "a shared file system";
    }
    Unsupported "running and watching" {
        Environment "`env` of a model";
        HealthPath "a `path` of a model's `health`";
        HealthTimeout "a `timeout` of a model's `health`";
        Batching "`batching` of a model";
        Slo "an `slo`";
        Budget "a `budget`";
        Alarm "an `alarm`";
        Sample "a `sample`";
        Capture "`capture`";
        Tags "`tags` of a stack";
    }
    ScaleRefused "scaling" {
        OneReplica "one replica";
        ManyReplicas "more than one replica";
        ScaleTrack "a `track` policy";
        ScaleStep "a `step` policy";
        ScaleSchedule "a `schedule` policy";
        Cooldown "a `cooldown`";
    }
    ScaleToZeroRefused "scaling" {
        ScaleToZero "scaling to zero";
    }
    VariantsRefused "variants" {
        VariantWeights "variants with weights";
        VariantShadow "a shadow variant";
    }
    RolloutRefused "rollouts" {
        RolloutCanary "`rollout = canary`";
        RolloutLinear "`rollout = linear`";
        RolloutRolling "`rollout = rolling`";
        RolloutAllAtOnce "`rollout = all_at_once`";
        RolloutBake "`bake` of a rollout";
        RolloutAbort "`abort_on` of a rollout";
    }
    AccessRefused "access" {
        NetworkPrivate "`private` of a network";
        NetworkIsolated "`isolated` of a network";
        NetworkSubnets "`subnets` of a network";
        NetworkGroups "`security_groups` of a network";
        Encrypt "`encrypt`";
        Identity "`identity`";
    }
}

impl Feature {
    /// The feature that a mode is by itself.
    pub fn of_mode(mode: ModeKind) -> Feature {
        match mode {
            ModeKind::Realtime => Feature::Realtime,
            ModeKind::Streaming => Feature::Streaming,
            ModeKind::Serverless => Feature::Serverless,
            ModeKind::Async => Feature::Async,
            ModeKind::Batch => Feature::Batch,
        }
    }
}
