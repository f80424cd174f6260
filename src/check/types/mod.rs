//! Types: from how they are written to what they mean, and which value may stand where. Does not evaluate anything.

mod agree;
mod tensor;
mod unify;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::report::suggest::{nearest, one_of};
use crate::report::{Code, Diagnostic, Sink};
use crate::source::{Span, Spanned};
use crate::stack::Type;
use crate::syntax::ast::{self, DimExpr, ExprKind, Name, Piece, TypeExpr, TypeExprKind};

pub use agree::agree;
pub use unify::{Bound, Difference, Sizes, unify};
pub use words::{arguments, names};

/// What a written type means; [`Type::Unknown`] where that is reported or was unreadable.
pub fn type_of(expr: &TypeExpr, sink: &mut Sink) -> Type {
    match &expr.kind {
        TypeExprKind::Named { name, args, dims } => named(expr.span, name, args, dims.as_ref(), sink),
        TypeExprKind::Union(parts) => union(parts, sink),
        TypeExprKind::Literal(_) => union(std::slice::from_ref(expr), sink),
        TypeExprKind::Record(fields) => record(fields, sink),
        TypeExprKind::Bad => Type::Unknown,
    }
}

fn named(span: Span, name: &Name, args: &[TypeExpr], dims: Option<&Spanned<Vec<DimExpr>>>, sink: &mut Sink) -> Type {
    if &*name.value == "tensor" {
        return tensor::tensor(span, name, args, dims, sink);
    }
    if !words::names().any(|known| *known == *name.value) {
        return unknown(name, sink);
    }
    if let Some(dims) = dims {
        sink.push(
            Diagnostic::error(Code::BadDims, format!("only tensors have dims, and `{}` is none", name.value))
                .label(dims.span, "dims of what?")
                .help("write `tensor<f32>[…]` with the element type in angle brackets"),
        );
        return Type::Unknown;
    }
    if let Some(plain) = words::plain(&name.value) {
        return match args {
            [] => plain,
            _ => wrong_args(span, name, "takes nothing in angle brackets", &name.value, sink),
        };
    }
    match (&*name.value, args) {
        ("list", [inner]) => {
            let inner = type_of(inner, sink);
            if inner == Type::Unknown { Type::Unknown } else { Type::List(Box::new(inner)) }
        }
        ("list", _) => wrong_args(span, name, "needs the type of its members", "list<string>", sink),
        ("range", []) => Type::Range(Box::new(Type::Int)),
        ("range", [inner]) => range(inner, sink),
        ("range", _) => wrong_args(span, name, "takes one type", "range<int>", sink),
        ("uri", args) => {
            words::choice(span, name, args, words::SCHEMES, "scheme", sink).map_or(Type::Unknown, Type::Uri)
        }
        ("image", args) => {
            words::choice(span, name, args, words::IMAGES, "format", sink).map_or(Type::Unknown, Type::Image)
        }
        ("audio", args) => {
            words::choice(span, name, args, words::AUDIO, "format", sink).map_or(Type::Unknown, Type::Audio)
        }
        _ => unknown(name, sink),
    }
}

fn unknown(name: &Name, sink: &mut Sink) -> Type {
    let mut error = Diagnostic::error(Code::UnknownType, format!("there is no type `{}`", name.value));
    let meant = words::alias(&name.value).or_else(|| nearest(&name.value, words::names()));
    error = match meant {
        _ if tensor::dtype(&name.value).is_some() => error
            .label(name.span, "an element type, not a type of its own")
            .help(format!("write `tensor<{}>[…]`, with its dims in the brackets", name.value)),
        Some(near) => error.label(name.span, "not a type").help(format!("did you mean `{near}`?")).fix(
            format!("write `{near}`"),
            name.span,
            near,
        ),
        None => error.label(name.span, "not a type").help(format!("the types are {}", one_of(words::names()))),
    };
    sink.push(error);
    Type::Unknown
}

pub(super) fn wrong_args(span: Span, name: &Name, what: &str, example: &str, sink: &mut Sink) -> Type {
    sink.push(
        Diagnostic::error(Code::TypeArguments, format!("`{}` {what}", name.value))
            .label(span, "not like this")
            .help(format!("write `{example}`")),
    );
    Type::Unknown
}

