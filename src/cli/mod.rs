//! The command line: one file a command. Here its arguments become a context, and one command runs.

mod apply;
pub mod args;
mod beside;
mod build;
mod capabilities;
mod check;
mod compare;
mod completions;
mod cost;
mod destroy;
mod diff;
mod down;
mod drift;
mod explain;
mod explained;
pub mod file;
mod fmt;
mod graph;
mod iam;
mod init;
mod invoke;
mod left;
mod live;
mod logs;
mod lsp;
mod machines;
mod man;
pub mod output;
mod plan;
mod prices;
mod sample;
mod serves;
mod session;
mod status;
mod try_;
mod up;

use std::ffi::OsString;
use std::process::{ExitCode, Termination as _};

use clap::Parser as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::report::Streams;

pub use args::Cli;
use args::{Color, Command, Global};
pub use output::{Context, ExitStatus};

/// The word that makes this binary the model server: the embedded target starts itself with it.
pub const SERVE_RUNTIME: &str = "serve-runtime";

/// Runs the process's command line.
pub fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|info| Streams::process().err(&bug(info))));
    let arguments: Vec<OsString> = std::env::args_os().collect();
    #[cfg(feature = "embedded")]
    if arguments.get(1).is_some_and(|word| word == SERVE_RUNTIME) {
        return serve_runtime::main_with(arguments.into_iter().skip(1));
    }
    match Cli::try_parse_from(&arguments) {
        Ok(cli) => run(&cli).report(),
        Err(error) => usage(&error).report(),
    }
}

fn run(cli: &Cli) -> ExitStatus {
    let ctx = match Context::new(&cli.global) {
        Ok(ctx) => ctx,
        // Only the log can fail: say so without it.
        Err(diagnostic) => {
            let global = Global { log: None, ..cli.global.clone() };
            return Context::new(&global).map_or(ExitStatus::Failed, |ctx| ctx.fail(*diagnostic));
        }
    };
    ctx.finish(dispatch(&cli.command, &ctx))
}

fn dispatch(command: &Command, ctx: &Context) -> ExitStatus {
    match command {
        Command::Init(args) => init::run(args, ctx),
        Command::Check(args) => check::run(args, ctx),
        Command::Fmt(args) => fmt::run(args, ctx),
        Command::Graph(args) => graph::run(args, ctx),
        Command::Explain(args) => explain::run(args, ctx),
        Command::Capabilities(args) => capabilities::run(args, ctx),
        Command::Build(args) => build::run(args, ctx),
        Command::Plan(args) => plan::run(args, ctx),
        Command::Diff(args) => diff::run(args, ctx),
        Command::Apply(args) => apply::run(args, ctx),
        Command::Destroy(args) => destroy::run(args, ctx),
        Command::Drift(args) => drift::run(args, ctx),
        Command::Status(args) => status::run(args, ctx),
        Command::Try(args) => try_::run(args, ctx),
        Command::Up(args) => up::run(args, ctx),
        Command::Down(args) => down::run(args, ctx),
        Command::Invoke(args) => invoke::run(args, ctx),
        Command::Logs(args) => logs::run(args, ctx),
        Command::Machines(args) => machines::run(args, ctx),
        Command::Cost(args) => cost::run(args, ctx),
        Command::Lsp(args) => lsp::run(args, ctx),
        Command::Iam(args) => iam::run(args, ctx),
        Command::Completions(args) => completions::run(args, ctx),
        Command::Man(args) => man::run(args, ctx),
    }
}

/// Help goes to standard output; a command line that can't be read is an error like any other, with exit code 1.
fn usage(error: &clap::Error) -> ExitStatus {
    let streams = Streams::process();
    let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    let colour = output::terminal(Color::Auto).0 == crate::report::Look::Colour;
    // What clap says repeats the argument, and that may be a secret that was mistyped.
    let of_set =
        matches!(error.get(ContextKind::InvalidArg), Some(ContextValue::String(arg)) if arg.starts_with("--set"));
    if of_set && error.kind() == ErrorKind::ValueValidation {
        streams.err("error: `--set` takes `name=value`, and this one has no name or no `=`\n");
        return ExitStatus::Failed;
    }
    let text = if colour { error.render().ansi().to_string() } else { error.render().to_string() };
    if asked {
        streams.out(&text);
        ExitStatus::Done
    } else {
        streams.err(&text);
        ExitStatus::Failed
    }
}

/// What a panic says: it is our mistake, and what to send us.
fn bug(info: &std::panic::PanicHookInfo<'_>) -> String {
    let what = info.payload_as_str().unwrap_or("no message");
    let place = info.location().map(|l| format!(" ({}:{})", l.file(), l.line())).unwrap_or_default();
    format!(
        "servec: internal error: {what}{place}\n\
         This is a bug in servec {}, not in your program. Please report it with this message, the command line and,\n\
         if you can, the program.\n",
        env!("CARGO_PKG_VERSION")
    )
}
