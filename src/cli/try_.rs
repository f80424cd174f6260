//! `servec try`: the whole way once, on this machine, in a folder of its own: compile, plan, apply, send the samples,
//! compare, take down. Whatever happens in between, it is taken down.

use camino::Utf8PathBuf;
use serde_json::{Value, json};

use crate::apply::{End, Interrupt, walk};
use crate::compile::Compiled;
use crate::report::{Code, Diagnostic, Severity};
use crate::stack::{Endpoint, Stack};
use crate::target::Failure;

use super::args::{DataFormat, TryArgs};
use super::beside::beside;
use super::compare::Compared;
use super::live::Teller;
use super::output::{Context, ExitStatus};
use super::session::Session;
use super::{left, live, sample, session};

pub fn run(args: &TryArgs, ctx: &Context) -> ExitStatus {
    match ctx.program(&args.program.path, args.format) {
        Ok(compiled) => live::block_on(ctx, attempt(args, ctx, &compiled)),
        Err(status) => status,
    }
}

async fn attempt(args: &TryArgs, ctx: &Context, compiled: &Compiled) -> Result<ExitStatus, Failure> {
    let stack = session::one_here(compiled)?;
    left::clear(ctx, &stack.target).await;
    // Held to the end, so that no other run takes this one's folder for left over.
    let (folder, data, _alive) = temporary()?;
    let session = Session::at(stack, data, "try")?;
    let mut verdicts = vec![];
    let ended = tokio::select! {
        ended = there_and_back(args, ctx, compiled, stack, &session, &mut verdicts) => ended,
        () = live::interrupted() => {
            ctx.say("interrupted: taking it down");
            Ok(ExitStatus::Interrupted)
        }
    };
    let down = take_down(ctx, &session).await;
    // After the processes: they read and write there.
    drop(folder);
    verdicts.iter().for_each(|verdict| ctx.say(verdict));
    down.and(ended)
}

fn temporary() -> Result<(tempfile::TempDir, Utf8PathBuf, std::fs::File), Failure> {
    let failed = |why: String| Box::new(Diagnostic::error(Code::DataFolder, format!("no temporary folder: {why}")));
    let folder = tempfile::Builder::new().prefix(left::PREFIX).tempdir().map_err(|error| failed(error.to_string()))?;
    let path = Utf8PathBuf::from_path_buf(folder.path().to_owned());
    let path = path.map_err(|path| failed(format!("`{}` is not named in UTF-8", path.display())))?;
    let alive = left::claim(&path).map_err(|error| failed(error.to_string()))?;
    Ok((folder, path, alive))
}

async fn there_and_back(
    args: &TryArgs,
    ctx: &Context,
    compiled: &Compiled,
    stack: &Stack,
    session: &Session,
    verdicts: &mut Vec<String>,
) -> Result<ExitStatus, Failure> {
    let plan = session.plan(&session::lower(stack, &compiled.tables)?, &compiled.sources).await?;
    let colour = ctx.look == crate::report::Look::Colour;
    plan.to_text(colour).lines().for_each(|line| ctx.say(line));
    let teller = Teller::new(ctx);
    let outcome = walk(&plan, session.live.as_ref(), &teller, &Interrupt::new()).await;
    teller.end();
    live::show_outcome(ctx, &compiled.sources, &outcome);
    if outcome.end != End::Served {
        return Ok(live::status_of(&outcome));
    }
    let mut reports = vec![];
    let mut found = vec![];
    for endpoint in &stack.endpoints {
        let (report, verdict, diagnostics) = one(ctx, endpoint, session).await;
        reports.push(report);
        verdicts.push(verdict);
        found.extend(diagnostics);
    }
    if !reports.iter().any(|report| report.get("answer").is_some_and(|answer| !answer.is_null()))
        && found.iter().all(is_warning)
    {
        let message = format!("nothing was tried: no endpoint of stack `{}` has a sample", stack.name);
        let help =
            "declare one in an endpoint: `sample { request = \"./request.json\", expect = \"./expected.json\" }`";
        found.push(Diagnostic::error(Code::NoSample, message).label(stack.span, "its endpoints").help(help));
    }
    ctx.show(&compiled.sources, &found);
    let agree = found.iter().all(is_warning);
    if args.format == DataFormat::Json {
        ctx.out(&format!("{:#}\n", json!({ "stack": stack.name, "agree": agree, "endpoints": reports })));
    }
    Ok(if agree { ExitStatus::Done } else { ExitStatus::Failed })
}

fn is_warning(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity != Severity::Error
}

/// Sends one endpoint's sample, shows the answer beside the expected one, and judges it in a line for the end.
async fn one(ctx: &Context, endpoint: &Endpoint, session: &Session) -> (Value, String, Vec<Diagnostic>) {
    let name = &endpoint.name;
    let nothing = || json!({ "endpoint": name, "answer": null });
    let Some(declared) = &endpoint.sample else {
        let message = format!("endpoint `{name}` has no sample: it was started, and not called");
        let warning = Diagnostic::warning(Code::NoSample, message).label(endpoint.span, "declared here");
        return (nothing(), format!("{name}: not tried"), vec![warning]);
    };
    let sampled = match sample::send(session.live.as_ref(), endpoint, None).await {
        Ok(sampled) => sampled,
        Err(failure) => return (nothing(), format!("{name}: failed, no answer to compare"), vec![*failure]),
    };
    let answer = sample::json(&sampled.answer.body);
    ctx.say(&format!("\n{name}: sent {}", declared.value.request));
    for line in beside(&answer, sampled.expected.as_ref()) {
        ctx.say(&format!("  {line}"));
    }
    ctx.say("");
    let tolerance = declared.value.tolerance;
    let verdict = match &sampled.compared {
        Some(compared) => {
            let word = if compared.agrees() { "agrees" } else { "differs" };
            let largest = compared.largest;
            format!("{name}: the answer {word}; the largest difference is {largest:.1e}, the tolerance {tolerance:.1e}")
        }
        None => format!("{name}: answered, and nothing is expected of it"),
    };
    let report = json!({
        "endpoint": name, "answer": answer, "expected": sampled.expected,
        "largest_difference": sampled.compared.as_ref().map(|c| c.largest), "tolerance": tolerance,
        "agrees": sampled.compared.as_ref().map(Compared::agrees),
    });
    let diagnostics = sampled.compared.iter().filter_map(|compared| sample::disagreement(endpoint, compared));
    (report, verdict, diagnostics.collect())
}

async fn take_down(ctx: &Context, session: &Session) -> Result<(), Failure> {
    let plan = session.plan_to_destroy().await?;
    let plan = crate::plan::Plan { protect: false, ..plan };
    let teller = Teller::new(ctx);
    let outcome = walk(&plan, session.live.as_ref(), &teller, &Interrupt::new()).await;
    teller.end();
    match outcome.diagnostics().first() {
        Some(failure) => Err(Box::new((*failure).clone())),
        None => {
            ctx.say("taken down: nothing is left of it");
            Ok(())
        }
    }
}