fn range(inner: &TypeExpr, sink: &mut Sink) -> Type {
    let ty = type_of(inner, sink);
    if ty == Type::Unknown {
        return ty;
    }
    if is_number(&ty) {
        return Type::Range(Box::new(ty));
    }
    sink.push(
        Diagnostic::error(Code::TypeArguments, format!("a range of `{ty}` has no order"))
            .label(inner.span, "not a number")
            .help("write `range<int>`, or another type of number"),
    );
    Type::Unknown
}

fn is_number(ty: &Type) -> bool {
    use Type::{Duration, Float, Int, Money, Percent, Rate, Size};
    matches!(ty, Int | Float | Duration | Size | Percent | Rate | Money)
}

/// `"dev" | "prod"`, of one member or more.
fn union(parts: &[TypeExpr], sink: &mut Sink) -> Type {
    let mut words: Vec<Arc<str>> = vec![];
    for part in parts {
        let word = match &part.kind {
            TypeExprKind::Literal(ast::Expr { kind: ExprKind::String(pieces), .. }) => match pieces.as_slice() {
                [] => Some(Arc::from("")),
                [Piece::Text(text)] => Some(Arc::from(text.as_str())),
                _ => None,
            },
            TypeExprKind::Bad | TypeExprKind::Literal(ast::Expr { kind: ExprKind::Bad, .. }) => return Type::Unknown,
            TypeExprKind::Named { .. }
            | TypeExprKind::Union(_)
            | TypeExprKind::Literal(_)
            | TypeExprKind::Record(_) => None,
        };
        let problem = match &word {
            None => "not a plain text in quotes",
            Some(word) if words.contains(word) => "the second time",
            Some(_) => "",
        };
        if !problem.is_empty() {
            sink.push(
                Diagnostic::error(Code::TypeUnion, "a choice is between different texts in quotes")
                    .label(part.span, problem)
                    .help("write `\"dev\" | \"prod\"`"),
            );
            return Type::Unknown;
        }
        words.extend(word);
    }
    Type::Enum(words)
}

fn record(fields: &[(Name, TypeExpr)], sink: &mut Sink) -> Type {
    let mut types = BTreeMap::new();
    let mut first: BTreeMap<Arc<str>, Span> = BTreeMap::new();
    let mut whole = true;
    for (name, ty) in fields {
        let ty = type_of(ty, sink);
        whole &= ty != Type::Unknown;
        if let Some(before) = first.get(&name.value) {
            sink.push(
                Diagnostic::error(Code::TypeRecord, format!("the field `{}` stands twice in one record", name.value))
                    .label(name.span, "the second time")
                    .label(*before, "the first time"),
            );
            whole = false;
        }
        first.entry(Arc::clone(&name.value)).or_insert(name.span);
        types.insert(Arc::clone(&name.value), ty);
    }
    if whole { Type::Record(types) } else { Type::Unknown }
}

/// The type of a port: what [`type_of`] says, if values of it can travel in requests and between steps.
pub fn port_type(expr: &TypeExpr, sink: &mut Sink) -> Type {
    let ty = type_of(expr, sink);
    if is_data(&ty) {
        return ty;
    }
    sink.push(
        Diagnostic::error(Code::NotData, format!("a port can't carry `{ty}`"))
            .label(expr.span, "not something that a request or a step could hand over")
            .help("ports carry tensors, images, audio, `text`, `bytes`, `json`, `bool`, `int`, `float`, `string`, lists and records of these"),
    );
    Type::Unknown
}

/// Whether values of a type exist at run time.
fn is_data(ty: &Type) -> bool {
    match ty {
        Type::Bool
        | Type::Int
        | Type::Float
        | Type::String
        | Type::Enum(_)
        | Type::Image(_)
        | Type::Audio(_)
        | Type::Text
        | Type::Bytes
        | Type::Json
        | Type::Tensor(_)
        | Type::Unknown => true,
        Type::List(inner) => is_data(inner),
        Type::Record(fields) => fields.values().all(is_data),
        Type::Duration
        | Type::Size
        | Type::Percent
        | Type::Rate
        | Type::Money
        | Type::Range(_)
        | Type::Uri(_)
        | Type::Model
        | Type::Pipeline
        | Type::Pool
        | Type::Transform => false,
    }
}
