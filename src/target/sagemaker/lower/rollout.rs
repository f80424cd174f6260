//! How a change reaches callers: a second fleet with a switch, or machine by machine.

use std::time::Duration;

use crate::stack::Rollout;

use super::super::cfn::{
    BlueGreen, Capacity, ComponentDeployment, ComponentRolling, Deployment, Rollback, Rolling, Size, Traffic,
};

/// Shortest and longest time of a whole deployment that SageMaker takes, in seconds.
const TIMES: (u64, u64) = (600, 28_800);
/// What starting the machines of one part may take, in seconds.
const START: u64 = 1800;

/// Of a fleet of machines; none for what the platform does anyway.
pub fn of_variants(rollout: &Rollout, rollback: Option<Rollback>) -> Option<Deployment> {
    let wait = seconds(rollout);
    let share = percent(rollout);
    let part = |value: u32| Capacity { r#type: "CAPACITY_PERCENT", value };
    let traffic = |kind: &'static str, canary: Option<u32>, linear: Option<u32>, wait: u64| Traffic {
        r#type: kind,
        canary_size: canary.map(part),
        linear_step_size: linear.map(part),
        wait_interval_in_seconds: wait,
    };
    let routing = match &*rollout.kind {
        "canary" => traffic("CANARY", Some(share), None, wait),
        "linear" => traffic("LINEAR", None, Some(share), wait),
        "rolling" => {
            let policy = Rolling {
                maximum_batch_size: part(share),
                wait_interval_in_seconds: wait,
                maximum_execution_timeout_in_seconds: Some(longest(rollout)),
            };
            return Some(Deployment {
                blue_green_update_policy: None,
                rolling_update_policy: Some(policy),
                auto_rollback_configuration: rollback,
            });
        }
        _ => traffic("ALL_AT_ONCE", None, None, 0),
    };
    let policy = BlueGreen {
        traffic_routing_configuration: routing,
        // The last part is watched as long as the others: until then the old fleet stands by.
        termination_wait_in_seconds: wait,
        maximum_execution_timeout_in_seconds: Some(longest(rollout)),
    };
    Some(Deployment {
        blue_green_update_policy: Some(policy),
        rolling_update_policy: None,
        auto_rollback_configuration: rollback,
    })
}

/// Of copies of a component, which go over in steps or not at all.
pub fn of_component(rollout: &Rollout, rollback: Option<Rollback>) -> Option<ComponentDeployment> {
    if &*rollout.kind != "rolling" {
        return None;
    }
    let policy = ComponentRolling {
        maximum_batch_size: Size { r#type: "CAPACITY_PERCENT", value: percent(rollout) },
        wait_interval_in_seconds: seconds(rollout),
        maximum_execution_timeout_in_seconds: Some(longest(rollout)),
    };
    Some(ComponentDeployment { rolling_update_policy: policy, auto_rollback_configuration: rollback })
}

/// How many parts a change goes over in.
fn steps(rollout: &Rollout) -> u64 {
    match &*rollout.kind {
        "canary" => 2,
        "linear" | "rolling" => u64::from(100_u32.div_ceil(percent(rollout))),
        _ => 1,
    }
}

/// What all parts are watched for together, in seconds.
fn watched(rollout: &Rollout) -> u64 {
    steps(rollout) * seconds(rollout)
}

fn longest(rollout: &Rollout) -> u64 {
    (watched(rollout) + START * steps(rollout)).clamp(TIMES.0, TIMES.1)
}

fn seconds(rollout: &Rollout) -> u64 {
    rollout.bake.as_ref().map_or(0, |bake| bake.value.max(Duration::ZERO).as_secs_f64().ceil() as u64)
}

/// The first part in whole percents; a tenth where none is said.
fn percent(rollout: &Rollout) -> u32 {
    let first = rollout.first.as_ref().map_or(0.1, |first| first.value);
    (first * 100.0).round().clamp(1.0, 100.0) as u32
}
