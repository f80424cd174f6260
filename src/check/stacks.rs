//! Stacks: their settings, their parameters, and what they deploy, with overrides.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::files::Files;
use crate::names::{DeclarationId, Names, UnitId, kind_word};
use crate::report::suggest::{nearest, one_of};
use crate::report::{Code, Diagnostic, Sink};
use crate::source::Span;
use crate::stack::{Fields, Secrets, Stack, Value, ValueKind};
use crate::syntax::ast::{Block, Decl, DeclKind, Deploy, Entry, Item, Name, Nested};

use super::TargetInfo;
use super::build::{Builder, Read};
use super::conform::{Conform, unknown_field};
use super::eval::{Evaluator, refuse_misplaced};
use super::params::Params;
use super::schema::STACK;
use super::{moved, policy, rules, typed};

/// What stacks are checked with.
pub(super) struct Context<'a> {
    pub names: &'a Names,
    pub files: &'a dyn Files,
    pub targets: &'a [TargetInfo],
    pub texts: &'a BTreeMap<String, String>,
}

/// One stack, as far as it is right, and what it reached.
pub(super) fn stack(
    context: &Context,
    decl: &Decl,
    unit: UnitId,
    sink: &mut Sink,
) -> (Option<Stack>, BTreeSet<DeclarationId>) {
    let plain = Params { with: BTreeMap::new(), texts: context.texts.clone(), partial: false };
    let mut params = plain.clone();
    let (with, secrets) = with(context, decl, unit, &plain, sink);
    params.with = with;
    let mut eval = Evaluator::new(context.names, &params);
    eval.secrets = secrets;
    give(context, &mut eval, sink);

    let target = target(context, decl, sink);
    let settings = settings(&mut eval, decl, unit, target, sink);
    let read = Read(&settings.own);
    let allowed = |word: &str| read.list("allow").iter().any(|v| matches!(&v.kind, ValueKind::Word(w) if &**w == word));
    let (allow_preview, allow_emulation) = (allowed("preview"), allowed("emulation"));
    let allow = read.get("allow").map(|v| v.span).filter(|span| *span != decl.name.span);
    let protect = read.bool("protect").unwrap_or(false);
    let tags = match read.get("tags").map(|v| &v.kind) {
        Some(ValueKind::Record(tags)) => tags.iter().map(|(key, value)| (key.clone(), value.clone())).collect(),
        _ => BTreeMap::new(),
    };

    let mut builder = Builder::new(&mut eval, context.files);
    let (mut endpoints, mut jobs, mut unchanged) = (Vec::new(), Vec::new(), Vec::new());
    let mut deployed: BTreeMap<Arc<str>, (DeclarationId, Name)> = BTreeMap::new();
    for entry in &decl.body.entries {
        let Entry::Deploy(deploy) = entry else { continue };
        for (name, id, changes) in deploys(&mut builder, deploy, unit, sink) {
            // An address is of the name that is declared, whatever a `use` calls it here.
            let declared = context.names.get(id).map_or(&name, |d| &d.name).clone();
            if let Some((first, place)) = deployed.get(&declared.value) {
                sink.push(twice(context.names, &name, id, place, *first));
                continue;
            }
            deployed.insert(declared.value, (id, name.clone()));
            match context.names.item(id) {
                Some(Item::Decl(d)) if d.kind.value == DeclKind::Endpoint => {
                    endpoints.extend(builder.build_endpoint(id, &changes, sink));
                    if changes.contains_key("serve") && !changes.contains_key("scale") {
                        unchanged.extend(as_declared(&mut builder, id));
                    }
                }
                Some(Item::Decl(d)) if d.kind.value == DeclKind::Job => {
                    jobs.extend(builder.build_job(id, &changes, sink));
                }
                other => sink.push(
                    Diagnostic::error(
                        Code::NotDeployable,
                        format!("a {} can't be deployed", other.map_or("declaration", kind_word)),
                    )
                    .label(name.span, "not an endpoint or a job")
                    .help("declare an `endpoint` that serves it, and deploy that"),
                ),
            }
        }
    }
    if !decl.body.entries.iter().any(|e| matches!(e, Entry::Deploy(_) | Entry::Bad(_))) {
        sink.push(
            Diagnostic::warning(Code::EmptyStack, format!("the stack `{}` deploys nothing", decl.name.value))
                .label(decl.name.span, "no `deploy` in it")
                .help("add `deploy NAME`"),
        );
    }
    let Builder { models, transforms, pipelines, pools, .. } = builder;
    let secrets = eval.secrets.clone();
    let reached = eval.reached.clone();
    let stack = target.map(|target| Stack {
        name: decl.name.value.clone(),
        target: target.name.into(),
        settings: settings.target,
        allow_preview,
        allow_emulation,
        allow,
        inside: Span { start: decl.body.span.start.saturating_add(1), ..decl.body.span }.start_point(),
        protect,
        tags,
        endpoints,
        jobs,
        models,
        transforms,
        pipelines,
        pools,
        moved: moved::moves(context.names),
        secrets,
        span: decl.name.span,
    });
    if let Some(stack) = &stack {
        policy::hold(context.names, &mut eval, stack, sink);
        rules::thresholds_keep_their_hardware(&unchanged, stack, sink);
    }
    (stack, reached)
}

