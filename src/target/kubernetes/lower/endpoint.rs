//! An endpoint without KServe: a workload for each variant, and one address before them.

use crate::stack::{Endpoint, Servable};

use super::super::settings::Profile;
use super::made::Made;
use super::made::own;
use super::served::Served;
use super::{Ctx, alarm, keda, policy, pool, route, workload};

pub fn endpoint(ctx: &Ctx, endpoint: &Endpoint, made: &mut Made) {
    let all = Served::of_endpoint(ctx, endpoint);
    let to_zero = ctx.settings.profile == Profile::Keda && endpoint.scale.value.min == 0;
    for served in &all {
        match &served.serve {
            Servable::Pool(_) => pool::pool(ctx, served, endpoint, made),
            Servable::Model(_) | Servable::Pipeline(_) if to_zero => keda::held(ctx, served, endpoint, made),
            Servable::Model(_) | Servable::Pipeline(_) => {
                workload::whole(ctx, served, endpoint, made);
            }
        }
    }
    if let (Some(first), true) = (all.first(), all.len() > 1) {
        let mut selector = first.selector(ctx);
        selector.remove(&own("variant"));
        selector.insert(own("answers"), "true".to_owned());
        let whole = Served { variant: None, ..first.clone() };
        workload::service(ctx, &whole, &ctx.name(&[&endpoint.name]), &selector, made);
    }
    let backends = all.iter().map(|served| route::To::service(served, &served.name, 80)).collect::<Vec<_>>();
    if to_zero {
        keda::route(ctx, endpoint, &all, made);
    } else {
        route::route(ctx, endpoint, &all, &backends, made);
    }
    policy::policy(ctx, &all, made);
    alarm::alarms(ctx, endpoint, made);
}
