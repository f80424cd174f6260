//! `servec drift`: what is no longer as it was last applied, whatever the program says now.

use serde_json::json;

use crate::compile::Compiled;
use crate::report::{Code, Diagnostic};
use crate::target::Failure;

use super::args::{DataFormat, DriftArgs};
use super::output::{Context, ExitStatus};
use super::session::Session;
use super::{live, session};

pub fn run(args: &DriftArgs, ctx: &Context) -> ExitStatus {
    match ctx.program(&args.program.path, args.format) {
        Ok(compiled) => live::block_on(ctx, drift(args, ctx, &compiled)),
        Err(status) => status,
    }
}

async fn drift(args: &DriftArgs, ctx: &Context, compiled: &Compiled) -> Result<ExitStatus, Failure> {
    let stack = session::one(compiled)?;
    let session = Session::open(stack, &args.program.path, "drift")?;
    let found = session.live.drift().await?;
    match args.format {
        DataFormat::Json => ctx.out(&format!("{:#}\n", json!({ "stack": stack.name, "drifted": found }))),
        DataFormat::Text => {
            let warning = |d: &crate::target::Drifted| {
                let message = format!("`{}` is no longer as it was applied: {}", d.address, d.why);
                Diagnostic::warning(Code::Drifted, message).help("`servec apply` makes it as declared")
            };
            ctx.show(&compiled.sources, &found.iter().map(warning).collect::<Vec<_>>());
            if found.is_empty() && session.live.observe().await?.objects.is_empty() {
                ctx.say(&format!("stack {}: nothing of it is there, and nothing was applied", stack.name));
            } else if found.is_empty() {
                ctx.say(&format!("stack {}: everything is as it was last applied", stack.name));
            }
        }
    }
    Ok(if args.detailed_exitcode && !found.is_empty() { ExitStatus::Pending } else { ExitStatus::Done })
}
