//! Environment variables of models against the names that a target keeps for itself.

use std::collections::BTreeSet;

use crate::check::models_of;
use crate::report::{Change, Code, Diagnostic, Sink};
use crate::stack::{ModeKind, Model, Servable, Stack};

use super::Table;

/// `false` when a model sets what is the platform's own.
pub(super) fn hold(stack: &Stack, table: &Table, sink: &mut Sink) -> bool {
    let endpoints = stack.endpoints.iter().flat_map(|endpoint| {
        let mode = endpoint.mode.value.kind();
        endpoint.variants.iter().map(move |variant| (mode, &variant.serve))
    });
    let jobs = stack.jobs.iter().map(|job| (job.mode.value.kind(), &job.run.value));
    let uses: BTreeSet<(ModeKind, &Servable)> = endpoints.chain(jobs).collect();
    let (mut fits, mut said) = (true, BTreeSet::new());
    for (mode, servable) in uses {
        for model in models_of(stack, servable) {
            if said.insert((mode, &model.name)) {
                fits &= an_environment_is_the_models_own(model, mode, stack, table, sink);
            }
        }
    }
    fits
}

fn an_environment_is_the_models_own(
    model: &Model,
    mode: ModeKind,
    stack: &Stack,
    table: &Table,
    sink: &mut Sink,
) -> bool {
    // A loaded table has a cell for every column.
    let Some(id) = table.of(mode, stack) else { return true };
    let (Some(column), Some(reserved)) = (table.column(id), table.reserved_env(id)) else { return true };
    let mut fits = true;
    for (name, value) in &model.env {
        let Some(own) = reserved.reserves(name) else { continue };
        fits = false;
        let what = match own.strip_suffix('*') {
            Some(prefix) => format!("names that begin with `{prefix}` are its own"),
            None => "the name is its own".to_owned(),
        };
        let message = format!("model `{}` sets `{name}`, which {} sets itself", model.name, column.title);
        sink.push(
            Diagnostic::error(Code::ReservedEnvironment, message)
                .label(value.place(), what)
                .help("choose another name, or leave it out and read what the platform sets")
                .note(reserved.because.to_string())
                .note(format!("{} ({})", reserved.source.note(), column.title))
                .propose("leave {} out: the platform sets it", [Change::LeaveOut(value.place())]),
        );
    }
    fits
}
