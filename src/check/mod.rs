//! Names to checked stacks: evaluation, types, and the rules of the language. What a target can honour is
//! [`crate::capability`]'s concern.
#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "a value is what is wanted or a mismatch, and a kind of value yet to come is one more mismatch"
)]

mod build;
mod conform;
mod defaults;
mod eval;
mod known;
mod merge;
mod moved;
mod overruled;
mod params;
pub mod pipeline;
mod policy;
mod rules;
pub mod schema;
pub mod secret;
mod signature;
mod stacks;
mod typed;
pub mod types;
mod uri;

use std::collections::{BTreeMap, BTreeSet};

use crate::files::Files;
use crate::names::{DeclarationId, Names, UnitId};
use crate::report::suggest::{nearest, one_of};
use crate::report::{Code, Diagnostic, Sink};
use crate::source::{FileId, Span};
use crate::stack::{Fields, Secrets, Setting, Stack};
use crate::syntax::ast::{Decl, DeclKind, Item};

pub use eval::{Unit, units};
pub use known::{Known, known};
pub use rules::{Ceiling, a_busy_replica_can_be_half_busy, calls_are_answered_in_time, models_of};

use build::Builder;
use eval::Evaluator;
use params::Params;
use stacks::Context;

/// A target, as far as the checker must know it.
#[derive(Debug, Clone, Copy)]
pub struct TargetInfo {
    pub name: &'static str,
    pub settings: &'static [Setting],
}

/// What the checker is given beside the names.
pub struct Given<'a> {
    pub files: &'a dyn Files,
    pub targets: &'a [TargetInfo],
    /// Parameters as texts, by name.
    pub texts: &'a BTreeMap<String, String>,
    /// Those of them that stand on the command line itself.
    pub set: &'a BTreeMap<String, String>,
    /// Only these stacks; all if empty.
    pub stacks: &'a [String],
}

/// Checks the whole program. Stacks come back as far as they are right: use them only if the sink holds no error.
pub fn check(names: &Names, given: &Given, sink: &mut Sink) -> Vec<Stack> {
    unknown_params(names, given.texts, sink);
    moved::check(names, sink);
    let context = Context { names, files: given.files, targets: given.targets, texts: given.texts };
    let (mut found, mut reached, mut seen) = (Vec::new(), BTreeSet::new(), Vec::new());
    let mut places = BTreeMap::new();
    for (unit, decl) in declared_stacks(names) {
        if let Some(first) = places.insert(&*decl.name.value, decl.name.span).filter(|_| !decl.name.value.is_empty()) {
            sink.push(
                Diagnostic::error(Code::DeclaredTwice, format!("the stack `{}` is declared twice", decl.name.value))
                    .label(decl.name.span, "declared again here")
                    .label(first, "first declared here")
                    .help("rename one of them: a stack is addressed by its name over all files of a program"),
            );
            continue;
        }
        seen.push(decl.name.value.to_string());
        if !given.stacks.is_empty() && !given.stacks.iter().any(|s| **s == *decl.name.value) {
            continue;
        }
        let (stack, touched) = stacks::stack(&context, decl, unit, sink);
        reached.extend(touched);
        if let Some(stack) = stack {
            rules::check(&stack, sink);
            found.push(stack);
        }
    }
    for name in given.stacks.iter().filter(|name| !seen.contains(name)) {
        let d = Diagnostic::error(Code::UnknownStack, format!("there is no stack `{name}`"));
        sink.push(match nearest(name, seen.iter().map(String::as_str)) {
            Some(near) => d.help(format!("did you mean `{near}`?")),
            None => d.help(format!("the program's stacks are {}", one_of(seen.iter().map(String::as_str)))),
        });
    }
    let meant = declared_stacks(names).map(|(_, decl)| decl);
    let meant = meant.filter(|d| given.stacks.is_empty() || given.stacks.iter().any(|s| **s == *d.name.value));
    overruled::overruled(meant, given.set, sink);
    unreached(names, given, &reached, sink);
    found
}

fn declared_stacks(names: &Names) -> impl Iterator<Item = (UnitId, &Decl)> {
    names.declarations().filter_map(|(id, d)| match names.item(id) {
        Some(Item::Decl(decl)) if decl.kind.value == DeclKind::Stack && names.unit(d.unit)?.root => {
            Some((d.unit, decl))
        }
        _ => None,
    })
}

/// What no stack deploys is checked too, with the parameters' defaults, and held against the same rules.
fn unreached(names: &Names, given: &Given, reached: &BTreeSet<DeclarationId>, sink: &mut Sink) {
    let params = Params { with: BTreeMap::new(), texts: given.texts.clone(), partial: true };
    let mut eval = Evaluator::new(names, &params);
    if declared_stacks(names).next().is_none() {
        policy::read_all(names, &mut eval, sink);
    }
    let mut builder = Builder::new(&mut eval, given.files);
    let (mut endpoints, mut jobs) = (Vec::new(), Vec::new());
    for (id, declaration) in names.declarations() {
        if reached.contains(&id) || names.unit(declaration.unit).is_none_or(|unit| unit.std) {
            continue;
        }
        match names.item(id) {
            Some(Item::Decl(decl)) => match decl.kind.value {
                DeclKind::Endpoint => endpoints.extend(builder.build_endpoint(id, &Fields::new(), sink)),
                DeclKind::Job => jobs.extend(builder.build_job(id, &Fields::new(), sink)),
                DeclKind::Model | DeclKind::Pipeline | DeclKind::Pool | DeclKind::Transform => {
                    builder.build_servable(id, sink);
                }
                DeclKind::Stack | DeclKind::Policy => {}
            },
            Some(Item::Let(_) | Item::Param(_)) => builder.build_constant(id, sink),
            Some(Item::Use(_) | Item::Moved(_) | Item::Bad(_)) | None => {}
        }
    }
    let Builder { models, transforms, pipelines, pools, .. } = builder;
    let stack = Stack { endpoints, jobs, models, transforms, pipelines, pools, ..nowhere() };
    rules::check(&stack, sink);
    rules::check_unplaced(&stack, sink);
}

/// A stack of no name on no target: only for rules, which ask neither.
fn nowhere() -> Stack {
    let nowhere = Span::new(FileId(u32::MAX), 0, 0);
    Stack {
        name: "".into(),
        target: "".into(),
        settings: BTreeMap::new(),
        allow_preview: false,
        allow_emulation: false,
        allow: None,
        inside: nowhere,
        protect: false,
        tags: BTreeMap::new(),
        endpoints: Vec::new(),
        jobs: Vec::new(),
        models: BTreeMap::new(),
        transforms: BTreeMap::new(),
        pipelines: BTreeMap::new(),
        pools: BTreeMap::new(),
        moved: BTreeMap::new(),
        secrets: Secrets::default(),
        span: nowhere,
    }
}

fn unknown_params(names: &Names, texts: &BTreeMap<String, String>, sink: &mut Sink) {
    let declared = stacks::declared_params(names);
    for name in texts.keys().filter(|name| !declared.contains(name.as_str())) {
        let d = Diagnostic::error(Code::UnknownParam, format!("the program has no parameter `{name}`"));
        sink.push(match nearest(name, declared.iter().map(|d| &**d)) {
            Some(near) => d.help(format!("did you mean `{near}`?")),
            None if declared.is_empty() => d.help("it declares none"),
            None => d.help(format!("its parameters are {}", one_of(declared.iter().map(|d| &**d)))),
        });
    }
}
