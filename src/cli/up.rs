//! `servec up`: the local stack, staying. Shows where it is and how to call it; `down` ends it.

use camino::Utf8Path;

use crate::apply::End;
use crate::compile::Compiled;
use crate::stack::{Endpoint, Stack};
use crate::target::{Call, Failure};

use super::args::{DataFormat, UpArgs};
use super::output::{Context, ExitStatus};
use super::session::Session;
use super::{live, sample, session, status};

pub fn run(args: &UpArgs, ctx: &Context) -> ExitStatus {
    match ctx.program(&args.program.path, DataFormat::Text) {
        Ok(compiled) => live::block_on(ctx, up(args, ctx, &compiled)),
        Err(status) => status,
    }
}

async fn up(args: &UpArgs, ctx: &Context, compiled: &Compiled) -> Result<ExitStatus, Failure> {
    let stack = session::one_here(compiled)?;
    let session = Session::open(stack, &args.program.path, "up")?;
    let plan = session.plan(&session::lower(stack, &compiled.tables)?, &compiled.sources).await?;
    let colour = ctx.look == crate::report::Look::Colour;
    plan.to_text(colour).lines().for_each(|line| ctx.say(line));
    let outcome = live::carry_out(ctx, &plan, session.live.as_ref()).await;
    live::show_outcome(ctx, &compiled.sources, &outcome);
    if outcome.end != End::Served {
        return Ok(live::status_of(&outcome));
    }
    show_calls(ctx, stack, &session).await?;
    let path = &args.program.path;
    let program = if path == Utf8Path::new(".") { String::new() } else { format!(" {path}") };
    ctx.say(&format!("\nit stays up; `servec down{program}` ends it"));
    if args.detach {
        return Ok(ExitStatus::Done);
    }
    ctx.say("showing its status; ctrl-c leaves it running");
    watch(ctx, &session).await
}

/// A line to paste for each endpoint.
async fn show_calls(ctx: &Context, stack: &Stack, session: &Session) -> Result<(), Failure> {
    for endpoint in &stack.endpoints {
        let (call, data) = example(endpoint);
        ctx.out(&format!("\n{}\n", endpoint.name));
        for line in session.live.recipe(&call, &data).await? {
            ctx.out(&format!("  {line}\n"));
        }
    }
    Ok(())
}

/// The sample, or a body to fill in.
fn example(endpoint: &Endpoint) -> (Call, String) {
    let of = |content_type| Call { endpoint: endpoint.name.to_string(), body: vec![], content_type, variant: None };
    match &endpoint.sample {
        Some(sample) => (of(sample::content_type(&sample.value.request)), format!("@{}", sample.value.request)),
        None => (of(None), "@request".to_owned()),
    }
}

/// A line whenever something changed.
async fn watch(ctx: &Context, session: &Session) -> Result<ExitStatus, Failure> {
    let mut shown = String::new();
    let mut interrupted = std::pin::pin!(live::interrupted());
    loop {
        let table = status::table(&session.live.running().await?);
        if table != shown {
            ctx.out(&table);
            shown = table;
        }
        tokio::select! {
            () = tokio::time::sleep(status::EVERY) => {}
            () = &mut interrupted => {
                ctx.say("still running");
                return Ok(ExitStatus::Interrupted);
            }
        }
    }
}
