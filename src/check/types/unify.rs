//! Making a declared type and a found one equal: the declared one's symbols take sizes, and keep them for the whole
//! signature. Symbols of the found type are sizes that are not known until run time: each equals itself only.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::source::Span;
use crate::stack::ports::Dtype;
use crate::stack::{Dim, Layout, TensorType, Type};

/// Sizes that a signature's symbols have taken in one call.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sizes {
    bound: BTreeMap<Arc<str>, Bound>,
}

/// One symbol's size and what gave it.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    /// In the terms of the found types; never a symbol of the signature itself.
    pub size: Dim,
    /// The argument or the parameter.
    pub by: Span,
}

/// One way in which two types differ. Shown as `dim 2 is 640, expected 320`.
#[derive(Debug, Clone, PartialEq)]
pub enum Difference {
    Kind {
        expected: Type,
        found: Type,
    },
    Words {
        noun: &'static str,
        missing: Vec<Arc<str>>,
        expected: Type,
    },
    Dtype {
        expected: Dtype,
        found: Dtype,
    },
    Rank {
        expected: usize,
        found: usize,
    },
    Layout {
        expected: Layout,
        found: Layout,
    },
    Dim {
        index: usize,
        expected: Dim,
        found: Dim,
    },
    /// A symbol that took another size before.
    Conflict {
        symbol: Arc<str>,
        index: usize,
        found: Dim,
        before: Bound,
    },
    MissingField {
        name: Arc<str>,
    },
    ExtraField {
        name: Arc<str>,
    },
    Inside {
        place: String,
        difference: Box<Difference>,
    },
}

impl Sizes {
    /// Gives a symbol its size before any argument is looked at: an integer parameter.
    pub fn give(&mut self, symbol: Arc<str>, size: Dim, by: Span) {
        self.bound.insert(symbol, Bound { size, by });
    }

    pub fn get(&self, symbol: &str) -> Option<&Bound> {
        self.bound.get(symbol)
    }

    /// The type with each bound symbol replaced by its size; others stay.
    pub fn apply(&self, ty: &Type) -> Type {
        if let Type::Tensor(t) = ty {
            let dims = t.dims.iter().map(|d| self.resolve(d)).collect();
            Type::Tensor(TensorType { dims, ..t.clone() })
        } else if let Type::List(inner) = ty {
            Type::List(Box::new(self.apply(inner)))
        } else if let Type::Record(fields) = ty {
            Type::Record(fields.iter().map(|(name, ty)| (Arc::clone(name), self.apply(ty))).collect())
        } else {
            ty.clone()
        }
    }

    fn resolve(&self, dim: &Dim) -> Dim {
        match dim {
            Dim::Symbol(name) => self.bound.get(name).map_or_else(|| dim.clone(), |b| b.size.clone()),
            Dim::Fixed(_) | Dim::Any => dim.clone(),
        }
    }
}

/// Makes `expected`, whose symbols take sizes in `sizes`, equal to `found`; `by` is where the found value stands. On a
/// difference, all that differs; sizes taken until then stay.
pub fn unify(expected: &Type, found: &Type, by: Span, sizes: &mut Sizes) -> Result<(), Vec<Difference>> {
    let mut differences = vec![];
    types(expected, found, by, sizes, &mut differences);
    if differences.is_empty() { Ok(()) } else { Err(differences) }
}

fn types(expected: &Type, found: &Type, by: Span, sizes: &mut Sizes, out: &mut Vec<Difference>) {
    match (expected, found) {
        (Type::Unknown, _) | (_, Type::Unknown) => {}
        (Type::Tensor(e), Type::Tensor(f)) => tensors(e, f, by, sizes, out),
        (Type::Image(e), Type::Image(f)) => words("format", expected, e, f, out),
        (Type::Audio(e), Type::Audio(f)) => words("format", expected, e, f, out),
        (Type::Uri(e), Type::Uri(f)) => words("scheme", expected, e, f, out),
        (Type::Enum(e), Type::Enum(f)) => words("choice", expected, e, f, out),
        // Each of these is the more general of the two.
        (Type::String, Type::Enum(_) | Type::Uri(_))
        | (Type::Float, Type::Int)
        | (Type::Bytes, Type::Image(_) | Type::Audio(_)) => {}
        (Type::Json, found) if is_json(found) => {}
        (Type::List(e), Type::List(f)) => inside("a member", out, |out| types(e, f, by, sizes, out)),
        (Type::Range(e), Type::Range(f)) => inside("an end", out, |out| types(e, f, by, sizes, out)),
        (Type::Record(e), Type::Record(f)) => {
            for (name, expected) in e {
                match f.get(name) {
                    Some(found) => inside(&format!("`{name}`"), out, |out| types(expected, found, by, sizes, out)),
                    None => out.push(Difference::MissingField { name: Arc::clone(name) }),
                }
            }
            let extra = f.keys().filter(|name| !e.contains_key(*name));
            out.extend(extra.map(|name| Difference::ExtraField { name: Arc::clone(name) }));
        }
        (expected, found) if expected == found => {}
        _ => out.push(Difference::Kind { expected: sizes.apply(expected), found: found.clone() }),
    }
}

