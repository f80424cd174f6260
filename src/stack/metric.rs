//! What a `track` policy can keep near a value: one closed list, with the same meaning on every target.

use serde::{Deserialize, Serialize};

/// How a metric's target is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// A percent of what a replica has: `60%`.
    Share,
    /// Calls a second: `40/s`.
    Rate,
    /// A plain number: `5`.
    Number,
}

macro_rules! metrics {
    ($($variant:ident $word:literal $measure:ident $doc:literal;)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Metric { $(#[doc = $doc] $variant),* }

        impl Metric {
            pub const ALL: &'static [Metric] = &[$(Metric::$variant),*];

            /// As it is written after `track`.
            pub fn word(self) -> &'static str {
                match self { $(Metric::$variant => $word),* }
            }

            pub fn measure(self) -> Measure {
                match self { $(Metric::$variant => Measure::$measure),* }
            }

            /// What it measures, for people.
            pub fn doc(self) -> &'static str {
                match self { $(Metric::$variant => $doc),* }
            }
        }
    };
}

metrics! {
    RequestsPerReplica "requests_per_replica" Rate "calls that one replica gets";
    ConcurrencyPerReplica "concurrency_per_replica" Number "calls that one replica works on at once";
    Cpu "cpu" Share "how busy the processors are";
    Memory "memory" Share "how full the memory is";
    Gpu "gpu" Share "how busy the accelerators are";
    GpuMemory "gpu_memory" Share "how full the accelerators' memory is";
    BacklogPerReplica "backlog_per_replica" Number "calls that wait in the queue, for each replica";
}

impl Metric {
    pub fn parse(word: &str) -> Option<Metric> {
        Self::ALL.iter().copied().find(|metric| metric.word() == word)
    }

    /// A share of what a replica has, which says little of one that serves one call at a time.
    pub fn is_utilisation(self) -> bool {
        self.measure() == Measure::Share
    }
}