/// An endpoint without the stack's changes, in a stack of its own, so that it leaves no trace in the real one.
fn as_declared(builder: &mut Builder, id: DeclarationId) -> Option<Stack> {
    let mut aside = Builder::new(builder.eval, builder.files);
    let endpoint = aside.build_endpoint(id, &Fields::new(), &mut Sink::default())?;
    let Builder { models, transforms, pipelines, pools, .. } = aside;
    Some(Stack { endpoints: vec![endpoint], models, transforms, pipelines, pools, ..super::nowhere() })
}

/// One declaration, or two of one name from two files, which would share an address.
fn twice(names: &Names, again: &Name, id: DeclarationId, place: &Name, first: DeclarationId) -> Diagnostic {
    let declared = names.get(id).map_or(again, |d| &d.name);
    let d = Diagnostic::error(Code::DeployedTwice, format!("`{}` is deployed twice", declared.value));
    if id == first {
        return d.label(again.span, "deployed again here").label(place.span, "first deployed here");
    }
    let d = d.label(again.span, "this one has the same name").label(place.span, "first deployed here");
    let d = d.label(declared.span, "declared here");
    let d = names.span(first).map_or(d.clone(), |span| d.label(span, "and here, as another one"));
    d.help("rename one where it is declared: what is deployed is called by that name, also under an alias")
}

fn target<'c>(context: &Context<'c>, decl: &Decl, sink: &mut Sink) -> Option<&'c TargetInfo> {
    let name = decl.target.as_ref()?;
    let found = context.targets.iter().find(|t| t.name == &*name.value);
    if found.is_none() && !name.value.is_empty() {
        let known = || context.targets.iter().map(|t| t.name);
        let d = Diagnostic::error(Code::UnknownTarget, format!("there is no target `{}`", name.value))
            .label(name.span, "not a target");
        sink.push(match nearest(&name.value, known()) {
            Some(near) => d.help(format!("did you mean `{near}`?")).fix("use the nearest name", name.span, near),
            None => d.help(format!("the targets are {}", one_of(known()))),
        });
    }
    found
}

/// The stack's `with { … }`: values for parameters, and the secrets that they are made of.
fn with(
    context: &Context,
    decl: &Decl,
    unit: UnitId,
    plain: &Params,
    sink: &mut Sink,
) -> (BTreeMap<Arc<str>, Value>, Secrets) {
    let mut eval = Evaluator::new(context.names, plain);
    let declared = declared_params(context.names);
    let mut out = BTreeMap::new();
    for entry in &decl.body.entries {
        let Entry::Nested(Nested { kind, name: None, body, .. }) = entry else { continue };
        if &*kind.value != "with" {
            continue;
        }
        let fields = eval.fields(unit, body, sink);
        for (name, value) in fields {
            if !declared.contains(&name) {
                sink.push(unknown_field("the program", &name, value.place(), declared.iter().map(|d| &**d)));
                continue;
            }
            out.insert(name, value);
        }
    }
    (out, eval.secrets)
}

