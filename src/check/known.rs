//! What is known of each declaration by itself, also in a program with mistakes: for editors. Says nothing that `check` does
//! not say; what is wrong is left out.

use std::collections::BTreeMap;

use crate::names::{DeclarationId, Names};
use crate::report::Sink;
use crate::stack::{Callee, Fields, Model, Pipeline, Value, ValueKind};
use crate::syntax::ast::{DeclKind, Item};

use super::Given;
use super::build::Builder;
use super::eval::Evaluator;
use super::params::Params;
use super::pipeline::Signature;
use super::secret;

/// By declaration, with the parameters' defaults or what the command line gives.
#[derive(Debug, Default)]
pub struct Known {
    /// What models and transforms take and give: those of a local ONNX file where the source leaves them out.
    pub signatures: BTreeMap<DeclarationId, Signature>,
    /// Pipelines, as far as they are right.
    pub pipelines: BTreeMap<DeclarationId, Pipeline>,
    pub models: BTreeMap<DeclarationId, Model>,
    /// Of constants and parameters; secret ones are left out.
    pub values: BTreeMap<DeclarationId, Value>,
    /// Which declaration a step calls, by the callee's name.
    pub callees: BTreeMap<Callee, DeclarationId>,
}

/// Looks at each declaration by itself.
pub fn known(names: &Names, given: &Given) -> Known {
    let params = Params { with: BTreeMap::new(), texts: given.texts.clone(), partial: true };
    let mut eval = Evaluator::new(names, &params);
    let mut builder = Builder::new(&mut eval, given.files);
    let mut sink = Sink::default();
    let mut found = Known::default();
    // What no budget has refused yet is asked first: signatures, then what is made of them.
    for (id, _) in names.declarations() {
        if let Some((signature, callee)) = builder.signature(id, &Fields::new(), &mut sink) {
            if let Callee::Model(key) = &callee
                && let Some(model) = builder.models.get(key)
            {
                found.models.insert(id, model.clone());
            }
            found.callees.insert(callee, id);
            found.signatures.insert(id, signature);
        } else if let Some(signature) = builder.declared_signature(id) {
            found.signatures.insert(id, signature);
        }
    }
    let mut pipelines = BTreeMap::new();
    for (id, declaration) in names.declarations() {
        match names.item(id) {
            Some(Item::Decl(decl)) if decl.kind.value == DeclKind::Pipeline => {
                pipelines.insert(declaration.name.span.start_point(), id);
                builder.build_servable(id, &mut sink);
            }
            Some(Item::Param(param)) if secret::is_secret(param) => {}
            Some(Item::Let(_) | Item::Param(_)) => {
                let value = builder.eval.constant(id, declaration.name.span, &mut sink);
                if !matches!(value.kind, ValueKind::Unknown) {
                    found.values.insert(id, value);
                }
            }
            Some(Item::Decl(_) | Item::Use(_) | Item::Moved(_) | Item::Bad(_)) | None => {}
        }
    }
    let made =
        builder.pipelines.into_values().filter_map(|made| Some((*pipelines.get(&made.span.start_point())?, made)));
    found.pipelines = made.collect();
    found
}
