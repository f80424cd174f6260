//! The amounts that a platform bounds: a closed list, as [`Feature`](super::Feature) is one.

use serde::{Deserialize, Serialize};

use crate::report::{Code, amount};

/// What an amount counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Bytes,
    Seconds,
    Count,
    /// A fraction, written in percent.
    Share,
}

impl Unit {
    /// An amount as people write it: `25 MiB`, `8 min`, `50 %`.
    pub fn words(self, amount: f64) -> String {
        match self {
            Unit::Bytes => amount::bytes(amount),
            Unit::Seconds => amount::seconds(amount),
            Unit::Count => amount::number(amount),
            Unit::Share => format!("{} %", amount::number(amount * 100.0)),
        }
    }

    /// An amount as the language writes it: `25MiB`, `8min`, `50%`. `None` where it has no such unit.
    pub fn written(self, amount: f64) -> Option<String> {
        match self {
            Unit::Bytes => amount::size_literal(amount),
            Unit::Seconds => amount::duration_literal(amount),
            Unit::Count => Some(amount::number(amount)),
            Unit::Share => Some(format!("{}%", amount::number(amount * 100.0))),
        }
    }
}

macro_rules! limits {
    ($($variant:ident $unit:ident $code:ident $words:literal $help:literal;)*) => {
        /// An amount that a platform bounds, by mode.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Limit { $($variant),* }

        impl Limit {
            pub const ALL: &'static [Limit] = &[$(Limit::$variant),*];

            /// What is measured, as in "… of endpoint `search` is 30 MiB".
            pub fn words(self) -> &'static str {
                match self { $(Limit::$variant => $words),* }
            }

            pub fn unit(self) -> Unit {
                match self { $(Limit::$variant => Unit::$unit),* }
            }

            /// What to do about an amount out of bounds.
            pub fn help(self) -> &'static str {
                match self { $(Limit::$variant => $help),* }
            }

            /// The code of an amount out of bounds.
            pub fn code(self) -> Code {
                match self { $(Limit::$variant => Code::$code),* }
            }
        }
    };
}

limits! {
    RequestBytes          Bytes   PayloadLimit     "the request" "send less in one call: smaller tensors or an encoded image";
    ResponseBytes         Bytes   PayloadLimit     "the answer" "answer less in one call";
    Timeout               Seconds TimeLimit        "the timeout" "make the calls shorter";
    Start                 Seconds StartLimit       "the load time" "make the model smaller, or load it from a faster place";
    ServerlessMemory      Bytes   MemoryStep       "the memory" "use `mode = realtime` for more";
    ServerlessConcurrency Count   ConcurrencyLimit "`max_concurrency`" "use `mode = realtime` with a `scale` for more";
    AsyncInFlight         Count   ConcurrencyLimit "`max_in_flight`" "let `scale` add replicas instead";
    ArtifactBytes         Bytes   ArtifactLimit    "the artifact" "use `mode = realtime` for larger models";
    Containers            Count   ContainerLimit   "the number of containers" "serve the steps as several endpoints, or fuse them in one model";
    Variants              Count   VariantLimit     "the number of variants" "serve the others as an endpoint of their own";
    Shadows               Count   VariantLimit     "the number of shadow variants" "keep one shadow";
    VariantsBesideShadow  Count   VariantLimit     "the number of variants beside a shadow" "keep one variant that answers while there is a shadow";
    VariantShare          Share   VariantLimit     "the share of a variant" "give it more of the calls, or none";
    NameChars             Count   NameLimit        "the length of the name" "choose a shorter name; `moved` keeps what is deployed";
    Tags                  Count   TagLimit         "the number of tags" "keep the tags that someone looks for";
    TagKeyChars           Count   TagLimit         "the length of a tag's key" "choose a shorter key";
    TagValueChars         Count   TagLimit         "the length of a tag's value" "choose a shorter value";
    EnvEntries            Count   EnvironmentLimit "the number of `env` entries" "put the values into a file of the artifact";
    EnvValueBytes         Bytes   EnvironmentLimit "a value of `env`" "put the value into a file of the artifact";
    EnvTotalBytes         Bytes   EnvironmentLimit "all of `env`" "put the values into a file of the artifact";
    Disk                  Bytes   DiskLimit        "the disk" "use a smaller artifact, or pin a machine with a disk of its own";
    Replicas              Count   ReplicaLimit     "the number of replicas" "serve it as several endpoints";
    CanaryFirst           Share   RolloutLimit     "the first part of the canary" "use another kind of rollout";
    LinearFirst           Share   RolloutLimit     "each part of the linear rollout" "use another kind of rollout";
    RollingFirst          Share   RolloutLimit     "each batch of the rolling rollout" "use another kind of rollout";
    Bake                  Seconds RolloutLimit     "`bake`" "watch it with an `alarm` for longer";
    RolloutTime           Seconds RolloutLimit     "the time for all parts of the rollout" "use larger parts";
    AbortAlarms           Count   RolloutLimit     "the number of `abort_on` conditions" "keep the conditions that matter most";
    Cooldown              Seconds CooldownLimit    "the cooldown" "leave `cooldown` out to take the platform's own";
}
