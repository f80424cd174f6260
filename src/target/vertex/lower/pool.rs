//! Pools whose members the platform itself keeps in one container: models of TensorFlow, each behind an endpoint of its
//! own, on machines that all share.

use crate::resource::Address;
use crate::stack::{Endpoint, Member, Origin, Pool, Servable, Stack, Variant};

use super::super::super::spec::Places;
use super::super::wire::{self, NewPool};
use super::container::For;
use super::deployment::{self, On};
use super::{Lowering, Made, encryption, endpoint, kind, model, scale, text_of, traffic};

/// The framework whose models the platform keeps side by side.
pub const SHARED: &str = "tensorflow";

/// Whether what an endpoint serves is such a pool.
pub fn shares_machines(endpoint: &Endpoint, stack: &Stack) -> bool {
    members(endpoint, stack).is_some()
}

/// The pool, with its members' names.
pub fn members<'s>(endpoint: &Endpoint, stack: &'s Stack) -> Option<(&'s Pool, &'s [std::sync::Arc<str>])> {
    let Servable::Pool(name) = &endpoint.serve.value else { return None };
    let pool = stack.pools.get(name)?;
    let Member::Named(names) = &pool.members.value else { return None };
    let shared = |name: &std::sync::Arc<str>| {
        let framework = stack.models.get(name).map(|model| &model.origin);
        matches!(framework, Some(Origin::Framework { framework, .. }) if &*framework.value.name == SHARED)
    };
    names.iter().all(shared).then_some((pool, names))
}

pub fn lower(endpoint: &Endpoint, all: &mut Lowering) {
    let (Some((pool, names)), Some(variant)) = (members(endpoint, all.stack), endpoint.variants.first()) else {
        return;
    };
    let key = encryption(endpoint.encrypt.as_ref()).map(|(key, _)| key);
    let machine = all.machine(&endpoint.name, variant);
    let (resources, _) = scale::of(endpoint, variant, machine, None, all);
    let id = all.id(&endpoint.name);
    let role = text_of(endpoint.identity.as_ref(), "role");
    let body = NewPool {
        deployment_resource_pool_id: id.clone(),
        deployment_resource_pool: wire::Pool {
            dedicated_resources: resources,
            service_account: role.map(|(role, _)| role.to_owned()),
            encryption_spec: key.clone(),
        },
    };
    let mut places = Places::default();
    scale::places(endpoint, "/deploymentResourcePool/dedicatedResources", &mut places);
    if let Some((_, span)) = role {
        places.put("/deploymentResourcePool/serviceAccount", span);
    }
    let shared = format!("{}/deploymentResourcePools/{id}", all.site.at.parent());
    let machines = Address::new(kind::POOL, &endpoint.name);
    let origin = pool.span;
    all.put(Made { address: machines.clone(), kind: kind::POOL, body: &body, needs: vec![], origin, places });
    for name in names {
        let called = format!("{}.{name}", endpoint.name);
        let address = endpoint::address(&called, endpoint, key.as_ref(), all);
        let member = Variant { serve: Servable::Model(name.clone()), ..variant.clone() };
        let purpose = For {
            name: &called,
            timeout: endpoint.mode.value.timeout().map(|timeout| timeout.value),
            mode: endpoint.mode.span,
            encryption: key.as_ref(),
            env: vec![],
        };
        let known = model::of(&member, &purpose, all);
        let needs = vec![address.clone(), known.address, machines.clone()];
        let on = On { name: &called, endpoint, variant: &member, model: known.name, needs };
        let deployed = deployment::put(on, None, Some(shared.clone()), all);
        traffic::of(&called, endpoint, &address, &[deployed], all);
    }
}
