//! The walk through one file's tree that finds its names.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::names::{DeclarationId, Unit, UnitId};
use crate::source::Span;
use crate::syntax::ast::*;

use super::{Index, Mark, Role, Symbol};

/// Bindings that only name each other are followed so far.
const FOLLOWED: usize = 16;

pub(super) fn unit(id: UnitId, unit: &Unit, index: &Index) -> Vec<Mark> {
    let mut walk =
        Walk { index, unit: id, owner: None, values: BTreeMap::new(), params: vec![], bound: vec![], out: vec![] };
    let mut uses = unit.uses.iter();
    for item in &unit.ast.items {
        match item {
            Item::Use(item) => walk.brought(item, uses.next().copied().flatten()),
            Item::Param(param) => {
                walk.declare(&param.name);
                walk.ty(&param.ty);
                param.default.iter().for_each(|value| walk.expr(value));
            }
            Item::Let(item) => {
                walk.declare(&item.name);
                item.ty.iter().for_each(|ty| walk.ty(ty));
                walk.expr(&item.value);
            }
            Item::Decl(decl) => walk.decl(decl),
            Item::Moved(moved) => walk.named(&moved.to),
            Item::Bad(_) => {}
        }
    }
    walk.out
}

struct Walk<'a> {
    index: &'a Index<'a>,
    unit: UnitId,
    /// The declaration that is walked through, and its kind.
    owner: Option<(DeclarationId, DeclKind)>,
    /// Of a pipeline: its values, with what a binding is made of.
    values: BTreeMap<Arc<str>, Option<&'a Expr>>,
    /// Of a transform: its parameters.
    params: Vec<Arc<str>>,
    /// What comprehensions bind.
    bound: Vec<(Arc<str>, Span)>,
    out: Vec<Mark>,
}

impl<'a> Walk<'a> {
    fn mark(&mut self, span: Span, role: Role, symbol: Symbol) {
        if span.end > span.start {
            self.out.push(Mark { span, role, symbol });
        }
    }

    fn declare(&mut self, name: &Name) {
        if let Some(id) = self.index.declared(name.span) {
            self.mark(name.span, Role::Declare, Symbol::Declaration(id));
        }
    }

    /// A name of the file's scope.
    fn named(&mut self, name: &Name) {
        if let Some(id) = self.index.lookup(self.unit, &name.value) {
            self.refer(name.span, &name.value, id);
        }
    }

    fn refer(&mut self, span: Span, written: &str, id: DeclarationId) {
        let own = self.index.names.get(id).is_some_and(|d| *d.name.value == *written);
        self.mark(span, if own { Role::Use } else { Role::ByAlias }, Symbol::Declaration(id));
    }

    fn brought(&mut self, item: &Use, target: Option<UnitId>) {
        let Some(target) = target else { return };
        let path = match &item.from {
            UsePath::Std(name) => Some(name.span),
            UsePath::File(path) => Some(path.span),
            UsePath::Bad(_) => None,
        };
        if let Some(span) = path {
            self.mark(span, Role::Use, Symbol::Unit(target));
        }
        for name in &item.names {
            let found = self.index.lookup(target, &name.name.value);
            let Some(id) =
                found.filter(|id| self.index.names.get(*id).is_some_and(|d| d.name.value == name.name.value))
            else {
                continue;
            };
            self.mark(name.name.span, Role::Use, Symbol::Declaration(id));
            if let Some(alias) = &name.alias {
                self.mark(alias.span, Role::Alias, Symbol::Declaration(id));
            }
        }
    }

