//! An endpoint on KServe: an inference service for each variant. One variant runs on Knative, which scales by calls and
//! moves callers to a new revision by parts; several run as Deployments (Standard mode), since weights need Services.

use crate::resource::Address;
use crate::stack::{Endpoint, Servable};

use super::super::api::{Canary, InferenceServiceSpec, Kind as _, Metadata};
use super::made::{From, Made, own};
use super::predictor;
use super::route::{self, To};
use super::served::Served;
use super::{Ctx, alarm, graph, policy, pool, rollout, scale};

/// Which of KServe's two modes a service runs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deployed {
    Knative,
    Standard,
}

pub fn endpoint(ctx: &Ctx, endpoint: &Endpoint, made: &mut Made) {
    let all = Served::of_endpoint(ctx, endpoint);
    let Some(first) = all.first() else { return };
    let deployed = if all.len() > 1 { Deployed::Standard } else { Deployed::Knative };
    let shares = shares(endpoint);
    let simple = all.iter().all(|served| !graph::is_cut(ctx, served) && !matches!(served.serve, Servable::Pool(_)));
    match shares {
        Some(shares) if simple => beside(ctx, &all, endpoint, &shares, made),
        Some(_) | None => {
            for served in &all {
                one(ctx, served, endpoint, deployed, made);
            }
            if all.len() > 1 {
                let service =
                    |served: &Served| if graph::is_cut(ctx, served) { String::new() } else { "-predictor".to_owned() };
                let to =
                    all.iter().map(|served| To::service(served, &format!("{}{}", served.name, service(served)), 80));
                let to: Vec<To> = to.collect();
                let whole = Served { variant: None, ..first.clone() };
                if ctx.settings.gateway.is_none() || first.is_private() {
                    let mut selector = whole.selector(ctx);
                    selector.insert(own("answers"), "true".to_owned());
                    super::workload::service(ctx, &whole, &ctx.name(&[&endpoint.name]), &selector, made);
                }
                route::route(ctx, endpoint, &all, &to, made);
            }
        }
    }
    if first.is_isolated() {
        policy::policy(ctx, &all, made);
    }
    if deployed == Deployed::Knative && needs_flags(ctx, first) {
        made.note(
            "Knative takes node selectors, affinities, tolerations and volume claims of a pod only where its `config-features` \
             switches them on"
                .to_owned(),
        );
    }
    alarm::alarms(ctx, endpoint, made);
}

fn one(ctx: &Ctx, served: &Served, endpoint: &Endpoint, deployed: Deployed, made: &mut Made) {
    if graph::is_cut(ctx, served) {
        graph::graph(ctx, served, endpoint, deployed, made);
    } else if let Some(members) = pool::apart(ctx, served) {
        for member in &members {
            service(ctx, member, endpoint, deployed, made);
        }
        pool::say_where(served, &members, made);
    } else {
        service(ctx, served, endpoint, deployed, made);
    }
}

/// Whole percents of the variants after the first, where KServe itself can share the calls out: none is a shadow, and
/// nothing moves the count of replicas, which its `canary` does not allow.
fn shares(endpoint: &Endpoint) -> Option<Vec<u32>> {
    let scale = &endpoint.scale.value;
    let sum: u32 = endpoint.variants.iter().map(|variant| variant.weight).sum();
    let fixed = scale.policies.is_empty() && endpoint.rollout.is_none();
    if endpoint.variants.len() < 2 || !fixed || endpoint.variants.iter().any(|variant| variant.shadow) || sum == 0 {
        return None;
    }
    let rest = endpoint.variants.get(1..)?;
    rest.iter()
        .map(|variant| (variant.weight * 100).is_multiple_of(sum).then_some(variant.weight * 100 / sum))
        .collect()
}

