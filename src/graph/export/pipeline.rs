//! A pipeline as a drawing: inputs, steps in order, outputs, and what flows between them.

use std::collections::BTreeMap;

use crate::stack::{Argument, Callee, Pipeline, Type, ValueRef};

use super::{Drawing, Line, Shape};

pub(super) fn drawing(pipeline: &Pipeline) -> Drawing {
    let mut drawing = Drawing { kind: "pipeline", name: pipeline.name.to_string(), nodes: vec![], edges: vec![] };
    // Where each value comes from, and its type.
    let mut sources: BTreeMap<ValueRef, (usize, Type)> = BTreeMap::new();
    for input in &pipeline.inputs {
        sources.insert(ValueRef::Input(input.name.clone()), (drawing.nodes.len(), input.ty.clone()));
        drawing.nodes.push(Shape { kind: "input", name: input.name.to_string(), detail: Some(input.ty.to_string()) });
    }
    for step in &pipeline.steps {
        let index = drawing.nodes.len();
        for output in &step.outputs {
            let value = ValueRef::Step { step: step.id.clone(), output: output.name.clone() };
            sources.insert(value, (index, output.ty.clone()));
        }
        let detail = match &step.callee {
            Callee::Model(name) => format!("model {name}"),
            Callee::Transform(name) => format!("transform {name}"),
        };
        drawing.nodes.push(Shape { kind: "step", name: step.id.to_string(), detail: Some(detail) });
        for (port, argument) in &step.args {
            if let Argument::Ref(value) = argument {
                drawing.connect(&sources, value, index, port);
            }
        }
    }
    for output in &pipeline.outputs {
        let index = drawing.nodes.len();
        let detail = Some(output.port.ty.to_string());
        drawing.nodes.push(Shape { kind: "output", name: output.port.name.to_string(), detail });
        drawing.connect(&sources, &output.value, index, &output.port.name);
    }
    drawing.edges.sort_by_key(|line| (line.from, line.to));
    drawing
}

impl Drawing {
    fn connect(&mut self, sources: &BTreeMap<ValueRef, (usize, Type)>, value: &ValueRef, to: usize, port: &str) {
        if let Some((from, ty)) = sources.get(value) {
            self.edges.push(Line { from: *from, to, label: Some(format!("{port}: {ty}")) });
        }
    }
}
