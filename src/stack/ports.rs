//! The types that ports carry and expressions have.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

pub use serve_spec::Dtype;

use crate::source::Span;

#[derive(Debug, Clone, PartialEq)]
pub struct Port {
    pub name: Arc<str>,
    pub ty: Type,
    /// The artifact's own name for it, where that differs.
    pub from: Option<Arc<str>>,
    pub span: Span,
}

/// A type of the language.
#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    Bool,
    Int,
    Float,
    String,
    Duration,
    Size,
    Percent,
    Rate,
    Money,
    Range(Box<Type>),
    /// Allowed schemes; empty for any.
    Uri(Vec<Arc<str>>),
    /// Allowed formats; empty for any.
    Image(Vec<Arc<str>>),
    Audio(Vec<Arc<str>>),
    Text,
    Bytes,
    Json,
    Tensor(TensorType),
    /// A union of string literals.
    Enum(Vec<Arc<str>>),
    List(Box<Type>),
    Record(BTreeMap<Arc<str>, Type>),
    Model,
    Pipeline,
    Pool,
    Transform,
    /// Could not be worked out, and that is reported; agrees with every type.
    Unknown,
}

#[derive(Debug, Clone, PartialEq)]
pub struct TensorType {
    pub dtype: Dtype,
    pub layout: Option<Layout>,
    pub dims: Vec<Dim>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dim {
    Fixed(u64),
    Symbol(Arc<str>),
    Any,
}

/// The order of an image tensor's axes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layout {
    Nchw,
    Nhwc,
    Chw,
    Hwc,
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Layout::Nchw => "nchw",
            Layout::Nhwc => "nhwc",
            Layout::Chw => "chw",
            Layout::Hwc => "hwc",
        })
    }
}

impl fmt::Display for Dim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Dim::Fixed(n) => write!(f, "{n}"),
            Dim::Symbol(s) => f.write_str(s),
            Dim::Any => f.write_str("?"),
        }
    }
}

/// As it is written in source.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let angled = |f: &mut fmt::Formatter<'_>, word: &str, args: &[Arc<str>]| match args {
            [] => f.write_str(word),
            _ => write!(f, "{word}<{}>", args.join(" | ")),
        };
        match self {
            Type::Bool => f.write_str("bool"),
            Type::Int => f.write_str("int"),
            Type::Float => f.write_str("float"),
            Type::String => f.write_str("string"),
            Type::Duration => f.write_str("duration"),
            Type::Size => f.write_str("size"),
            Type::Percent => f.write_str("percent"),
            Type::Rate => f.write_str("rate"),
            Type::Money => f.write_str("money"),
            Type::Range(inner) => write!(f, "range<{inner}>"),
            Type::Uri(schemes) => angled(f, "uri", schemes),
            Type::Image(formats) => angled(f, "image", formats),
            Type::Audio(formats) => angled(f, "audio", formats),
            Type::Text => f.write_str("text"),
            Type::Bytes => f.write_str("bytes"),
            Type::Json => f.write_str("json"),
            Type::Tensor(t) => t.fmt(f),
            Type::Enum(words) => {
                let quoted: Vec<String> = words.iter().map(|w| format!("\"{w}\"")).collect();
                f.write_str(&quoted.join(" | "))
            }
            Type::List(inner) => write!(f, "list<{inner}>"),
            Type::Record(fields) => {
                let fields: Vec<String> = fields.iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
                write!(f, "{{ {} }}", fields.join(", "))
            }
            Type::Model => f.write_str("model"),
            Type::Pipeline => f.write_str("pipeline"),
            Type::Pool => f.write_str("pool"),
            Type::Transform => f.write_str("transform"),
            Type::Unknown => f.write_str("?"),
        }
    }
}

impl fmt::Display for TensorType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tensor<{}", self.dtype.name())?;
        if let Some(layout) = self.layout {
            write!(f, ", {layout}")?;
        }
        let dims: Vec<String> = self.dims.iter().map(Dim::to_string).collect();
        write!(f, ">[{}]", dims.join(", "))
    }
}
