//! What stands at an offset: the path of nodes from the file to the innermost, for editors. It knows places, not meanings.

use super::ast::*;
use crate::source::Span;

/// A node of the tree.
#[derive(Debug, Clone, Copy)]
pub enum Node<'a> {
    Item(&'a Item),
    Block(&'a Block),
    Entry(&'a Entry),
    Expr(&'a Expr),
    Argument(&'a Argument),
    Type(&'a TypeExpr),
    Dim(&'a DimExpr),
    UseName(&'a UseName),
    /// A name that is declared or used here; the path above says which.
    Name(&'a Name),
}

/// From the declaration that holds the offset to the innermost node; empty between declarations. A node holds the offsets
/// from its start to its end, both included, so that a cursor behind a name still is at the name.
pub fn locate(file: &File, offset: u32) -> Vec<Node<'_>> {
    let mut path = Path { offset, nodes: vec![] };
    if let Some(item) = file.items.iter().find(|item| path.holds(item_span(item))) {
        path.item(item);
    }
    path.nodes
}

fn item_span(item: &Item) -> Span {
    match item {
        Item::Use(u) => u.span,
        Item::Param(p) => p.span,
        Item::Let(l) => l.span,
        Item::Decl(d) => d.span,
        Item::Moved(m) => m.span,
        Item::Bad(span) => *span,
    }
}

pub(super) fn entry_span(entry: &Entry) -> Span {
    match entry {
        Entry::Field(f) => f.span,
        Entry::Nested(n) => n.span,
        Entry::Port(p) => p.span,
        Entry::Param(p) => p.span,
        Entry::Deploy(d) => d.span,
        Entry::Bad(span) => *span,
    }
}

struct Path<'a> {
    offset: u32,
    nodes: Vec<Node<'a>>,
}

impl<'a> Path<'a> {
    fn holds(&self, span: Span) -> bool {
        span.start <= self.offset && self.offset <= span.end
    }

    fn name(&mut self, name: &'a Name) {
        if self.holds(name.span) {
            self.nodes.push(Node::Name(name));
        }
    }

    fn names(&mut self, names: impl IntoIterator<Item = &'a Name>) {
        names.into_iter().for_each(|name| self.name(name));
    }

    fn item(&mut self, item: &'a Item) {
        self.nodes.push(Node::Item(item));
        match item {
            Item::Use(u) => {
                if let UsePath::Std(name) = &u.from {
                    self.name(name);
                }
                u.names.iter().for_each(|name| self.use_name(name));
            }
            Item::Param(p) => self.param(p),
            Item::Let(l) => {
                self.name(&l.name);
                l.ty.iter().for_each(|ty| self.ty(ty));
                self.expr(&l.value);
            }
            Item::Decl(d) => {
                self.names([&d.name].into_iter().chain(&d.target));
                self.block(&d.body);
            }
            Item::Moved(m) => self.names([&m.from, &m.to]),
            Item::Bad(_) => {}
        }
    }

    fn use_name(&mut self, name: &'a UseName) {
        let end = name.alias.as_ref().map_or(name.name.span, |alias| alias.span);
        if self.holds(name.name.span.to(end)) {
            self.nodes.push(Node::UseName(name));
            self.names([&name.name].into_iter().chain(&name.alias));
        }
    }

    fn param(&mut self, param: &'a Param) {
        self.name(&param.name);
        self.ty(&param.ty);
        param.default.iter().for_each(|value| self.expr(value));
        param.body.iter().for_each(|body| self.block(body));
    }

    fn block(&mut self, block: &'a Block) {
        if !self.holds(block.span) {
            return;
        }
        self.nodes.push(Node::Block(block));
        if let Some(entry) = block.entries.iter().find(|entry| self.holds(entry_span(entry))) {
            self.entry(entry);
        }
    }

    fn entry(&mut self, entry: &'a Entry) {
        self.nodes.push(Node::Entry(entry));
        match entry {
            Entry::Field(f) => {
                self.name(&f.name);
                self.expr(&f.value);
            }
            Entry::Nested(n) => {
                self.names([&n.kind].into_iter().chain(&n.name));
                self.block(&n.body);
            }
            Entry::Port(p) => {
                self.name(&p.name);
                p.ty.iter().for_each(|ty| self.ty(ty));
                p.value.iter().for_each(|value| self.expr(value));
            }
            Entry::Param(p) => self.param(p),
            Entry::Deploy(d) => {
                self.names(&d.names);
                d.body.iter().for_each(|body| self.block(body));
            }
            Entry::Bad(_) => {}
        }
    }

    fn expr(&mut self, expr: &'a Expr) {
        if !self.holds(expr.span) {
            return;
        }
        self.nodes.push(Node::Expr(expr));
        match &expr.kind {
            ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::Name(_) | ExprKind::Bad => {}
            ExprKind::String(pieces) => pieces.iter().for_each(|piece| match piece {
                Piece::Hole(value) => self.expr(value),
                Piece::Text(_) => {}
            }),
            ExprKind::Member { base, name } => {
                self.expr(base);
                self.name(name);
            }
            ExprKind::List(values) => self.exprs(values),
            ExprKind::Comprehension { name, source, condition, body } => {
                self.name(name);
                self.exprs([&**source].into_iter().chain(condition.as_deref()).chain([&**body]));
            }
            ExprKind::Record(body) => self.block(body),
            ExprKind::Construct { kind, body } => {
                self.name(kind);
                self.block(body);
            }
            ExprKind::Call { callee, args } => {
                self.expr(callee);
                args.iter().for_each(|arg| self.argument(arg));
            }
            ExprKind::With { base, body } => {
                self.expr(base);
                self.block(body);
            }
            ExprKind::Range { low, high, body } => {
                self.exprs([&**low, high]);
                body.iter().for_each(|body| self.block(body));
            }
            ExprKind::Unary { operand, .. } => self.expr(operand),
            ExprKind::Binary { left, right, .. } => self.exprs([&**left, right]),
            ExprKind::If { condition, then, otherwise } => self.exprs([&**condition, then, otherwise]),
        }
    }

    /// The first that holds the offset: neighbours may share an end and a start.
    fn exprs(&mut self, values: impl IntoIterator<Item = &'a Expr>) {
        if let Some(value) = values.into_iter().find(|value| self.holds(value.span)) {
            self.expr(value);
        }
    }

    fn argument(&mut self, argument: &'a Argument) {
        let start = argument.name.as_ref().map_or(argument.value.span, |name| name.span);
        if self.holds(start.to(argument.value.span)) {
            self.nodes.push(Node::Argument(argument));
            self.names(&argument.name);
            self.expr(&argument.value);
        }
    }

    fn ty(&mut self, ty: &'a TypeExpr) {
        if !self.holds(ty.span) {
            return;
        }
        self.nodes.push(Node::Type(ty));
        match &ty.kind {
            TypeExprKind::Named { name, args, dims } => {
                self.name(name);
                args.iter().for_each(|arg| self.ty(arg));
                let dims = dims.iter().flat_map(|dims| &dims.value);
                let here: Vec<_> = dims.filter(|dim| self.holds(dim.span)).map(Node::Dim).collect();
                self.nodes.extend(here);
            }
            TypeExprKind::Union(types) => types.iter().for_each(|ty| self.ty(ty)),
            TypeExprKind::Literal(value) => self.expr(value),
            TypeExprKind::Record(fields) => fields.iter().for_each(|(name, ty)| {
                self.name(name);
                self.ty(ty);
            }),
            TypeExprKind::Bad => {}
        }
    }
}
