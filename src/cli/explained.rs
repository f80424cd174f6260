//! `plan --explain`: every field that will be served, with where it was written, or that nobody wrote it.

use std::fmt::Write as _;

use serde_json::Value;

use crate::report::shown;
use crate::resource::{Desired, Resource};
use crate::source::SourceMap;

/// A list of all fields, resource by resource.
pub fn text(desired: &Desired, sources: &SourceMap) -> String {
    let mut out = String::from("every field, and where it comes from:\n");
    for resource in desired.resources.values() {
        // Writing to a String has no way to fail.
        let _ = writeln!(out, "\n  {} ({})", resource.address, resource.kind);
        let mut lines = vec![];
        leaves(&resource.body, &mut String::new(), &mut lines);
        for (pointer, value) in lines {
            let _ = writeln!(out, "    {pointer} = {value}  {}", origin(resource, &pointer, sources));
        }
    }
    out
}

fn origin(resource: &Resource, pointer: &str, sources: &SourceMap) -> String {
    let above =
        |prefix: &str| pointer.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let nearest = resource.spans.iter().filter(|(prefix, _)| above(prefix)).max_by_key(|(prefix, _)| prefix.len());
    let place = nearest.and_then(|(prefix, span)| Some((prefix, span, sources.get(span.file)?)));
    match place {
        Some((prefix, span, file)) => {
            let at = file.line_column(span.start);
            let how = if prefix == pointer { "written at" } else { "follows from" };
            format!("({how} {}:{}:{})", shown(&file.path), at.line + 1, at.column + 1)
        }
        None => "(nobody wrote it: the target's default)".to_owned(),
    }
}

/// Values that hold no others, by JSON pointer.
fn leaves(value: &Value, at: &mut String, out: &mut Vec<(String, String)>) {
    let length = at.len();
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, inner) in fields {
                let _ = write!(at, "/{}", name.replace('~', "~0").replace('/', "~1"));
                leaves(inner, at, out);
                at.truncate(length);
            }
        }
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            for (i, inner) in items.iter().enumerate() {
                let _ = write!(at, "/{i}");
                leaves(inner, at, out);
                at.truncate(length);
            }
        }
        Value::Object(_) | Value::Array(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            out.push((at.clone(), value.to_string()));
        }
    }
}
