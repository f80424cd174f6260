//! `servec destroy`: removes what a stack made. Only what is live decides what goes; the program says which stack.

use crate::compile::Compiled;
use crate::target::Failure;

use super::args::DestroyArgs;
use super::output::{Context, ExitStatus};
use super::session::Session;
use super::{apply, live, session};

pub fn run(args: &DestroyArgs, ctx: &Context) -> ExitStatus {
    match ctx.program(&args.program.path, args.format) {
        Ok(compiled) => live::block_on(ctx, destroy(args, ctx, &compiled)),
        Err(status) => status,
    }
}

async fn destroy(args: &DestroyArgs, ctx: &Context, compiled: &Compiled) -> Result<ExitStatus, Failure> {
    let session = Session::open(session::one(compiled)?, &args.program.path, "destroy")?;
    let plan = session.plan_to_destroy().await?;
    apply::carry_out(ctx, &plan, session.live.as_ref(), &compiled.sources, args.yes, args.format).await
}
