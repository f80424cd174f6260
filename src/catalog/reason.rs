//! Why a machine was passed over, in words.

use std::fmt;
use std::sync::Arc;

use super::{Arch, Class, Machine, Need, Offer, Rate, Usage};

/// One thing that speaks against a machine.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    NotOffered(Arc<str>),
    Nowhere,
    NoBatch,
    /// Images are built for the other architecture.
    Arm,
    Burstable,
    /// Cores short.
    Cores(f64),
    /// Bytes short.
    Memory(u64),
    NoGpu,
    /// Its accelerators are of a kind that is no GPU.
    OtherClass(Arc<str>),
    OtherKind(Arc<str>),
    /// How many it has.
    Count(u32),
    /// Bytes short, of each accelerator.
    GpuMemory(u64),
    GpuMemoryUnknown,
    /// It fits.
    PriceUnknown,
    /// It fits, at the same price as the pick.
    SamePrice,
    /// It fits, and costs that much more an hour.
    Costs(Rate),
    /// It fits, and no price says more.
    Larger,
}

impl Reason {
    /// Whether the machine is of another sort altogether, so that no smaller need would make it fit.
    pub fn is_of_sort(&self) -> bool {
        matches!(self, Reason::NoGpu | Reason::OtherClass(_) | Reason::Arm | Reason::Nowhere)
    }

    /// Bytes short, for what can be measured so.
    pub(super) fn short(&self) -> u64 {
        match self {
            Reason::Memory(bytes) | Reason::GpuMemory(bytes) => *bytes,
            // Further than whatever is known.
            Reason::GpuMemoryUnknown => u64::MAX,
            Reason::NotOffered(_)
            | Reason::Nowhere
            | Reason::NoBatch
            | Reason::Arm
            | Reason::Burstable
            | Reason::Cores(_)
            | Reason::NoGpu
            | Reason::OtherClass(_)
            | Reason::OtherKind(_)
            | Reason::Count(_)
            | Reason::PriceUnknown
            | Reason::SamePrice
            | Reason::Costs(_)
            | Reason::Larger => 0,
        }
    }
}

/// Everything that speaks against a machine for a need; empty when it fits.
pub(super) fn against(machine: &Machine, need: &Need, region: &Arc<str>, usage: Usage) -> Vec<Reason> {
    let mut reasons = Vec::new();
    match machine.offer(usage) {
        None => reasons.push(Reason::NoBatch),
        Some(Offer::In(regions)) if regions.is_empty() => reasons.push(Reason::Nowhere),
        Some(offer) if !offer.includes(region) => reasons.push(Reason::NotOffered(region.clone())),
        Some(_) => {}
    }
    if machine.arch == Arch::Arm64 {
        reasons.push(Reason::Arm);
    }
    if machine.burstable {
        reasons.push(Reason::Burstable);
    }
    reasons.extend(accelerators(machine, need));
    let cores = need.cpu.map_or(0.0, |cpu| cpu - f64::from(machine.cpu));
    if cores > 0.0 {
        reasons.push(Reason::Cores(cores));
    }
    let memory = need.memory.unwrap_or(0).saturating_sub(machine.memory);
    if memory > 0 {
        reasons.push(Reason::Memory(memory));
    }
    reasons
}

fn accelerators(machine: &Machine, need: &Need) -> Vec<Reason> {
    let Some(gpus) = &need.gpus else { return Vec::new() };
    let Some(has) = &machine.accelerators else { return vec![Reason::NoGpu] };
    if has.class != Class::Gpu {
        return vec![Reason::OtherClass(has.kind.clone())];
    }
    let mut reasons = Vec::new();
    if gpus.kinds.iter().any(|kind| *kind != has.kind) {
        reasons.push(Reason::OtherKind(has.kind.clone()));
    }
    if has.count < gpus.count {
        reasons.push(Reason::Count(has.count));
    }
    match (gpus.memory, has.memory) {
        (Some(asked), Some(memory)) if asked > memory => reasons.push(Reason::GpuMemory(asked - memory)),
        (Some(_), None) => reasons.push(Reason::GpuMemoryUnknown),
        (Some(_) | None, _) => {}
    }
    reasons
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::NotOffered(region) => write!(f, "not offered in {region}"),
            Reason::Nowhere => f.write_str("offered in no region"),
            Reason::NoBatch => f.write_str("runs no batch jobs"),
            Reason::Arm => f.write_str("arm64, and images are built for x86_64"),
            Reason::Burstable => f.write_str("full speed only while it has CPU credits"),
            Reason::Cores(short) => write!(f, "{short} {} short", if *short == 1.0 { "core" } else { "cores" }),
            Reason::Memory(short) => write!(f, "{} of memory short", gib(*short)),
            Reason::NoGpu => f.write_str("no gpu"),
            Reason::OtherClass(kind) => write!(f, "{kind} is no gpu"),
            Reason::OtherKind(kind) => write!(f, "its gpu is {kind}"),
            Reason::Count(count) => write!(f, "{count} {}", if *count == 1 { "gpu only" } else { "gpus only" }),
            Reason::GpuMemory(short) => write!(f, "{} of gpu memory short", gib(*short)),
            Reason::GpuMemoryUnknown => f.write_str("memory of its gpu unknown"),
            Reason::PriceUnknown => f.write_str("price unknown"),
            Reason::SamePrice => f.write_str("costs the same"),
            Reason::Costs(more) => write!(f, "costs {more} USD/h more"),
            Reason::Larger => f.write_str("larger, and its price is unknown too"),
        }
    }
}

/// Bytes for people: `16 GiB`, `22.4 GiB`, `512 MiB`.
#[allow(clippy::cast_precision_loss, reason = "shown to one digit")]
pub fn gib(bytes: u64) -> String {
    let (unit, name) = match bytes {
        0..0x10_0000 => (1024.0, "KiB"),
        0x10_0000..0x4000_0000 => (f64::from(1 << 20), "MiB"),
        0x4000_0000.. => (f64::from(1 << 30), "GiB"),
    };
    let number = format!("{:.1}", bytes as f64 / unit);
    format!("{} {name}", number.strip_suffix(".0").unwrap_or(&number))
}
