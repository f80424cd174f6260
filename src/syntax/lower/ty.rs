//! Types as written.

use super::Lower;
use crate::report::{Code, Diagnostic};
use crate::source::Spanned;
use crate::syntax::ast::*;
use crate::syntax::grammar::{Node, Rule};

impl Lower<'_> {
    pub(super) fn type_expr(&mut self, node: Node<'_>) -> TypeExpr {
        let span = self.span(&node);
        let mut kinds = vec![];
        if self.enter(1, &node) {
            for part in node.into_inner().filter(|n| !matches!(n.as_rule(), Rule::pipe | Rule::nl)) {
                kinds.push(TypeExpr { span: self.span(&part), kind: self.type_atom(part) });
            }
        }
        self.leave(1);
        match kinds.len() {
            0 => TypeExpr { kind: TypeExprKind::Bad, span },
            1 => kinds.pop().unwrap_or(TypeExpr { kind: TypeExprKind::Bad, span }),
            _ => TypeExpr { kind: TypeExprKind::Union(kinds), span },
        }
    }

    fn type_atom(&mut self, node: Node<'_>) -> TypeExprKind {
        match node.as_rule() {
            Rule::type_named => self.type_named(node),
            Rule::type_record => self.type_record(node),
            _ => TypeExprKind::Literal(self.primary(node)),
        }
    }

    fn type_named(&mut self, node: Node<'_>) -> TypeExprKind {
        let mut name = Spanned::new("".into(), self.span(&node));
        let mut args = vec![];
        let mut dims = None;
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::name => name = self.name(&part),
                Rule::type_args => {
                    let inner = part.into_inner().filter(|n| n.as_rule() == Rule::type_expr);
                    args = inner.map(|n| self.type_expr(n)).collect();
                }
                Rule::dims => {
                    let span = self.span(&part);
                    dims = Some(Spanned::new(self.dims(part), span));
                }
                _ => {}
            }
        }
        TypeExprKind::Named { name, args, dims }
    }

    fn dims(&mut self, node: Node<'_>) -> Vec<DimExpr> {
        let mut dims = vec![];
        for part in node.into_inner() {
            let span = self.span(&part);
            let kind = match part.as_rule() {
                Rule::dim_any => DimKind::Any,
                Rule::name => DimKind::Symbol(part.as_str().into()),
                Rule::dim_fixed => match part.as_str().replace('_', "").parse() {
                    Ok(size) => DimKind::Fixed(size),
                    Err(_) => {
                        let message = format!("`{}` is too large for a dimension", part.as_str());
                        self.say(Diagnostic::error(Code::BadNumber, message).label(span, "more than 64 bits"), span);
                        DimKind::Bad
                    }
                },
                _ => continue,
            };
            dims.push(DimExpr { kind, span });
        }
        dims
    }

    fn type_record(&mut self, node: Node<'_>) -> TypeExprKind {
        let mut fields = vec![];
        for part in node.into_inner().filter(|n| n.as_rule() == Rule::type_field) {
            let mut name = None;
            for inner in part.into_inner() {
                match inner.as_rule() {
                    Rule::name => name = Some(self.name(&inner)),
                    Rule::type_expr => {
                        let ty = self.type_expr(inner);
                        fields.extend(name.take().map(|name| (name, ty)));
                    }
                    _ => {}
                }
            }
        }
        TypeExprKind::Record(fields)
    }
}
