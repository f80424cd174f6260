//! `servec build`: what would be deployed, as files. Offline, and the same bytes each time.

use serde_json::json;

use crate::compile::Tables;
use crate::report::{Code, Diagnostic};
use crate::target::Failure;

use super::args::{BuildArgs, DataFormat};
use super::output::{Context, ExitStatus};
use super::{file, session};

pub fn run(args: &BuildArgs, ctx: &Context) -> ExitStatus {
    let compiled = match ctx.program(&args.program.path, args.format) {
        Ok(compiled) => compiled,
        Err(status) => return status,
    };
    let mut written = vec![];
    for stack in &compiled.stacks {
        match write(stack, &compiled.tables, args) {
            Ok(paths) => written.extend(paths),
            Err(failure) => return ctx.fail(*failure),
        }
    }
    match args.format {
        DataFormat::Json => ctx.out(&format!("{:#}\n", json!({ "files": written }))),
        DataFormat::Text => written.iter().for_each(|path| ctx.say(&format!("wrote {path}"))),
    }
    if compiled.stacks.is_empty() {
        ctx.say("the program has no stack: there is nothing to build");
    }
    ExitStatus::Done
}

fn write(stack: &crate::stack::Stack, tables: &Tables, args: &BuildArgs) -> Result<Vec<String>, Failure> {
    let desired = session::lower(stack, tables)?;
    let mut written = vec![];
    for artifact in session::emitter(session::find(&stack.target)?)?.files(&desired) {
        let path = args.out.join(&*stack.name).join(&artifact.path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| {
                Box::new(Diagnostic::error(Code::Unwritable, format!("`{folder}` can't be made: {error}")))
            })?;
        }
        file::write(&path, &artifact.contents)?;
        written.push(path.into_string());
    }
    Ok(written)
}
