//! What each block of the language may hold: field by field, with types, defaults and words for people. The checker,
//! completion and hover all read this one description.

mod endpoint;
mod servable;
mod stack;

pub use endpoint::{ENDPOINT, JOB, SCALE_POLICIES, default_timeout, rollout_takes};
pub use servable::{MODEL, POOL, TRANSFORM};
pub use stack::{DEPLOY_JOB, PARAM, POLICY, STACK};

use crate::syntax::ast::DeclKind;

/// The contents of a kind of block.
#[derive(Debug)]
pub struct Schema {
    /// In diagnostics: "an endpoint has no field `x`".
    pub what: &'static str,
    pub fields: &'static [Field],
    pub blocks: &'static [Block],
    /// Any further field is allowed, of this shape.
    pub open: Option<&'static Shape>,
}

/// `name = value`.
#[derive(Debug)]
pub struct Field {
    pub name: &'static str,
    pub shape: Shape,
    pub need: Need,
    pub doc: &'static str,
}

#[derive(Debug, PartialEq)]
pub enum Need {
    Required,
    Optional,
    /// What holds when nothing is written, as it would be written.
    Default(&'static str),
}

/// `kind name { … }` or `kind { … }`.
#[derive(Debug)]
pub struct Block {
    pub kind: &'static str,
    pub named: bool,
    pub schema: &'static Schema,
    pub doc: &'static str,
}

/// A closed list of words, each with what it means.
pub type Words = &'static [(&'static str, &'static str)];

/// What a value must look like.
#[derive(Debug)]
pub enum Shape {
    Bool,
    Int,
    Float,
    String,
    Duration,
    Size,
    Percent,
    /// A percent from 0 to 100.
    Share,
    Rate,
    Money,
    /// A URI of one of these schemes (none: of any), or a path.
    Uri(&'static [&'static str]),
    /// A path of a file, relative to the source.
    Path,
    /// A bare word.
    Words(Words),
    /// `kind { … }`, `kind("…")`, or the bare word where nothing is required.
    Construct(&'static [Construct]),
    /// `1..20 { policies }`.
    Range,
    List(&'static Shape),
    /// `{ KEY = value }` with any keys.
    Map(&'static Shape),
    Record(&'static Schema),
    /// A declaration of one of these kinds.
    Ref(&'static [DeclKind]),
    /// `errors > 1%`.
    Condition(Words),
    AnyOf(&'static [Shape]),
    /// A string or a secret parameter.
    Text,
    Any,
}

/// A form of a value with a name of its own.
#[derive(Debug)]
pub struct Construct {
    pub kind: &'static str,
    /// In a call: `onnx("1.20")`.
    pub args: &'static [Field],
    /// In braces.
    pub schema: Option<&'static Schema>,
    pub doc: &'static str,
}

impl Schema {
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|f| f.name == name)
    }

    pub fn block(&self, kind: &str) -> Option<&'static Block> {
        self.blocks.iter().find(|b| b.kind == kind)
    }

    fn knows(&self, word: &str) -> bool {
        self.fields.iter().any(|f| f.shape.knows(word)) || self.blocks.iter().any(|b| b.schema.knows(word))
    }

    /// Every name that may stand on the left.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.fields.iter().map(|f| f.name).chain(self.blocks.iter().map(|b| b.kind))
    }
}

/// What a declaration's block may hold; `None` for a pipeline, whose names are the author's own.
pub fn of(kind: DeclKind) -> Option<&'static Schema> {
    match kind {
        DeclKind::Model => Some(&MODEL),
        DeclKind::Transform => Some(&TRANSFORM),
        DeclKind::Pool => Some(&POOL),
        DeclKind::Endpoint => Some(&ENDPOINT),
        DeclKind::Job => Some(&JOB),
        DeclKind::Stack => Some(&STACK),
        DeclKind::Policy => Some(&POLICY),
        DeclKind::Pipeline => None,
    }
}

/// A form of a value by its word, wherever in the language it stands: for values that are named before they are used.
pub fn construct(word: &str) -> Option<&'static Construct> {
    const ALL: [&Schema; 5] = [&MODEL, &TRANSFORM, &POOL, &ENDPOINT, &JOB];
    ALL.iter().flat_map(|schema| schema.fields).find_map(|field| field.shape.construct(word))
}

/// Whether a bare word means something in some place of the language.
pub fn is_word(word: &str) -> bool {
    const ALL: [&Schema; 9] =
        [&MODEL, &TRANSFORM, &POOL, &ENDPOINT, &JOB, &STACK, &POLICY, &DEPLOY_JOB, &SCALE_POLICIES];
    ALL.iter().any(|schema| schema.knows(word))
}

