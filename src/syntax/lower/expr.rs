//! Values.

use super::Lower;
use crate::syntax::ast::*;
use crate::syntax::grammar::{Node, Rule, start};

impl Lower<'_> {
    pub fn expr(&mut self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        // Operators in a row make the tree deep on one side.
        let levels = node.clone().into_inner().filter(|n| deepens(n.as_rule())).count().max(1);
        let fits = self.enter(levels, &node);
        let value = match fits {
            true => self.expr_within(node),
            false => None,
        };
        self.leave(levels);
        value.unwrap_or_else(|| self.bad(span))
    }

    fn expr_within(&mut self, node: Node<'_>) -> Option<Expr> {
        let mut nodes = node.into_inner().filter(|n| n.as_rule() != Rule::nl).peekable();
        match nodes.next_if(|n| n.as_rule() == Rule::if_expr) {
            Some(choice) => Some(self.if_expr(choice)),
            None => self.chain(&mut nodes, 0, true),
        }
    }

    fn if_expr(&mut self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        let mut parts: Vec<Expr> =
            node.into_inner().filter(|n| n.as_rule() == Rule::expr).map(|n| self.expr(n)).collect();
        let mut last = || Box::new(parts.pop().unwrap_or(Expr { kind: ExprKind::Bad, span }));
        let (otherwise, then, condition) = (last(), last(), last());
        Expr { kind: ExprKind::If { condition, then, otherwise }, span }
    }

    pub(super) fn primary(&mut self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        let kind = match node.as_rule() {
            Rule::reference => match node.as_str() {
                "true" => ExprKind::Bool(true),
                "false" => ExprKind::Bool(false),
                name => ExprKind::Name(name.into()),
            },
            Rule::number => ExprKind::Number(self.number(node)),
            Rule::string => ExprKind::String(self.string(node)),
            Rule::block => ExprKind::Record(self.block(node)),
            Rule::list => self.list(node),
            Rule::paren => self.paren(node).kind,
            _ => ExprKind::Bad,
        };
        Expr { kind, span }
    }

    fn paren(&mut self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        let from = start(&node);
        let mut value = self.bad(span);
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::expr => value = self.expr(part),
                Rule::missing_paren => self.say_unclosed('(', from, start(&part), span),
                _ => {}
            }
        }
        value
    }

    fn list(&mut self, node: Node<'_>) -> ExprKind {
        let span = self.span(&node);
        let from = start(&node);
        let mut values = vec![];
        let mut comprehension = None;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::expr => values.push(self.expr(part)),
                Rule::comprehension => comprehension = Some(self.comprehension(part)),
                Rule::missing_square => self.say_unclosed('[', from, start(&part), span),
                _ => {}
            }
        }
        comprehension.unwrap_or(ExprKind::List(values))
    }

    fn comprehension(&mut self, node: Node<'_>) -> ExprKind {
        let span = self.span(&node);
        let mut name = None;
        let mut conditional = false;
        let mut values = vec![];
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::name => name = Some(self.name(&part)),
                Rule::kw_if => conditional = true,
                Rule::expr => values.push(self.expr(part)),
                _ => {}
            }
        }
        let mut values = values.into_iter();
        let mut next = || values.next().unwrap_or(Expr { kind: ExprKind::Bad, span });
        let source = Box::new(next());
        let condition = conditional.then(|| Box::new(next()));
        let body = Box::new(next());
        match name {
            Some(name) => ExprKind::Comprehension { name, source, condition, body },
            None => ExprKind::Bad,
        }
    }

    pub(super) fn postfix(&mut self, base: Expr, node: Node<'_>) -> Expr {
        let at = self.span(&node);
        let span = base.span.to(at);
        let from = start(&node);
        let base = Box::new(base);
        let mut kind = ExprKind::Bad;
        match node.as_rule() {
            Rule::args => {
                let mut args = vec![];
                for part in node.into_inner() {
                    match part.as_rule() {
                        Rule::argument => args.push(self.argument(part)),
                        Rule::missing_paren => self.say_unclosed('(', from, start(&part), at),
                        _ => {}
                    }
                }
                kind = ExprKind::Call { callee: base, args };
            }
            Rule::member => {
                if let Some(name) = node.into_inner().find(|n| n.as_rule() == Rule::name) {
                    kind = ExprKind::Member { base, name: self.name(&name) };
                }
            }
            _ => {
                if let Some(body) = node.into_inner().find(|n| n.as_rule() == Rule::block) {
                    kind = ExprKind::With { base, body: self.block(body) };
                }
            }
        }
        Expr { kind, span }
    }

    fn argument(&mut self, node: Node<'_>) -> Argument {
        let mut name = None;
        let mut value = self.bad(self.span(&node));
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::name => name = Some(self.name(&part)),
                Rule::expr => value = self.expr(part),
                _ => {}
            }
        }
        Argument { name, value }
    }
}

fn deepens(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::prefix
            | Rule::binary_op
            | Rule::arithmetic_op
            | Rule::range_op
            | Rule::args
            | Rule::member
            | Rule::with_block
    )
}