    fn decl(&mut self, decl: &'a Decl) {
        self.declare(&decl.name);
        if let Some(target) = &decl.target {
            self.mark(target.span, Role::Use, Symbol::Target(target.value.clone()));
        }
        self.owner = self.index.declared(decl.name.span).map(|id| (id, decl.kind.value));
        for entry in &decl.body.entries {
            match entry {
                Entry::Field(f) if decl.kind.value == DeclKind::Pipeline => {
                    self.values.entry(f.name.value.clone()).or_insert(Some(&f.value));
                }
                Entry::Port(p) if decl.kind.value == DeclKind::Pipeline => {
                    self.values.entry(p.name.value.clone()).or_insert(p.value.as_ref());
                }
                Entry::Param(p) => self.params.push(p.name.value.clone()),
                Entry::Field(_) | Entry::Port(_) | Entry::Nested(_) | Entry::Deploy(_) | Entry::Bad(_) => {}
            }
        }
        self.block(&decl.body, decl.kind.value == DeclKind::Pipeline);
        self.owner = None;
        self.values.clear();
        self.params.clear();
    }

    /// Entries; in a pipeline's own body fields are its values.
    fn block(&mut self, block: &'a Block, of_pipeline: bool) {
        for entry in &block.entries {
            match entry {
                Entry::Field(field) => {
                    if let (true, Some((of, _))) = (of_pipeline, self.owner) {
                        self.mark(field.name.span, Role::Declare, Symbol::Value { of, name: field.name.value.clone() });
                    }
                    self.expr(&field.value);
                }
                Entry::Nested(nested) => {
                    let stack = matches!(self.owner, Some((_, DeclKind::Stack)));
                    if stack && nested.name.is_none() && &*nested.kind.value == "with" {
                        self.given(&nested.body);
                    }
                    self.block(&nested.body, false);
                }
                Entry::Port(port) => self.port(port, of_pipeline),
                Entry::Param(param) => {
                    if let Some((of, _)) = self.owner {
                        self.mark(param.name.span, Role::Declare, Symbol::Param { of, name: param.name.value.clone() });
                    }
                    self.ty(&param.ty);
                    param.default.iter().for_each(|value| self.expr(value));
                }
                Entry::Deploy(deploy) => {
                    deploy.names.iter().for_each(|name| self.named(name));
                    deploy.body.iter().for_each(|body| self.block(body, false));
                }
                Entry::Bad(_) => {}
            }
        }
    }

    /// The keys of a stack's `with` are parameters of the program.
    fn given(&mut self, body: &Block) {
        for entry in &body.entries {
            let Entry::Field(field) = entry else { continue };
            if let Some(id) = self.index.param(&field.name.value) {
                self.mark(field.name.span, Role::Use, Symbol::Declaration(id));
            }
        }
    }

    fn port(&mut self, port: &'a Port, of_pipeline: bool) {
        if let Some((of, _)) = self.owner {
            let name = port.name.value.clone();
            let symbol = if of_pipeline { Symbol::Value { of, name } } else { Symbol::Port { of, name } };
            self.mark(port.name.span, Role::Declare, symbol);
        }
        port.ty.iter().for_each(|ty| self.ty(ty));
        port.value.iter().for_each(|value| self.expr(value));
    }

    fn ty(&mut self, ty: &'a TypeExpr) {
        match &ty.kind {
            TypeExprKind::Named { args, dims, .. } => {
                args.iter().for_each(|arg| self.ty(arg));
                for dim in dims.iter().flat_map(|dims| &dims.value) {
                    let (DimKind::Symbol(name), Some((of, _))) = (&dim.kind, self.owner) else { continue };
                    let name = name.clone();
                    let param = self.params.contains(&name);
                    let symbol = if param { Symbol::Param { of, name } } else { Symbol::Dim { of, name } };
                    self.mark(dim.span, Role::Use, symbol);
                }
            }
            TypeExprKind::Union(types) => types.iter().for_each(|ty| self.ty(ty)),
            TypeExprKind::Record(fields) => fields.iter().for_each(|(_, ty)| self.ty(ty)),
            TypeExprKind::Literal(_) | TypeExprKind::Bad => {}
        }
    }

