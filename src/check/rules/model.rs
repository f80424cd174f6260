//! Rules about models.

use crate::report::{Code, Diagnostic, Sink, amount};
use crate::source::Spanned;
use crate::stack::{Accelerator, Artifact, Model, Origin};

/// Share of an accelerator's memory that weights may fill before there is too little room for activations. A rule of
/// thumb of servec's own.
const ROOM: f64 = 0.8;

pub fn a_replica_serves_a_call_at_least(model: &Model, sink: &mut Sink) {
    if model.concurrency.value == 0 {
        sink.push(
            Diagnostic::error(Code::NoConcurrency, format!("a replica of `{}` serves no call", model.name))
                .label(model.concurrency.span, "at least 1")
                .help("1 is the honest default"),
        );
    }
}

pub fn a_batch_holds_two_calls_at_least(model: &Model, sink: &mut Sink) {
    if let Some(batching) = model.batching.as_ref().filter(|b| b.max_size < 2) {
        sink.push(
            Diagnostic::error(
                Code::NoBatch,
                format!("the batches of `{}` hold {} call", model.name, batching.max_size),
            )
            .label(batching.span, "`max_size` is at least 2")
            .help("remove `batching` to run each call on its own"),
        );
    }
}

pub fn an_accelerator_is_one_at_least(model: &Model, sink: &mut Sink) {
    if let Some(accelerator) = model.accelerator.as_ref().filter(|a| a.value.count == 0) {
        sink.push(
            Diagnostic::error(Code::NoAccelerator, format!("`{}` asks for no accelerator", model.name))
                .label(accelerator.span, "`count` is at least 1")
                .help("remove `accelerator` to run on the CPU"),
        );
    }
}

pub fn a_model_has_ports(model: &Model, sink: &mut Sink) {
    if matches!(model.origin, Origin::Image { .. }) {
        return;
    }
    let (what, label) = match (model.inputs.is_empty(), model.outputs.is_empty()) {
        (false, false) => return,
        (true, true) => ("takes and gives", "no `input` and no `output`"),
        (true, false) => ("takes", "no `input`"),
        (false, true) => ("gives", "no `output`"),
    };
    sink.push(
        Diagnostic::error(Code::NoPorts, format!("nothing is known of what `{}` {what}", model.name))
            .label(model.span, label)
            .help("write `input NAME: TYPE` and `output NAME: TYPE`; only a local ONNX file says it by itself"),
    );
}

pub fn a_model_needs_more_than_nothing(model: &Model, sink: &mut Sink) {
    let cpu = model.cpu.as_ref().filter(|cpu| cpu.value <= 0.0).map(|cpu| ("cpu", cpu.span));
    let size = |name, size: &Option<Spanned<u64>>| size.as_ref().filter(|s| s.value == 0).map(|s| (name, s.span));
    for (name, span) in [cpu, size("memory", &model.memory), size("disk", &model.disk)].into_iter().flatten() {
        sink.push(
            Diagnostic::error(Code::OutOfRange, format!("`{}` can't run on no `{name}`", model.name))
                .label(span, "more than 0")
                .help(format!("leave `{name}` out where it does not matter")),
        );
    }
}

/// A model's files; of a remote one nothing is known.
pub(super) fn artifact(model: &Model) -> Option<&Spanned<Artifact>> {
    match &model.origin {
        Origin::Framework { artifact, .. } => Some(artifact),
        Origin::Image { artifact, .. } => artifact.as_ref(),
    }
}

/// Weights lie in the accelerator's memory as a whole, beside what a call computes. `memory` of a model is the
/// machine's, which may well be larger.
pub fn the_weights_fit_the_accelerator(model: &Model, sink: &mut Sink) {
    let Some(accelerator) = model.accelerator.as_ref().filter(|a| a.value.count > 0) else { return };
    let (Some(each), Some(Spanned { value: Artifact::File { path, bytes, .. }, span })) =
        (accelerator.value.memory, artifact(model))
    else {
        return;
    };
    let count = accelerator.value.count;
    let (weights, room) = (*bytes as f64, each as f64 * f64::from(count));
    let packed = [".gz", ".tgz", ".zip", ".zst", ".xz", ".bz2"].iter().any(|end| path.as_str().ends_with(end));
    let least = if packed { "at least " } else { "" };
    let (code, has) = (Code::WeightsTooLarge, amount::bytes(room));
    let d = if weights > room {
        let message = format!("the weights of `{}` don't fit the accelerator that it asks for", model.name);
        Diagnostic::error(code, message)
    } else if weights > room * ROOM {
        let message = format!("the weights of `{}` leave little room on the accelerator that it asks for", model.name);
        Diagnostic::warning(code, message)
            .note(format!("what a call computes needs room too: servec warns above {}%", ROOM * 100.0))
    } else {
        return;
    };
    let all = if count == 1 { has } else { format!("{count} times {}: {has}", amount::bytes(each as f64)) };
    let d = d
        .label(accelerator.span, format!("memory of {all}"))
        .label(*span, format!("{least}{} of weights{}", amount::bytes(weights), if packed { ", packed" } else { "" }));
    let more = roomy(weights, count);
    let asked = more.and_then(|more| Accelerator { memory: Some(more as u64), ..accelerator.value.clone() }.written());
    sink.push(match more.and_then(amount::size_literal).zip(asked) {
        Some((text, asked)) => d.help(format!("ask for more, such as `memory = {text}`, or use smaller weights")).fix(
            format!("ask for {text}"),
            accelerator.span,
            asked,
        ),
        None => d.help("ask for more `memory`, or use smaller weights"),
    });
}

/// The next whole size for each of `count` accelerators that leaves room beside the weights.
fn roomy(weights: f64, count: u32) -> Option<f64> {
    let each = weights / ROOM / f64::from(count);
    let unit = [1_073_741_824.0, 1_048_576.0, 1024.0].into_iter().find(|unit| each >= *unit)?;
    Some((each / unit).ceil() * unit)
}
