//! What an ONNX file says about itself: its signature, its operator sets, the names of its metadata. Weights are skipped,
//! so a file of any size takes the same small memory. Runs and checks nothing.
//!
//! The format: `onnx.proto3` of <https://github.com/onnx/onnx>, messages `ModelProto`, `GraphProto`, `ValueInfoProto`,
//! `TypeProto`.

mod model;
mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

use serve_spec::Dtype;

/// A model's ends, as its file has them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Signature {
    /// What must be given: the graph's inputs without those that have a value in the file.
    pub inputs: Vec<Port>,
    pub outputs: Vec<Port>,
    /// Version by domain; the standard operators' domain is the empty text.
    pub opsets: BTreeMap<String, i64>,
    pub ir_version: i64,
    pub producer: String,
    /// Keys of `metadata_props`.
    pub metadata: BTreeSet<String>,
    /// Some weights lie in other files beside this one.
    pub external_data: bool,
}

/// One input or output.
#[derive(Debug, Clone, PartialEq)]
pub struct Port {
    pub name: String,
    pub kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    Tensor {
        element: Element,
        /// None where the file leaves even the number of dims open.
        shape: Option<Vec<Size>>,
    },
    /// `sequence`, `map`, `optional`, `sparse tensor`, `opaque`, or `untyped`.
    Other(&'static str),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Element {
    Known(Dtype),
    /// One that the language has no name for: `complex64`, `float8e5m2`.
    Other(String),
}

/// A dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Size {
    Fixed(u64),
    /// As in the file; any text.
    Named(String),
    Open,
}

/// Why a file could not be read.
#[derive(Debug)]
pub enum OnnxError {
    Io(std::io::Error),
    /// The file ends, or a part of it, in the middle of something, at this byte.
    Truncated(u64),
    /// What is wrong at which byte.
    Malformed(u64, &'static str),
    /// A count or a text beyond what is read.
    TooLarge(&'static str, u64),
    /// Readable, and not an ONNX model.
    NotOnnx(&'static str),
}

/// Reads the signature of a file.
pub fn signature(path: impl AsRef<Path>) -> Result<Signature, OnnxError> {
    read(File::open(path).map_err(OnnxError::Io)?)
}

/// Reads the signature of what starts at byte 0 of `source`. Whatever the bytes, memory stays bounded, and the time is
/// at most linear in their number.
pub fn read(source: impl Read + Seek) -> Result<Signature, OnnxError> {
    model::read(wire::Wire::new(source)?)
}

impl fmt::Display for OnnxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OnnxError::Io(error) => error.fmt(f),
            OnnxError::Truncated(at) => write!(f, "it is cut off: a part that starts before byte {at} is incomplete"),
            OnnxError::Malformed(at, what) => write!(f, "it is damaged at byte {at}: {what}"),
            OnnxError::TooLarge(what, limit) => write!(f, "it has {what}; at most {limit} are read"),
            OnnxError::NotOnnx(why) => write!(f, "it is not an ONNX model: {why}"),
        }
    }
}

impl std::error::Error for OnnxError {}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.kind)
    }
}

/// As the language would write it; names of dims as the file has them.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Other(word) => f.write_str(word),
            Kind::Tensor { element, shape } => {
                write!(f, "tensor<{element}>")?;
                let Some(shape) = shape else { return f.write_str("[…]") };
                let sizes: Vec<String> = shape.iter().map(Size::to_string).collect();
                write!(f, "[{}]", sizes.join(", "))
            }
        }
    }
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Element::Known(dtype) => f.write_str(dtype.name()),
            Element::Other(name) => f.write_str(name),
        }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Size::Fixed(size) => write!(f, "{size}"),
            Size::Named(name) => f.write_str(name),
            Size::Open => f.write_str("?"),
        }
    }
}
