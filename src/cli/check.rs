//! `servec check`: every mistake that can be found before anything is asked.

use std::time::Instant;

use super::args::CheckArgs;
use super::output::{Context, ExitStatus};

pub fn run(args: &CheckArgs, ctx: &Context) -> ExitStatus {
    let start = Instant::now();
    let compiled = match ctx.compile(&args.program.path) {
        Ok(compiled) => compiled,
        Err(diagnostic) => return ctx.report_one(*diagnostic, args.format),
    };
    ctx.report(&compiled.sources, &compiled.diagnostics, args.format);
    let files = compiled.sources.files().count();
    ctx.detail(&format!("{files} files in {:.1} ms", start.elapsed().as_secs_f64() * 1000.0));
    if compiled.failed {
        return ExitStatus::Failed;
    }
    for stack in &compiled.stacks {
        let (endpoints, jobs) = (stack.endpoints.len(), stack.jobs.len());
        let jobs = if jobs == 0 { String::new() } else { format!(" and {}", counted(jobs, "job")) };
        ctx.say(&format!("stack {} fits {}: {}{jobs}", stack.name, stack.target, counted(endpoints, "endpoint")));
    }
    if compiled.stacks.is_empty() {
        ctx.say("no mistakes; the program has no stack");
    }
    ExitStatus::Done
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
