//! The standard library: `.serve` texts that are compiled in.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use camino::Utf8Path;

/// What paths of the standard library begin with.
pub const PREFIX: &str = "std";

macro_rules! parts {
    ($($name:literal)*) => {
        const PARTS: &[(&str, &str)] = &[$((concat!("std/", $name), include_str!(concat!("../stdlib/", $name, ".serve")))),*];
    };
}

parts! { "accelerators" "audio" "bytes" "frameworks" "images" "ocr" "scaling" "tensors" "text" }

/// The text of `std/images.serve`.
pub fn text(path: &Utf8Path) -> Option<&'static str> {
    let name = path.as_str().strip_suffix(".serve")?;
    PARTS.iter().find(|(n, _)| *n == name).map(|(_, text)| *text)
}

/// `std/images`, … in order.
pub fn names() -> impl Iterator<Item = &'static str> {
    PARTS.iter().map(|(name, _)| *name)
}

/// Every step of the runtime that some transform of the library is made of: `images.decode`, …
pub fn builtins() -> &'static BTreeSet<&'static str> {
    static FOUND: OnceLock<BTreeSet<&'static str>> = OnceLock::new();
    FOUND.get_or_init(|| {
        let handlers = PARTS.iter().flat_map(|(_, text)| text.split("builtin(\"").skip(1));
        handlers.filter_map(|rest| rest.split_once('"').map(|(name, _)| name)).collect()
    })
}
