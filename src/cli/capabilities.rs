//! `servec capabilities`: what the targets can do, what a program uses of it, and what a move would lose.

use crate::capability::Table;
use crate::capability::matrix::show::{self, Look};
use crate::capability::matrix::{Change, between, used, whole};
use crate::compile::{self, Compiled, Tables};
use crate::files::Disk;
use crate::report::Sink;
use crate::source::SourceMap;
use crate::stack::Stack;

use super::args::{CapabilitiesArgs, PageFormat, ReportFormat};
use super::output::{Context, ExitStatus};

pub fn run(args: &CapabilitiesArgs, ctx: &Context) -> ExitStatus {
    let failed = if args.format == PageFormat::Json { ReportFormat::Json } else { ReportFormat::Text };
    let program = args.path.as_ref().or(args.program.as_ref());
    let compiled = match program.map(|path| ctx.unfitted(path, failed)).transpose() {
        Ok(compiled) => compiled,
        Err(status) => return status,
    };
    let tables = match compiled.as_ref().map_or_else(|| tables(ctx, failed), |compiled| Ok(compiled.tables.clone())) {
        Ok(tables) => tables,
        Err(status) => return status,
    };
    if compiled.as_ref().is_some_and(|compiled| compiled.stacks.is_empty()) {
        ctx.say("the program has no stack, so it uses nothing");
    }
    match (&args.target, &args.against) {
        (Some(from), Some(to)) => changes(args, ctx, &tables, (from, to), compiled.as_ref()),
        (Some(_), None) | (None, _) => grids(args, ctx, &tables, compiled.as_ref()),
    }
    ExitStatus::Done
}

/// Without a program, the user's own file is all that can be wrong.
fn tables(ctx: &Context, format: ReportFormat) -> Result<Tables, ExitStatus> {
    let mut sink = Sink::default();
    let tables = compile::tables(&ctx.options, &Disk, &mut sink);
    if sink.has_errors() {
        ctx.report(&SourceMap::default(), &sink.into_sorted(), format);
        return Err(ExitStatus::Failed);
    }
    Ok(tables)
}

fn look(args: &CapabilitiesArgs, ctx: &Context) -> Look {
    Look { width: ctx.width_out, sources: args.sources }
}

fn grids(args: &CapabilitiesArgs, ctx: &Context, tables: &Tables, compiled: Option<&Compiled>) {
    let mut known = tables.all();
    if let Some(target) = &args.target {
        known.retain(|(name, _)| name == target);
    }
    let known: Vec<(&str, &Table)> = known;
    let grids = match compiled {
        Some(compiled) => compiled.stacks.iter().map(|stack| used(stack, &known)).collect(),
        None => vec![whole(&known)],
    };
    match args.format {
        PageFormat::Text => ctx.out(&show::text(&grids, look(args, ctx))),
        PageFormat::Markdown => ctx.out(&show::markdown(&grids, look(args, ctx))),
        PageFormat::Json => ctx.out(&format!("{:#}\n", show::json(&grids))),
    }
}

fn changes(
    args: &CapabilitiesArgs,
    ctx: &Context,
    tables: &Tables,
    (from, to): (&str, &str),
    compiled: Option<&Compiled>,
) {
    // clap lets no other name through.
    let (Some(before), Some(after)) = (tables.get(from), tables.get(to)) else { return };
    let of = |stack: Option<&Stack>| between(before, after, stack);
    let all: Vec<(Option<String>, Vec<Change>)> = match compiled {
        Some(compiled) => compiled.stacks.iter().map(|stack| (Some(stack.name.to_string()), of(Some(stack)))).collect(),
        None => vec![(None, of(None))],
    };
    if args.format == PageFormat::Json {
        ctx.out(&format!("{:#}\n", show::changes_json(from, to, &all)));
        return;
    }
    for (i, (stack, changes)) in all.iter().enumerate() {
        let title = match stack {
            Some(stack) => format!("stack `{stack}`, from {from} to {to}"),
            None => format!("from {from} to {to}"),
        };
        let gap = if i == 0 { "" } else { "\n" };
        let shown = match args.format {
            PageFormat::Markdown => show::changes_markdown(&title, changes, look(args, ctx)),
            PageFormat::Text | PageFormat::Json => show::changes_text(&title, changes, look(args, ctx)),
        };
        ctx.out(&format!("{gap}{shown}"));
    }
}
