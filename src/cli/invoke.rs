//! `servec invoke`: calls an endpoint with its target's own protocol. The answer goes to standard output.

use std::io::Read as _;

use camino::Utf8Path;
use serde_json::json;

use crate::compile::Compiled;
use crate::report::{Code, Diagnostic, suggest};
use crate::stack::{Endpoint, Stack};
use crate::target::{Access, Answer, Call, Failure};

use super::args::{DataFormat, InvokeArgs};
use super::output::{Context, ExitStatus};
use super::session::Session;
use super::{live, sample, session};

pub fn run(args: &InvokeArgs, ctx: &Context) -> ExitStatus {
    match ctx.program(&args.program.path, args.format) {
        Ok(compiled) => live::block_on(ctx, invoke(args, ctx, &compiled)),
        Err(status) => status,
    }
}

async fn invoke(args: &InvokeArgs, ctx: &Context, compiled: &Compiled) -> Result<ExitStatus, Failure> {
    let stack = session::one(compiled)?;
    let endpoint = endpoint(stack, &args.endpoint)?;
    if let Some(flag) = [("--async", args.detached), ("--model", args.model.is_some())].iter().find(|f| f.1) {
        let message =
            format!("endpoint `{}` takes no `{}`: it answers at once, from what it serves", endpoint.name, flag.0);
        return Err(Box::new(Diagnostic::error(Code::CallFailed, message).label(endpoint.mode.span, "by its mode")));
    }
    if let Some(name) = args.variant.as_deref().filter(|name| !endpoint.variants.iter().any(|v| *v.name == **name)) {
        let names: Vec<String> = endpoint.variants.iter().map(|v| format!("`{}`", v.name)).collect();
        let diagnostic =
            Diagnostic::error(Code::CallFailed, format!("endpoint `{}` has no variant `{name}`", endpoint.name));
        return Err(Box::new(match suggest::nearest(name, endpoint.variants.iter().map(|v| &*v.name)) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.help(format!("its variants: {}", names.join(", "))),
        }));
    }
    let session = Session::open(stack, &args.program.path, "invoke")?;
    if args.sample && !args.print {
        return sampled(args, ctx, compiled, endpoint, session.live.as_ref()).await;
    }
    let (call, data) = call(args, endpoint)?;
    if args.print {
        let lines = session.live.recipe(&call, &data).await?;
        lines.iter().for_each(|line| ctx.out(&format!("{line}\n")));
        return Ok(ExitStatus::Done);
    }
    let answer = tokio::select! {
        answer = session.live.call(&call) => answer?,
        () = live::interrupted() => return Ok(ExitStatus::Interrupted),
    };
    if !answer.is_success() {
        return Err(sample::refused(&endpoint.name, &answer));
    }
    show(ctx, &answer, args.format);
    Ok(ExitStatus::Done)
}

async fn sampled(
    args: &InvokeArgs,
    ctx: &Context,
    compiled: &Compiled,
    endpoint: &Endpoint,
    live: &dyn Access,
) -> Result<ExitStatus, Failure> {
    let sampled = sample::send(live, endpoint, args.variant.clone()).await?;
    show(ctx, &sampled.answer, args.format);
    let Some(compared) = &sampled.compared else { return Ok(ExitStatus::Done) };
    match sample::disagreement(endpoint, compared) {
        Some(diagnostic) => {
            ctx.show(&compiled.sources, &[diagnostic]);
            Ok(ExitStatus::Failed)
        }
        None => {
            ctx.say(&format!("as expected; the largest difference is {:.1e}", compared.largest));
            Ok(ExitStatus::Done)
        }
    }
}

fn show(ctx: &Context, answer: &Answer, format: DataFormat) {
    if let Some(variant) = &answer.variant {
        ctx.detail(&format!("variant {variant} answered"));
    }
    match format {
        DataFormat::Json => ctx.out(&format!(
            "{}\n",
            json!({ "status": answer.status, "variant": answer.variant, "answer": sample::json(&answer.body) })
        )),
        DataFormat::Text => ctx.out(&format!("{}\n", String::from_utf8_lossy(&answer.body))),
    }
}

/// The call, and its body as a shell names it.
fn call(args: &InvokeArgs, endpoint: &Endpoint) -> Result<(Call, String), Failure> {
    let of = |body: Vec<u8>, content_type: Option<String>| Call {
        endpoint: endpoint.name.to_string(),
        body,
        content_type,
        variant: args.variant.clone(),
    };
    if args.sample {
        let sample = sample::of(endpoint)?;
        let call = sample::call(&endpoint.name, sample, args.variant.clone())?;
        return Ok((call, format!("@{}", sample.request)));
    }
    match args.data.as_deref() {
        Some("-") => {
            let mut body = vec![];
            let read = std::io::stdin().lock().read_to_end(&mut body);
            read.map_err(|error| {
                Box::new(Diagnostic::error(Code::CallFailed, format!("standard input can't be read: {error}")))
            })?;
            let kind = guessed(&body);
            Ok((of(body, kind), "@-".to_owned()))
        }
        Some(text) => match text.strip_prefix('@') {
            Some(path) => {
                let path = Utf8Path::new(path);
                Ok((of(sample::read(path)?, sample::content_type(path)), text.to_owned()))
            }
            None => Ok((of(text.as_bytes().to_vec(), guessed(text.as_bytes())), text.to_owned())),
        },
        None => {
            let diagnostic = Diagnostic::error(Code::CallFailed, "there is nothing to send");
            let own = if endpoint.sample.is_some() { "`--sample` sends the endpoint's own; " } else { "" };
            Err(Box::new(diagnostic.help(format!("{own}`--data @FILE`, `--data -` or `--data TEXT` sends yours"))))
        }
    }
}

/// JSON says so by its first character; anything else is for the endpoint to read by its input's type.
fn guessed(body: &[u8]) -> Option<String> {
    let first = body.iter().find(|b| !b.is_ascii_whitespace());
    matches!(first, Some(b'{' | b'[')).then(|| "application/json".to_owned())
}

fn endpoint<'a>(stack: &'a Stack, name: &str) -> Result<&'a Endpoint, Failure> {
    stack.endpoints.iter().find(|e| *e.name == *name).ok_or_else(|| {
        let message = format!("stack `{}` has no endpoint `{name}`", stack.name);
        let diagnostic = Diagnostic::error(Code::NotRunning, message);
        Box::new(match suggest::nearest(name, stack.endpoints.iter().map(|e| &*e.name)) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => {
                let names: Vec<String> = stack.endpoints.iter().map(|e| format!("`{}`", e.name)).collect();
                diagnostic.help(format!("its endpoints: {}", names.join(", ")))
            }
        })
    })
}
