//! `tensor<f32, nchw>[batch, 3, 224, 224]`: element type, layout, dims.

use crate::report::suggest::{nearest, one_of};
use crate::report::{Code, Diagnostic, Sink};
use crate::source::{Span, Spanned};
use crate::stack::ports::Dtype;
use crate::stack::{Dim, Layout, TensorType, Type};
use crate::syntax::ast::{DimExpr, DimKind, Name, TypeExpr, TypeExprKind};

const DTYPES: [Dtype; 14] = [
    Dtype::Bool,
    Dtype::I8,
    Dtype::I16,
    Dtype::I32,
    Dtype::I64,
    Dtype::U8,
    Dtype::U16,
    Dtype::U32,
    Dtype::U64,
    Dtype::F16,
    Dtype::Bf16,
    Dtype::F32,
    Dtype::F64,
    Dtype::String,
];

const LAYOUTS: [(&str, Layout, usize); 4] =
    [("nchw", Layout::Nchw, 4), ("nhwc", Layout::Nhwc, 4), ("chw", Layout::Chw, 3), ("hwc", Layout::Hwc, 3)];

/// Elements, then layouts.
pub(super) fn words() -> Vec<String> {
    let layouts = LAYOUTS.iter().map(|(name, ..)| (*name).to_owned());
    DTYPES.into_iter().map(|d| d.name().to_owned()).chain(layouts).collect()
}

/// An element type by its name.
pub(super) fn dtype(name: &str) -> Option<Dtype> {
    DTYPES.into_iter().find(|d| d.name() == name)
}

pub(super) fn tensor(
    span: Span,
    name: &Name,
    args: &[TypeExpr],
    dims: Option<&Spanned<Vec<DimExpr>>>,
    sink: &mut Sink,
) -> Type {
    let (element, layout) = match args {
        [element] => (element, None),
        [element, layout] => (element, Some(layout)),
        _ => {
            let what = "needs its element type, and takes a layout after it";
            return super::wrong_args(span, name, what, "tensor<f32>[batch, 16]", sink);
        }
    };
    let dtype = read_dtype(element, sink);
    let layout_read = layout.map(|l| read_layout(l, sink));
    let Some(dims) = dims else {
        sink.push(
            Diagnostic::error(Code::BadDims, "a tensor needs its dims")
                .label(span, "of what shape?")
                .help("write the dims in brackets: a number, a name for a size that is the same wherever it stands, or `?`; `[]` is a single number"),
        );
        return Type::Unknown;
    };
    let sizes = read_dims(dims, sink);
    let (Some(dtype), Some(sizes)) = (dtype, sizes) else { return Type::Unknown };
    let layout = match (layout, layout_read) {
        (Some(_), Some(None)) => return Type::Unknown,
        (Some(written), Some(Some((found, rank)))) => {
            if rank != sizes.len() {
                sink.push(
                    Diagnostic::error(
                        Code::BadDims,
                        format!("the layout `{found}` has {rank} dims, not {}", sizes.len()),
                    )
                    .label(dims.span, count(sizes.len()))
                    .label(written.span, count(rank)),
                );
                return Type::Unknown;
            }
            Some(found)
        }
        _ => None,
    };
    Type::Tensor(TensorType { dtype, layout, dims: sizes })
}

fn count(dims: usize) -> String {
    if dims == 1 { "1 dim".to_owned() } else { format!("{dims} dims") }
}

/// A bare word; none where it is something else.
fn word(expr: &TypeExpr) -> Option<&Name> {
    match &expr.kind {
        TypeExprKind::Named { name, args, dims: None } if args.is_empty() => Some(name),
        TypeExprKind::Named { .. }
        | TypeExprKind::Union(_)
        | TypeExprKind::Literal(_)
        | TypeExprKind::Record(_)
        | TypeExprKind::Bad => None,
    }
}

fn read_dtype(expr: &TypeExpr, sink: &mut Sink) -> Option<Dtype> {
    let written = word(expr).map(|n| &*n.value);
    if let Some(found) = written.and_then(dtype) {
        return Some(found);
    }
    if expr.kind == TypeExprKind::Bad {
        return None;
    }
    let text = written.map_or_else(|| "this".to_owned(), |w| format!("`{w}`"));
    let error = Diagnostic::error(Code::UnknownDtype, format!("{text} is not an element type of tensors"))
        .label(expr.span, "not an element type");
    let names = || DTYPES.into_iter().map(Dtype::name);
    let meant = written.and_then(|w| alias(w).or_else(|| nearest(w, names())));
    sink.push(match meant {
        Some(near) => error.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), expr.span, near),
        None => error.help(format!("use {}", one_of(names()))),
    });
    None
}

/// What other tools call an element type.
fn alias(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        "float" | "float32" | "single" | "fp32" => "f32",
        "double" | "float64" | "fp64" => "f64",
        "half" | "float16" | "fp16" => "f16",
        "bfloat16" => "bf16",
        "int" | "int64" | "long" => "i64",
        "int32" => "i32",
        "int16" | "short" => "i16",
        "int8" => "i8",
        "uint8" | "byte" => "u8",
        "uint16" => "u16",
        "uint32" => "u32",
        "uint64" => "u64",
        "boolean" => "bool",
        "str" | "text" => "string",
        _ => return None,
    })
}

fn read_layout(expr: &TypeExpr, sink: &mut Sink) -> Option<(Layout, usize)> {
    let written = word(expr).map_or("", |n| &*n.value);
    let found = LAYOUTS.into_iter().find(|(name, _, _)| *name == written);
    if found.is_none() && expr.kind != TypeExprKind::Bad {
        let names = || LAYOUTS.into_iter().map(|(name, _, _)| name);
        let error = Diagnostic::error(Code::TypeWord, format!("`tensor` has no layout `{written}`"))
            .label(expr.span, "not a layout");
        sink.push(match nearest(written, names()) {
            Some(near) => error.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), expr.span, near),
            None => error.help(format!("use {}", one_of(names()))),
        });
    }
    found.map(|(_, layout, rank)| (layout, rank))
}

fn read_dims(dims: &Spanned<Vec<DimExpr>>, sink: &mut Sink) -> Option<Vec<Dim>> {
    let mut sizes = vec![];
    let mut whole = true;
    for dim in &dims.value {
        match &dim.kind {
            DimKind::Fixed(0) => {
                sink.push(
                    Diagnostic::error(Code::BadDims, "a dim of 0 leaves room for nothing")
                        .label(dim.span, "no elements")
                        .help("write `?` for a size that is not known, or a name such as `n`"),
                );
                whole = false;
            }
            DimKind::Fixed(size) => sizes.push(Dim::Fixed(*size)),
            DimKind::Symbol(name) => sizes.push(Dim::Symbol(name.clone())),
            DimKind::Any => sizes.push(Dim::Any),
            DimKind::Bad => whole = false,
        }
    }
    whole.then_some(sizes)
}
