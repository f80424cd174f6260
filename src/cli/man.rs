//! `servec man`: manual pages, made from the same definitions as `--help`.

use clap::CommandFactory as _;

use crate::report::{Code, Diagnostic, suggest};

use super::args::{Cli, ManArgs};
use super::file;
use super::output::{Context, ExitStatus};

pub fn run(args: &ManArgs, ctx: &Context) -> ExitStatus {
    match pages(args, ctx) {
        Ok(()) => ExitStatus::Done,
        Err(diagnostic) => ctx.fail(*diagnostic),
    }
}

fn pages(args: &ManArgs, ctx: &Context) -> Result<(), Box<Diagnostic>> {
    let mut root = Cli::command();
    root.build();
    if let Some(folder) = &args.out {
        std::fs::create_dir_all(folder).map_err(|error| unwritable(folder.as_str(), &error))?;
        file::write(&folder.join("servec.1"), &page(&root)?)?;
        for command in root.get_subcommands().filter(|c| !c.is_hide_set()) {
            let path = folder.join(format!("servec-{}.1", command.get_name()));
            file::write(&path, &page(&named(command))?)?;
            ctx.detail(&format!("wrote {path}"));
        }
        return Ok(());
    }
    let command = match &args.page {
        None => root,
        Some(name) => named(root.find_subcommand(name).ok_or_else(|| unknown(name, &root))?),
    };
    ctx.out(&String::from_utf8_lossy(&page(&command)?));
    Ok(())
}

/// A page of its own says `servec-check` at its head.
fn named(command: &clap::Command) -> clap::Command {
    let name = format!("servec-{}", command.get_name());
    command.clone().display_name(name.clone()).name(name)
}

fn page(command: &clap::Command) -> Result<Vec<u8>, Box<Diagnostic>> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut text).map_err(|error| unwritable(command.get_name(), &error))?;
    Ok(text)
}

fn unwritable(what: &str, error: &std::io::Error) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(Code::Unwritable, format!("`{what}` can't be written: {error}")))
}

fn unknown(name: &str, root: &clap::Command) -> Box<Diagnostic> {
    let near = suggest::nearest(name, root.get_subcommands().map(clap::Command::get_name));
    let diagnostic = Diagnostic::error(Code::NoSuchPath, format!("servec has no command `{name}`"));
    Box::new(match near {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help("`servec help` lists all"),
    })
}
