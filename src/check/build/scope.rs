//! What the names of a pipeline's body mean: the callees, and the constants that are given to them.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::names::{DeclarationId, UnitId, kind_word};
use crate::report::Sink;
use crate::stack::{Argument, Callee, Fields, Type, Value, ValueKind};
use crate::syntax::ast::{Block, DeclKind, Entry, Expr, ExprKind, Name};

use super::super::pipeline::{Found, Scope, Signature, SignatureKind};
use super::super::typed;
use super::{Builder, Path};

pub(super) struct PipelineScope<'s, 'e, 'a> {
    pub builder: &'s mut Builder<'e, 'a>,
    pub unit: UnitId,
    /// What a variant changes: by the name that the body calls.
    pub with: &'s Fields,
}

impl PipelineScope<'_, '_, '_> {
    fn meaning(&mut self, name: &str) -> Option<(DeclarationId, Fields)> {
        if let Some(Value { kind: ValueKind::Ref { declaration, with, .. }, .. }) = self.with.get(name) {
            return Some((DeclarationId(*declaration), with.clone()));
        }
        let id = self.builder.eval.names.lookup(self.unit, name)?;
        self.builder.eval.reached.insert(id);
        Some((id, Fields::new()))
    }
}

impl Scope for PipelineScope<'_, '_, '_> {
    fn callee(&mut self, name: &Name, sink: &mut Sink) -> Found {
        let Some((id, with)) = self.meaning(&name.value) else {
            if !self.builder.eval.names.is_lost(self.unit, &name.value) {
                sink.push(self.builder.eval.unknown_name(self.unit, &name.value, name.span));
            }
            return Found::Unknown;
        };
        let names = self.builder.eval.names;
        let span = names.span(id).unwrap_or(name.span);
        let Some((decl, ..)) = self.builder.declaration(id) else {
            let word = names.item(id).map_or("declaration", kind_word);
            return Found::NotCallable(word, span);
        };
        match decl.kind.value {
            DeclKind::Model | DeclKind::Transform => match self.builder.signature(id, &with, sink) {
                Some((signature, callee)) => Found::Signature(signature, callee),
                None => Found::Unknown,
            },
            DeclKind::Pipeline
            | DeclKind::Pool
            | DeclKind::Endpoint
            | DeclKind::Job
            | DeclKind::Stack
            | DeclKind::Policy => Found::NotCallable(super::super::schema::decl_word(decl.kind.value), span),
        }
    }

    fn suggest(&self, name: &str) -> Option<Arc<str>> {
        self.builder.eval.names.suggest(self.unit, name)
    }

    fn constant(&mut self, expr: &Expr, expected: &Type, sink: &mut Sink) -> Value {
        let value = self.builder.eval.expr(self.unit, expr, sink);
        if let ValueKind::Word(word) = &value.kind {
            sink.push(self.builder.eval.unknown_name(self.unit, word, value.span));
            return Value::unknown(value.span);
        }
        if typed::refuse_secret(&value, "a parameter of a step", sink) {
            return Value::unknown(value.span);
        }
        typed::typed(value, expected, "this parameter", sink)
    }

    fn asset(&mut self, value: &Value, sink: &mut Sink) -> Argument {
        let Some(path) = Path::of(value) else { return Argument::Const(value.clone()) };
        match self.builder.artifact(&path, sink) {
            Some(artifact) => Argument::Asset(artifact),
            None => Argument::Const(Value::unknown(value.span)),
        }
    }
}

impl Builder<'_, '_> {
    /// What a model or a transform takes and gives. `None` for any other declaration, and after a reported mistake.
    pub fn signature(&mut self, id: DeclarationId, with: &Fields, sink: &mut Sink) -> Option<(Signature, Callee)> {
        let (decl, ..) = self.declaration(id)?;
        let span = decl.name.span;
        match decl.kind.value {
            DeclKind::Model => {
                let key = self.key(id, &decl.name.value, with, None);
                let model = self.model(id, &key, with, sink)?;
                let (inputs, outputs) = (model.inputs.clone(), model.outputs.clone());
                let kind = SignatureKind::Model;
                Some((Signature { name: key.clone(), kind, inputs, params: vec![], outputs, span }, Callee::Model(key)))
            }
            DeclKind::Transform => {
                let (key, params) = self.transform(id, with, sink)?;
                let transform = self.transforms.get(&key)?;
                let (inputs, outputs) = (transform.inputs.clone(), transform.outputs.clone());
                let kind = SignatureKind::Transform;
                Some((Signature { name: key.clone(), kind, inputs, params, outputs, span }, Callee::Transform(key)))
            }
            DeclKind::Pipeline
            | DeclKind::Pool
            | DeclKind::Endpoint
            | DeclKind::Job
            | DeclKind::Stack
            | DeclKind::Policy => None,
        }
    }

    /// The same from the declaration alone, for a model or a transform that can't be made as it is.
    pub fn declared_signature(&mut self, id: DeclarationId) -> Option<Signature> {
        let (decl, unit) = self.declaration(id)?;
        let kind = match decl.kind.value {
            DeclKind::Model => SignatureKind::Model,
            DeclKind::Transform => SignatureKind::Transform,
            DeclKind::Pipeline
            | DeclKind::Pool
            | DeclKind::Endpoint
            | DeclKind::Job
            | DeclKind::Stack
            | DeclKind::Policy => return None,
        };
        let mut unheard = Sink::default();
        let params = match kind {
            SignatureKind::Model => vec![],
            SignatureKind::Transform => self.parameters(unit, &decl.body, &mut unheard),
        };
        let (inputs, outputs) = self.ports(&decl.body, &mut unheard);
        Some(Signature { name: decl.name.value.clone(), kind, inputs, params, outputs, span: decl.name.span })
    }
}

/// Every name that a pipeline's body calls.
pub(super) fn called(body: &Block) -> BTreeSet<Arc<str>> {
    let mut out = BTreeSet::new();
    for entry in &body.entries {
        match entry {
            Entry::Field(field) => calls(&field.value, &mut out),
            Entry::Port(port) => port.value.iter().for_each(|value| calls(value, &mut out)),
            Entry::Nested(_) | Entry::Param(_) | Entry::Deploy(_) | Entry::Bad(_) => {}
        }
    }
    out
}

fn calls(expr: &Expr, out: &mut BTreeSet<Arc<str>>) {
    match &expr.kind {
        ExprKind::Call { callee, args } => {
            if let ExprKind::Name(name) = &callee.kind {
                out.insert(name.clone());
            }
            args.iter().for_each(|arg| calls(&arg.value, out));
        }
        ExprKind::Member { base, .. } => calls(base, out),
        _ => {}
    }
}
