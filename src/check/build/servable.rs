//! Models, transforms, pipelines and pools from their declarations.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::names::DeclarationId;
use crate::report::suggest::nearest;
use crate::report::{Code, Diagnostic, Sink};
use crate::source::{Span, Spanned};
use crate::stack::{
    Accelerator, Artifact, Batching, Fields, Framework, Handler, Health, Model, Origin, Port, Servable, Transform,
    Value, ValueKind,
};
use crate::stdlib;
use crate::syntax::ast::{Block, Decl, DeclKind};

use super::super::pipeline::{ParamSig, pipeline};
use super::super::schema::Shape;
use super::super::{conform::Conform, signature, uri};
use super::read::Read;
use super::scope::PipelineScope;
use super::{Builder, Path, schema_of};

impl Builder<'_, '_> {
    /// What a reference serves; makes it, once. `owner` names the variant that changes it.
    pub(super) fn servable(
        &mut self,
        value: &Value,
        owner: Option<&str>,
        sink: &mut Sink,
    ) -> Option<Spanned<Servable>> {
        let ValueKind::Ref { declaration, name, with } = &value.kind else { return None };
        let id = DeclarationId(*declaration);
        let (decl, ..) = self.declaration(id)?;
        let key = self.key(id, name, with, owner);
        let servable = match decl.kind.value {
            DeclKind::Model => {
                self.model(id, &key, with, sink)?;
                Servable::Model(key)
            }
            DeclKind::Pipeline => {
                self.pipeline(id, &key, with, sink)?;
                Servable::Pipeline(key)
            }
            DeclKind::Pool => {
                self.pool(id, &key, with, sink)?;
                Servable::Pool(key)
            }
            DeclKind::Transform | DeclKind::Endpoint | DeclKind::Job | DeclKind::Stack | DeclKind::Policy => {
                return None;
            }
        };
        Some(Spanned::new(servable, value.span))
    }

    /// A model under a key; `None` after a reported mistake.
    pub(super) fn model(
        &mut self,
        id: DeclarationId,
        key: &Arc<str>,
        with: &Fields,
        sink: &mut Sink,
    ) -> Option<&Model> {
        if !self.models.contains_key(key) && !self.failed.contains(key) {
            let (decl, unit) = self.declaration(id)?;
            let fields = self.checked(decl, unit, with, schema_of(decl)?, sink);
            super::super::eval::refuse_misplaced(&decl.body, true, sink);
            match self.model_from(key, &fields, &decl.body, decl.name.span, sink) {
                Some(model) => {
                    self.models.insert(key.clone(), model);
                }
                None => {
                    self.failed.insert(key.clone());
                }
            }
        }
        self.models.get(key)
    }

    fn model_from(
        &mut self,
        name: &Arc<str>,
        fields: &Fields,
        body: &Block,
        span: Span,
        sink: &mut Sink,
    ) -> Option<Model> {
        let read = Read(fields);
        let (inputs, outputs) = self.ports_as_named(body, sink);
        let origin = self.origin(name, read, fields, span, sink)?;
        if !signature::is_read(&origin) {
            super::ports::refuse_untyped(body, sink);
        }
        let ports = signature::of_model(name, self.files, &origin, inputs, outputs, sink)?;
        needs(name, fields, origin, ports, span)
    }

    fn origin(&self, name: &str, read: Read, fields: &Fields, span: Span, sink: &mut Sink) -> Option<Origin> {
        let framework = read.construct("framework").map(|(kind, r)| {
            let version = r.text("version").map(|t| t.value);
            Spanned::new(Framework { name: kind.value, version }, kind.span)
        });
        let artifact = match read.path("artifact") {
            Some(path) => Some(self.artifact(&path, sink)?),
            None => None,
        };
        match (framework, read.text("image"), artifact) {
            (Some(framework), None, Some(artifact)) => Some(Origin::Framework { framework, artifact }),
            (None, Some(image), artifact) => Some(Origin::Image { image, artifact }),
            (Some(framework), Some(image), _) => {
                sink.push(
                    Diagnostic::error(Code::FrameworkAndImage, "a model has a `framework` or an `image`, not both")
                        .label(image.span, "an image brings its own framework")
                        .label(framework.span, "the framework is given here")
                        .help("keep the one that serves the model"),
                );
                None
            }
            // A field that was refused is reported already.
            _ if ["framework", "image", "artifact"]
                .iter()
                .any(|f| fields.get(*f).is_some_and(|v| matches!(v.kind, ValueKind::Unknown))) =>
            {
                None
            }
            (Some(_), None, None) => {
                sink.push(missing(
                    &format!("model `{name}`"),
                    span,
                    "artifact",
                    "its files: a path beside the source, or a URI",
                ));
                None
            }
            (None, None, _) => {
                sink.push(missing(
                    &format!("model `{name}`"),
                    span,
                    "framework",
                    "what runs it, such as `onnx(\"1.20\")`; or an `image`",
                ));
                None
            }
        }
    }

    /// A file that travels along, or a URI.
    pub(super) fn artifact(&self, path: &Path, sink: &mut Sink) -> Option<Spanned<Artifact>> {
        let text = match uri::scheme(&path.text) {
            None => &*path.text,
            Some("file") => path.text.trim_start_matches("file://"),
            Some(_) => return Some(Spanned::new(Artifact::Remote { uri: path.text.clone() }, path.span)),
        };
        let (full, bytes, sha256) = self.held(path, text, sink)?;
        Some(Spanned::new(Artifact::File { path: full, sha256: sha256.into(), bytes }, path.span))
    }

