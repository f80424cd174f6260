//! What is said of a stack whose machines can't be had.

use std::sync::Arc;

use crate::report::suggest::nearest;
use crate::report::{Code, Diagnostic};
use crate::source::{Span, Spanned};
use crate::stack::{Accelerator, Servable, Stack};

use super::super::{Choice, Machine, Machines, Need, Offer, Quote, Reason, Usage, pick};
use super::Ground;

/// Who asks for a machine, and for what.
pub(super) struct Asker<'s> {
    pub stack: &'s Stack,
    /// "endpoint `search`"
    pub what: String,
    pub serve: &'s Servable,
    /// Where it says what it serves.
    pub span: Span,
    pub need: Need,
}

impl Asker<'_> {
    /// The accelerator that a single model asks for.
    fn accelerator(&self) -> Option<&Spanned<Accelerator>> {
        match self.serve {
            Servable::Model(name) => self.stack.models.get(name)?.accelerator.as_ref(),
            Servable::Pipeline(_) | Servable::Pool(_) => None,
        }
    }

    /// Where the need is written, if one place says it.
    fn place(&self) -> Span {
        let model = match self.serve {
            Servable::Model(name) => self.stack.models.get(name),
            Servable::Pipeline(_) | Servable::Pool(_) => None,
        };
        let written = model.and_then(|model| {
            let accelerator = model.accelerator.as_ref().map(|accelerator| accelerator.span);
            accelerator.or(model.memory.as_ref().map(|memory| memory.span)).or(model.cpu.as_ref().map(|cpu| cpu.span))
        });
        written.unwrap_or(self.span)
    }
}

/// No machine fits: too much is asked for, or what fits is offered elsewhere.
pub(super) fn none_fits(asker: &Asker, choice: &Choice, ground: &Ground) -> Diagnostic {
    let (target, region, need) = (&asker.stack.target, &ground.region, &asker.need);
    let label = format!("needs `{need}`");
    let strange =
        need.gpus.iter().flat_map(|gpus| &gpus.kinds).find(|kind| !kinds(ground.machines).contains(&&***kind));
    // What is near means nothing to someone who asks for what there is not.
    let near = choice.misses.first().filter(|passed| !passed.reasons.iter().any(Reason::is_of_sort));
    let near = near.filter(|_| strange.is_none());
    let all = format!("`servec machines --target {target} --region {region} --for '{need}'` shows every machine");
    let diagnostic = match near.map(|near| (near, near.reasons.as_slice())) {
        Some((near, [Reason::NotOffered(_)])) => {
            let message = format!("no machine that {} needs is offered in `{region}`", asker.what);
            let there = regions(&near.machine.online);
            Diagnostic::error(Code::NotOffered, message)
                .label(asker.place(), label)
                .help(format!("`{}` fits, and is offered in {there}", near.machine.label()))
        }
        Some((near, [Reason::NoBatch])) => {
            let message = format!("no machine that {} needs runs batch jobs", asker.what);
            Diagnostic::error(Code::NotOffered, message)
                .label(asker.place(), label)
                .help(format!("`{}` fits, for endpoints only: serve it with `mode = async`", near.machine.label()))
        }
        Some((near, reasons)) => {
            let reasons: Vec<String> = reasons.iter().map(ToString::to_string).collect();
            misfit(asker, label).help(format!("the nearest is `{}`: {}", near.machine.label(), reasons.join("; ")))
        }
        None => match asker.accelerator().zip(strange.and_then(|kind| of_kind(ground.machines, kind))) {
            Some((accelerator, machine)) => {
                let kind = machine.accelerators.as_ref().map(|has| has.kind.clone());
                let meant = Accelerator { kind, ..accelerator.value.clone() }.written();
                let d = misfit(asker, label).help(instead(ground.machines, strange)).note(source_of(machine));
                match meant {
                    Some(text) => d.fix(format!("write `{text}`"), accelerator.span, text),
                    None => d,
                }
            }
            None => misfit(asker, label).help(instead(ground.machines, strange)),
        },
    };
    diagnostic.note(all)
}

fn misfit(asker: &Asker, label: String) -> Diagnostic {
    let message = format!("no machine of `{}` fits what {} serves", asker.stack.target, asker.what);
    Diagnostic::error(Code::NoMachineFits, message).label(asker.place(), label)
}

/// The kinds of accelerators that there are.
fn kinds(machines: &Machines) -> Vec<&str> {
    let all = machines.all.iter().filter_map(|machine| Some(&*machine.accelerators.as_ref()?.kind));
    let mut kinds: Vec<&str> = all.collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// The kind that was meant: `a10` is nearer to `a10g` than to `a100`, which is another number.
fn near_kind<'c>(strange: &str, machines: &'c Machines) -> Option<&'c str> {
    let number = |kind: &str| kind.chars().filter(char::is_ascii_digit).collect::<String>();
    let alike = kinds(machines).into_iter().filter(|kind| number(kind) == number(strange));
    nearest(strange, alike).or_else(|| nearest(strange, kinds(machines)))
}

/// A machine with accelerators of the kind that was meant.
fn of_kind<'c>(machines: &'c Machines, strange: &str) -> Option<&'c Machine> {
    let near = near_kind(strange, machines)?;
    machines.all.iter().find(|machine| machine.accelerators.as_ref().is_some_and(|has| *has.kind == *near))
}

/// What to ask for instead of a kind that there is not.
fn instead(machines: &Machines, strange: Option<&Arc<str>>) -> String {
    match strange.and_then(|kind| near_kind(kind, machines)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("its accelerators are {}", kinds(machines).join(", ")),
    }
}

