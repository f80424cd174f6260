//! Is a spec sound by itself, and does a model's declaration agree with its file? Reads no files.

use std::collections::{BTreeMap, BTreeSet};

use serve_spec::{Arg, Call, Dim, Graph, Model, Port, Ref, Spec, Type, Variant};

use crate::onnx::{Signature, Slot, SlotKind};
use crate::typed::type_name;

/// Checks that everything the spec refers to is there.
///
/// # Errors
/// The first thing that is wrong, in one sentence.
pub fn check(spec: &Spec) -> Result<(), String> {
    let mut names = BTreeSet::new();
    for variant in &spec.variants {
        let name = &variant.name;
        if !names.insert(name) {
            return Err(format!("variant `{name}` is there twice"));
        }
        if !spec.graphs.contains_key(&variant.graph) {
            return Err(format!("variant `{name}`: no graph `{}`", variant.graph));
        }
    }
    if !spec.variants.iter().any(|variant| !variant.shadow && variant.weight > 0) {
        return Err("no variant answers: each is a shadow or has weight 0".to_owned());
    }
    if spec.timeout_ms == 0 || spec.max_request_bytes == 0 {
        return Err("timeout_ms and max_request_bytes must be more than 0".to_owned());
    }
    for (name, model) in &spec.models {
        check_model(model).map_err(|why| format!("model `{name}`: {why}"))?;
    }
    for (name, graph) in &spec.graphs {
        check_graph(graph, &spec.models).map_err(|why| format!("graph `{name}`: {why}"))?;
    }
    same_ports(spec)
}

/// A request is read by one variant's signature and may be run by another's, so that the ports have the same names; what
/// a shadow gives is thrown away. Sizes may differ: they are checked for each call.
fn same_ports(spec: &Spec) -> Result<(), String> {
    let graph = |variant: &Variant| spec.graphs.get(&variant.graph);
    let inputs = |variant| graph(variant).map(|graph| names(graph.inputs.iter().map(|port| &port.name)));
    let outputs = |variant| graph(variant).map(|graph| names(graph.outputs.iter().map(|output| &output.name)));
    let Some(first) = spec.variants.iter().find(|variant| !variant.shadow) else { return Ok(()) };
    for variant in &spec.variants {
        let differ = if inputs(variant) != inputs(first) {
            "inputs"
        } else if !variant.shadow && outputs(variant) != outputs(first) {
            "outputs"
        } else {
            continue;
        };
        return Err(format!("variant `{}`: its {differ} are not called as those of `{}`", variant.name, first.name));
    }
    Ok(())
}

fn names<'a>(ports: impl Iterator<Item = &'a String>) -> BTreeSet<&'a String> {
    ports.collect()
}

fn check_model(model: &Model) -> Result<(), String> {
    if model.framework != "onnx" {
        return Err(format!("framework `{}`: this runtime serves `onnx`", model.framework));
    }
    if model.concurrency == 0 || model.threads == 0 {
        return Err("concurrency and threads must be more than 0".to_owned());
    }
    if let Some(port) = model.inputs.iter().find(|port| !matches!(port.ty, Type::Tensor(_))) {
        return Err(format!("input `{}` is {}, a model takes tensors", port.name, type_name(&port.ty)));
    }
    Ok(())
}