/// All variants in one inference service, with shares of the calls.
fn beside(ctx: &Ctx, all: &[Served], endpoint: &Endpoint, shares: &[u32], made: &mut Made) {
    let Some((first, rest)) = all.split_first() else { return };
    let (predictor, mut needs) = predictor::predictor(ctx, first, endpoint, Deployed::Standard, made);
    let mut canary = vec![];
    for (served, share) in rest.iter().zip(shares) {
        let (predictor, more) = predictor::predictor(ctx, served, endpoint, Deployed::Standard, made);
        needs.extend(more);
        let mut predictor = predictor;
        if let Some(model) = &mut predictor.model {
            model.name = Some(predictor::CONTAINER);
        }
        canary.push(Canary { predictor, traffic_percent: *share });
    }
    let whole = Served { variant: None, name: ctx.name(&[&endpoint.name]), ..first.clone() };
    let spec = InferenceServiceSpec { predictor, canary };
    let from = From::new(endpoint.span).needs(needs);
    let from = endpoint
        .variants
        .iter()
        .skip(1)
        .enumerate()
        .fold(from, |from, (i, variant)| from.at(&format!("/spec/canary/{i}"), Some(variant.span)));
    put(ctx, &whole, endpoint, Deployed::Standard, spec, from, made);
}

/// One inference service.
pub fn service(ctx: &Ctx, served: &Served, endpoint: &Endpoint, deployed: Deployed, made: &mut Made) -> Address {
    let (predictor, needs) = predictor::predictor(ctx, served, endpoint, deployed, made);
    let scale = &endpoint.scale.value;
    let model = served.models(ctx).first().map(|model| model.span);
    let from = From::new(endpoint.span)
        .needs(needs)
        .at("/spec/predictor/minReplicas", Some(scale.low))
        .at("/spec/predictor/maxReplicas", Some(scale.high))
        .at("/spec/predictor/timeout", Some(endpoint.mode.span))
        .at("/spec/predictor/scaleTarget", scale.policies.first().map(|policy| policy.span))
        .at("/spec/predictor/canaryTrafficPercent", endpoint.rollout.as_ref().map(|rollout| rollout.span))
        .at("/spec/predictor/logger", endpoint.capture.as_ref().map(|capture| capture.span))
        .at("/spec/predictor/model", model)
        .at("/spec/predictor/containers", model);
    let spec = InferenceServiceSpec { predictor, canary: vec![] };
    let address = put(ctx, served, endpoint, deployed, spec, from, made);
    if let Some(pool) = pool::declared(ctx, served) {
        graph::members(ctx, served, pool, &address, made);
    }
    address
}

fn put(
    ctx: &Ctx,
    served: &Served,
    endpoint: &Endpoint,
    deployed: Deployed,
    spec: InferenceServiceSpec,
    from: From,
    made: &mut Made,
) -> Address {
    let mut metadata = metadata(ctx, served, deployed);
    if deployed == Deployed::Standard {
        let class = if scale::tracks(endpoint).is_empty() { "none" } else { "hpa" };
        metadata.annotations.insert("serving.kserve.io/autoscalerClass".to_owned(), class.to_owned());
    }
    metadata.annotations.extend(endpoint.rollout.as_ref().map(|r| (own("rollout"), rollout::words(&r.value))));
    made.put(&spec.named(metadata), from)
}

/// How a service is called and marked, in which mode it runs, and whether it has an address outside the cluster.
pub fn metadata(ctx: &Ctx, served: &Served, deployed: Deployed) -> Metadata {
    let mut metadata = ctx.metadata(served.name.clone(), &served.labels(ctx));
    let mode = match deployed {
        Deployed::Knative => "Knative",
        Deployed::Standard => "Standard",
    };
    metadata.annotations.insert("serving.kserve.io/deploymentMode".to_owned(), mode.to_owned());
    if served.is_private() {
        metadata.labels.insert("networking.kserve.io/visibility".to_owned(), "cluster-local".to_owned());
    }
    metadata
}

/// Whether its pods ask for what Knative takes only where it is switched on.
fn needs_flags(ctx: &Ctx, served: &Served) -> bool {
    let claims = served.models(ctx).iter().any(|model| !model.volumes.is_empty());
    claims || served.machine.is_some() || served.need(ctx).gpus.is_some()
}
