//! `servec status`: endpoints, variants, replicas and their health.

use std::time::Duration;

use serde_json::json;

use crate::compile::Compiled;
use crate::resource::Health;
use crate::target::{Failure, Running};

use super::args::{DataFormat, StatusArgs};
use super::output::{Context, ExitStatus};
use super::session::Session;
use super::{live, session};

/// Between two looks.
pub const EVERY: Duration = Duration::from_secs(2);

pub fn run(args: &StatusArgs, ctx: &Context) -> ExitStatus {
    match ctx.program(&args.program.path, args.format) {
        Ok(compiled) => live::block_on(ctx, status(args, ctx, &compiled)),
        Err(status) => status,
    }
}

async fn status(args: &StatusArgs, ctx: &Context, compiled: &Compiled) -> Result<ExitStatus, Failure> {
    let stack = session::one(compiled)?;
    let session = Session::open(stack, &args.program.path, "status")?;
    let missing = |all: &[Running]| -> Vec<String> {
        let absent = stack.endpoints.iter().filter(|e| !all.iter().any(|r| *r.endpoint == *e.name));
        absent.map(|e| e.name.to_string()).collect()
    };
    let mut interrupted = std::pin::pin!(live::interrupted());
    loop {
        let all = session.live.running().await?;
        match args.format {
            DataFormat::Json => ctx
                .out(&format!("{}\n", json!({ "stack": stack.name, "endpoints": all, "not_applied": missing(&all) }))),
            DataFormat::Text => {
                ctx.out(&table(&all));
                missing(&all).iter().for_each(|name| ctx.out(&format!("{name}  not applied\n")));
            }
        }
        if !args.watch {
            return Ok(ExitStatus::Done);
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = &mut interrupted => return Ok(ExitStatus::Interrupted),
        }
    }
}

/// A line for each endpoint, in columns.
pub fn table(all: &[Running]) -> String {
    let rows: Vec<Vec<String>> = all.iter().map(row).collect();
    let width = |i: usize| rows.iter().filter_map(|row| row.get(i)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..5).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

fn row(running: &Running) -> Vec<String> {
    let health = match &running.health {
        Health::Ready => "ready".to_owned(),
        Health::Pending(why) => format!("not ready: {why}"),
        Health::Failed(why) => format!("failed: {why}"),
    };
    let shares = running.variants.iter().map(|v| match v.shadow {
        true => format!("{} shadow", v.variant),
        false => format!("{} {:.0}%", v.variant, v.share * 100.0),
    });
    let requests: u64 = running.requests.values().sum();
    let errors: u64 = running.requests.iter().filter(|(code, _)| **code >= 400).map(|(_, count)| count).sum();
    vec![
        running.endpoint.clone(),
        health,
        running.url.clone().unwrap_or_else(|| "-".to_owned()),
        format!("{} · {}", running.served_by, shares.collect::<Vec<_>>().join(", ")),
        format!("{requests} requests, {errors} errors"),
    ]
}
