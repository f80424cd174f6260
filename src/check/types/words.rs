//! The words of types: their names, what people write instead, schemes and formats.

use std::sync::Arc;

use crate::report::suggest::{nearest, one_of};
use crate::report::{Code, Diagnostic, Sink};
use crate::source::Span;
use crate::stack::Type;
use crate::syntax::ast::{Name, TypeExpr, TypeExprKind};

pub(super) const SCHEMES: &[&str] = &["s3", "gs", "file", "hf", "http", "oci"];
pub(super) const IMAGES: &[&str] = &["jpeg", "png", "webp", "gif", "bmp", "tiff"];
pub(super) const AUDIO: &[&str] = &["wav", "mp3", "flac", "ogg"];

const PLAIN: &[(&str, Type)] = &[
    ("bool", Type::Bool),
    ("int", Type::Int),
    ("float", Type::Float),
    ("string", Type::String),
    ("duration", Type::Duration),
    ("size", Type::Size),
    ("percent", Type::Percent),
    ("rate", Type::Rate),
    ("money", Type::Money),
    ("text", Type::Text),
    ("bytes", Type::Bytes),
    ("json", Type::Json),
    ("model", Type::Model),
    ("pipeline", Type::Pipeline),
    ("pool", Type::Pool),
    ("transform", Type::Transform),
];

const WITH_ARGS: &[&str] = &["list", "range", "uri", "image", "audio", "tensor"];

/// A type of one word.
pub(super) fn plain(name: &str) -> Option<Type> {
    PLAIN.iter().find(|(word, _)| *word == name).map(|(_, ty)| ty.clone())
}

/// All names of types.
pub fn names() -> impl Iterator<Item = &'static str> {
    PLAIN.iter().map(|(word, _)| *word).chain(WITH_ARGS.iter().copied())
}

/// What may stand between a type's `<` and `>`, where that is one of a closed list; of a tensor, elements then layouts.
pub fn arguments(of: &str) -> Vec<String> {
    let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect();
    match of {
        "uri" => words(SCHEMES),
        "image" => words(IMAGES),
        "audio" => words(AUDIO),
        "tensor" => super::tensor::words(),
        "list" | "range" => names().map(str::to_owned).collect(),
        _ => vec![],
    }
}

/// What other languages call it.
pub(super) fn alias(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        "str" | "char" | "varchar" => "string",
        "boolean" => "bool",
        "integer" | "long" | "number" | "i32" | "i64" | "u32" | "u64" | "usize" => "int",
        "double" | "f32" | "f64" | "float32" | "float64" | "decimal" => "float",
        "array" | "vec" | "vector" | "sequence" => "list",
        "ndarray" | "matrix" => "tensor",
        "object" | "dict" | "map" | "any" => "json",
        "blob" | "binary" | "buffer" | "file" => "bytes",
        "url" | "path" => "uri",
        "time" | "timeout" => "duration",
        "picture" | "photo" => "image",
        "sound" => "audio",
        _ => return None,
    })
}

/// `<jpeg | png>` among the words that are allowed; none where that is reported, empty for any.
pub(super) fn choice(
    span: Span,
    name: &Name,
    args: &[TypeExpr],
    allowed: &'static [&'static str],
    noun: &str,
    sink: &mut Sink,
) -> Option<Vec<Arc<str>>> {
    let parts = match args {
        [] => return Some(vec![]),
        [TypeExpr { kind: TypeExprKind::Union(parts), .. }] => parts.as_slice(),
        [_] => args,
        _ => {
            let words = format!("{}<{}>", name.value, allowed.iter().take(2).copied().collect::<Vec<_>>().join(" | "));
            super::wrong_args(span, name, &format!("takes one {noun}, or several between `|`"), &words, sink);
            return None;
        }
    };
    let mut words: Vec<Arc<str>> = vec![];
    let mut whole = true;
    for part in parts {
        match &part.kind {
            TypeExprKind::Named { name: word, args, dims: None } if args.is_empty() => {
                let known = allowed.contains(&&*word.value) && !words.contains(&word.value);
                if known {
                    words.push(Arc::clone(&word.value));
                } else {
                    unknown_word(name, word, &words, allowed, noun, sink);
                }
                whole &= known;
            }
            TypeExprKind::Bad => whole = false,
            TypeExprKind::Named { .. }
            | TypeExprKind::Union(_)
            | TypeExprKind::Literal(_)
            | TypeExprKind::Record(_) => {
                sink.push(
                    Diagnostic::error(Code::TypeWord, format!("a {noun} of `{}` is a bare word", name.value))
                        .label(part.span, format!("not a {noun}"))
                        .help(format!("use {}", one_of(allowed.iter().copied()))),
                );
                whole = false;
            }
        }
    }
    whole.then_some(words)
}

fn unknown_word(
    name: &Name,
    word: &Name,
    before: &[Arc<str>],
    allowed: &'static [&'static str],
    noun: &str,
    sink: &mut Sink,
) {
    if before.contains(&word.value) {
        let message = format!("`{}` names the {noun} `{}` twice", name.value, word.value);
        sink.push(Diagnostic::error(Code::TypeWord, message).label(word.span, "the second time"));
        return;
    }
    let message = format!("`{}` has no {noun} `{}`", name.value, word.value);
    let error = Diagnostic::error(Code::TypeWord, message).label(word.span, format!("not a {noun} that is known"));
    let meant = match &*word.value {
        "https" => Some("http"),
        "gcs" => Some("gs"),
        "docker" => Some("oci"),
        other => nearest(other, allowed.iter().copied()),
    };
    sink.push(match meant {
        Some(near) => error.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), word.span, near),
        None => error.help(format!("use {}", one_of(allowed.iter().copied()))),
    });
}
