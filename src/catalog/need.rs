//! What a machine must have, from what models ask for.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use crate::stack::{Artifact, Callee, Member, Model, Origin, Pool, Servable, Stack};

use super::reason::gib;

/// The least that one machine must have; what is `None` is not asked for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Need {
    /// Cores.
    pub cpu: Option<f64>,
    /// Bytes.
    pub memory: Option<u64>,
    pub gpus: Option<Gpus>,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Gpus {
    /// In lower case; no machine has two, so that two can't be met.
    pub kinds: BTreeSet<Arc<str>>,
    /// Bytes of each.
    pub memory: Option<u64>,
    pub count: u32,
}

impl Need {
    /// Of one model alone: what it says, and at least room for the files that it has on this machine.
    pub fn of(model: &Model) -> Self {
        let artifact = match &model.origin {
            Origin::Framework { artifact, .. } => Some(artifact),
            Origin::Image { artifact, .. } => artifact.as_ref(),
        };
        let files = artifact.and_then(|artifact| match &artifact.value {
            Artifact::File { bytes, .. } => Some(*bytes),
            Artifact::Remote { .. } => None,
        });
        let gpus = model.accelerator.as_ref().map(|accelerator| Gpus {
            kinds: accelerator.value.kind.iter().map(|kind| word(kind)).collect(),
            memory: accelerator.value.memory,
            count: accelerator.value.count,
        });
        Self {
            cpu: model.cpu.as_ref().map(|cpu| cpu.value),
            memory: model.memory.as_ref().map_or(files, |memory| Some(memory.value)),
            gpus,
        }
    }

    /// Of what one machine of an endpoint serves. The models of a pipeline are loaded side by side. So are the members
    /// of a pool with `share = instance`; of any other pool the largest member must fit, since the rest can wait on disk.
    pub fn of_servable(stack: &Stack, servable: &Servable) -> Self {
        match servable {
            Servable::Model(name) => stack.models.get(name).map(Self::of).unwrap_or_default(),
            Servable::Pipeline(name) => {
                let steps = stack.pipelines.get(name).map(|pipeline| pipeline.steps.as_slice()).unwrap_or_default();
                let called: BTreeSet<&Arc<str>> = steps
                    .iter()
                    .filter_map(|step| match &step.callee {
                        Callee::Model(name) => Some(name),
                        Callee::Transform(_) => None,
                    })
                    .collect();
                let needs = called.into_iter().filter_map(|name| stack.models.get(name)).map(Self::of);
                needs.reduce(Self::beside).unwrap_or_default()
            }
            Servable::Pool(name) => stack.pools.get(name).map(|pool| Self::of_pool(stack, pool)).unwrap_or_default(),
        }
    }

    fn of_pool(stack: &Stack, pool: &Pool) -> Self {
        match &pool.members.value {
            Member::Prefix { shape, .. } => Self::of(shape),
            Member::Named(names) => {
                let needs = names.iter().filter_map(|name| stack.models.get(name)).map(Self::of);
                let join = if pool.share_instance { Self::beside } else { Self::either };
                needs.reduce(join).unwrap_or_default()
            }
        }
    }

    /// Both at once on one machine: cores and memory add up, and so does the memory of accelerators that are shared.
    fn beside(self, other: Self) -> Self {
        Self {
            cpu: joined(self.cpu, other.cpu, |a, b| a + b),
            memory: joined(self.memory, other.memory, u64::saturating_add),
            gpus: joined(self.gpus, other.gpus, |a, b| Gpus {
                kinds: a.kinds.union(&b.kinds).cloned().collect(),
                memory: joined(a.memory, b.memory, u64::saturating_add),
                count: a.count.max(b.count),
            }),
        }
    }

    /// One or the other.
    fn either(self, other: Self) -> Self {
        Self {
            cpu: joined(self.cpu, other.cpu, f64::max),
            memory: joined(self.memory, other.memory, u64::max),
            gpus: joined(self.gpus, other.gpus, |a, b| Gpus {
                kinds: a.kinds.union(&b.kinds).cloned().collect(),
                memory: joined(a.memory, b.memory, u64::max),
                count: a.count.max(b.count),
            }),
        }
    }
}

fn joined<T>(a: Option<T>, b: Option<T>, join: impl FnOnce(T, T) -> T) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(join(a, b)),
        (a, b) => a.or(b),
    }
}

/// A kind of accelerator as the catalogues write it: `NVIDIA_TESLA_T4` is `t4`.
fn word(kind: &str) -> Arc<str> {
    let lower = kind.to_lowercase().replace(['_', ' '], "-");
    let short = lower.trim_start_matches("nvidia-").trim_start_matches("tesla-").trim_start_matches("aws-");
    short.into()
}

/// In the words of the language: `gpu { memory = 16GiB }, cpu = 4`.
impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if let Some(gpus) = &self.gpus {
            let mut fields: Vec<String> = gpus.kinds.iter().map(|kind| format!("kind = \"{kind}\"")).collect();
            fields.extend(gpus.memory.map(|memory| format!("memory = {}", written(memory))));
            if gpus.count != 1 {
                fields.push(format!("count = {}", gpus.count));
            }
            parts.push(if fields.is_empty() { "gpu".to_owned() } else { format!("gpu {{ {} }}", fields.join(", ")) });
        }
        parts.extend(self.cpu.map(|cpu| format!("cpu = {cpu}")));
        parts.extend(self.memory.map(|memory| format!("memory = {}", written(memory))));
        f.write_str(&if parts.is_empty() { "anything".to_owned() } else { parts.join(", ") })
    }
}

fn written(bytes: u64) -> String {
    gib(bytes).replace(' ', "")
}
