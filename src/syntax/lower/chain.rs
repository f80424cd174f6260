//! Operators: from a flat row of operands and operators to a tree, by precedence.

use std::iter::Peekable;

use super::Lower;
use crate::report::{Code, Diagnostic};
use crate::source::Spanned;
use crate::syntax::ast::*;
use crate::syntax::grammar::{Node, Rule};

const COMPARISON: u8 = 3;
const RANGE: u8 = 4;

#[derive(Clone, Copy)]
enum Infix {
    Range,
    Binary(BinaryOp),
}

impl Lower<'_> {
    /// The operators from the level `min` up. Right of `..` a `{` opens the range's policies, so there a name is
    /// never a construct: `construct` is false.
    pub(super) fn chain<'n, I: Iterator<Item = Node<'n>>>(
        &mut self,
        nodes: &mut Peekable<I>,
        min: u8,
        construct: bool,
    ) -> Option<Expr> {
        let mut left = self.operand(nodes, construct)?;
        let mut previous = 0;
        while let Some((infix, level)) = nodes.peek().and_then(infix).filter(|(_, level)| *level >= min) {
            let Some(op) = nodes.next() else { break };
            let op_span = self.span(&op);
            if level == previous && (level == COMPARISON || level == RANGE) {
                let what = if level == RANGE { "ranges" } else { "comparisons" };
                let diagnostic = Diagnostic::error(Code::ChainedComparison, format!("{what} can't be chained"))
                    .label(op_span, format!("second `{}` in a row", op.as_str()))
                    .help("join them with `&&`, or use parentheses");
                // Whatever the left side is, comparing it again is this mistake.
                self.say(diagnostic, left.span.to(op_span));
            }
            previous = level;
            let range = matches!(infix, Infix::Range);
            let right =
                self.chain(nodes, level + 1, construct && !range).unwrap_or_else(|| self.bad(op_span.end_point()));
            left = match infix {
                Infix::Range => self.finish_range(left, right, nodes),
                Infix::Binary(op) => binary(left, Spanned::new(op, op_span), right),
            };
        }
        Some(left)
    }

    fn finish_range<'n, I: Iterator<Item = Node<'n>>>(
        &mut self,
        low: Expr,
        high: Expr,
        nodes: &mut Peekable<I>,
    ) -> Expr {
        let body = nodes.next_if(|n| n.as_rule() == Rule::block).map(|n| self.block(n));
        let end = body.as_ref().map_or(high.span, |b| b.span);
        let span = low.span.to(end);
        Expr { kind: ExprKind::Range { low: Box::new(low), high: Box::new(high), body }, span }
    }

    fn operand<'n, I: Iterator<Item = Node<'n>>>(&mut self, nodes: &mut Peekable<I>, construct: bool) -> Option<Expr> {
        let mut prefixes = vec![];
        while let Some(prefix) = nodes.next_if(|n| n.as_rule() == Rule::prefix) {
            let op = if prefix.as_str() == "-" { UnaryOp::Negate } else { UnaryOp::Not };
            prefixes.push(Spanned::new(op, self.span(&prefix)));
        }
        let primary = nodes.next()?;
        let is_reference = primary.as_rule() == Rule::reference;
        let body = nodes.next_if(|n| is_reference && construct && n.as_rule() == Rule::block);
        let mut value = match body {
            Some(body) => {
                let kind = self.name(&primary);
                let body = self.block(body);
                let span = kind.span.to(body.span);
                Expr { kind: ExprKind::Construct { kind, body }, span }
            }
            None => self.primary(primary),
        };
        while let Some(postfix) = nodes.next_if(|n| matches!(n.as_rule(), Rule::args | Rule::member | Rule::with_block))
        {
            value = self.postfix(value, postfix);
        }
        Some(prefixes.into_iter().rev().fold(value, |operand, op| {
            let span = op.span.to(operand.span);
            Expr { kind: ExprKind::Unary { op, operand: Box::new(operand) }, span }
        }))
    }
}

fn binary(left: Expr, op: Spanned<BinaryOp>, right: Expr) -> Expr {
    let span = left.span.to(right.span);
    Expr { kind: ExprKind::Binary { op, left: Box::new(left), right: Box::new(right) }, span }
}

/// An operator and its level; a higher level binds tighter.
fn infix(node: &Node<'_>) -> Option<(Infix, u8)> {
    match node.as_rule() {
        Rule::range_op => return Some((Infix::Range, RANGE)),
        Rule::binary_op | Rule::arithmetic_op => {}
        _ => return None,
    }
    let (op, level) = match node.as_str() {
        "||" => (BinaryOp::Or, 1),
        "&&" => (BinaryOp::And, 2),
        "==" => (BinaryOp::Equal, COMPARISON),
        "!=" => (BinaryOp::NotEqual, COMPARISON),
        "<" => (BinaryOp::Less, COMPARISON),
        "<=" => (BinaryOp::LessEqual, COMPARISON),
        ">" => (BinaryOp::Greater, COMPARISON),
        ">=" => (BinaryOp::GreaterEqual, COMPARISON),
        "+" => (BinaryOp::Add, 5),
        "-" => (BinaryOp::Subtract, 5),
        "*" => (BinaryOp::Multiply, 6),
        "/" => (BinaryOp::Divide, 6),
        _ => return None,
    };
    Some((Infix::Binary(op), level))
}
