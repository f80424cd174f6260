//! The call around the cursor: what it takes, and which argument is being written.

use super::complete::Asked;
use super::context::{Within, context};
use super::lex::{Kind, lex};
use super::show;

/// A call's signature.
#[derive(Debug, Clone, PartialEq)]
pub struct Help {
    pub label: String,
    pub doc: String,
    /// Each argument as it stands in the label: start and end in characters of UTF-16.
    pub arguments: Vec<(u32, u32)>,
    pub active: Option<u32>,
}

pub fn signature(asked: Asked) -> Option<Help> {
    let here = context(asked.text, asked.offset);
    if here.within == Within::Comment {
        return None;
    }
    let (frame, callee) = here.frames.iter().rev().find_map(|frame| {
        let callee = frame.head.last().filter(|t| frame.open == b'(' && t.kind == Kind::Word)?;
        Some((frame, callee.text))
    })?;
    let id = asked.names().lookup(asked.unit, callee);
    let written = asked.text.get(frame.at + 1..asked.offset).unwrap_or("");
    let (position, name) = active(written);
    let Some(signature) = id.and_then(|id| asked.analysis.known().signatures.get(&id)) else {
        return form(callee, position);
    };
    let arguments = show::arguments(signature);
    let named = signature.inputs.iter().map(|p| &p.name).chain(signature.params.iter().map(|p| &p.name));
    let active = match name {
        Some(name) => named.clone().position(|n| **n == *name),
        None => Some(position).filter(|at| *at < signature.inputs.len()),
    };
    let doc = id.and_then(|id| asked.analysis.decl(id)).and_then(|d| d.doc.as_deref()).unwrap_or("").to_owned();
    Some(help(callee, &arguments, &format!(" -> {}", show::outputs(&signature.outputs)), doc, active))
}

/// A form of a value that takes arguments: `onnx("1.20")`.
fn form(callee: &str, position: usize) -> Option<Help> {
    let form = crate::check::schema::construct(callee).filter(|form| !form.args.is_empty())?;
    let arguments: Vec<String> = form.args.iter().map(|a| format!("{}: {}", a.name, a.shape.words())).collect();
    Some(help(callee, &arguments, "", form.doc.to_owned(), Some(position).filter(|at| *at < arguments.len())))
}

fn help(callee: &str, arguments: &[String], end: &str, doc: String, active: Option<usize>) -> Help {
    let units = |text: &str| u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX);
    let mut label = format!("{callee}(");
    let mut places = Vec::new();
    for (i, argument) in arguments.iter().enumerate() {
        if i > 0 {
            label.push_str(", ");
        }
        let start = units(&label);
        label.push_str(argument);
        places.push((start, units(&label)));
    }
    label.push(')');
    label.push_str(end);
    Help { label, doc, arguments: places, active: active.and_then(|at| u32::try_from(at).ok()) }
}

/// How many arguments stand before the one at the end of a text, and the name that one is given.
fn active(written: &str) -> (usize, Option<&str>) {
    let (mut depth, mut position, mut name, mut last) = (0_usize, 0, None, None);
    for token in lex(written, 0) {
        match token.kind {
            Kind::Open(_) => depth += 1,
            Kind::Close(_) => depth = depth.saturating_sub(1),
            Kind::Comma if depth == 0 => {
                position += 1;
                name = None;
            }
            Kind::Sign if depth == 0 && token.text == ":" => name = last,
            Kind::Word if depth == 0 => last = Some(token.text),
            Kind::Word | Kind::Number | Kind::Text | Kind::Comment | Kind::Newline | Kind::Comma | Kind::Sign => {}
        }
    }
    (position, name)
}
