//! Rules about models.

use crate::report::{Code, Diagnostic, Sink};
use crate::source::Spanned;
use crate::stack::{Model, Origin};

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
