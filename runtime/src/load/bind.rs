//! Binds a checked graph to loaded models and builtins.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use serve_spec as spec;
use tokio::sync::Semaphore;

use super::asset;
use crate::graph::{Call, Graph, Model, Source, Step};
use crate::transform::{self, Param};

/// Binds a graph.
///
/// # Errors
/// Names the step that can't be bound.
pub fn bind(
    graph: &spec::Graph,
    models: &BTreeMap<String, Arc<Model>>,
    folder: &Path,
    builtins: &Arc<Semaphore>,
) -> Result<Graph, String> {
    let places: BTreeMap<&str, usize> =
        graph.steps.iter().enumerate().map(|(index, step)| (step.id.as_str(), index)).collect();
    let mut steps = Vec::with_capacity(graph.steps.len());
    for step in &graph.steps {
        let bound = bind_step(step, &places, models, folder).map_err(|why| format!("step `{}`: {why}", step.id))?;
        steps.push(Arc::new(bound));
    }
    let called: BTreeSet<&String> = graph.steps.iter().filter_map(|step| model_of(&step.call)).collect();
    let at_once = called.iter().filter_map(|name| models.get(*name)).map(|model| model.permits.available_permits());
    // One request for each thing that may compute: what waits for its turn is never short of a request to take it.
    let slots = builtins.available_permits() + at_once.sum::<usize>();
    let outputs = graph.outputs.iter().map(|output| Ok((output.clone(), source(&output.value, &places)?)));
    Ok(Graph {
        inputs: graph.inputs.clone(),
        steps,
        outputs: outputs.collect::<Result<_, String>>()?,
        builtins: Arc::clone(builtins),
        slots: Arc::new(Semaphore::new(slots)),
    })
}

fn model_of(call: &spec::Call) -> Option<&String> {
    match call {
        spec::Call::Model(name) => Some(name),
        spec::Call::Builtin(_) => None,
    }
}

fn bind_step(
    step: &spec::Step,
    places: &BTreeMap<&str, usize>,
    models: &BTreeMap<String, Arc<Model>>,
    folder: &Path,
) -> Result<Step, String> {
    let (mut args, mut params, mut needs) = (vec![], BTreeMap::new(), vec![]);
    for (name, arg) in &step.args {
        match arg {
            spec::Arg::Ref(place) => {
                let from = source(place, places)?;
                if let Source::Step { index, .. } = &from
                    && !needs.contains(index)
                {
                    needs.push(*index);
                }
                args.push((name.clone(), from));
            }
            spec::Arg::Const(value) => {
                params.insert(name.clone(), Param::Const(value.clone()));
            }
            spec::Arg::Asset(file) => {
                params.insert(name.clone(), Param::Asset(asset::read(file, folder)?));
            }
        }
    }
    let call = match &step.call {
        spec::Call::Model(name) => {
            Call::Model(Arc::clone(models.get(name).ok_or_else(|| format!("no model `{name}`"))?))
        }
        spec::Call::Builtin(name) => Call::Builtin(transform::build(name, &params)?),
    };
    Ok(Step { id: step.id.clone(), call, args, outputs: step.outputs.clone(), needs })
}

fn source(place: &spec::Ref, places: &BTreeMap<&str, usize>) -> Result<Source, String> {
    match place {
        spec::Ref::Input(name) => Ok(Source::Input(name.clone())),
        spec::Ref::Step { id, output } => {
            let index = *places.get(id.as_str()).ok_or_else(|| format!("no step `{id}`"))?;
            Ok(Source::Step { index, output: output.clone() })
        }
    }
}
