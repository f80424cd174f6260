//! A pipeline as containers: all of it in one of servec's runtime where that can run every step, else a row of containers, in
//! which steps that the runtime can run and that follow each other share one.

use std::sync::Arc;

use crate::stack::{Argument, Callee, Handler, Model, Pipeline, PipelineOutput, Port, Servable, Stack, Step, ValueRef};

use super::container::is_own;

/// What one container does.
pub enum Group {
    /// Steps that the runtime runs, as a pipeline of their own in a stack that has it.
    Own {
        stack: Box<Stack>,
        serve: Servable,
        name: String,
    },
    Model(Arc<str>),
    /// An image that is a step.
    Image(Arc<str>),
}

/// Whether servec's runtime runs a step.
pub fn runs(step: &Step, stack: &Stack, region: &str) -> bool {
    match &step.callee {
        Callee::Model(name) => stack.models.get(name).is_some_and(|model: &Model| is_own(model, region)),
        Callee::Transform(name) => {
            stack.transforms.get(name).is_some_and(|transform| matches!(transform.handler, Handler::Builtin(_)))
        }
    }
}

/// The containers of a chain, in order.
pub fn groups(pipeline: &Pipeline, stack: &Stack, region: &str) -> Vec<Group> {
    let mut out = vec![];
    let mut open: Vec<&Step> = vec![];
    for step in &pipeline.steps {
        if runs(step, stack, region) {
            open.push(step);
            continue;
        }
        close(&mut open, pipeline, stack, &mut out);
        out.push(match &step.callee {
            Callee::Model(name) => Group::Model(name.clone()),
            Callee::Transform(name) => match stack.transforms.get(name).map(|transform| &transform.handler) {
                Some(Handler::Container(image)) => Group::Image(image.clone()),
                // What is left is refused by the table.
                Some(Handler::Builtin(_) | Handler::Python(_)) | None => continue,
            },
        });
    }
    close(&mut open, pipeline, stack, &mut out);
    out
}

fn close(open: &mut Vec<&Step>, pipeline: &Pipeline, stack: &Stack, out: &mut Vec<Group>) {
    let Some(first) = open.first() else { return };
    let name = if open.len() == pipeline.steps.len() {
        pipeline.name.to_string()
    } else {
        format!("{}.{}", pipeline.name, first.id)
    };
    let part = part(open, pipeline, &name);
    let mut stack = stack.clone();
    let serve = Servable::Pipeline(part.name.clone());
    stack.pipelines.insert(part.name.clone(), part);
    out.push(Group::Own { stack: Box::new(stack), serve, name });
    open.clear();
}

/// Some steps of a chain as a pipeline: what comes from the step before them is an input, and what the step behind them
/// takes is an output.
fn part(steps: &[&Step], whole: &Pipeline, name: &str) -> Pipeline {
    let inside = |step: &Arc<str>| steps.iter().any(|own| own.id == *step);
    let mut inputs: Vec<Port> = vec![];
    let mut own = vec![];
    for step in steps {
        let mut step = (*step).clone();
        for argument in step.args.values_mut() {
            let Argument::Ref(value) = argument else { continue };
            if let Some((port, next)) = outside(value, whole, &inside) {
                if inputs.iter().all(|input| input.name != port.name) {
                    inputs.push(port);
                }
                *value = next;
            }
        }
        own.push(step);
    }
    let last = steps.last();
    let is_end = last.is_some_and(|last| whole.steps.last().is_some_and(|end| end.id == last.id));
    let outputs = if is_end {
        whole.outputs.clone()
    } else {
        let of = |step: &&Step| {
            let value = |port: &Port| ValueRef::Step { step: step.id.clone(), output: port.name.clone() };
            step.outputs.iter().map(|port| PipelineOutput { port: port.clone(), value: value(port) }).collect()
        };
        last.map(of).unwrap_or_default()
    };
    Pipeline { name: name.into(), inputs, steps: own, outputs, span: whole.span }
}

/// A value from before these steps, as an input of theirs.
fn outside(value: &ValueRef, whole: &Pipeline, inside: &dyn Fn(&Arc<str>) -> bool) -> Option<(Port, ValueRef)> {
    match value {
        ValueRef::Input(name) => {
            let port = whole.inputs.iter().find(|port| port.name == *name)?;
            Some((port.clone(), value.clone()))
        }
        ValueRef::Step { step, output } if !inside(step) => {
            let from = whole.steps.iter().find(|other| other.id == *step)?;
            let port = from.outputs.iter().find(|port| port.name == *output)?;
            Some((port.clone(), ValueRef::Input(output.clone())))
        }
        ValueRef::Step { .. } => None,
    }
}
