//! `servec diff`: what runs against what the program asks for, as text differences.

use crate::compile::Compiled;
use crate::target::Failure;

use super::args::{DataFormat, DiffArgs};
use super::output::{Context, ExitStatus};
use super::session::Session;
use super::{live, session};

pub fn run(args: &DiffArgs, ctx: &Context) -> ExitStatus {
    match ctx.program(&args.program.path, args.format) {
        Ok(compiled) => live::block_on(ctx, diff(args, ctx, &compiled)),
        Err(status) => status,
    }
}

async fn diff(args: &DiffArgs, ctx: &Context, compiled: &Compiled) -> Result<ExitStatus, Failure> {
    let stack = session::one(compiled)?;
    let session = Session::open(stack, &args.program.path, "diff")?;
    let plan = session.plan(&session::lower(stack, &compiled.tables)?, &compiled.sources).await?;
    match args.format {
        DataFormat::Json => ctx.out(&format!("{:#}\n", plan.to_json())),
        DataFormat::Text => ctx.out(&plan.to_diff(ctx.colour_out)),
    }
    if plan.is_empty() {
        ctx.say(&plan.summary());
    }
    Ok(ExitStatus::Done)
}
