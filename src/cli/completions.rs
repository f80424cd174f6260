//! `servec completions SHELL`: a script for the shell to source.

use clap::CommandFactory as _;

use super::args::{Cli, CompletionsArgs};
use super::output::{Context, ExitStatus};

pub fn run(args: &CompletionsArgs, ctx: &Context) -> ExitStatus {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "servec", &mut script);
    ctx.out(&String::from_utf8_lossy(&script));
    ExitStatus::Done
}
