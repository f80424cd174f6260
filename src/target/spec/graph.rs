//! Pipelines and lone models as the runtime's graphs, and the files that they take along.

use std::collections::BTreeMap;

use serve_spec::{Arg, Asset, Call, Graph, Output, Ref, Step};

use crate::source::Span;
use crate::stack::{self, Argument, Artifact, Callee, Handler, Model, Origin, Pipeline, Servable, Stack, ValueRef};

use super::artifact::Copied;
use super::types;

/// The name of what is served, as a key of the spec's graphs. A model and a pipeline of one name can't be: names are
/// unique in a program.
pub fn name(serve: &Servable) -> String {
    let (Servable::Model(name) | Servable::Pipeline(name) | Servable::Pool(name)) = serve;
    name.to_string()
}

/// The graph of what is served; none for a pool, whose members are specs of their own.
pub fn of(serve: &Servable, stack: &Stack, files: &Files) -> Option<Graph> {
    match serve {
        Servable::Model(name) => stack.models.get(name).map(lone),
        Servable::Pipeline(name) => stack.pipelines.get(name).map(|pipeline| whole(pipeline, stack, files)),
        Servable::Pool(_) => None,
    }
}

/// The models that it calls.
pub(super) fn models<'a>(serve: &Servable, stack: &'a Stack) -> Vec<&'a Model> {
    match serve {
        Servable::Model(name) => stack.models.get(name).into_iter().collect(),
        Servable::Pipeline(name) => {
            let steps = stack.pipelines.get(name).into_iter().flat_map(|pipeline| &pipeline.steps);
            let called = steps.filter_map(|step| match &step.callee {
                Callee::Model(name) => stack.models.get(name),
                Callee::Transform(_) => None,
            });
            called.collect()
        }
        Servable::Pool(_) => vec![],
    }
}

/// One step that passes everything through.
fn lone(model: &Model) -> Graph {
    let id = model.name.to_string();
    let inputs: Vec<_> = model.inputs.iter().map(plain).collect();
    let args = inputs.iter().map(|port| (port.name.clone(), Arg::Ref(Ref::Input(port.name.clone())))).collect();
    let outputs: Vec<_> = model.outputs.iter().map(plain).collect();
    let out = |port: &serve_spec::Port| Output {
        name: port.name.clone(),
        ty: port.ty.clone(),
        value: Ref::Step { id: id.clone(), output: port.name.clone() },
    };
    Graph {
        outputs: outputs.iter().map(out).collect(),
        steps: vec![Step { id: id.clone(), call: Call::Model(id.clone()), args, outputs }],
        inputs,
    }
}

fn whole(pipeline: &Pipeline, stack: &Stack, files: &Files) -> Graph {
    let outputs = pipeline.outputs.iter().map(|output| Output {
        name: output.port.name.to_string(),
        ty: types::ty(&output.port.ty),
        value: reference(&output.value),
    });
    Graph {
        inputs: pipeline.inputs.iter().map(plain).collect(),
        steps: pipeline.steps.iter().map(|s| step(s, stack, files)).collect(),
        outputs: outputs.collect(),
    }
}

fn step(step: &stack::Step, stack: &Stack, files: &Files) -> Step {
    let call = match &step.callee {
        Callee::Model(name) => Call::Model(name.to_string()),
        Callee::Transform(name) => Call::Builtin(match stack.transforms.get(name).map(|t| &t.handler) {
            Some(Handler::Builtin(builtin)) => builtin.to_string(),
            // Does not fit where the runtime serves it.
            Some(Handler::Python(_) | Handler::Container(_)) | None => name.to_string(),
        }),
    };
    let args = step.args.iter().filter_map(|(name, argument)| {
        let arg = match argument {
            Argument::Ref(value) => Arg::Ref(reference(value)),
            Argument::Const(value) => Arg::Const(types::constant(value)),
            Argument::Asset(asset) => Arg::Asset(files.asset(&asset.value)?),
        };
        Some((name.to_string(), arg))
    });
    Step { id: step.id.to_string(), call, args: args.collect(), outputs: step.outputs.iter().map(plain).collect() }
}

fn reference(value: &ValueRef) -> Ref {
    match value {
        ValueRef::Input(name) => Ref::Input(name.to_string()),
        ValueRef::Step { step, output } => Ref::Step { id: step.to_string(), output: output.to_string() },
    }
}

/// An end of a graph has no name inside an artifact.
fn plain(port: &stack::Port) -> serve_spec::Port {
    serve_spec::Port { from: None, ..types::port(port) }
}

/// Every file that the stack takes along, once by content.
pub struct Files<'a> {
    by_content: BTreeMap<&'a str, (Copied, Span)>,
    /// Where a file lies, relative to the folder of the spec that names it.
    path: fn(&Copied) -> String,
}

impl<'a> Files<'a> {
    /// `path` says where a file lies, relative to the folder of the spec that names it.
    pub fn of(stack: &'a Stack, path: fn(&Copied) -> String) -> Self {
        let models = stack.models.values().filter_map(|model| match &model.origin {
            Origin::Framework { artifact, .. } => Some(artifact),
            Origin::Image { artifact, .. } => artifact.as_ref(),
        });
        let args = stack.pipelines.values().flat_map(|p| &p.steps).flat_map(|step| step.args.values());
        let assets = args.filter_map(|argument| match argument {
            Argument::Asset(asset) => Some(asset),
            Argument::Ref(_) | Argument::Const(_) => None,
        });
        let mut files = BTreeMap::new();
        for spanned in models.chain(assets) {
            if let Artifact::File { path, sha256, bytes } = &spanned.value {
                let copied = Copied::new(path, sha256, *bytes);
                // One content under two names is one file, under the smaller name.
                let entry = files.entry(&**sha256).or_insert_with(|| (copied.clone(), spanned.span));
                if copied.file < entry.0.file {
                    *entry = (copied, spanned.span);
                }
            }
        }
        Self { by_content: files, path }
    }

    pub fn all(&self) -> impl Iterator<Item = (&Copied, Span)> {
        self.by_content.values().map(|(copied, span)| (copied, *span))
    }

    /// As a spec names it; none for what is not on this machine.
    pub fn asset(&self, artifact: &Artifact) -> Option<Asset> {
        let Artifact::File { sha256, .. } = artifact else { return None };
        let (copied, _) = self.by_content.get(&**sha256)?;
        Some(Asset { path: (self.path)(copied), sha256: copied.sha256.clone(), bytes: copied.bytes })
    }
}
