//! `servec cost`: what each stack costs a month.

mod against;
mod show;

use crate::compile;
use crate::cost;
use crate::files::Disk;
use crate::report::{Severity, Sink};
use crate::target;

use super::args::{CostArgs, TableFormat};
use super::output::{Context, ExitStatus};
use super::{file, prices};
use against::Earlier;

pub fn run(args: &CostArgs, ctx: &Context) -> ExitStatus {
    match answer(args, ctx) {
        Ok(status) | Err(status) => status,
    }
}

fn answer(args: &CostArgs, ctx: &Context) -> Result<ExitStatus, ExitStatus> {
    let path = &args.program.path;
    file::exists(path).map_err(|diagnostic| ctx.fail(*diagnostic))?;
    // Own prices may keep a budget that the catalogue's exceed, so that it is asked here and not while compiling.
    let compiled = compile::compile_unfitted(path, &ctx.options, &Disk);
    if compiled.failed {
        ctx.show(&compiled.sources, &compiled.diagnostics);
        return Err(ExitStatus::Failed);
    }
    let prices = prices::read(args.prices.as_deref(), &target::catalogs(), ctx)?;
    let earlier = args.against.as_deref().map(Earlier::read).transpose().map_err(|d| ctx.fail(*d))?;
    let mut sink = Sink::default();
    let mut estimates = Vec::new();
    for stack in &compiled.stacks {
        let catalog = target::catalog_of(&stack.target);
        let estimate = cost::estimate(stack, catalog, &prices, &mut sink);
        cost::keep(&estimate, &mut sink);
        estimates.push(estimate);
    }
    if estimates.is_empty() {
        ctx.say("the program has no stack, so nothing costs anything");
    }
    ctx.out(&match args.format {
        TableFormat::Text => show::text(&estimates, earlier.as_ref()),
        TableFormat::Markdown => show::markdown(&estimates, earlier.as_ref()),
        TableFormat::Json => format!("{:#}\n", show::json(&estimates, earlier.as_ref())),
    });
    let found = sink.into_sorted();
    ctx.show(&compiled.sources, &found);
    let failed = found.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    Ok(if failed { ExitStatus::Failed } else { ExitStatus::Done })
}
