//! Models, transforms, pipelines and pools from their declarations.

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::Utf8Path;

use crate::files;
use crate::names::DeclarationId;
use crate::report::{Code, Diagnostic, Sink};
use crate::source::{Span, Spanned};
use crate::stack::{
    Accelerator, Artifact, Batching, Fields, Framework, Handler, Health, Member, Model, Origin, Pool, Servable,
    Transform, Value, ValueKind,
};
use crate::syntax::ast::{Block, Decl, DeclKind, Entry};

use super::super::pipeline::{ParamSig, pipeline};
use super::super::schema::Shape;
use super::super::{conform::Conform, signature, uri};
use super::read::Read;
use super::scope::PipelineScope;
use super::{Builder, no_file, schema_of};

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
            let (decl, unit, folder) = self.declaration(id)?;
            let fields = self.checked(decl, unit, with, schema_of(decl)?, sink);
            super::super::eval::refuse_misplaced(&decl.body, true, sink);
            match self.model_from(key, &fields, &decl.body, decl.name.span, &folder, sink) {
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
        folder: &Utf8Path,
        sink: &mut Sink,
    ) -> Option<Model> {
        let read = Read(fields);
        let (inputs, outputs) = self.ports(body, sink);
        let origin = self.origin(name, read, fields, span, folder, sink)?;
        let (inputs, outputs) = signature::of_model(name, self.files, &origin, inputs, outputs, sink)?;
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
            health: read.construct("health").map(|(_, r)| Health {
                path: r.text("path").map(|t| t.value),
                timeout: r.duration("timeout").map(|d| d.value),
            }),
            batching: read.construct("batching").and_then(|(kind, r)| {
                let (max_size, max_delay) = (r.count("max_size")?.value, r.duration("max_delay")?.value);
                Some(Batching { max_size, max_delay, span: kind.span })
            }),
            span,
        })
    }

    fn origin(
        &self,
        name: &str,
        read: Read,
        fields: &Fields,
        span: Span,
        folder: &Utf8Path,
        sink: &mut Sink,
    ) -> Option<Origin> {
        let framework = read.construct("framework").map(|(kind, r)| {
            let version = r.text("version").map(|t| t.value);
            Spanned::new(Framework { name: kind.value, version }, kind.span)
        });
        let artifact = match read.text("artifact") {
            Some(text) => Some(self.artifact(&text, folder, sink)?),
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
    pub(super) fn artifact(
        &self,
        text: &Spanned<Arc<str>>,
        folder: &Utf8Path,
        sink: &mut Sink,
    ) -> Option<Spanned<Artifact>> {
        let path = match uri::scheme(&text.value) {
            None => text.value.to_string(),
            Some("file") => text.value.trim_start_matches("file://").to_owned(),
            Some(_) => return Some(Spanned::new(Artifact::Remote { uri: text.value.clone() }, text.span)),
        };
        let path = files::join(folder, &path);
        match self.files.digest(&path) {
            Ok((bytes, sha256)) => Some(Spanned::new(Artifact::File { path, sha256: sha256.into(), bytes }, text.span)),
            Err(error) => {
                sink.push(no_file(&text.value, text.span, &error));
                None
            }
        }
    }

    /// A transform, and its parameters; `None` after a reported mistake.
    pub(super) fn transform(&mut self, id: DeclarationId, sink: &mut Sink) -> Option<(Arc<str>, Vec<ParamSig>)> {
        let (decl, unit, _) = self.declaration(id)?;
        let key = self.key(id, &decl.name.value, &Fields::new(), None);
        let params = self.parameters(unit, &decl.body, sink);
        if !self.transforms.contains_key(&key) {
            let fields = self.checked(decl, unit, &Fields::new(), schema_of(decl)?, sink);
            let (inputs, outputs) = self.ports(&decl.body, sink);
            let (kind, r) = Read(&fields).construct("handler")?;
            let name = r.text("name")?.value;
            let handler = match &*kind.value {
                "builtin" => Handler::Builtin(name),
                "python" => Handler::Python(name),
                _ => Handler::Container(name),
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
        let (decl, unit, folder) = self.declaration(id)?;
        self.refuse_strangers(decl, unit, with, sink);
        let mut scope = PipelineScope { builder: self, unit, folder, with };
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

    fn pool(&mut self, id: DeclarationId, key: &Arc<str>, with: &Fields, sink: &mut Sink) -> Option<()> {
        if self.pools.contains_key(key) {
            return Some(());
        }
        let (decl, unit, _) = self.declaration(id)?;
        let fields = self.pool_fields(decl, unit, with, sink);
        let read = Read(&fields);
        let span = decl.name.span;
        let members = match (read.get("members"), read.text("artifacts")) {
            (Some(list), None) => {
                let mut names: BTreeMap<Arc<str>, Span> = BTreeMap::new();
                let mut order = Vec::new();
                for value in read.list("members") {
                    let Servable::Model(name) = self.servable(value, Some(key), sink)?.value else { continue };
                    if let Some(first) = names.insert(name.clone(), value.span) {
                        sink.push(super::super::eval::duplicate(&name, value.span, first));
                        return None;
                    }
                    order.push(name);
                }
                Spanned::new(Member::Named(order), list.span)
            }
            (None, Some(prefix)) => {
                let shape = Box::new(self.member_shape(key, decl, read, &prefix, sink)?);
                Spanned::new(Member::Prefix { artifacts: prefix.value, shape }, prefix.span)
            }
            (Some(list), Some(prefix)) => {
                sink.push(
                    Diagnostic::error(Code::MembersTwice, "a pool has `members` or `artifacts`, not both")
                        .label(list.span, "members by name")
                        .label(prefix.span, "members by prefix"),
                );
                return None;
            }
            (None, None) => {
                if fields.get("members").is_none() && fields.get("artifacts").is_none() {
                    sink.push(missing(
                        &format!("pool `{key}`"),
                        span,
                        "members",
                        "the models by name; or `artifacts`, a prefix that holds them",
                    ));
                }
                return None;
            }
        };
        let pool = Pool {
            name: key.clone(),
            members,
            cache: read.word("cache").is_none_or(|w| &*w.value == "on"),
            share_instance: read.word("share").is_some_and(|w| &*w.value == "instance"),
            span,
        };
        self.pools.insert(key.clone(), pool);
        Some(())
    }

    /// A pool's fields; the shape of its members takes its framework and prefix from the pool.
    fn pool_fields(&mut self, decl: &Decl, unit: crate::names::UnitId, with: &Fields, sink: &mut Sink) -> Fields {
        let Some(schema) = schema_of(decl) else { return Fields::new() };
        let mut fields = self.eval.fields(unit, &decl.body, sink);
        super::super::merge::merge(&mut fields, with.clone());
        super::super::eval::refuse_misplaced(&decl.body, false, sink);
        Conform { eval: self.eval, unit }.block(fields, schema, decl.name.span, sink)
    }

    fn member_shape(
        &mut self,
        key: &Arc<str>,
        decl: &Decl,
        pool: Read,
        prefix: &Spanned<Arc<str>>,
        sink: &mut Sink,
    ) -> Option<Model> {
        let Some((_, shape)) = pool.construct("model") else {
            sink.push(missing(
                &format!("pool `{key}`"),
                decl.name.span,
                "model { … }",
                "the shape of every member: its ports and its memory",
            ));
            return None;
        };
        let body = decl.body.entries.iter().find_map(|entry| match entry {
            Entry::Nested(nested) if &*nested.kind.value == "model" => Some(&nested.body),
            _ => None,
        })?;
        let mut fields = shape.0.clone();
        if let Some(framework) = pool.get("framework") {
            fields.entry("framework".into()).or_insert_with(|| framework.clone());
        }
        // A prefix is no file: its members are looked at where they are served.
        let remote = Artifact::Remote { uri: prefix.value.clone() };
        let read = Read(&fields);
        let Some((kind, r)) = read.construct("framework") else {
            sink.push(missing(&format!("pool `{key}`"), decl.name.span, "framework", "what runs every member"));
            return None;
        };
        let framework = Framework { name: kind.value, version: r.text("version").map(|t| t.value) };
        let (inputs, outputs) = self.ports(body, sink);
        let name: Arc<str> = format!("{key}.member").into();
        Some(Model {
            name,
            origin: Origin::Framework {
                framework: Spanned::new(framework, kind.span),
                artifact: Spanned::new(remote, prefix.span),
            },
            inputs,
            outputs,
            accelerator: None,
            cpu: read.float("cpu"),
            memory: read.size("memory"),
            disk: read.size("disk"),
            latency: read.duration("latency"),
            concurrency: read.count("concurrency")?,
            load_time: read.duration("load_time"),
            env: BTreeMap::new(),
            health: None,
            batching: None,
            span: body.span,
        })
    }
}

fn missing(what: &str, span: Span, field: &str, doc: &str) -> Diagnostic {
    Diagnostic::error(Code::MissingField, format!("{what} needs `{field}`"))
        .label(span, format!("`{field}` is missing"))
        .help(format!("add `{field}`: {doc}"))
}
