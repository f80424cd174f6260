//! Holds a stack's demands against a target's table. Names no target: the table says what is possible and why not.

use std::collections::BTreeSet;

use crate::graph::Dag;
use crate::report::suggest::{nearest, one_of};
use crate::report::{Code, Diagnostic, Sink};
use crate::source::Span;
use crate::stack::{ModeKind, Stack, ValueKind};

use super::demand::{Demand, MetricDemand, Subject, demands};
use super::offer::Offers;
use super::{Cell, Column, ColumnId, Feature, Fitted, Support, Table, exclusions, limits, reserved, served};

/// The table that a stack is held against, and those of the other targets, which a refusal names where they could.
#[derive(Debug, Clone)]
pub struct Against<'a> {
    pub table: &'a Table,
    /// By name of the target.
    pub others: Vec<(&'a str, &'a Table)>,
}

impl<'a> From<&'a Table> for Against<'a> {
    fn from(table: &'a Table) -> Self {
        Self { table, others: vec![] }
    }
}

/// Whether the target can express the stack. `None` when it can't; the reasons are then in the sink. What is honoured in
/// part is a warning, and a note of what is fitted.
pub fn fit<'a, 't>(
    stack: &'a Stack,
    dag: &'a Dag,
    against: impl Into<Against<'t>>,
    sink: &mut Sink,
) -> Option<Fitted<'a>> {
    let against = against.into();
    let mut notes = vec![];
    let fits = hold(&Offers::to(stack, &against), &mut notes, sink);
    fits.then_some(Fitted { stack, dag, notes })
}

/// Holds everything that a stack asks against its target's table. `false` when something is refused.
pub(super) fn hold(offers: &Offers, notes: &mut Vec<String>, sink: &mut Sink) -> bool {
    let (stack, against) = (offers.stack, offers.against);
    let demands = demands(stack);
    let (mut fits, mut said) = (true, BTreeSet::new());
    for demand in &demands.features {
        let Some(asked) = Asked::of_feature(demand, against, stack) else { continue };
        fits &= asked.judge(offers, &mut said, notes, sink);
    }
    for demand in &demands.metrics {
        let Some(asked) = Asked::of_metric(demand, against, stack) else { continue };
        fits &= asked.judge(offers, &mut said, notes, sink);
    }
    fits &= a_region_is_one_of_the_targets(stack, against.table, sink);
    fits &= exclusions::hold(offers, sink);
    fits &= limits::hold(offers, sink);
    fits &= reserved::hold(stack, against.table, sink);
    fits &= served::hold(offers, sink);
    fits
}

/// One demand with the cell that answers it.
struct Asked<'d> {
    /// "endpoint `e` uses scaling to zero"
    uses: String,
    subject: &'d Subject,
    mode: ModeKind,
    code: Code,
    spans: &'d [Span],
    cell: &'d Cell,
    column: &'d Column,
    /// Other targets that could.
    others: Vec<&'d str>,
}

impl<'d> Asked<'d> {
    fn of_feature(demand: &'d Demand, against: &Against<'d>, stack: &Stack) -> Option<Self> {
        // A loaded table has a column for every mode and a cell for every feature.
        let column = against.table.of(demand.mode, stack)?;
        let cell = against.table.cell(demand.feature, column)?;
        if matches!(cell.support, Support::Yes | Support::Moot) {
            return None;
        }
        let able = |table: &Table, column: ColumnId| table.cell(demand.feature, column).map(|cell| cell.support);
        Some(Self {
            uses: format!("{} uses {}", demand.subject, words(demand.feature, against.table, column)),
            subject: &demand.subject,
            mode: demand.mode,
            code: demand.feature.code(),
            spans: &demand.spans,
            cell,
            column: against.table.column(column)?,
            others: others(demand, against, able),
        })
    }

    fn of_metric(demand: &'d MetricDemand, against: &Against<'d>, stack: &Stack) -> Option<Self> {
        let column = against.table.of(demand.mode, stack)?;
        let cell = &against.table.metric(demand.metric, column)?.cell;
        if matches!(cell.support, Support::Yes | Support::Moot) {
            return None;
        }
        let others = against.others.iter().filter(|(_, table)| {
            let column = table.plain(demand.mode);
            let cell = column.and_then(|column| table.metric(demand.metric, column));
            cell.is_some_and(|metric| metric.cell.support == Support::Yes)
        });
        Some(Self {
            uses: format!("{} scales by `{}`", demand.subject, demand.metric.word()),
            subject: &demand.subject,
            mode: demand.mode,
            code: Code::MetricRefused,
            spans: std::slice::from_ref(&demand.span),
            cell,
            column: against.table.column(column)?,
            others: others.map(|(name, _)| *name).collect(),
        })
    }

    /// `false` when it is refused.
    fn judge(
        &self,
        offers: &Offers,
        said: &mut BTreeSet<(String, Span)>,
        notes: &mut Vec<String>,
        sink: &mut Sink,
    ) -> bool {
        let verdict = verdict(self.cell, offers.stack);
        // What a model is refused in two modes for one reason is said once.
        let first =
            self.spans.first().is_none_or(|span| said.insert((format!("{}{}", self.uses, self.cell.because), *span)));
        let cell = self.cell;
        match verdict {
            Verdict::Fits => {}
            Verdict::InPart if first => {
                sink.push(self.in_part(offers.against));
                notes.push(format!("{}: {}", self.uses, cell.because));
            }
            Verdict::Noted(word) if first => {
                sink.push(self.allowed(word, offers.against));
                notes.push(format!("{} ({word}): {}", self.uses, cell.because));
            }
            Verdict::Refused if first => sink.push(self.refusal(offers)),
            Verdict::InPart | Verdict::Noted(_) | Verdict::Refused => {}
        }
        !matches!(verdict, Verdict::Refused)
    }

