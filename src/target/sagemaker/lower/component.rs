//! `AWS::SageMaker::InferenceComponent`s: copies of models on machines that come and go, or that several share.

use crate::catalog::Machine;
use crate::resource::Address;
use crate::source::Span;
use crate::stack::{Endpoint, Member, Model, Servable};

use super::super::cfn::{ComponentNeeds, InferenceComponent, Runtime, Specification, Startup};
use super::config::{models_of, start_seconds};
use super::cx::Cx;
use super::endpoint::Guards;
use super::made::{Made, Spans};
use super::model::{self, Named};
use super::names::{At, plain};
use super::owner::Owner;
use super::rollout;

/// The share of a machine's memory that copies get: the rest is the platform's own.
const USABLE: f64 = 0.9;
/// The least that a copy can ask for, in MB.
const LEAST: u64 = 128;

/// A component that is to be made, once its endpoint is there.
pub struct Planned {
    pub at: At,
    pub name: String,
    variant: String,
    model: Named,
    needs: ComponentNeeds,
    startup: Option<Startup>,
    spans: Spans,
    span: Span,
}

/// A component by its name.
pub struct Placed {
    /// Within the endpoint: its variant, and its member.
    pub parts: Vec<String>,
    pub name: String,
    pub address: Address,
    pub machine: Option<&'static Machine>,
}

/// The components of an endpoint, with their models.
pub fn plan(cx: &Cx, made: &mut Made, owner: &mut Owner, endpoint: &Endpoint) -> Vec<Planned> {
    let mut out = vec![];
    for variant in &endpoint.variants {
        let machine = cx.machine(endpoint, variant);
        let shared = match &variant.serve {
            Servable::Pool(name) => cx.stack.pools.get(name).filter(|pool| pool.share_instance),
            Servable::Model(_) | Servable::Pipeline(_) => None,
        };
        if let Some(Member::Named(names)) = shared.map(|pool| &pool.members.value) {
            let members: Vec<&Model> = names.iter().filter_map(|name| cx.stack.models.get(name)).collect();
            for member in &members {
                let model = model::of_member(cx, made, owner, member);
                let needs = needs(&[member], machine, members.len());
                let parts = [&*endpoint.name, &*variant.name, &*member.name];
                out.push(planned(made, &parts, &[member], &variant.name, model, needs, member.span));
            }
        } else {
            let model = model::whole(cx, made, owner, &variant.serve);
            let models = models_of(cx.stack, &variant.serve);
            let parts = [&*endpoint.name, &*variant.name];
            out.push(planned(made, &parts, &models, &variant.name, model, needs(&models, machine, 1), variant.span));
        }
    }
    out
}

fn planned(
    made: &Made,
    parts: &[&str],
    models: &[&Model],
    variant: &str,
    model: Named,
    needs: ComponentNeeds,
    span: Span,
) -> Planned {
    let load = models.iter().filter_map(|model| model.load_time.as_ref()).max_by_key(|time| time.value);
    let startup = load.map(|time| start_seconds(time.value)).map(|seconds| Startup {
        container_startup_health_check_timeout_in_seconds: seconds,
        model_data_download_timeout_in_seconds: seconds,
    });
    let mut spans = Spans::default();
    spans.may("/Specification/StartupParameters", load.map(|time| time.span));
    let at = "/Specification/ComputeResourceRequirements";
    for model in models {
        spans.may(&format!("{at}/NumberOfCpuCoresRequired"), model.cpu.as_ref().map(|cpu| cpu.span));
        spans.may(&format!("{at}/MinMemoryRequiredInMb"), model.memory.as_ref().map(|memory| memory.span));
        let gpus = model.accelerator.as_ref().map(|gpus| gpus.span);
        spans.may(&format!("{at}/NumberOfAcceleratorDevicesRequired"), gpus);
    }
    let name = made.names.fixed(parts);
    Planned { at: At::new("component", parts), name, variant: plain(variant), model, needs, startup, spans, span }
}