impl Construct {
    /// Whether the bare word is enough.
    pub fn is_word(&self) -> bool {
        let needs_arg = self.args.iter().any(|a| a.need == Need::Required);
        let needs_field = self.schema.is_some_and(|s| s.fields.iter().any(|f| f.need == Need::Required));
        !needs_arg && !needs_field
    }
}

impl Shape {
    /// The form of this word, also as an item of a list.
    pub fn construct(&self, word: &str) -> Option<&'static Construct> {
        match self {
            Shape::Construct(forms) => forms.iter().find(|form| form.kind == word),
            Shape::List(inner) => inner.construct(word),
            _ => None,
        }
    }

    fn knows(&self, word: &str) -> bool {
        match self {
            Shape::Words(words) => words.iter().any(|(w, _)| *w == word),
            Shape::Construct(forms) => {
                forms.iter().any(|f| f.kind == word || f.schema.is_some_and(|schema| schema.knows(word)))
            }
            Shape::List(inner) | Shape::Map(inner) => inner.knows(word),
            Shape::Record(schema) => schema.knows(word),
            Shape::AnyOf(shapes) => shapes.iter().any(|s| s.knows(word)),
            Shape::Bool
            | Shape::Int
            | Shape::Float
            | Shape::String
            | Shape::Duration
            | Shape::Size
            | Shape::Percent
            | Shape::Share
            | Shape::Rate
            | Shape::Money
            | Shape::Uri(_)
            | Shape::Path
            | Shape::Range
            | Shape::Ref(_)
            | Shape::Condition(_)
            | Shape::Text
            | Shape::Any => false,
        }
    }

    /// In "expected …".
    pub fn words(&self) -> String {
        use crate::report::suggest::one_of;
        match self {
            Shape::Bool => "`true` or `false`".into(),
            Shape::Int => "a whole number".into(),
            Shape::Float => "a number".into(),
            Shape::String => "text in quotes".into(),
            Shape::Duration => "a duration such as `5s`".into(),
            Shape::Size => "a size such as `4GiB`".into(),
            Shape::Percent | Shape::Share => "a percent such as `10%`".into(),
            Shape::Rate => "a rate such as `40/s`".into(),
            Shape::Money => "money such as `4000 USD/month`".into(),
            Shape::Uri([]) => "a path or a URI in quotes".into(),
            Shape::Uri(schemes) => format!("a URI of scheme {}", one_of(schemes.iter().copied())),
            Shape::Path => "a path in quotes".into(),
            Shape::Words(words) => one_of(words.iter().map(|(w, _)| *w)),
            Shape::Construct(forms) => one_of(forms.iter().map(|f| f.kind)),
            Shape::Range => "a range such as `1..20`".into(),
            Shape::List(inner) => format!("a list, each item {}", inner.words()),
            Shape::Map(_) | Shape::Record(_) => "a record such as `{ name = value }`".into(),
            Shape::Ref(kinds) => {
                let words: Vec<String> = kinds.iter().map(|k| format!("a {}", decl_word(*k))).collect();
                match words.as_slice() {
                    [init @ .., last] if !init.is_empty() => format!("the name of {} or {last}", init.join(", ")),
                    _ => format!("the name of {}", words.concat()),
                }
            }
            Shape::Condition(_) => "a condition such as `errors > 1%`".into(),
            Shape::AnyOf(shapes) => {
                let words: Vec<String> = shapes.iter().map(Shape::words).collect();
                match words.as_slice() {
                    [init @ .., last] if !init.is_empty() => format!("{} or {last}", init.join(", ")),
                    _ => words.concat(),
                }
            }
            Shape::Text => "text in quotes, or a secret parameter".into(),
            Shape::Any => "a value".into(),
        }
    }
}

/// The keyword of a declaration.
pub fn decl_word(kind: DeclKind) -> &'static str {
    match kind {
        DeclKind::Model => "model",
        DeclKind::Transform => "transform",
        DeclKind::Pipeline => "pipeline",
        DeclKind::Pool => "pool",
        DeclKind::Endpoint => "endpoint",
        DeclKind::Job => "job",
        DeclKind::Stack => "stack",
        DeclKind::Policy => "policy",
    }
}

const fn required(name: &'static str, shape: Shape, doc: &'static str) -> Field {
    Field { name, shape, need: Need::Required, doc }
}

const fn optional(name: &'static str, shape: Shape, doc: &'static str) -> Field {
    Field { name, shape, need: Need::Optional, doc }
}

const fn default(name: &'static str, shape: Shape, value: &'static str, doc: &'static str) -> Field {
    Field { name, shape, need: Need::Default(value), doc }
}

const fn plain(what: &'static str, fields: &'static [Field]) -> Schema {
    Schema { what, fields, blocks: &[], open: None }
}
