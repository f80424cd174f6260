//! `servec logs`: what an endpoint's processes say.

use crate::compile::Compiled;
use crate::target::Failure;

use super::args::{DataFormat, LogsArgs};
use super::output::{Context, ExitStatus};
use super::session::Session;
use super::{live, session};

pub fn run(args: &LogsArgs, ctx: &Context) -> ExitStatus {
    match ctx.program(&args.program.path, DataFormat::Text) {
        Ok(compiled) => live::block_on(ctx, logs(args, ctx, &compiled)),
        Err(status) => status,
    }
}

async fn logs(args: &LogsArgs, ctx: &Context, compiled: &Compiled) -> Result<ExitStatus, Failure> {
    let session = Session::open(session::one(compiled)?, &args.program.path, "logs")?;
    let print = |line: &str| ctx.out(&format!("{line}\n"));
    tokio::select! {
        done = session.live.logs(&args.endpoint, args.follow, &print) => done.map(|()| ExitStatus::Done),
        () = live::interrupted() => Ok(ExitStatus::Interrupted),
    }
}
