use crate::report::Sink;
use crate::stack::Type;
use crate::syntax::ast;
pub fn type_of(_: &ast::TypeExpr, _: &mut Sink) -> Type {
    Type::Unknown
}