    fn expr(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Name(name) => self.value(name, expr.span),
            ExprKind::String(pieces) => pieces.iter().for_each(|piece| {
                if let Piece::Hole(value) = piece {
                    self.expr(value);
                }
            }),
            ExprKind::Member { base, name } => {
                self.expr(base);
                if let Some(symbol) = self.output(base, &name.value) {
                    self.mark(name.span, Role::Use, symbol);
                }
            }
            ExprKind::List(items) => items.iter().for_each(|item| self.expr(item)),
            ExprKind::Comprehension { name, source, condition, body } => {
                self.expr(source);
                self.mark(name.span, Role::Declare, Symbol::Item { at: name.span, name: name.value.clone() });
                self.bound.push((name.value.clone(), name.span));
                condition.iter().for_each(|condition| self.expr(condition));
                self.expr(body);
                self.bound.pop();
            }
            ExprKind::Record(body) | ExprKind::Construct { body, .. } => self.block(body, false),
            ExprKind::Call { callee, args } => {
                let called = self.callee(callee);
                for arg in args {
                    if let (Some(name), Some(of)) = (&arg.name, called)
                        && let Some(symbol) = self.index.port(of, &name.value, true)
                    {
                        self.mark(name.span, Role::Use, symbol);
                    }
                    self.expr(&arg.value);
                }
            }
            ExprKind::With { base, body } => {
                self.expr(base);
                self.changes(base, body);
                self.block(body, false);
            }
            ExprKind::Range { low, high, body } => {
                self.expr(low);
                self.expr(high);
                body.iter().for_each(|body| self.block(body, false));
            }
            ExprKind::Unary { operand, .. } => self.expr(operand),
            ExprKind::Binary { left, right, .. } => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::If { condition, then, otherwise } => {
                [condition, then, otherwise].into_iter().for_each(|part| self.expr(part));
            }
            ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::Bad => {}
        }
    }

    /// A name that stands for a value: what is bound around it, a value of the pipeline, a name of the file.
    fn value(&mut self, name: &Arc<str>, span: Span) {
        if let Some((_, at)) = self.bound.iter().rev().find(|(bound, _)| bound == name) {
            self.mark(span, Role::Use, Symbol::Item { at: *at, name: name.clone() });
        } else if let (true, Some((of, _))) = (self.values.contains_key(name), self.owner) {
            self.mark(span, Role::Use, Symbol::Value { of, name: name.clone() });
        } else if let Some(id) = self.index.lookup(self.unit, name) {
            self.refer(span, name, id);
        }
    }

    /// What is called: a name of the file goes before a value of the pipeline.
    fn callee(&mut self, callee: &'a Expr) -> Option<DeclarationId> {
        let ExprKind::Name(name) = &callee.kind else {
            self.expr(callee);
            return None;
        };
        match self.index.lookup(self.unit, name) {
            Some(id) => {
                self.refer(callee.span, name, id);
                Some(id)
            }
            None => {
                self.value(name, callee.span);
                None
            }
        }
    }

    /// The output of this name of what a pipeline's value is made by.
    fn output(&self, base: &Expr, name: &str) -> Option<Symbol> {
        let mut base = base;
        for _ in 0..FOLLOWED {
            match &base.kind {
                ExprKind::Name(value) => base = self.values.get(value).copied().flatten()?,
                ExprKind::Call { callee, .. } => {
                    let ExprKind::Name(callee) = &callee.kind else { return None };
                    return self.index.port(self.index.lookup(self.unit, callee)?, name, false);
                }
                _ => return None,
            }
        }
        None
    }

    /// The keys of `pipeline with { … }` are what it calls, by the names of its own file.
    fn changes(&mut self, base: &Expr, body: &Block) {
        let ExprKind::Name(name) = &base.kind else { return };
        let Some(id) = self.index.lookup(self.unit, name) else { return };
        let is_pipeline =
            matches!(self.index.names.item(id), Some(Item::Decl(d)) if d.kind.value == DeclKind::Pipeline);
        let Some(home) = self.index.names.get(id).filter(|_| is_pipeline).map(|d| d.unit) else { return };
        for entry in &body.entries {
            let Entry::Field(field) = entry else { continue };
            if let Some(callee) = self.index.lookup(home, &field.name.value) {
                self.refer(field.name.span, &field.name.value, callee);
            }
        }
    }
}
