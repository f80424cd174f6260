//! What an endpoint serves, in one line for people: the steps a request goes through. A plan that creates one says it.

use std::collections::BTreeMap;

use crate::resource::Address;
use crate::stack::{Callee, Endpoint, Servable, Stack};

/// By the endpoint's address.
pub fn lines(stack: &Stack, here: bool) -> BTreeMap<Address, String> {
    let port = if here { "; apply chooses its port" } else { "" };
    let line = |endpoint: &Endpoint| {
        let name = &endpoint.name;
        let what = match endpoint.variants.as_slice() {
            [] | [_] => shown(stack, &endpoint.serve.value),
            several => {
                let each = several.iter().map(|v| format!("variant `{}`: {}", v.name, shown(stack, &v.serve)));
                each.collect::<Vec<_>>().join("; ")
            }
        };
        (Address::new("endpoint", name), format!("endpoint `{name}` serves {what}{port}"))
    };
    stack.endpoints.iter().map(line).collect()
}

fn shown(stack: &Stack, servable: &Servable) -> String {
    match servable {
        Servable::Model(name) => format!("model {name}"),
        Servable::Pool(name) => format!("pool {name}"),
        Servable::Pipeline(name) => {
            let steps = stack.pipelines.get(name).map(|pipeline| pipeline.steps.as_slice()).unwrap_or_default();
            let called: Vec<&str> = steps
                .iter()
                .map(|step| match &step.callee {
                    Callee::Model(name) | Callee::Transform(name) => &**name,
                })
                .collect();
            format!("pipeline {name}: {}", called.join(" → "))
        }
    }
}