/// What has a form in JSON of its own.
fn is_json(ty: &Type) -> bool {
    match ty {
        Type::Bool | Type::Int | Type::Float | Type::String | Type::Enum(_) | Type::Json => true,
        Type::List(inner) => is_json(inner),
        Type::Record(fields) => fields.values().all(is_json),
        Type::Duration
        | Type::Size
        | Type::Percent
        | Type::Rate
        | Type::Money
        | Type::Range(_)
        | Type::Uri(_)
        | Type::Image(_)
        | Type::Audio(_)
        | Type::Text
        | Type::Bytes
        | Type::Tensor(_)
        | Type::Model
        | Type::Pipeline
        | Type::Pool
        | Type::Transform
        | Type::Unknown => false,
    }
}

fn inside(place: &str, out: &mut Vec<Difference>, check: impl FnOnce(&mut Vec<Difference>)) {
    let mut inner = vec![];
    check(&mut inner);
    out.extend(inner.into_iter().map(|d| Difference::Inside { place: place.to_owned(), difference: Box::new(d) }));
}

/// Every found word must be among the expected ones; none expected means any.
fn words(noun: &'static str, ty: &Type, expected: &[Arc<str>], found: &[Arc<str>], out: &mut Vec<Difference>) {
    let missing: Vec<Arc<str>> = found.iter().filter(|w| !expected.contains(w)).cloned().collect();
    if !expected.is_empty() && (found.is_empty() || !missing.is_empty()) {
        out.push(Difference::Words { noun, missing, expected: ty.clone() });
    }
}

fn tensors(expected: &TensorType, found: &TensorType, by: Span, sizes: &mut Sizes, out: &mut Vec<Difference>) {
    if expected.dtype != found.dtype {
        out.push(Difference::Dtype { expected: expected.dtype, found: found.dtype });
    }
    if let (Some(e), Some(f)) = (expected.layout, found.layout)
        && e != f
    {
        out.push(Difference::Layout { expected: e, found: f });
    }
    if expected.dims.len() != found.dims.len() {
        out.push(Difference::Rank { expected: expected.dims.len(), found: found.dims.len() });
        return;
    }
    for (index, (e, f)) in expected.dims.iter().zip(&found.dims).enumerate() {
        match e {
            Dim::Any => {}
            Dim::Fixed(_) => {
                if *f != Dim::Any && e != f {
                    out.push(Difference::Dim { index, expected: e.clone(), found: f.clone() });
                }
            }
            Dim::Symbol(symbol) => take(symbol, index, f, by, sizes, out),
        }
    }
}

fn take(symbol: &Arc<str>, index: usize, found: &Dim, by: Span, sizes: &mut Sizes, out: &mut Vec<Difference>) {
    match sizes.bound.get(symbol) {
        Some(before) if before.size != Dim::Any => {
            if *found != Dim::Any && before.size != *found {
                let symbol = Arc::clone(symbol);
                out.push(Difference::Conflict { symbol, index, found: found.clone(), before: before.clone() });
            }
        }
        _ => {
            sizes.bound.insert(Arc::clone(symbol), Bound { size: found.clone(), by });
        }
    }
}

/// A size for people: a symbol is known only at run time.
fn size(dim: &Dim) -> String {
    match dim {
        Dim::Fixed(n) => n.to_string(),
        Dim::Symbol(s) => format!("`{s}`"),
        Dim::Any => "`?`".to_owned(),
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Difference::Kind { expected, found } => write!(f, "`{found}` where `{expected}` is expected"),
            Difference::Words { noun, missing, expected } => match missing.as_slice() {
                [] => write!(f, "any {noun} where `{expected}` is expected"),
                _ => {
                    let missing: Vec<String> = missing.iter().map(|w| format!("`{w}`")).collect();
                    let s = if missing.len() == 1 { "" } else { "s" };
                    write!(f, "the {noun}{s} {} where `{expected}` is expected", missing.join(", "))
                }
            },
            Difference::Dtype { expected, found } => {
                write!(f, "`{}` where `{}` is expected", found.name(), expected.name())
            }
            Difference::Rank { expected, found } => write!(f, "rank {found}, expected {expected}"),
            Difference::Layout { expected, found } => write!(f, "layout `{found}`, expected `{expected}`"),
            Difference::Dim { index, expected, found } => {
                write!(f, "dim {index} is {}, expected {}", size(found), size(expected))
            }
            Difference::Conflict { symbol, index, found, before } => {
                write!(f, "dim {index} (`{symbol}`) is {}, expected {}", size(found), size(&before.size))
            }
            Difference::MissingField { name } => write!(f, "the field `{name}` is missing"),
            Difference::ExtraField { name } => write!(f, "the field `{name}` is not expected"),
            Difference::Inside { place, difference } => write!(f, "{place} has {difference}"),
        }
    }
}
