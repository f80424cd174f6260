//! What to say where a model and its file differ.

use crate::onnx::{self, Element, Kind};
use crate::report::suggest::nearest;
use crate::report::{Code, Diagnostic, Sink};
use crate::source::Span;
use crate::stack::Port;

use super::{Comparison, Declared, Side, identifier};

impl Comparison<'_> {
    pub(super) fn no_type(&self, own: &onnx::Port, span: Span, sink: &mut Sink) {
        let (code, why, help) = match &own.kind {
            Kind::Other(word) => (
                Code::ArtifactKind,
                format!("is of kind {word}, and only tensors can be served"),
                "export the model with tensors at its ends (scikit-learn's exporters: `zipmap=False`)",
            ),
            Kind::Tensor { element: Element::Other(element), .. } => (
                Code::ArtifactKind,
                format!("has elements of type {element}, which can't be served"),
                "export the model with another element type at its ends",
            ),
            Kind::Tensor { .. } => (
                Code::ArtifactType,
                "has an open number of dims in the file".to_owned(),
                "declare the port with its dims",
            ),
        };
        let model = self.declared.model;
        let mut error = Diagnostic::error(code, format!("`{}` of the artifact of `{model}` {why}", own.name))
            .label(span, format!("`{}` has `{own}`", self.path));
        if span != self.declared.artifact {
            error = error.label(self.declared.artifact, "the file");
        }
        sink.push(error.help(help));
    }

    pub(super) fn no_such(&self, port: &Port, own: &[onnx::Port], side: Side, sink: &mut Sink) {
        let wanted = port.from.as_deref().unwrap_or(&port.name);
        let word = side.word();
        let model = self.declared.model;
        let error = Diagnostic::error(Code::ArtifactPort, format!("the file of `{model}` has no {word} `{wanted}`"))
            .label(port.span, format!("declared as an {word}"))
            .label(self.declared.artifact, format!("its {word}s: {}", list(own)));
        let help = match nearest(wanted, own.iter().map(|p| p.name.as_str())) {
            Some(near) if port.from.is_some() => format!("did you mean `from \"{near}\"`?"),
            Some(near) => format!("did you mean `{near}`?"),
            None => format!(
                "name it by `from`: `{word} {}: … from \"{}\"`",
                port.name,
                own.first().map_or("…", |p| &p.name)
            ),
        };
        sink.push(self.both(error.help(help)));
    }

    pub(super) fn missing(&self, missing: &[&onnx::Port], sink: &mut Sink) {
        let Some(first) = missing.first() else { return };
        let names: Vec<String> = missing.iter().map(|p| format!("`{}`", p.name)).collect();
        let model = self.declared.model;
        let message = format!("`{model}` does not declare {}, which its file must be given", names.join(" and "));
        let at = self.declared.inputs.first().map_or(self.declared.artifact, |p| p.span);
        let error = Diagnostic::error(Code::ArtifactPort, message)
            .label(at, "not all of the inputs")
            .label(self.declared.artifact, format!("this file takes {}", list(&self.file.inputs)))
            .help(format!("add `input {}: {}`, or leave the inputs out", identifier(&first.name), first.kind));
        sink.push(self.both(error));
    }

    /// Both signatures, below each other.
    pub(super) fn both(&self, error: Diagnostic) -> Diagnostic {
        let ports =
            |ports: &[Port]| ports.iter().map(|p| format!("{}: {}", p.name, p.ty)).collect::<Vec<_>>().join(", ");
        let Declared { model, inputs, outputs, .. } = self.declared;
        let own = |ports: &[onnx::Port]| ports.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        error.note(format!("declared: `{model}({}) -> ({})`", ports(inputs), ports(outputs))).note(format!(
            "`{}`: `({}) -> ({})`",
            self.path,
            own(&self.file.inputs),
            own(&self.file.outputs)
        ))
    }
}

fn list(ports: &[onnx::Port]) -> String {
    let quoted: Vec<String> = ports.iter().map(|p| format!("`{p}`")).collect();
    quoted.join(", ")
}