/// Holds each value of the `with` against its parameter's type, also where nothing asks for it.
fn give(context: &Context, eval: &mut Evaluator, sink: &mut Sink) {
    for (id, declaration) in context.names.declarations() {
        let given = eval.params.with.contains_key(&declaration.name.value);
        if given && matches!(context.names.item(id), Some(Item::Param(_))) {
            eval.constant(id, declaration.name.span, sink);
        }
    }
}

/// Every parameter of the program, by name.
pub(super) fn declared_params(names: &Names) -> BTreeSet<Arc<str>> {
    let params = names.declarations().filter(|(id, _)| matches!(names.item(*id), Some(Item::Param(_))));
    params.map(|(_, d)| d.name.value.clone()).collect()
}

struct Settings {
    own: Fields,
    target: BTreeMap<Arc<str>, Value>,
}

fn settings(eval: &mut Evaluator, decl: &Decl, unit: UnitId, target: Option<&TargetInfo>, sink: &mut Sink) -> Settings {
    let body =
        Block { entries: decl.body.entries.iter().filter(|e| !is_with(e)).cloned().collect(), span: decl.body.span };
    for entry in &body.entries {
        if matches!(entry, Entry::Port(_) | Entry::Param(_)) {
            refuse_misplaced(&Block { entries: vec![entry.clone()], span: body.span }, false, sink);
        }
    }
    let fields = eval.fields(unit, &body, sink);
    let (mut own, mut known) = (Fields::new(), BTreeMap::new());
    for (name, value) in fields {
        let setting = target.and_then(|t| t.settings.iter().find(|s| s.name == &*name));
        if STACK.field(&name).is_some() {
            own.insert(name, value);
        } else if let Some(setting) = setting {
            let value = match value.kind {
                // A setting's words are written bare: `profile = keda`.
                ValueKind::Word(word) => Value { kind: ValueKind::String(word), ..value },
                _ => value,
            };
            if typed::refuse_secret(&value, &format!("`{name}`"), sink) {
                continue;
            }
            known.insert(name.clone(), typed::typed(value, &setting.ty, &format!("`{name}`"), sink));
        } else if let Some(target) = target {
            if eval.names.lookup(unit, &name).is_some() && matches!(value.kind, ValueKind::Construct { .. }) {
                sink.push(
                    Diagnostic::error(Code::Misplaced, format!("`{name} {{ … }}` belongs to no `deploy`"))
                        .label(value.place(), "its changes stand alone")
                        .help(format!("a `deploy` with changes is of one name: `deploy {name} {{ … }}`")),
                );
                continue;
            }
            let names = target.settings.iter().map(|s| s.name).chain(STACK.names());
            sink.push(unknown_field(&format!("a stack on `{}`", target.name), &name, value.place(), names));
        }
    }
    if let Some(target) = target {
        for setting in target.settings.iter().filter(|s| s.required && !known.contains_key(s.name)) {
            sink.push(
                Diagnostic::error(Code::MissingField, format!("a stack on `{}` needs `{}`", target.name, setting.name))
                    .label(decl.name.span, format!("`{}` is missing", setting.name))
                    .help(format!("add `{} = …`: {}", setting.name, setting.doc)),
            );
        }
    }
    let own = Conform { eval, unit }.block(own, &STACK, decl.name.span, sink);
    Settings { own, target: known }
}

fn is_with(entry: &Entry) -> bool {
    matches!(entry, Entry::Nested(n) if &*n.kind.value == "with")
}

/// The names of a `deploy`, what they mean, and the changes.
fn deploys(
    builder: &mut Builder,
    deploy: &Deploy,
    unit: UnitId,
    sink: &mut Sink,
) -> Vec<(Name, DeclarationId, Fields)> {
    let changes = match &deploy.body {
        Some(body) => builder.eval.fields(unit, body, sink),
        None => Fields::new(),
    };
    let mut out = Vec::new();
    for name in &deploy.names {
        match builder.eval.names.lookup(unit, &name.value) {
            Some(id) => {
                builder.eval.reached.insert(id);
                out.push((name.clone(), id, changes.clone()));
            }
            None if name.value.is_empty() || builder.eval.names.is_lost(unit, &name.value) => {}
            None => sink.push(builder.eval.unknown_name(unit, &name.value, name.span)),
        }
    }
    out
}
