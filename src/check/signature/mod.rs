//! A model's declared ports against its artifact's own signature: what is declared must be true, and what is left out is
//! filled in.

mod wording;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use camino::Utf8Path;

use crate::check::types::Difference;
use crate::files::Files;
use crate::onnx::{self, Element, Kind, Size};
use crate::report::{Code, Diagnostic, Sink};
use crate::source::Span;
use crate::stack::{Artifact, Dim, Origin, Port, TensorType, Type};

/// A model's ports: as declared, held against its artifact where that is an ONNX file on this machine. None where that file can't
/// be read, which is reported.
pub fn of_model(
    model: &str,
    files: &dyn Files,
    origin: &Origin,
    inputs: Vec<Port>,
    outputs: Vec<Port>,
    sink: &mut Sink,
) -> Option<(Vec<Port>, Vec<Port>)> {
    let Some((path, artifact)) = onnx_file(origin) else { return Some((inputs, outputs)) };
    let read = files.open(path).map_err(onnx::OnnxError::Io).and_then(onnx::read);
    match read {
        Ok(file) => {
            let declared = Declared { model, inputs: &inputs, outputs: &outputs, artifact };
            Some(compare(declared, &file, path.as_str(), sink))
        }
        Err(error) => {
            unreadable(model, path.as_str(), &error, artifact, sink);
            None
        }
    }
}

/// Whether a model's artifact says itself what its ports are.
pub fn is_read(origin: &Origin) -> bool {
    onnx_file(origin).is_some()
}

/// The ONNX file on this machine that a model is made of, and where it is named.
fn onnx_file(origin: &Origin) -> Option<(&Utf8Path, Span)> {
    let Origin::Framework { framework, artifact } = origin else { return None };
    let Artifact::File { path, .. } = &artifact.value else { return None };
    (&*framework.value.name == "onnx" && path.extension() == Some("onnx")).then_some((path, artifact.span))
}

/// What the source says of a model.
#[derive(Debug, Clone, Copy)]
pub struct Declared<'a> {
    pub model: &'a str,
    /// In source order; [`Type::Unknown`] where a port is named without a type. Empty where the source leaves all out.
    pub inputs: &'a [Port],
    pub outputs: &'a [Port],
    /// Where the artifact is named.
    pub artifact: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Input,
    Output,
}

/// Compares, and returns the inputs and outputs that hold: with the artifact's own names in `from` where those differ,
/// and with the artifact's types where none are declared. `path` is the file as the user named it.
pub fn compare(declared: Declared<'_>, file: &onnx::Signature, path: &str, sink: &mut Sink) -> (Vec<Port>, Vec<Port>) {
    let mut comparison = Comparison { declared, file, path, names: BTreeMap::new(), taken: BTreeSet::new() };
    comparison.reserve();
    let inputs = comparison.side(Side::Input, sink);
    let outputs = comparison.side(Side::Output, sink);
    (inputs, outputs)
}

/// Reports a file that could not be read.
pub fn unreadable(model: &str, path: &str, error: &onnx::OnnxError, artifact: Span, sink: &mut Sink) {
    sink.push(
        Diagnostic::error(Code::ArtifactUnreadable, format!("the artifact of `{model}` can't be read: {error}"))
            .label(artifact, format!("`{path}`"))
            .help("check that the whole file is there, and that it is an ONNX model"),
    );
}

struct Comparison<'a> {
    declared: Declared<'a>,
    file: &'a onnx::Signature,
    path: &'a str,
    /// The language's symbols for the file's names of dims.
    names: BTreeMap<String, Arc<str>>,
    taken: BTreeSet<Arc<str>>,
}