    /// A transform, and its parameters; `None` after a reported mistake.
    pub(super) fn transform(
        &mut self,
        id: DeclarationId,
        with: &Fields,
        sink: &mut Sink,
    ) -> Option<(Arc<str>, Vec<ParamSig>)> {
        let (decl, unit) = self.declaration(id)?;
        let key = self.key(id, &decl.name.value, with, None);
        let params = self.parameters(unit, &decl.body, sink);
        if !self.transforms.contains_key(&key) {
            let fields = self.checked(decl, unit, with, schema_of(decl)?, sink);
            let (inputs, outputs) = self.ports(&decl.body, sink);
            let (kind, r) = Read(&fields).construct("handler")?;
            let name = r.text("name")?;
            let handler = match &*kind.value {
                "builtin" => {
                    refuse_no_builtin(&name, sink);
                    Handler::Builtin(name.value)
                }
                "python" => Handler::Python(name.value),
                _ => Handler::Container(name.value),
            };
            let transform = Transform { name: key.clone(), handler, inputs, outputs, span: decl.name.span };
            self.transforms.insert(key.clone(), transform);
        }
        Some((key, params))
    }

    fn pipeline(&mut self, id: DeclarationId, key: &Arc<str>, with: &Fields, sink: &mut Sink) -> Option<()> {
        if self.pipelines.contains_key(key) {
            return Some(());
        }
        let (decl, unit) = self.declaration(id)?;
        self.refuse_strangers(decl, unit, with, sink);
        let mut scope = PipelineScope { builder: self, unit, with };
        let mut built = pipeline(&decl.name, &decl.body, &mut scope, sink);
        built.name = key.clone();
        self.pipelines.insert(key.clone(), built);
        Some(())
    }

    /// A `with` may only change what the pipeline calls.
    fn refuse_strangers(&self, decl: &Decl, unit: crate::names::UnitId, with: &Fields, sink: &mut Sink) {
        let called = super::scope::called(&decl.body);
        for (name, value) in with {
            if !called.contains(name) {
                let what = format!("the pipeline `{}`", decl.name.value);
                sink.push(super::super::conform::unknown_field(
                    &what,
                    name,
                    value.place(),
                    called.iter().map(|c| &**c),
                ));
            } else {
                self.refuse_no_callee(unit, name, value, sink);
            }
        }
    }

    /// What takes a callee's place must be one that a pipeline can call.
    fn refuse_no_callee(&self, unit: crate::names::UnitId, name: &str, value: &Value, sink: &mut Sink) {
        const CALLEE: Shape = Shape::Ref(&[DeclKind::Model, DeclKind::Transform]);
        Conform { eval: self.eval, unit }.value(value.clone(), &CALLEE, &format!("`{name}`"), sink);
    }
}

pub(super) fn missing(what: &str, span: Span, field: &str, doc: &str) -> Diagnostic {
    Diagnostic::error(Code::MissingField, format!("{what} needs `{field}`"))
        .label(span, format!("`{field}` is missing"))
        .help(format!("add `{field}`: {doc}"))
}

/// A model of checked fields, with what was found out about its code and its ports.
pub(super) fn needs(
    name: &Arc<str>,
    fields: &Fields,
    origin: Origin,
    (inputs, outputs): (Vec<Port>, Vec<Port>),
    span: Span,
) -> Option<Model> {
    let read = Read(fields);
    let env = match fields.get("env").map(|v| &v.kind) {
        Some(ValueKind::Record(fields)) => fields.iter().map(|(k, v)| (k.clone(), v.clone())).collect(),
        _ => BTreeMap::new(),
    };
    Some(Model {
        name: name.clone(),
        origin,
        inputs,
        outputs,
        accelerator: read.construct("accelerator").map(|(kind, r)| {
            let accelerator = Accelerator {
                memory: r.size("memory").map(|s| s.value),
                kind: r.text("kind").map(|t| t.value),
                count: r.count("count").map_or(1, |c| c.value),
            };
            Spanned::new(accelerator, kind.span)
        }),
        cpu: read.float("cpu"),
        memory: read.size("memory"),
        disk: read.size("disk"),
        latency: read.duration("latency"),
        concurrency: read.count("concurrency")?,
        load_time: read.duration("load_time"),
        env,
        volumes: read.blocks("volume").map(|(name, value, _)| (name, value.clone())).collect(),
        health: read.construct("health").map(|(kind, r)| Health {
            path_at: r.text("path").map(|t| t.span),
            path: r.text("path").map(|t| t.value),
            timeout_at: r.duration("timeout").map(|d| d.span),
            timeout: r.duration("timeout").map(|d| d.value),
            span: kind.span,
        }),
        batching: read.construct("batching").and_then(|(kind, r)| {
            let (max_size, max_delay) = (r.count("max_size")?.value, r.duration("max_delay")?.value);
            Some(Batching { max_size, max_delay, span: kind.span })
        }),
        span,
    })
}

/// The runtime implements what the standard library names, and nothing else.
fn refuse_no_builtin(name: &Spanned<Arc<str>>, sink: &mut Sink) {
    let known = stdlib::builtins();
    if known.contains(&*name.value) {
        return;
    }
    let d = Diagnostic::error(Code::UnknownName, format!("the runtime implements no `{}`", name.value))
        .label(name.span, "no transform of the standard library is made of it");
    sink.push(match nearest(&name.value, known.iter().copied()) {
        Some(near) => {
            d.help(format!("did you mean `{near}`?")).fix("use the nearest name", name.span, format!("\"{near}\""))
        }
        None => d.help("a step of your own is `python(\"./steps.py:NAME\")` or `container(\"IMAGE\")`"),
    });
}
