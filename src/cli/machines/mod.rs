//! `servec machines`: the cheapest machine that fits a need, and why each other one was passed over.

mod need;
mod show;

use std::sync::Arc;

use crate::catalog::{Catalog, Overrides, Usage, choose};
use crate::report::suggest::{nearest, one_of};
use crate::report::{Code, Diagnostic};
use crate::target;

use super::args::{MachinesArgs, ModeWord, TableFormat};
use super::output::{Context, ExitStatus};
use super::prices;
use show::{Answer, Shown};

pub fn run(args: &MachinesArgs, ctx: &Context) -> ExitStatus {
    match answer(args, ctx) {
        Ok(status) | Err(status) => status,
    }
}

fn answer(args: &MachinesArgs, ctx: &Context) -> Result<ExitStatus, ExitStatus> {
    let asked = need::asked(args.need.as_deref(), &args.program.path, ctx)?;
    let wanted = args.target.as_deref().or(asked.target.as_deref());
    let catalogs = catalogs(wanted, args.target.is_some()).map_err(|d| ctx.fail(*d))?;
    let Some(usage) = usage(args.mode) else {
        ctx.say("a serverless endpoint has no machine to choose: the platform finds one for each call");
        return Ok(ExitStatus::Done);
    };
    if catalogs.is_empty() {
        ctx.say(&format!(
            "`{}` rents out no machines: they are your own, so none can be chosen",
            wanted.unwrap_or("-")
        ));
        return Ok(ExitStatus::Done);
    }
    let prices = prices::read(args.prices.as_deref(), &catalogs, ctx)?;
    // A program's region is its target's own.
    let asked_region = args.region.clone().map(Arc::from).or(asked.region.filter(|_| args.target.is_none()));
    let mut answers = Vec::new();
    for (target, catalog) in &catalogs {
        answers
            .push(one(target, catalog, asked_region.as_ref(), &asked.need, &prices, usage).map_err(|d| ctx.fail(*d))?);
    }
    let shown = Shown { all: args.all, sources: args.sources, mode: args.mode };
    ctx.out(&match args.format {
        TableFormat::Text => show::text(&answers, &shown),
        TableFormat::Markdown => show::markdown(&answers, &shown),
        TableFormat::Json => format!("{:#}\n", show::json(&answers, &shown)),
    });
    if answers.iter().all(|answer| answer.choice.picked.is_none()) {
        let targets = one_of(answers.iter().map(|answer| answer.target));
        let message = format!("no machine of {targets} has `{}`", asked.need);
        let none = Diagnostic::error(Code::NoMachineFits, message);
        return Err(ctx.fail(none.help("the nearest are above, each with what it lacks: ask for less, or elsewhere")));
    }
    Ok(ExitStatus::Done)
}

fn one<'c>(
    target: &'static str,
    catalog: &'c Catalog,
    region: Option<&Arc<str>>,
    need: &crate::catalog::Need,
    prices: &Overrides,
    usage: Usage,
) -> Result<Answer<'c>, Box<Diagnostic>> {
    let machines = catalog.machines();
    let region = region.unwrap_or(&machines.home).clone();
    if !machines.knows_region(&region) {
        let unknown = Diagnostic::error(Code::NotOffered, format!("no machine of `{target}` is offered in `{region}`"));
        let regions = machines.regions();
        return Err(Box::new(match nearest(&region, regions.iter().map(|region| &**region)) {
            Some(near) => unknown.help(format!("did you mean `{near}`?")),
            None => unknown.help(format!("the catalogue has {}", one_of(regions.iter().map(|region| &**region)))),
        }));
    }
    let choice = choose(machines, prices, need, &region, usage);
    Ok(Answer { target, region, need: need.clone(), as_of: machines.as_of, choice })
}

/// The catalogue of one target, or all there are. None for a target that has none; what only a program names then means
/// all.
fn catalogs(target: Option<&str>, strict: bool) -> Result<Vec<(&'static str, &'static Catalog)>, Box<Diagnostic>> {
    let all = target::catalogs();
    let Some(target) = target else { return Ok(all) };
    let own: Vec<_> = all.iter().filter(|(name, _)| *name == target).copied().collect();
    if !own.is_empty() {
        return Ok(own);
    }
    if !strict {
        return Ok(all);
    }
    let names = || target::ALL.iter().map(|target| target.name());
    if names().any(|name| name == target) {
        return Ok(own);
    }
    let unknown = Diagnostic::error(Code::UnknownTarget, format!("there is no target `{target}`"));
    Err(Box::new(match nearest(target, names()) {
        Some(near) => unknown.help(format!("did you mean `{near}`?")),
        None => unknown.help(format!("a target is {}", one_of(names()))),
    }))
}

fn usage(mode: ModeWord) -> Option<Usage> {
    match mode {
        ModeWord::Realtime | ModeWord::Streaming | ModeWord::Async => Some(Usage::Online),
        ModeWord::Batch => Some(Usage::Batch),
        ModeWord::Serverless => None,
    }
}