/// How many machines hold one copy of each component: components share no accelerator.
pub fn machines_of_a_copy(models: &[&Model], machine: Option<&Machine>) -> u32 {
    let wanted: u32 = models.iter().filter_map(|model| model.accelerator.as_ref()).map(|gpus| gpus.value.count).sum();
    let there = machine.and_then(|machine| machine.accelerators.as_ref()).map_or(0, |has| has.count);
    if there == 0 { 1 } else { wanted.div_ceil(there).max(1) }
}

/// What a copy takes of its machine. One that is alone takes more than half, so that each machine has one: that is what a
/// replica is, and what is paid for.
fn needs(models: &[&Model], machine: Option<&Machine>, share: usize) -> ComponentNeeds {
    let total = |of: fn(&Model) -> Option<f64>| {
        let known: Vec<f64> = models.iter().filter_map(|model| of(model)).collect();
        (!known.is_empty()).then(|| known.iter().sum::<f64>())
    };
    let declared = total(|model| model.memory.as_ref().map(|memory| memory.value as f64)).map(megabytes);
    let there = machine.map(|machine| megabytes(machine.memory as f64));
    let usable = there.map(|there| (there as f64 * USABLE) as u64);
    let memory = match (share, declared, there) {
        (1, declared, Some(there)) => declared.unwrap_or(0).max(there / 2 + 1),
        (_, Some(declared), _) => declared,
        (share, None, Some(there)) => (there as f64 * USABLE) as u64 / share.max(1) as u64,
        (_, None, None) => LEAST,
    };
    let gpus = models.iter().filter_map(|model| model.accelerator.as_ref()).map(|gpus| gpus.value.count).max();
    ComponentNeeds {
        number_of_cpu_cores_required: total(|model| model.cpu.as_ref().map(|cpu| cpu.value)).map(|cpu| cpu.max(0.25)),
        number_of_accelerator_devices_required: gpus,
        min_memory_required_in_mb: memory.min(usable.unwrap_or(u64::MAX)).max(LEAST),
    }
}

fn megabytes(bytes: f64) -> u64 {
    (bytes / f64::from(1 << 20)).ceil() as u64
}

pub fn put(
    cx: &Cx,
    made: &mut Made,
    endpoint: &Endpoint,
    endpoint_name: &str,
    planned: Vec<Planned>,
    guards: &Guards,
    deployed: &Address,
) -> Vec<Placed> {
    let mut out = vec![];
    for planned in planned {
        let Planned { at, name, variant, model, needs, startup, mut spans, span } = planned;
        let rollout = endpoint.rollout.as_ref();
        spans.may("/DeploymentConfig", rollout.map(|rollout| rollout.span));
        spans.put("/RuntimeConfig/CopyCount", endpoint.scale.value.low);
        spans.may("/Tags", cx.tags_at());
        let machine = endpoint.variants.iter().find(|of| plain(&of.name) == variant);
        let component = InferenceComponent {
            inference_component_name: name.clone(),
            endpoint_name: endpoint_name.to_owned(),
            variant_name: variant,
            specification: Specification {
                model_name: model.name,
                compute_resource_requirements: needs,
                startup_parameters: startup,
            },
            runtime_config: Runtime { copy_count: endpoint.scale.value.min.max(1) },
            deployment_config: rollout.and_then(|rollout| rollout::of_component(&rollout.value, guards.rollback())),
            tags: cx.tags(Some(&endpoint.name), &[]),
        };
        let mut before = vec![deployed.clone(), model.address];
        before.extend(guards.needs.iter().cloned());
        let address = made.add(&at, &component, &before, span, spans);
        let parts = at.parts.get(1..).unwrap_or_default().to_vec();
        out.push(Placed { parts, name, address, machine: machine.and_then(|variant| cx.machine(endpoint, variant)) });
    }
    out
}
