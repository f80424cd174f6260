//! From checked fields to the model of a stack: one [`Builder`] for one stack, which makes each thing once.

mod endpoint;
mod pool;
mod ports;
mod read;
mod scope;
mod servable;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use crate::files::{self, Files};
use crate::names::{DeclarationId, UnitId};
use crate::report::{Code, Diagnostic, Sink};
use crate::source::Span;
use crate::stack::{Endpoint, Fields, Job, Model, Pipeline, Pool, Transform, Value, ValueKind};
use crate::syntax::ast::{Decl, Item};

use super::conform::Conform;
use super::eval::Evaluator;
use super::schema::{ENDPOINT, JOB, MODEL, POOL, Schema, TRANSFORM};

pub use read::{Path, Read};

/// Makes what a stack reaches.
pub struct Builder<'e, 'a> {
    pub eval: &'e mut Evaluator<'a>,
    pub files: &'a dyn Files,
    pub models: BTreeMap<Arc<str>, Model>,
    pub transforms: BTreeMap<Arc<str>, Transform>,
    pub pipelines: BTreeMap<Arc<str>, Pipeline>,
    pub pools: BTreeMap<Arc<str>, Pool>,
    /// Which declaration, with which changes, each key stands for.
    keys: HashMap<Arc<str>, (DeclarationId, Fields)>,
    /// Keys whose making failed, and that is reported.
    failed: BTreeSet<Arc<str>>,
}

impl<'e, 'a> Builder<'e, 'a> {
    pub fn new(eval: &'e mut Evaluator<'a>, files: &'a dyn Files) -> Self {
        Self {
            eval,
            files,
            models: BTreeMap::new(),
            transforms: BTreeMap::new(),
            pipelines: BTreeMap::new(),
            pools: BTreeMap::new(),
            keys: HashMap::new(),
            failed: BTreeSet::new(),
        }
    }

    /// A declaration's tree, and its file.
    pub(super) fn declaration(&self, id: DeclarationId) -> Option<(&'a Decl, UnitId)> {
        let unit = self.eval.names.get(id)?.unit;
        match self.eval.names.item(id)? {
            Item::Decl(decl) => Some((decl, unit)),
            Item::Use(_) | Item::Param(_) | Item::Let(_) | Item::Moved(_) | Item::Bad(_) => None,
        }
    }

    /// A declaration's fields, with changes merged, by its schema.
    fn checked(&mut self, decl: &Decl, unit: UnitId, changes: &Fields, schema: &Schema, sink: &mut Sink) -> Fields {
        let mut fields = self.eval.fields(unit, &decl.body, sink);
        super::merge::merge(&mut fields, changes.clone());
        Conform { eval: self.eval, unit }.block(fields, schema, decl.name.span, sink)
    }

    /// An endpoint with a stack's changes. `None` after a reported mistake.
    pub fn build_endpoint(&mut self, id: DeclarationId, changes: &Fields, sink: &mut Sink) -> Option<Endpoint> {
        let (decl, unit) = self.declaration(id)?;
        super::eval::refuse_misplaced(&decl.body, false, sink);
        let fields = self.checked(decl, unit, changes, &ENDPOINT, sink);
        self.endpoint(&decl.name.value, &fields, decl.name.span, sink)
    }

    /// A job with a stack's changes. `None` after a reported mistake.
    pub fn build_job(&mut self, id: DeclarationId, changes: &Fields, sink: &mut Sink) -> Option<Job> {
        let (decl, unit) = self.declaration(id)?;
        super::eval::refuse_misplaced(&decl.body, false, sink);
        let fields = self.checked(decl, unit, changes, &JOB, sink);
        self.job(&decl.name.value, &fields, decl.name.span, sink)
    }

    /// A model, a transform, a pipeline or a pool for its own sake.
    pub fn build_servable(&mut self, id: DeclarationId, sink: &mut Sink) {
        let Some((decl, ..)) = self.declaration(id) else { return };
        if decl.kind.value == crate::syntax::ast::DeclKind::Transform {
            self.transform(id, &Fields::new(), sink);
            return;
        }
        let kind = ValueKind::Ref { declaration: id.0, name: decl.name.value.clone(), with: Fields::new() };
        self.servable(&Value::new(kind, decl.name.span), None, sink);
    }

    /// A constant or a parameter for its own sake.
    pub fn build_constant(&mut self, id: DeclarationId, sink: &mut Sink) {
        let Some(declaration) = self.eval.names.get(id) else { return };
        let span = declaration.name.span;
        self.eval.constant(id, span, sink);
    }

    /// A path beside the source that must be a file.
    pub(super) fn file(&self, path: &Path, sink: &mut Sink) -> Option<Utf8PathBuf> {
        self.held(path, &path.text, sink).map(|(full, ..)| full)
    }

    /// A file under a path that is perhaps relative to the file that writes it: its place, size and hash.
    fn held(&self, path: &Path, text: &str, sink: &mut Sink) -> Option<(Utf8PathBuf, u64, String)> {
        let writer = self.eval.names.unit_of(path.home).map(|unit| unit.path.as_path());
        let full = files::join(writer.and_then(Utf8Path::parent).unwrap_or(Utf8Path::new("")), text);
        match self.files.digest(&full) {
            Ok((bytes, sha256)) => Some((full, bytes, sha256)),
            Err(error) => {
                sink.push(no_file(&path.text, path.span, &error));
                None
            }
        }
    }

    fn key(&mut self, id: DeclarationId, name: &Arc<str>, with: &Fields, owner: Option<&str>) -> Arc<str> {
        let base: Arc<str> = match (with.is_empty(), owner) {
            (true, _) => name.clone(),
            (false, Some(owner)) => format!("{name}@{owner}").into(),
            (false, None) => format!("{name}@with").into(),
        };
        let mut key = base.clone();
        let mut number = 2;
        loop {
            match self.keys.get(&key) {
                Some((other, changes)) if *other == id && changes == with => return key,
                Some(_) => {
                    key = format!("{base}.{number}").into();
                    number += 1;
                }
                None => {
                    self.keys.insert(key.clone(), (id, with.clone()));
                    return key;
                }
            }
        }
    }
}

/// The schema of what can be served.
pub(super) fn schema_of(decl: &Decl) -> Option<&'static Schema> {
    use crate::syntax::ast::DeclKind;
    match decl.kind.value {
        DeclKind::Model => Some(&MODEL),
        DeclKind::Transform => Some(&TRANSFORM),
        DeclKind::Pool => Some(&POOL),
        DeclKind::Pipeline | DeclKind::Endpoint | DeclKind::Job | DeclKind::Stack | DeclKind::Policy => None,
    }
}

fn no_file(path: &str, span: Span, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error(Code::NoFile, format!("can't read `{path}`")).label(span, files::reason(error)).help(
        "paths are relative to the file in which they are written; large models are fetched by an example's own set-up command",
    )
}
