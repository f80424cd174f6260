//! What the commands that use live state share: the stack that is meant, its target's two halves, and a plan.

use std::collections::BTreeMap;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use crate::catalog::Overrides;
use crate::compile::{Compiled, Tables};
use crate::cost::{self, Estimate};
use crate::plan::{self, Plan, Subject, Verb};
use crate::report::suggest::one_of;
use crate::report::{Code, Diagnostic, Sink};
use crate::resource::{Address, Desired};
use crate::source::SourceMap;
use crate::stack::Stack;
use crate::target::{self, Access, Emitter, Failure, Place, Target};
use crate::{capability, diff, graph};

use super::serves;

/// The environment variable that names another folder than `.servec` beside the program.
const DATA: &str = "SERVEC_DATA";

/// One stack with both halves of its target.
pub struct Session {
    pub target: &'static dyn Target,
    emitter: &'static dyn Emitter,
    pub live: Box<dyn Access>,
    stack: Arc<str>,
    protect: bool,
    /// What each endpoint serves, for people.
    serves: BTreeMap<Address, String>,
    /// What the stack costs, at the prices of its target's catalogue.
    cost: Estimate,
}

impl Session {
    /// Of a stack, with its files beside the program at `path`.
    ///
    /// # Errors
    /// When the target can't be reached.
    pub fn open(stack: &Stack, path: &Utf8Path, command: &str) -> Result<Self, Failure> {
        Self::at(stack, data(path), command)
    }

    /// The same with its files elsewhere.
    pub fn at(stack: &Stack, data: Utf8PathBuf, command: &str) -> Result<Self, Failure> {
        let target = find(&stack.target)?;
        let emitter = emitter(target)?;
        let (name, settings) = (stack.name.to_string(), stack.settings_as_text());
        let live = target.connect(&Place { data, stack: name, settings, command: command.to_owned() })?;
        let serves = serves::lines(stack, target::is_here(&stack.target));
        // A compiled stack has its machines, so that nothing is left to report.
        let cost = cost::estimate(stack, target.catalog(), &Overrides::default(), &mut Sink::default());
        Ok(Self { target, emitter, live, stack: stack.name.clone(), protect: stack.protect, serves, cost })
    }

    /// What is live against what the program asks for. What the target does differently from what was written is a
    /// diagnostic of the program, which every command shows before: the plan does not say it again, unless it is to
    /// [stand alone](stand_alone).
    ///
    /// # Errors
    /// When live state can't be read.
    pub async fn plan(&self, desired: &Desired, sources: &SourceMap) -> Result<Plan, Failure> {
        let observed = self.live.observe().await?;
        let changes = diff::diff(desired, &observed, self.emitter.rules());
        let mut plan = plan::plan(desired, &observed, &changes, sources);
        plan.notes.retain(|note| !desired.notes.contains(note));
        let created = plan.steps.iter().filter(|step| step.action == Verb::Create);
        let notes: Vec<String> = created.filter_map(|step| self.serves.get(&step.address).cloned()).collect();
        plan.notes.extend(notes);
        let live = match (observed.objects.is_empty(), plan.is_empty()) {
            (true, _) => plan::Live::Nothing,
            (false, true) => plan::Live::Same,
            (false, false) => plan::Live::Unknown,
        };
        plan.cost = plan::Cost::of(&self.cost, live);
        Ok(plan)
    }

    /// All that is live, to be removed.
    ///
    /// # Errors
    /// When live state can't be read.
    pub async fn plan_to_destroy(&self) -> Result<Plan, Failure> {
        let subject = Subject { target: self.target.name().into(), stack: self.stack.clone(), protect: self.protect };
        Ok(plan::destroy(&subject, &self.live.observe().await?, self.emitter.rules()))
    }
}

/// A plan for where no diagnostics stand beside it, a document or a file: with all of its notes.
pub fn stand_alone(plan: &Plan, desired: &Desired) -> Plan {
    Plan { notes: desired.notes.iter().chain(&plan.notes).cloned().collect(), ..plan.clone() }
}