/// The smallest machine has more accelerators than are asked for.
pub(super) fn has_more(
    asker: &Asker,
    machine: &Machine,
    quote: &Quote,
    asked: u32,
    elsewhere: Option<&Machine>,
) -> Diagnostic {
    let (count, kind) = machine.accelerators.as_ref().map_or((0, "gpu"), |has| (has.count, &*has.kind));
    let message =
        format!("the smallest machine of `{}` that fits {} has {count} x {kind}", asker.stack.target, asker.what);
    let price = quote.rate.map_or("at an unknown price".to_owned(), |rate| format!("at {rate} USD/h ({quote})"));
    let diagnostic = Diagnostic::error(Code::MoreAccelerators, message)
        .label(asker.place(), format!("asks for {asked}; `{}` comes with {count}, {price}", machine.label()))
        .note(source_of(machine));
    let pin = format!("pin it with `machine = \"{}\"`, or write `count = {count}`, to take all {count}", machine.name);
    let helped = match elsewhere {
        Some(other) => {
            diagnostic.help(format!("{pin}; `{}` has {asked}, in {}", other.label(), regions(&other.online)))
        }
        None => diagnostic.help(format!("{pin}; or ask for another kind, or less memory")),
    };
    let all = |own: &Spanned<Accelerator>| Some((own.span, Accelerator { count, ..own.value.clone() }.written()?));
    match asker.accelerator().and_then(all) {
        Some((span, text)) => helped.fix(format!("take all {count}"), span, text),
        None => helped,
    }
}

/// A name that no machine has, or none any more.
/// `asked` is what it is wanted for.
pub(super) fn unknown(
    stack: &Stack,
    name: &str,
    span: Span,
    ground: &Ground,
    asked: Option<(&Need, Usage)>,
) -> Diagnostic {
    let target = &stack.target;
    if let Some(retired) = ground.machines.retired(name) {
        return Diagnostic::error(Code::UnknownMachine, format!("`{name}` is retired: {}", retired.because))
            .label(span, retired.what.to_string())
            .help(retired.instead.to_string())
            .fix(format!("take {}", retired.machine), span, format!("\"{}\"", retired.machine))
            .note(format!("source: {}, as of {}", retired.source.title, retired.source.as_of));
    }
    let diagnostic = Diagnostic::error(Code::UnknownMachine, format!("`{target}` has no machine `{name}`"))
        .label(span, "not in its catalogue");
    let known = nearest(name, ground.machines.all.iter().map(|machine| &*machine.name));
    if let Some(machine) = known.and_then(|near| ground.machines.named(near).next()) {
        let near = &machine.name;
        let d = diagnostic.help(format!("did you mean `{near}`?")).note(source_of(machine));
        return d.fix("use that one", span, format!("\"{near}\""));
    }
    let all = format!("`servec machines --target {target} --all` lists them");
    match asked {
        Some((need, usage)) => match ground.pick(need, usage) {
            Some((machine, quote)) => {
                instead_of(diagnostic, machine, &quote, span, &format!("; {all}")).note(source_of(machine))
            }
            None => diagnostic.help(all),
        },
        None => diagnostic.help(all),
    }
}

fn source_of(machine: &Machine) -> String {
    format!("source: {}, as of {}", machine.source.title, machine.source.as_of)
}

/// The cheapest machine that fits, in place of one that is named.
fn instead_of(diagnostic: Diagnostic, cheapest: &Machine, quote: &Quote, named: Span, more: &str) -> Diagnostic {
    let price = quote.rate.map_or(String::new(), |rate| format!(", at {rate} USD/h ({quote})"));
    let name = &cheapest.name;
    diagnostic
        .help(format!("`{name}` is the cheapest that fits there{price}; leave `machine` out to take it{more}"))
        .fix(format!("take {name}"), named, format!("\"{name}\""))
}

/// A machine that is named, and is not offered there or too small.
pub(super) fn pinned_misfit(
    asker: &Asker,
    machine: &Machine,
    reasons: &[Reason],
    span: Span,
    ground: &Ground,
    usage: Usage,
) -> Diagnostic {
    let words: Vec<String> = reasons
        .iter()
        .map(|reason| match (reason, machine.offer(usage)) {
            // The message says where it is not.
            (Reason::NotOffered(_), Some(offer)) => format!("offered in {}", regions(offer)),
            (reason, _) => reason.to_string(),
        })
        .collect();
    let absent = |reason: &Reason| matches!(reason, Reason::NotOffered(_) | Reason::Nowhere | Reason::NoBatch);
    let (code, message) = if reasons.iter().any(absent) {
        let how = if usage == Usage::Batch { "for batch jobs " } else { "" };
        (Code::NotOffered, format!("`{}` is not offered {how}in `{}`", machine.name, ground.region))
    } else {
        (Code::NoMachineFits, format!("`{}` does not fit what {} serves", machine.name, asker.what))
    };
    let diagnostic = Diagnostic::error(code, message).label(span, words.join("; ")).note(source_of(machine));
    let diagnostic = if code == Code::NoMachineFits {
        diagnostic.label(asker.place(), format!("needs `{}`", asker.need))
    } else {
        diagnostic
    };
    match pick(ground.machines, ground.prices, &asker.need, &ground.region, usage) {
        Some((cheapest, quote)) => instead_of(diagnostic, cheapest, &quote, span, ""),
        None => diagnostic.help("nothing else fits there either: ask for less, or take another region"),
    }
}

/// Some regions by name, and how many more.
fn regions(offer: &Offer) -> String {
    const FEW: usize = 4;
    let Offer::In(regions) = offer else { return "regions that no source lists".to_owned() };
    let names: Vec<String> = regions.iter().take(FEW).map(|region| format!("`{region}`")).collect();
    match regions.len().saturating_sub(FEW) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}
