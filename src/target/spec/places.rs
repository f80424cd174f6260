//! Where the parts of a spec were written, by JSON pointer.

use std::collections::BTreeMap;

use crate::source::Span;
use crate::stack::{self, Origin, Servable, Stack};

/// Spans by JSON pointer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Places(pub BTreeMap<String, Span>);

impl Places {
    pub fn put(&mut self, pointer: &str, span: Span) {
        self.0.insert(pointer.to_owned(), span);
    }

    pub(super) fn of_model(&mut self, model: &stack::Model) {
        let at = format!("/models/{}", escaped(&model.name));
        self.put(&at, model.span);
        if let Origin::Framework { artifact, framework } = &model.origin {
            self.put(&format!("{at}/artifact"), artifact.span);
            self.put(&format!("{at}/framework"), framework.span);
        }
        // A default stands where its model does.
        if model.concurrency.span != model.span {
            self.put(&format!("{at}/concurrency"), model.concurrency.span);
        }
        if let Some(cpu) = &model.cpu {
            self.put(&format!("{at}/threads"), cpu.span);
        }
        for (list, ports) in [("inputs", &model.inputs), ("outputs", &model.outputs)] {
            ports.iter().enumerate().for_each(|(i, port)| self.put(&format!("{at}/{list}/{i}"), port.span));
        }
    }

    pub(super) fn of_graph(&mut self, name: &str, serve: &Servable, stack: &Stack) {
        let at = format!("/graphs/{}", escaped(name));
        let (Servable::Model(key) | Servable::Pipeline(key) | Servable::Pool(key)) = serve;
        if let Some(pipeline) = stack.pipelines.get(key).filter(|_| matches!(serve, Servable::Pipeline(_))) {
            self.put(&at, pipeline.span);
            let steps = pipeline.steps.iter().enumerate();
            steps.for_each(|(i, step)| self.put(&format!("{at}/steps/{i}"), step.span));
        } else if let Some(model) = stack.models.get(key) {
            self.put(&at, model.span);
        }
    }
}

/// A name as one step of a JSON pointer.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
