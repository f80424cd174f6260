//! What the source leaves unsaid, in the margin: types on a pipeline's edges, the machine that was chosen, what it costs.

use crate::cost::Kind;
use crate::source::Span;
use crate::syntax::ast::{Decl, DeclKind, Entry, Item};

use super::analysis::{Analysis, At};
use super::show;

/// A text behind an offset.
#[derive(Debug, Clone, PartialEq)]
pub struct Hint {
    pub at: u32,
    pub text: String,
    /// Longer, on demand.
    pub about: String,
    /// A type, as after a name; otherwise a note.
    pub is_type: bool,
}

/// The hints of a file from `from` to `to`.
pub fn hints(at: At, from: u32, to: u32) -> Vec<Hint> {
    let mut out = Vec::new();
    for item in &at.unit.ast.items {
        let Item::Decl(decl) = item else { continue };
        if decl.span.end < from || decl.span.start > to {
            continue;
        }
        match decl.kind.value {
            DeclKind::Pipeline => pipeline(at.analysis, decl, &mut out),
            DeclKind::Endpoint => cost(at.analysis, decl, Kind::Endpoint, &mut out),
            DeclKind::Job => cost(at.analysis, decl, Kind::Job, &mut out),
            DeclKind::Model | DeclKind::Transform | DeclKind::Pool | DeclKind::Stack | DeclKind::Policy => {}
        }
    }
    out.retain(|hint| from <= hint.at && hint.at <= to);
    out.sort_by_key(|hint| hint.at);
    out
}

fn pipeline(analysis: &Analysis, decl: &Decl, out: &mut Vec<Hint>) {
    let id = analysis.declared_at(decl.name.span);
    let Some(pipeline) = id.and_then(|id| analysis.known().pipelines.get(&id)) else { return };
    let named = |value: Span| {
        decl.body.entries.iter().find_map(|entry| match entry {
            Entry::Field(f) if f.value.span == value => Some((f.name.span.end, true)),
            Entry::Port(p) if p.value.as_ref().is_some_and(|v| v.span == value) => {
                Some((p.name.span.end, p.ty.is_none()))
            }
            _ => None,
        })
    };
    for step in &pipeline.steps {
        let (at, wanted) = named(step.span).unwrap_or((step.span.end, true));
        if wanted && !step.outputs.is_empty() {
            let text = format!(": {}", show::outputs(&step.outputs));
            out.push(Hint { at, text, about: String::new(), is_type: true });
        }
    }
    for entry in &decl.body.entries {
        let Entry::Port(port) = entry else { continue };
        let known = pipeline.outputs.iter().find(|o| o.port.name == port.name.value);
        let has_call = port.value.as_ref().is_some_and(|v| pipeline.steps.iter().any(|s| s.span == v.span));
        if let (None, false, Some(output)) = (&port.ty, has_call, known) {
            let text = format!(": {}", output.port.ty);
            out.push(Hint { at: port.name.span.end, text, about: String::new(), is_type: true });
        }
    }
}

fn cost(analysis: &Analysis, decl: &Decl, kind: Kind, out: &mut Vec<Hint>) {
    for estimate in analysis.costs() {
        let Some(item) = estimate.items.iter().find(|i| *i.name == *decl.name.value && i.kind == kind) else {
            continue;
        };
        let machines = show::machines(item);
        let month = item.month.as_ref().map(|m| format!("{} USD/month", m.expected));
        let parts: Vec<String> = machines.into_iter().chain(month).collect();
        if parts.is_empty() {
            continue;
        }
        let about = item.parts.iter().map(|part| {
            let how = if part.pinned { "pinned" } else { "the cheapest that fits" };
            format!("variant `{}`: `{}`, {how}; price {}", part.what, part.machine, part.quote)
        });
        out.push(Hint {
            at: decl.name.span.end,
            text: format!(" {}: {}", estimate.stack, parts.join(", ")),
            about: about.chain(item.month.as_ref().map(show::month)).collect::<Vec<_>>().join("\n\n"),
            is_type: false,
        });
    }
}
