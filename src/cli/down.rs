//! `servec down`: ends what `up` started on this machine.

use crate::compile::Compiled;
use crate::target::Failure;

use super::args::{DataFormat, DownArgs};
use super::output::{Context, ExitStatus};
use super::session::Session;
use super::{apply, live, session};

pub fn run(args: &DownArgs, ctx: &Context) -> ExitStatus {
    match ctx.program(&args.program.path, DataFormat::Text) {
        Ok(compiled) => live::block_on(ctx, down(args, ctx, &compiled)),
        Err(status) => status,
    }
}

async fn down(args: &DownArgs, ctx: &Context, compiled: &Compiled) -> Result<ExitStatus, Failure> {
    let session = Session::open(session::one_here(compiled)?, &args.program.path, "down")?;
    let plan = session.plan_to_destroy().await?;
    apply::carry_out(ctx, &plan, session.live.as_ref(), &compiled.sources, true, DataFormat::Text).await
}
