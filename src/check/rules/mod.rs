//! The rules that a stack must keep whatever its target: every rule is a function named as a sentence, and this list
//! calls them all.

mod cron;
mod endpoint;
mod model;
mod pool;
mod scale;
mod served;
mod slo;
mod time;
mod utilisation;
mod worker;

pub use served::models as models_of;
pub use time::{Ceiling, calls_are_answered_in_time};
pub use utilisation::a_busy_replica_can_be_half_busy;

use crate::report::Sink;
use crate::stack::{Member, Stack};

/// Holds all rules against a stack.
pub fn check(stack: &Stack, sink: &mut Sink) {
    for endpoint in &stack.endpoints {
        endpoint::a_timeout_is_longer_than_nothing(endpoint, sink);
        endpoint::variant_names_differ(endpoint, sink);
        endpoint::some_variant_answers(endpoint, sink);
        endpoint::what_an_endpoint_names_is_served(endpoint, sink);
        endpoint::variants_take_and_give_the_same(stack, endpoint, sink);
        endpoint::a_shadow_has_no_weight(endpoint, sink);
        slo::the_median_is_below_the_tail(endpoint, sink);
        slo::an_slo_leaves_room_for_one_call(stack, endpoint, sink);
        slo::a_cold_start_fits_the_slo(stack, endpoint, sink);
        slo::a_cold_call_fits_the_slo(stack, endpoint, sink);
        worker::a_worker_holds_its_models(stack, endpoint, sink);
        endpoint::a_tolerance_is_not_negative(endpoint, sink);
        scale::a_scale_goes_up(endpoint, sink);
        scale::a_scale_allows_a_replica(endpoint, sink);
        scale::a_metric_is_tracked_once(endpoint, sink);
        scale::a_metric_is_known(endpoint, sink);
        scale::a_target_is_in_the_metrics_unit(endpoint, sink);
        scale::a_schedule_can_be_read(endpoint, sink);
        scale::a_schedule_stays_within_the_scale(endpoint, sink);
        utilisation::a_threshold_is_for_one_kind_of_hardware(stack, endpoint, sink);
    }
    let shapes = stack.pools.values().filter_map(|pool| match &pool.members.value {
        Member::Prefix { shape, .. } => Some(&**shape),
        Member::Named(_) => None,
    });
    for model in stack.models.values().chain(shapes) {
        model::a_replica_serves_a_call_at_least(model, sink);
        model::a_batch_holds_two_calls_at_least(model, sink);
        model::an_accelerator_is_one_at_least(model, sink);
        model::a_model_has_ports(model, sink);
        model::a_model_needs_more_than_nothing(model, sink);
        model::the_weights_fit_the_accelerator(model, sink);
    }
    for pool in stack.pools.values() {
        pool::a_pool_has_two_members_at_least(pool, sink);
        pool::one_server_runs_one_framework(stack, pool, sink);
        pool::members_of_a_pool_are_alike(stack, pool, sink);
    }
}

/// Holds endpoints whose `deploy` changes what they serve against themselves as declared: each alone in a stack.
pub fn thresholds_keep_their_hardware(declared: &[Stack], stack: &Stack, sink: &mut Sink) {
    for before in declared {
        for endpoint in &before.endpoints {
            let changed = stack.endpoints.iter().find(|e| e.name == endpoint.name);
            if let Some(changed) = changed {
                utilisation::a_threshold_keeps_its_hardware((before, endpoint), (stack, changed), sink);
            }
        }
    }
}

/// The rules that a target's table has a part in, for what is on no target: [`crate::capability::fit`] calls them for
/// the rest.
pub fn check_unplaced(stack: &Stack, sink: &mut Sink) {
    for endpoint in &stack.endpoints {
        calls_are_answered_in_time(stack, endpoint, None, sink);
        a_busy_replica_can_be_half_busy(stack, endpoint, |_| true, sink);
    }
}
