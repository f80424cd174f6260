//! Pools from their declarations.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::names::DeclarationId;
use crate::report::{Code, Diagnostic, Sink};
use crate::source::{Span, Spanned};
use crate::stack::{Artifact, Fields, Framework, Member, Model, Origin, Pool, Servable};
use crate::syntax::ast::{Decl, Entry};

use super::super::conform::Conform;
use super::read::Read;
use super::servable::{missing, needs};
use super::{Builder, schema_of};

impl Builder<'_, '_> {
    pub(super) fn pool(&mut self, id: DeclarationId, key: &Arc<str>, with: &Fields, sink: &mut Sink) -> Option<()> {
        if self.pools.contains_key(key) {
            return Some(());
        }
        let (decl, unit) = self.declaration(id)?;
        let fields = self.pool_fields(decl, unit, with, sink);
        let read = Read(&fields);
        let span = decl.name.span;
        let members = match (read.get("members"), read.text("artifacts")) {
            (Some(list), None) => {
                refuse_shape(read, list.span, sink)?;
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
            cache_at: read.word("cache").map(|w| w.span),
            share_instance: read.word("share").is_some_and(|w| &*w.value == "instance"),
            share_at: read.word("share").map(|w| w.span),
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
        if let (Some(own), Some(framework)) = (fields.get("framework"), pool.get("framework")) {
            sink.push(
                Diagnostic::error(Code::Misplaced, "the members of a pool have one `framework`")
                    .label(own.place(), "in the shape of every member")
                    .label(framework.place(), "and for the pool")
                    .help("keep the one that runs them"),
            );
            return None;
        }
        if let Some(framework) = pool.get("framework") {
            fields.insert("framework".into(), framework.clone());
        }
        for name in ["image", "artifact"] {
            if let Some(value) = fields.get(name) {
                sink.push(
                    Diagnostic::error(Code::Misplaced, format!("the members of a pool have no `{name}` of their own"))
                        .label(value.place(), "in the shape of every member")
                        .label(prefix.span, "each member is what lies under this prefix")
                        .help("leave it out, or declare each model and name it in `members`"),
                );
                return None;
            }
        }
        // A prefix is no file: its members are looked at where they are served.
        let remote = Artifact::Remote { uri: prefix.value.clone() };
        let Some((kind, r)) = Read(&fields).construct("framework") else {
            sink.push(missing(&format!("pool `{key}`"), decl.name.span, "framework", "what runs every member"));
            return None;
        };
        let framework = Framework { name: kind.value, version: r.text("version").map(|t| t.value) };
        let origin = Origin::Framework {
            framework: Spanned::new(framework, kind.span),
            artifact: Spanned::new(remote, prefix.span),
        };
        needs(&format!("{key}.member").into(), &fields, origin, self.ports(body, sink), body.span)
    }
}

/// Members that are named say themselves what they are; what the pool would say beside them changes nothing.
fn refuse_shape(pool: Read, members: Span, sink: &mut Sink) -> Option<()> {
    let Some((name, value)) = ["framework", "model"].iter().find_map(|name| Some((name, pool.get(name)?))) else {
        return Some(());
    };
    sink.push(
        Diagnostic::error(Code::Misplaced, format!("a pool of named models has no `{name}`"))
            .label(value.place(), "says what every member is")
            .label(members, "each of these says so itself")
            .help("leave it out; it goes with `artifacts`, a prefix that holds the members"),
    );
    None
}
