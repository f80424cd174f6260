//! `servec apply`: plan, ask, do, verify; or do exactly what a saved plan says.

use camino::Utf8Path;

use crate::compile::Compiled;
use crate::plan::Plan;
use crate::source::SourceMap;
use crate::target::{Access, Failure, Place};

use super::args::{ApplyArgs, DataFormat};
use super::live::Said;
use super::output::{Context, ExitStatus};
use super::session::Session;
use super::{live, session};

pub fn run(args: &ApplyArgs, ctx: &Context) -> ExitStatus {
    if is_plan(&args.path) {
        return live::block_on(ctx, saved(args, ctx));
    }
    match ctx.program(&args.path, args.format) {
        Ok(compiled) => live::block_on(ctx, fresh(args, ctx, &compiled)),
        Err(status) => status,
    }
}

/// A program is a folder or a `.serve` file; any other file is a plan.
fn is_plan(path: &Utf8Path) -> bool {
    path.is_file() && path.extension() != Some("serve")
}

async fn fresh(args: &ApplyArgs, ctx: &Context, compiled: &Compiled) -> Result<ExitStatus, Failure> {
    let stack = session::one(compiled)?;
    let session = Session::open(stack, &args.path, "apply")?;
    let plan = session.plan(&session::lower(stack, &compiled.tables)?, &compiled.sources).await?;
    ask_and_do(args, ctx, &plan, session.live.as_ref(), &compiled.sources).await
}

async fn saved(args: &ApplyArgs, ctx: &Context) -> Result<ExitStatus, Failure> {
    let plan = Plan::load(&args.path)?;
    let folder = plan.folder.clone().unwrap_or_else(|| ".".to_owned());
    let place = Place {
        data: session::data(Utf8Path::new(&folder)),
        stack: plan.stack.to_string(),
        settings: plan.settings.clone(),
        command: "apply".to_owned(),
    };
    let live = session::find(&plan.target)?.connect(&place)?;
    ask_and_do(args, ctx, &plan, live.as_ref(), &SourceMap::default()).await
}

async fn ask_and_do(
    args: &ApplyArgs,
    ctx: &Context,
    plan: &Plan,
    live: &dyn Access,
    sources: &SourceMap,
) -> Result<ExitStatus, Failure> {
    carry_out(ctx, plan, live, sources, args.yes, args.format).await
}

/// Shows a plan, asks unless told not to, does it, and shows what became of it. `destroy` does the same.
pub async fn carry_out(
    ctx: &Context,
    plan: &Plan,
    live: &dyn Access,
    sources: &SourceMap,
    yes: bool,
    format: DataFormat,
) -> Result<ExitStatus, Failure> {
    let colour = ctx.look == crate::report::Look::Colour;
    plan.to_text(colour).lines().for_each(|line| ctx.say(line));
    if let Some(refusal) = plan.refusal() {
        return Err(refusal);
    }
    let said = if plan.is_empty() { Said::Yes } else { live::asked(ctx, &plan.summary(), yes).await? };
    match said {
        Said::Yes => {}
        Said::No => {
            ctx.say("not done: nothing was changed");
            return Ok(ExitStatus::Failed);
        }
        Said::Interrupted => {
            ctx.say("\ninterrupted: nothing was changed");
            return Ok(ExitStatus::Interrupted);
        }
    }
    let outcome = live::carry_out(ctx, plan, live).await;
    live::show_outcome(ctx, sources, &outcome);
    if format == DataFormat::Json {
        ctx.out(&format!("{:#}\n", outcome.to_json()));
    }
    Ok(live::status_of(&outcome))
}
