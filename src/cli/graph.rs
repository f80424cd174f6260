//! `servec graph`: what depends on what in each stack, and the steps of its pipelines.

use crate::graph;
use crate::graph::export;
use crate::report::Sink;

use super::args::{DataFormat, GraphArgs, GraphFormat};
use super::output::{Context, ExitStatus};

pub fn run(args: &GraphArgs, ctx: &Context) -> ExitStatus {
    let answer = if args.format == GraphFormat::Json { DataFormat::Json } else { DataFormat::Text };
    let compiled = match ctx.program(&args.program.path, answer) {
        Ok(compiled) => compiled,
        Err(status) => return status,
    };
    let mut drawings = Vec::new();
    for stack in &compiled.stacks {
        let mut sink = Sink::default();
        match graph::build(stack, &mut sink) {
            Some(dag) => drawings.extend(export::drawings(stack, &dag)),
            None => {
                ctx.show(&compiled.sources, &sink.into_sorted());
                return ExitStatus::Failed;
            }
        }
    }
    if drawings.is_empty() {
        ctx.say("the program has no stack, so there is no graph");
    }
    match args.format {
        GraphFormat::Text => ctx.out(&export::text(&drawings)),
        GraphFormat::Dot => ctx.out(&export::dot(&drawings)),
        GraphFormat::Mermaid => ctx.out(&export::mermaid(&drawings)),
        GraphFormat::Json => ctx.out(&format!("{:#}\n", export::json(&drawings))),
    }
    ExitStatus::Done
}