fn check_graph(graph: &Graph, models: &BTreeMap<String, Model>) -> Result<(), String> {
    let mut known: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let inputs: BTreeSet<&str> = graph.inputs.iter().map(|port| port.name.as_str()).collect();
    for step in &graph.steps {
        let place = |why: String| format!("step `{}`: {why}", step.id);
        for (name, arg) in &step.args {
            match (arg, &step.call) {
                (Arg::Ref(from), _) => find(from, &inputs, &known).map_err(place)?,
                (Arg::Const(_) | Arg::Asset(_), Call::Builtin(_)) => {}
                (Arg::Const(_) | Arg::Asset(_), Call::Model(_)) => {
                    return Err(place(format!("a model's input `{name}` can't be a constant")));
                }
            }
        }
        let mut outputs: BTreeSet<&str> = step.outputs.iter().map(|port| port.name.as_str()).collect();
        if let Call::Model(name) = &step.call {
            let model = models.get(name).ok_or_else(|| place(format!("no model `{name}`")))?;
            if let Some(port) = model.inputs.iter().find(|port| !step.args.contains_key(&port.name)) {
                return Err(place(format!("model `{name}` is not given its input `{}`", port.name)));
            }
            if let Some(arg) = step.args.keys().find(|arg| !model.inputs.iter().any(|port| &port.name == *arg)) {
                return Err(place(format!("model `{name}` has no input `{arg}`")));
            }
            outputs = model.outputs.iter().map(|port| port.name.as_str()).collect();
        }
        if known.insert(&step.id, outputs).is_some() {
            return Err(place("it is there twice".to_owned()));
        }
    }
    if graph.outputs.is_empty() {
        return Err("it has no outputs".to_owned());
    }
    for output in &graph.outputs {
        find(&output.value, &inputs, &known).map_err(|why| format!("output `{}`: {why}", output.name))?;
    }
    Ok(())
}

fn find(from: &Ref, inputs: &BTreeSet<&str>, known: &BTreeMap<&str, BTreeSet<&str>>) -> Result<(), String> {
    match from {
        Ref::Input(name) if inputs.contains(name.as_str()) => Ok(()),
        Ref::Input(name) => Err(format!("the graph has no input `{name}`")),
        Ref::Step { id, output } => match known.get(id.as_str()) {
            None => Err(format!("no step `{id}` before it")),
            Some(outputs) if outputs.contains(output.as_str()) => Ok(()),
            Some(_) => Err(format!("step `{id}` has no output `{output}`")),
        },
    }
}

/// Checks a model's declared ports against what its file says.
///
/// # Errors
/// The first difference, in one sentence.
pub fn check_signature(model: &Model, signature: &Signature) -> Result<(), String> {
    for port in &model.inputs {
        check_port(port, &signature.inputs).map_err(|why| format!("input `{}`: {why}", port.name))?;
    }
    for port in &model.outputs {
        check_port(port, &signature.outputs).map_err(|why| format!("output `{}`: {why}", port.name))?;
    }
    let undeclared =
        signature.inputs.iter().find(|slot| !model.inputs.iter().any(|port| artifact_name(port) == slot.name));
    match undeclared {
        Some(slot) => Err(format!("its file takes an input `{}` that is not declared", slot.name)),
        None => Ok(()),
    }
}

fn artifact_name(port: &Port) -> &str {
    port.from.as_deref().unwrap_or(&port.name)
}

fn check_port(port: &Port, slots: &[Slot]) -> Result<(), String> {
    let name = artifact_name(port);
    let slot = slots.iter().find(|slot| slot.name == name).ok_or_else(|| {
        let names: Vec<String> = slots.iter().map(|slot| format!("`{}`", slot.name)).collect();
        format!("its file has no `{name}`, it has {}", names.join(", "))
    })?;
    let (Type::Tensor(declared), SlotKind::Tensor { dtype, dims }) = (&port.ty, &slot.kind) else {
        let is_tensor = matches!(slot.kind, SlotKind::Tensor { .. });
        if is_tensor == matches!(port.ty, Type::Tensor(_)) {
            return Ok(());
        }
        let found = if is_tensor { "a tensor" } else { "no tensor" };
        return Err(format!("declared {}, in its file it is {found}", type_name(&port.ty)));
    };
    if let Some(found) = dtype
        && *found != declared.dtype
    {
        return Err(format!("declared {}, its file says {}", type_name(&port.ty), found.name()));
    }
    if let Some(found) = dims {
        let agree = found.len() == declared.dims.len()
            && found.iter().zip(&declared.dims).all(|pair| match pair {
                (Dim::Fixed(a), Dim::Fixed(b)) => a == b,
                (Dim::Symbol(_), _) | (_, Dim::Symbol(_)) => true,
            });
        if !agree {
            let found = Type::Tensor(serve_spec::Tensor { dtype: declared.dtype, dims: found.clone() });
            return Err(format!("declared {}, its file says {}", type_name(&port.ty), type_name(&found)));
        }
    }
    Ok(())
}
