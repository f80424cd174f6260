//! Rules about serverless workers.

use crate::report::{Code, Diagnostic, Sink, amount};
use crate::source::Span;
use crate::stack::{Artifact, Endpoint, Mode, Model, Origin, Stack};

use super::served;

/// What a model needs in memory, and where it says so.
fn needs(model: &Model) -> Option<(f64, Span)> {
    if let Some(memory) = &model.memory {
        return Some((memory.value as f64, memory.span));
    }
    let artifact = match &model.origin {
        Origin::Framework { artifact, .. } => Some(artifact),
        Origin::Image { artifact, .. } => artifact.as_ref(),
    };
    artifact.and_then(|artifact| match &artifact.value {
        Artifact::File { bytes, .. } => Some((*bytes as f64, artifact.span)),
        Artifact::Remote { .. } => None,
    })
}

pub fn a_worker_holds_its_models(stack: &Stack, endpoint: &Endpoint, sink: &mut Sink) {
    let Mode::Serverless { memory: Some(memory), .. } = &endpoint.mode.value else { return };
    for servable in served::served(endpoint, true) {
        let models = served::models(stack, servable);
        let needed: Vec<(f64, Span)> = models.iter().filter_map(|model| needs(model)).collect();
        let all: f64 = needed.iter().map(|(bytes, _)| bytes).sum();
        if all <= memory.value as f64 {
            continue;
        }
        let message = format!("a worker of endpoint `{}` can't hold what it serves", endpoint.name);
        let mut d = Diagnostic::error(Code::WorkerTooSmall, message).label(
            memory.span,
            format!("{} for {} that is needed", amount::bytes(memory.value as f64), amount::bytes(all)),
        );
        for (bytes, span) in &needed {
            d = d.label(*span, amount::bytes(*bytes));
        }
        let next = amount::size_literal((all / GIB).ceil() * GIB);
        sink.push(match next {
            Some(text) => d.help(format!("write `memory = {text}`, or use `mode = realtime`")).fix(
                format!("write {text}"),
                memory.span,
                text,
            ),
            None => d.help("ask for more memory, or use `mode = realtime`"),
        });
    }
}

/// Workers are sized in whole ones.
const GIB: f64 = 1_073_741_824.0;
