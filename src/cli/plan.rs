//! `servec plan`: what would change, why, and what callers notice. Changes nothing.

use crate::compile::Compiled;
use crate::plan::Plan;
use crate::stack::Stack;
use crate::target::Failure;

use super::args::{PlanArgs, PlanFormat};
use super::output::{Context, ExitStatus};
use super::session::Session;
use super::{explained, live, session};

pub fn run(args: &PlanArgs, ctx: &Context) -> ExitStatus {
    match ctx.program(&args.program.path, args.format.of_failure()) {
        Ok(compiled) => live::block_on(ctx, plan(args, ctx, &compiled)),
        Err(status) => status,
    }
}

async fn plan(args: &PlanArgs, ctx: &Context, compiled: &Compiled) -> Result<ExitStatus, Failure> {
    let stack = session::one(compiled)?;
    let session = Session::open(stack, &args.program.path, "plan")?;
    let desired = session::lower(stack, &compiled.tables)?;
    let plan = session.plan(&desired, &compiled.sources).await?;
    let whole = session::stand_alone(&plan, &desired);
    match args.format {
        PlanFormat::Json => ctx.out(&format!("{:#}\n", whole.to_json())),
        PlanFormat::Markdown => ctx.out(&whole.to_markdown()),
        PlanFormat::Text => ctx.out(&plan.to_text(ctx.colour_out)),
    }
    if args.explain && args.format == PlanFormat::Text {
        ctx.out(&explained::text(&desired, &compiled.sources));
    }
    if let Some(refusal) = plan.refusal() {
        return Err(refusal);
    }
    if let Some(out) = &args.out {
        placed(whole, stack, &args.program.path).save(out)?;
        ctx.say(&format!("saved: servec apply {out}"));
    }
    Ok(if args.detailed_exitcode && !plan.is_empty() { ExitStatus::Pending } else { ExitStatus::Done })
}

/// A saved plan is applied without its program: it says itself where that was, and by which settings its target is reached.
fn placed(plan: Plan, stack: &Stack, path: &camino::Utf8Path) -> Plan {
    let folder = std::path::absolute(session::folder(path)).ok();
    let folder = folder.map(|folder| folder.to_string_lossy().into_owned());
    Plan { folder, settings: stack.settings_as_text(), ..plan }
}
