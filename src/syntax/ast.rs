//! The syntax tree: what was written, with spans, before any name is looked up. Plain data; broken parts are nodes
//! (`Bad`), so every text has a tree.

use std::sync::Arc;

use crate::source::{Span, Spanned};

/// One file.
#[derive(Debug, Clone, PartialEq)]
pub struct File {
    pub items: Vec<Item>,
    /// Every `//` and `///` comment in source order, for the formatter.
    pub comments: Vec<Comment>,
    pub span: Span,
}

/// A comment, with its slashes, without its line break.
#[derive(Debug, Clone, PartialEq)]
pub struct Comment {
    pub text: String,
    pub span: Span,
}

/// A name where it stands.
pub type Name = Spanned<Arc<str>>;

/// One declaration of a file.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    Use(Use),
    Param(Param),
    Let(Let),
    /// `model`, `transform`, `pipeline`, `pool`, `endpoint`, `job`, `stack`, `policy`.
    Decl(Decl),
    Moved(Moved),
    /// What could not be read; already reported.
    Bad(Span),
}

/// `use std/images.{decode, resize as scale}` or `use "./models.serve".{detector}`.
#[derive(Debug, Clone, PartialEq)]
pub struct Use {
    pub from: UsePath,
    pub names: Vec<UseName>,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub enum UsePath {
    /// `std/images`: the text with its slashes.
    Std(Name),
    /// A path relative to the file that says it.
    File(Spanned<String>),
    Bad(Span),
}

#[derive(Debug, Clone, PartialEq)]
pub struct UseName {
    pub name: Name,
    pub alias: Option<Name>,
}

/// `param stage: "dev" | "prod" = "dev"`, or inside a transform. `param token: string { secret = true }`.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    pub doc: Doc,
    pub name: Name,
    pub ty: TypeExpr,
    pub default: Option<Expr>,
    pub body: Option<Block>,
    pub span: Span,
}

/// `let small = gpu { memory = 6GiB }`.
#[derive(Debug, Clone, PartialEq)]
pub struct Let {
    pub doc: Doc,
    pub name: Name,
    pub ty: Option<TypeExpr>,
    pub value: Expr,
    pub span: Span,
}

/// A declaration with a body: `model detector { … }`, `stack prod on sagemaker { … }`.
#[derive(Debug, Clone, PartialEq)]
pub struct Decl {
    pub doc: Doc,
    pub kind: Spanned<DeclKind>,
    pub name: Name,
    /// After `on`, of a stack.
    pub target: Option<Name>,
    pub body: Block,
    pub span: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeclKind {
    Model,
    Transform,
    Pipeline,
    Pool,
    Endpoint,
    Job,
    Stack,
    Policy,
}

/// `moved old -> new`.
#[derive(Debug, Clone, PartialEq)]
pub struct Moved {
    pub doc: Doc,
    pub from: Name,
    pub to: Name,
    pub span: Span,
}

/// The lines of `///` above a declaration, joined, without slashes.
pub type Doc = Option<Arc<str>>;

/// What stands between braces: statements, ended by a newline or a comma.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    pub entries: Vec<Entry>,
    /// With the braces.
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// `name = value`: a field, or a pipeline's binding.
    Field(Field),
    /// `variant stable { … }`, `slo { … }`.
    Nested(Nested),
    /// `input x: T [from "a"]`, `output y: T`, `output y = expr`, `output y: T = expr`.
    Port(Port),
    /// A transform's own parameter.
    Param(Param),
    /// `deploy search, shops`, or `deploy search { scale = 2..20 }`.
    Deploy(Deploy),
    Bad(Span),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    pub doc: Doc,
    pub name: Name,
    pub value: Expr,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Nested {
    pub doc: Doc,
    pub kind: Name,
    pub name: Option<Name>,
    pub body: Block,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Port {
    pub doc: Doc,
    pub direction: Direction,
    pub name: Name,
    pub ty: Option<TypeExpr>,
    /// The artifact's own name of this port.
    pub from: Option<Spanned<String>>,
    /// A pipeline's output.
    pub value: Option<Expr>,
    pub span: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Input,
    Output,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Deploy {
    pub doc: Doc,
    pub names: Vec<Name>,
    /// Overrides; only where one name stands.
    pub body: Option<Block>,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    Bool(bool),
    /// A number as written (`_` removed), with its unit: `60s`, `10%`, `50/s`, `4000 USD/month`, `1.5`.
    Number(Number),
    /// Text with `${…}` holes.
    String(Vec<Piece>),
    Name(Arc<str>),
    /// `a.b`
    Member {
        base: Box<Expr>,
        name: Name,
    },
    List(Vec<Expr>),
    /// `[for x in xs: e]`, `[for x in xs if c: e]`
    Comprehension {
        name: Name,
        source: Box<Expr>,
        condition: Option<Box<Expr>>,
        body: Box<Expr>,
    },
    /// `{ a = 1 }`
    Record(Block),
    /// `realtime { timeout = 5s }`, `gpu { memory = 6GiB }`
    Construct {
        kind: Name,
        body: Block,
    },
    Call {
        callee: Box<Expr>,
        args: Vec<Argument>,
    },
    /// `base with { field = value }`
    With {
        base: Box<Expr>,
        body: Block,
    },
    /// `1..20`, with its policies: `1..20 { track cpu { target = 60% } }`
    Range {
        low: Box<Expr>,
        high: Box<Expr>,
        body: Option<Block>,
    },
    Unary {
        op: Spanned<UnaryOp>,
        operand: Box<Expr>,
    },
    Binary {
        op: Spanned<BinaryOp>,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    If {
        condition: Box<Expr>,
        then: Box<Expr>,
        otherwise: Box<Expr>,
    },
    /// Missing or unreadable; already reported.
    Bad,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Number {
    /// Digits, perhaps a point, perhaps an exponent; no `_`.
    pub digits: Arc<str>,
    /// The unit as written without white space inside: `s`, `GiB`, `%`, `/s`, `USD/month`; none for a bare number.
    pub unit: Option<Spanned<Arc<str>>>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// Escapes already replaced.
    Text(String),
    Hole(Expr),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Argument {
    /// `width: 640`
    pub name: Option<Name>,
    pub value: Expr,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOp {
    Negate,
    Not,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryOp {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
}

#[derive(Debug, Clone, PartialEq)]
pub struct TypeExpr {
    pub kind: TypeExprKind,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub enum TypeExprKind {
    /// `int`, `uri<s3>`, `image<jpeg | png>`, `list<int>`, `tensor<f32, nchw>[batch, 3]`.
    Named {
        name: Name,
        args: Vec<TypeExpr>,
        dims: Option<Spanned<Vec<DimExpr>>>,
    },
    /// `"dev" | "prod"`; also `jpeg | png` inside `< >`.
    Union(Vec<TypeExpr>),
    Literal(Expr),
    /// `{ a: int, b: string }`
    Record(Vec<(Name, TypeExpr)>),
    Bad,
}

#[derive(Debug, Clone, PartialEq)]
pub struct DimExpr {
    pub kind: DimKind,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub enum DimKind {
    Fixed(u64),
    Symbol(Arc<str>),
    /// `?`
    Any,
    Bad,
}