impl Comparison<'_> {
    fn ports(&self, side: Side) -> (&[Port], &[onnx::Port]) {
        match side {
            Side::Input => (self.declared.inputs, &self.file.inputs),
            Side::Output => (self.declared.outputs, &self.file.outputs),
        }
    }

    fn side(&mut self, side: Side, sink: &mut Sink) -> Vec<Port> {
        let (declared, own) = self.ports(side);
        let (declared, own) = (declared.to_vec(), own.to_vec());
        if declared.is_empty() {
            let mut ports: Vec<Port> = own.iter().map(|port| self.fill(port, side, None, sink)).collect();
            tell_apart(&mut ports);
            return ports;
        }
        let mut matched = BTreeSet::new();
        let mut ports = vec![];
        let mut lost = false;
        for port in &declared {
            let Some(index) = find(port, &declared, &own) else {
                self.no_such(port, &own, side, sink);
                lost = true;
                ports.push(port.clone());
                continue;
            };
            matched.insert(index);
            if let Some(own) = own.get(index) {
                ports.push(self.check(port, own, side, sink));
            }
        }
        // What is declared under a wrong name is not missing as well.
        if side == Side::Input && !lost {
            let missing: Vec<&onnx::Port> =
                own.iter().enumerate().filter(|(i, _)| !matched.contains(i)).map(|(_, p)| p).collect();
            self.missing(&missing, sink);
        }
        ports
    }

    fn check(&mut self, port: &Port, own: &onnx::Port, side: Side, sink: &mut Sink) -> Port {
        let from = (*port.name != *own.name).then(|| Arc::from(own.name.as_str()));
        if port.ty == Type::Unknown {
            let ty = self.fill(own, side, Some(port), sink).ty;
            return Port { ty, from, ..port.clone() };
        }
        let mut differences = vec![];
        let ty = match (&port.ty, &own.kind) {
            (Type::Tensor(declared), Kind::Tensor { element: Element::Known(dtype), shape }) => {
                if declared.dtype != *dtype {
                    let wrong = Difference::Dtype { expected: *dtype, found: declared.dtype };
                    differences.push(wrong.to_string());
                }
                let dims = self.dims(declared, shape.as_deref(), side, &mut differences);
                Type::Tensor(TensorType { dims, ..declared.clone() })
            }
            (Type::Tensor(_), Kind::Tensor { element: Element::Other(_), .. } | Kind::Other(_)) => {
                self.no_type(own, port.span, sink);
                port.ty.clone()
            }
            (declared, kind) => {
                differences.push(format!("`{declared}` where the file has `{kind}`"));
                port.ty.clone()
            }
        };
        if !differences.is_empty() {
            let word = side.word();
            let message = format!(
                "the {word} `{}` of `{}` is not what the file says: {}",
                port.name,
                self.declared.model,
                differences.join("; ")
            );
            let error = Diagnostic::error(Code::ArtifactType, message)
                .label(port.span, format!("declared as `{}`", port.ty))
                .label(self.declared.artifact, format!("this file has `{own}`"))
                .help(format!("declare what the file has, or leave the ports out: they are read from `{}`", self.path));
            sink.push(self.both(error));
            // One mistake: no edge is held against what is known to be wrong.
            return Port { ty: Type::Unknown, from, ..port.clone() };
        }
        Port { ty, from, ..port.clone() }
    }

    /// Declared dims with the file's sizes in the place of `?`.
    fn dims(
        &self,
        declared: &TensorType,
        shape: Option<&[Size]>,
        side: Side,
        differences: &mut Vec<String>,
    ) -> Vec<Dim> {
        let Some(shape) = shape else { return declared.dims.clone() };
        if shape.len() != declared.dims.len() {
            differences.push(Difference::Rank { expected: shape.len(), found: declared.dims.len() }.to_string());
            return declared.dims.clone();
        }
        let mut dims = vec![];
        for (index, (dim, size)) in declared.dims.iter().zip(shape).enumerate() {
            let wrong = match (dim, size) {
                (Dim::Fixed(a), Size::Fixed(b)) => a != b,
                // A size that callers choose, and the file does not leave open. Of an output it only says less.
                (Dim::Symbol(name), Size::Fixed(_)) => side == Side::Input || self.is_input_symbol(name),
                (Dim::Any, _) | (_, Size::Named(_) | Size::Open) => false,
            };
            if let (true, Size::Fixed(size)) = (wrong, size) {
                let wrong = Difference::Dim { index, expected: Dim::Fixed(*size), found: dim.clone() };
                differences.push(wrong.to_string());
            }
            dims.push(match (dim, size) {
                (Dim::Any, Size::Fixed(size)) => Dim::Fixed(*size),
                _ => dim.clone(),
            });
        }
        dims
    }

    fn is_input_symbol(&self, name: &str) -> bool {
        let is_symbol = |d: &Dim| matches!(d, Dim::Symbol(s) if **s == *name);
        self.declared.inputs.iter().any(|p| matches!(&p.ty, Type::Tensor(t) if t.dims.iter().any(is_symbol)))
    }

    /// A port as the file has it, under its own name or that of the port that is declared without a type.
    fn fill(&mut self, own: &onnx::Port, side: Side, named: Option<&Port>, sink: &mut Sink) -> Port {
        let span = named.map_or(self.declared.artifact, |p| p.span);
        let ty = if let Kind::Tensor { element: Element::Known(dtype), shape: Some(shape) } = &own.kind {
            let dims = shape.iter().map(|size| self.dim(size, side)).collect();
            Type::Tensor(TensorType { dtype: *dtype, layout: None, dims })
        } else {
            self.no_type(own, span, sink);
            Type::Unknown
        };
        let name: Arc<str> = identifier(&own.name);
        let from = (*name != *own.name).then(|| Arc::from(own.name.as_str()));
        Port { name, ty, from, span }
    }

    fn dim(&mut self, size: &Size, side: Side) -> Dim {
        match size {
            Size::Fixed(size) => Dim::Fixed(*size),
            Size::Open => Dim::Any,
            // Alone, an output's name says nothing, and exporters invent one for every size they do not know.
            Size::Named(name) if side == Side::Output && self.mentions(name) < 2 => Dim::Any,
            Size::Named(name) => Dim::Symbol(self.symbol(name)),
        }
    }

    fn mentions(&self, name: &str) -> usize {
        let ports = self.file.inputs.iter().chain(&self.file.outputs);
        let shapes = ports.filter_map(|p| match &p.kind {
            Kind::Tensor { shape, .. } => shape.as_deref(),
            Kind::Other(_) => None,
        });
        shapes.flatten().filter(|size| matches!(size, Size::Named(n) if n == name)).count()
    }

    fn reserve(&mut self) {
        for port in self.declared.inputs.iter().chain(self.declared.outputs) {
            if let Type::Tensor(tensor) = &port.ty {
                for dim in &tensor.dims {
                    if let Dim::Symbol(name) = dim {
                        self.taken.insert(Arc::clone(name));
                    }
                }
            }
        }
    }

    /// A symbol for the file's name of a dim: one for one.
    fn symbol(&mut self, name: &str) -> Arc<str> {
        if let Some(symbol) = self.names.get(name) {
            return Arc::clone(symbol);
        }
        let base = identifier(name);
        let mut symbol = Arc::clone(&base);
        let mut next = 2;
        while !self.taken.insert(Arc::clone(&symbol)) {
            symbol = format!("{base}_{next}").into();
            next += 1;
        }
        self.names.insert(name.to_owned(), Arc::clone(&symbol));
        symbol
    }
}

impl Side {
    fn word(self) -> &'static str {
        match self {
            Side::Input => "input",
            Side::Output => "output",
        }
    }
}

/// The file's port that a declared one means: by `from`, by its own name, or where each side has one.
fn find(port: &Port, declared: &[Port], own: &[onnx::Port]) -> Option<usize> {
    let named = |name: &str| own.iter().position(|p| p.name == name);
    match &port.from {
        Some(from) => named(from),
        None => named(&port.name).or_else(|| (declared.len() == 1 && own.len() == 1).then_some(0)),
    }
}

/// Numbers names that became the same when they were made names of the language.
fn tell_apart(ports: &mut [Port]) {
    let mut taken: BTreeSet<Arc<str>> = BTreeSet::new();
    for port in ports {
        let base = Arc::clone(&port.name);
        let mut next = 2;
        while !taken.insert(Arc::clone(&port.name)) {
            port.from.get_or_insert_with(|| Arc::clone(&base));
            port.name = format!("{base}_{next}").into();
            next += 1;
        }
    }
}

/// A name of the language for one that may hold any characters: `input.1` becomes `input_1`.
fn identifier(name: &str) -> Arc<str> {
    let mut text: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if !text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        text.insert(0, '_');
    }
    text.into()
}
