//! The names that an expression mentions as values, and whether any part of it was unreadable.

use crate::source::Spanned;
use crate::syntax::ast::{Block, Entry, Expr, ExprKind, Name, Piece};

/// What an expression mentions.
#[derive(Debug, Default)]
pub(super) struct Uses {
    pub(super) names: Vec<Name>,
    /// A part could not be read; more names may have stood there.
    pub(super) broken: bool,
}

impl Uses {
    /// Names in value positions: not callees, not names of arguments, not a comprehension's own variable.
    pub(super) fn of(expr: &Expr) -> Uses {
        let mut uses = Uses::default();
        uses.expr(expr);
        uses
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Bool(_) | ExprKind::Number(_) => {}
            ExprKind::String(pieces) => {
                for piece in pieces {
                    if let Piece::Hole(hole) = piece {
                        self.expr(hole);
                    }
                }
            }
            ExprKind::Name(name) => self.names.push(Spanned::new(name.clone(), expr.span)),
            ExprKind::Member { base, .. } => self.expr(base),
            ExprKind::List(items) => items.iter().for_each(|e| self.expr(e)),
            ExprKind::Comprehension { name, source, condition, body } => {
                self.expr(source);
                let mut inner = Uses::default();
                inner.expr(body);
                condition.iter().for_each(|c| inner.expr(c));
                self.broken |= inner.broken;
                self.names.extend(inner.names.into_iter().filter(|n| n.value != name.value));
            }
            ExprKind::Record(block) | ExprKind::Construct { body: block, .. } => self.block(block),
            ExprKind::Call { callee, args } => {
                if !matches!(callee.kind, ExprKind::Name(_)) {
                    self.expr(callee);
                }
                args.iter().for_each(|a| self.expr(&a.value));
            }
            ExprKind::With { base, body } => {
                self.expr(base);
                self.block(body);
            }
            ExprKind::Range { low, high, body } => {
                self.expr(low);
                self.expr(high);
                body.iter().for_each(|b| self.block(b));
            }
            ExprKind::Unary { operand, .. } => self.expr(operand),
            ExprKind::Binary { left, right, .. } => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::If { condition, then, otherwise } => {
                self.expr(condition);
                self.expr(then);
                self.expr(otherwise);
            }
            ExprKind::Bad => self.broken = true,
        }
    }

    fn block(&mut self, block: &Block) {
        for entry in &block.entries {
            match entry {
                Entry::Field(field) => self.expr(&field.value),
                Entry::Nested(nested) => self.block(&nested.body),
                Entry::Port(port) => port.value.iter().for_each(|e| self.expr(e)),
                Entry::Param(param) => param.default.iter().for_each(|e| self.expr(e)),
                Entry::Deploy(deploy) => deploy.body.iter().for_each(|b| self.block(b)),
                Entry::Bad(_) => self.broken = true,
            }
        }
    }
}
