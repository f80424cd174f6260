//! What a stack must keep on this target alone, beside its table: what one container can hold, and the forms that the
//! platform takes labels and addresses in.

mod container;
mod forms;

use std::collections::BTreeSet;

use crate::report::Sink;
use crate::stack::{Mode, Stack};

/// Every rule, over every endpoint and job.
pub fn hold(stack: &Stack, sink: &mut Sink) {
    let variants = stack.endpoints.iter().flat_map(|endpoint| endpoint.variants.iter().map(|variant| &variant.serve));
    let served: BTreeSet<_> = variants.chain(stack.jobs.iter().map(|job| &job.run.value)).collect();
    for servable in served {
        container::one_server_runs_it(stack, servable, sink);
        container::its_models_agree_on_variables(stack, servable, sink);
        container::its_models_agree_on_a_health_path(stack, servable, sink);
    }
    for endpoint in &stack.endpoints {
        container::a_pool_on_shared_machines_is_all_of_an_endpoint(stack, endpoint, sink);
        forms::a_key_is_named_in_full(endpoint, sink);
        forms::an_identity_is_a_service_account(endpoint, sink);
        if let Mode::Async { output: Some(output), .. } = &endpoint.mode.value {
            forms::it_lies_in_cloud_storage("answers go", output, sink);
        }
    }
    for job in &stack.jobs {
        if let Mode::Batch { input, output, .. } = &job.mode.value {
            forms::it_lies_in_cloud_storage("a job reads its data", input, sink);
            forms::it_lies_in_cloud_storage("a job's answers go", output, sink);
        }
    }
    stack.models.values().for_each(|model| forms::an_image_lies_in_artifact_registry(model, sink));
    forms::members_lie_in_cloud_storage(stack, sink);
    forms::tags_are_labels(stack, sink);
}