pub fn find(target: &str) -> Result<&'static dyn Target, Failure> {
    target::find(target)
        .ok_or_else(|| Box::new(Diagnostic::error(Code::NotLocal, format!("this build has no target `{target}`"))))
}

/// What makes a target's documents.
///
/// # Errors
/// When this version checks stacks on the target and does no more.
pub fn emitter(target: &'static dyn Target) -> Result<&'static dyn Emitter, Failure> {
    target.emitter().ok_or_else(|| {
        let message = format!("this version checks stacks on `{}` and emits nothing for them yet", target.name());
        let others = target::ALL.iter().filter(|t| t.emitter().is_some()).map(|t| t.name());
        let help = format!("`check` works; what is built and applied are stacks on {}", one_of(others));
        Box::new(Diagnostic::error(Code::NotEmitted, message).help(help))
    })
}

/// The folder below which a program's stacks keep what they keep on this machine.
pub fn data(path: &Utf8Path) -> Utf8PathBuf {
    match std::env::var(DATA) {
        Ok(folder) if !folder.is_empty() => folder.into(),
        _ => folder(path).join(".servec"),
    }
}

/// The program's folder: the path itself, or where the file lies.
pub fn folder(path: &Utf8Path) -> Utf8PathBuf {
    if path.is_dir() {
        return path.to_owned();
    }
    path.parent().filter(|parent| !parent.as_str().is_empty()).unwrap_or(Utf8Path::new(".")).to_owned()
}

/// What a stack becomes on its target. A compiled stack fits, so this ends well.
///
/// # Errors
/// When it does not: then it was not compiled by this program.
pub fn lower(stack: &Stack, tables: &Tables) -> Result<Desired, Failure> {
    let target = find(&stack.target)?;
    let emitter = emitter(target)?;
    let mut sink = Sink::default();
    let dag = graph::build(stack, &mut sink);
    let fitted = dag.as_ref().and_then(|dag| capability::fit(stack, dag, tables.get(target.name())?, &mut sink));
    let lowered = fitted.map(|fitted| emitter.lower(&fitted));
    lowered.ok_or_else(|| {
        let found = sink.into_sorted().into_iter().next();
        Box::new(found.unwrap_or_else(|| Diagnostic::error(Code::Unsupported, "the stack does not fit its target")))
    })
}

/// The one stack that is meant.
///
/// # Errors
/// When there is none, or several.
pub fn one(compiled: &Compiled) -> Result<&Stack, Failure> {
    pick(compiled.stacks.iter().collect(), "the program has no stack", "declare one: `stack dev on local { deploy … }`")
}

/// The one stack that runs on this machine.
///
/// # Errors
/// When there is none, or several.
pub fn one_here(compiled: &Compiled) -> Result<&Stack, Failure> {
    let here: Vec<&Stack> = compiled.stacks.iter().filter(|stack| target::is_here(&stack.target)).collect();
    if here.is_empty() && !compiled.stacks.is_empty() {
        let message = "none of the stacks that are meant runs on this machine";
        let help = "name one on `local` with `--stack`, or declare one: `stack dev on local { deploy … }`";
        return Err(Box::new(Diagnostic::error(Code::NotLocal, message).help(help)));
    }
    pick(here, "the program has no stack", "declare one: `stack dev on local { deploy … }`")
}

fn pick<'a>(stacks: Vec<&'a Stack>, none: &str, help: &str) -> Result<&'a Stack, Failure> {
    match stacks.as_slice() {
        [stack] => Ok(stack),
        [] => Err(Box::new(Diagnostic::error(Code::WhichStack, none).help(help))),
        several => {
            let names: Vec<String> = several.iter().map(|stack| format!("`{}`", stack.name)).collect();
            let message = format!("which stack is meant: {}?", names.join(", "));
            Err(Box::new(Diagnostic::error(Code::WhichStack, message).help("choose one with `--stack NAME`")))
        }
    }
}
