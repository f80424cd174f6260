//! Deployed models: one for each variant, known by ten digits of a hash over what can't be changed in place.

use serde_json::json;

use crate::resource::Address;
use crate::stack::{Endpoint, Rollout, Variant};

use super::super::super::spec::Places;
use super::super::names;
use super::super::wire::{Api, DedicatedResources, DeployedModel, Deployment, Encryption, Rolling};
use super::container::For;
use super::queue::Queue;
use super::{Lowering, Made, kind, model, scale, text_of};

/// A deployed model, for who shares out the calls.
pub struct Deployed {
    pub address: Address,
    pub id: String,
    pub variant: String,
    pub weight: u32,
}

/// Every variant that answers calls.
pub fn of_variants(
    endpoint: &Endpoint,
    address: &Address,
    key: Option<&Encryption>,
    queue: Option<&Queue>,
    all: &mut Lowering,
) -> Vec<Deployed> {
    let mut out = vec![];
    for variant in endpoint.variants.iter().filter(|variant| !variant.shadow) {
        let purpose = For {
            name: &endpoint.name,
            timeout: endpoint.mode.value.timeout().map(|timeout| timeout.value),
            mode: endpoint.mode.span,
            encryption: key,
            env: queue.map(Queue::env).unwrap_or_default(),
        };
        let known = model::of(variant, &purpose, all);
        let machine = all.machine(&endpoint.name, variant);
        let (resources, api) = scale::of(endpoint, variant, machine, queue, all);
        let mut needs = vec![address.clone(), known.address];
        needs.extend(queue.iter().flat_map(|queue| queue.needs.clone()));
        let on = On { name: &endpoint.name, endpoint, variant, model: known.name, needs };
        out.push(put(on, Some((resources, api)), None, all));
    }
    out
}

/// What is deployed where.
pub struct On<'o> {
    /// The endpoint's, which for the members of a pool is not that of the source.
    pub name: &'o str,
    pub endpoint: &'o Endpoint,
    pub variant: &'o Variant,
    pub model: String,
    pub needs: Vec<Address>,
}

/// On machines of its own, or on shared ones.
pub fn put(on: On, own: Option<(DedicatedResources, Api)>, shared: Option<String>, all: &mut Lowering) -> Deployed {
    let On { name, endpoint, variant, model, needs } = on;
    let role = text_of(endpoint.identity.as_ref(), "role");
    // The account of shared machines is the pool's.
    let service_account = role.filter(|_| shared.is_none()).map(|(role, _)| role.to_owned());
    let rolling = endpoint.rollout.as_ref().and_then(|rollout| rolling(&rollout.value));
    let (resources, api) = own.map_or((None, Api::V1), |(resources, api)| (Some(resources), api));
    let api = if rolling.is_some() { Api::V1Beta1 } else { api };
    let machine = resources.as_ref().map(|resources| &resources.machine_spec);
    let fixed = json!([variant.name, model, machine, service_account, shared, all.site.access_log]);
    let id = names::digits(&fixed);
    let mut places = Places::default();
    scale::places(endpoint, "/deployedModel/dedicatedResources", &mut places);
    places.put("/deployedModel/model", variant.span);
    if let Some((_, span)) = role {
        places.put("/deployedModel/serviceAccount", span);
    }
    for (setting, at) in [("access_log", "enableAccessLogging"), ("container_log", "disableContainerLogging")] {
        if let Some(setting) = all.stack.settings.get(setting) {
            places.put(&format!("/deployedModel/{at}"), setting.span);
        }
    }
    let body = Deployment {
        endpoint: all.id(name),
        api,
        deployed_model: DeployedModel {
            id: id.clone(),
            display_name: variant.name.to_string(),
            model,
            dedicated_resources: resources,
            shared_resources: shared,
            service_account,
            enable_access_logging: all.site.access_log,
            disable_container_logging: all.site.container_log.map(|log| !log),
            rollout_options: None,
        },
        rolling,
    };
    let address = Address::new(kind::DEPLOYMENT, &format!("{name}.{}-{id}", variant.name));
    let origin = variant.span;
    all.put(Made { address: address.clone(), kind: kind::DEPLOYMENT, body: &body, needs, origin, places });
    Deployed { address, id, variant: variant.name.to_string(), weight: variant.weight }
}

/// Replicas are replaced in parts of this size.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of at most 100 percent")]
fn rolling(rollout: &Rollout) -> Option<Rolling> {
    let first = rollout.first.map_or(super::traffic::PART, |first| first.value);
    (&*rollout.kind == "rolling").then_some(Rolling {
        max_surge_percentage: (first * 100.0).round().clamp(1.0, 100.0) as u32,
        max_unavailable_percentage: 0,
    })
}