    fn in_part(&self, against: &Against) -> Diagnostic {
        let message = format!("{}, which {} honours in part", self.uses, self.column.title);
        self.explained(Diagnostic::warning(Code::LimitedSupport, message), against, &self.cell.instead)
    }

    /// What the stack allows is said all the same.
    fn allowed(&self, word: &str, against: &Against) -> Diagnostic {
        let message = format!("{}: {word} on {}", self.uses, self.column.title);
        self.explained(Diagnostic::notice(Code::LimitedSupport, message), against, &self.cell.instead)
    }

    fn refusal(&self, offers: &Offers) -> Diagnostic {
        let (uses, cell, title, against) = (&self.uses, self.cell, &self.column.title, offers.against);
        let allow = |word: &str| {
            let write = format!("write `allow = [{word}]` in stack `{}` to accept that", offers.stack.name);
            if cell.instead.is_empty() { write } else { format!("{write}, or: {}", cell.instead) }
        };
        match cell.support {
            Support::Preview => {
                let message = format!("{uses}, which is in preview on {title}");
                let d = Diagnostic::error(Code::PreviewNotAllowed, message);
                offers.leave(self.explained(d, against, &allow("preview")), "preview")
            }
            Support::Emulated => {
                let message = format!("{uses}, which {title} can only emulate");
                let d = Diagnostic::error(Code::EmulationNotAllowed, message);
                offers.leave(self.explained(d, against, &allow("emulation")), "emulation")
            }
            Support::Yes | Support::Moot | Support::Limited | Support::No => {
                let message = format!("{uses}, which {title} can't honour");
                let d = self.explained(Diagnostic::error(self.code, message), against, &cell.instead);
                offers.way(d, &cell.way, self.spans, (self.subject, self.mode))
            }
        }
    }

    /// The reason at the first place, the other places, the help, the fact's source and day, and who could.
    fn explained(&self, diagnostic: Diagnostic, against: &Against, help: &str) -> Diagnostic {
        let labels = self.spans.iter().enumerate();
        let because = &*self.cell.because;
        let labelled =
            labels.fold(diagnostic, |d, (i, span)| d.label(*span, if i == 0 { because } else { "and here" }));
        let helped = if help.is_empty() { labelled } else { labelled.help(help) };
        let several = against.table.columns().count() > 1;
        let title = if several { format!(" ({})", self.column.title) } else { String::new() };
        let noted = helped.note(format!("{}{title}", self.cell.source.note()));
        match self.others.as_slice() {
            [] => noted,
            others => noted.note(format!("a stack on {} could", one_of(others.iter().copied()))),
        }
    }
}

/// What is used, in the words that matter: how S3 holds an artifact does not where S3 is no place for one.
fn words(feature: Feature, table: &Table, column: ColumnId) -> &'static str {
    let says = |feature| table.cell(feature, column).map(|cell| (cell.support, &cell.because));
    let at_s3 = matches!(feature, Feature::ArtifactS3 | Feature::ArtifactS3Plain);
    if at_s3 && says(Feature::ArtifactS3) == says(Feature::ArtifactS3Plain) {
        return "an artifact at `s3://`";
    }
    feature.words()
}

/// Targets that honour a demand, and the mode in which it is made, without any setting or leave.
fn others<'d>(
    demand: &Demand,
    against: &Against<'d>,
    able: impl Fn(&Table, ColumnId) -> Option<Support>,
) -> Vec<&'d str> {
    let mode = Feature::of_mode(demand.mode);
    let could = against.others.iter().filter(|(_, table)| {
        let Some(column) = table.plain(demand.mode) else { return false };
        let honours = |feature| table.cell(feature, column).is_some_and(|cell| cell.support == Support::Yes);
        honours(mode) && able(table, column) == Some(Support::Yes)
    });
    could.map(|(name, _)| *name).collect()
}

enum Verdict {
    Fits,
    InPart,
    /// Allowed by the stack; the plan still says so.
    Noted(&'static str),
    Refused,
}

fn verdict(cell: &Cell, stack: &Stack) -> Verdict {
    match cell.support {
        Support::Yes | Support::Moot => Verdict::Fits,
        Support::Limited => Verdict::InPart,
        Support::Preview if stack.allow_preview => Verdict::Noted("preview"),
        Support::Emulated if stack.allow_emulation => Verdict::Noted("emulated"),
        Support::Preview | Support::Emulated | Support::No => Verdict::Refused,
    }
}

/// `false` when it is not.
fn a_region_is_one_of_the_targets(stack: &Stack, table: &Table, sink: &mut Sink) -> bool {
    let (Some(regions), Some(value)) = (table.regions(), stack.settings.get("region")) else { return true };
    let ValueKind::String(region) = &value.kind else { return true };
    if regions.names.iter().any(|name| name == region) {
        return true;
    }
    let message = format!("`{}` does not serve in a region `{region}`", stack.target);
    let d = Diagnostic::error(Code::UnknownRegion, message).label(value.span, "not one of its regions");
    let d = d.note(regions.source.note());
    sink.push(match nearest(region, regions.names.iter().map(|name| &**name)) {
        Some(near) => {
            d.help(format!("did you mean \"{near}\"?")).fix("use the nearest", value.span, format!("\"{near}\""))
        }
        None => d.help(format!("the regions are {}", one_of(regions.names.iter().map(|name| &**name)))),
    });
    false
}
