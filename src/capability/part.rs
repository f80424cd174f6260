//! What is a field of which mode, and what is a part of what: where the whole is refused, the part means nothing.

use crate::stack::endpoint::ModeKind;

use super::{Feature, Limit};

const FIELDS: &[(Feature, ModeKind)] = &[
    (Feature::AsyncOutput, ModeKind::Async),
    (Feature::AsyncOnDone, ModeKind::Async),
    (Feature::AsyncInFlight, ModeKind::Async),
    (Feature::ServerlessMemory, ModeKind::Serverless),
    (Feature::ServerlessConcurrency, ModeKind::Serverless),
    (Feature::BatchSplitLine, ModeKind::Batch),
    (Feature::BatchSplitFile, ModeKind::Batch),
];

const AMOUNTS: &[(Limit, ModeKind)] = &[
    (Limit::AsyncInFlight, ModeKind::Async),
    (Limit::ServerlessMemory, ModeKind::Serverless),
    (Limit::ServerlessConcurrency, ModeKind::Serverless),
];

const ROLLOUTS: &[Feature] =
    &[Feature::RolloutCanary, Feature::RolloutLinear, Feature::RolloutRolling, Feature::RolloutAllAtOnce];
const POOLS: &[Feature] = &[Feature::PoolNamed, Feature::PoolPrefix];

const PARTS: &[(Feature, &[Feature])] = &[
    (Feature::PoolGpu, POOLS),
    (Feature::PoolGpuTriton, &[Feature::FrameworkTriton]),
    (Feature::PoolGpuTriton, POOLS),
    (Feature::PoolCacheOff, POOLS),
    (Feature::AcceleratorMany, &[Feature::Accelerator]),
    (Feature::Cooldown, &[Feature::ScaleTrack, Feature::ScaleStep]),
    (Feature::RolloutBake, ROLLOUTS),
    (Feature::RolloutAbort, ROLLOUTS),
];

const AMOUNTS_OF: &[(Limit, &[Feature])] = &[
    (Limit::Containers, &[Feature::PipelineChain, Feature::PoolInstance]),
    (Limit::Shadows, &[Feature::VariantShadow]),
    (Limit::VariantsBesideShadow, &[Feature::VariantShadow]),
    (Limit::Tags, &[Feature::Tags]),
    (Limit::TagKeyChars, &[Feature::Tags]),
    (Limit::TagValueChars, &[Feature::Tags]),
    (Limit::EnvEntries, &[Feature::Environment]),
    (Limit::EnvValueBytes, &[Feature::Environment]),
    (Limit::EnvTotalBytes, &[Feature::Environment]),
    (Limit::Disk, &[Feature::Disk]),
    (Limit::Replicas, &[Feature::ManyReplicas]),
    (Limit::CanaryFirst, &[Feature::RolloutCanary]),
    (Limit::LinearFirst, &[Feature::RolloutLinear]),
    (Limit::RollingFirst, &[Feature::RolloutRolling]),
    (Limit::Bake, &[Feature::RolloutBake]),
    (Limit::RolloutTime, &[Feature::RolloutBake]),
    (Limit::VariantShare, &[Feature::VariantWeights]),
    (Limit::AbortAlarms, &[Feature::RolloutAbort]),
    (Limit::Cooldown, &[Feature::Cooldown]),
];

/// Where there is more of an amount in async mode, and why.
const QUEUED: &[(Limit, &str)] = &[
    (Limit::RequestBytes, "where the request is a file"),
    (Limit::ResponseBytes, "where the answer is a file"),
    (Limit::Timeout, "for slow calls"),
];

impl Feature {
    /// The one mode that it is a field of; `None` where every mode may ask for it.
    pub fn only_in(self) -> Option<ModeKind> {
        find(FIELDS, self)
    }

    /// What it is a part of, as sets: it means nothing where all of one set is refused. None for what stands alone.
    pub fn part_of(self) -> impl Iterator<Item = &'static [Feature]> {
        PARTS.iter().filter(move |(part, _)| *part == self).map(|(_, wholes)| *wholes)
    }
}

impl Limit {
    /// The one mode that has the amount; `None` for all.
    pub fn only_in(self) -> Option<ModeKind> {
        find(AMOUNTS, self)
    }

    /// What an async endpoint is for those who want more of the amount; `None` where it has no more.
    pub fn queued(self) -> Option<&'static str> {
        find(QUEUED, self)
    }

    /// What the amount is of: it means nothing where all of these are refused. Empty for what is always there.
    pub fn part_of(self) -> &'static [Feature] {
        find(AMOUNTS_OF, self).unwrap_or_default()
    }
}

fn find<K: Copy + PartialEq, V: Copy>(list: &[(K, V)], key: K) -> Option<V> {
    list.iter().find(|(known, _)| *known == key).map(|(_, value)| *value)
}
