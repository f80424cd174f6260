//! `servec iam`: what whoever applies a stack must be allowed, as the platform's own document. Offline.

use crate::compile::Compiled;
use crate::report::{Code, Diagnostic};
use crate::target::Failure;

use super::args::{DataFormat, IamArgs};
use super::output::{Context, ExitStatus};
use super::session;

pub fn run(args: &IamArgs, ctx: &Context) -> ExitStatus {
    let compiled = match ctx.program(&args.program.path, DataFormat::Text) {
        Ok(compiled) => compiled,
        Err(status) => return status,
    };
    match document(&compiled) {
        Ok(text) => {
            ctx.out(&text);
            ExitStatus::Done
        }
        Err(failure) => ctx.fail(*failure),
    }
}

fn document(compiled: &Compiled) -> Result<String, Failure> {
    let stack = session::one(compiled)?;
    let desired = session::lower(stack, &compiled.tables)?;
    let emitter = session::emitter(session::find(&stack.target)?)?;
    let document = emitter.permissions(stack, &desired).ok_or_else(|| {
        let message = format!("on `{}` nothing has to be allowed that servec knows of", stack.target);
        let help = "`servec iam` is for platforms that grant single actions to whoever deploys";
        Box::new(Diagnostic::error(Code::NotEmitted, message).help(help))
    })?;
    Ok(format!("{document:#}\n"))
}
