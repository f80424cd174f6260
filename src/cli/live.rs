//! Running what waits: the async runtime of one command, ctrl-c, progress, and a question to the user.

use std::future::Future;
use std::io::{BufRead as _, IsTerminal as _};
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::apply::{End, Interrupt, Outcome, walk};
use crate::plan::Plan;
use crate::report::{Code, Diagnostic};
use crate::resource::Address;
use crate::source::SourceMap;
use crate::target::{Access, Failure, Progress};

use super::output::{Context, ExitStatus};

/// Runs a command's work to its end.
pub fn block_on(ctx: &Context, work: impl Future<Output = Result<ExitStatus, Failure>>) -> ExitStatus {
    match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime.block_on(work).unwrap_or_else(|failure| ctx.fail(*failure)),
        Err(error) => ctx.fail(Diagnostic::error(Code::CallFailed, format!("no threads can be started: {error}"))),
    }
}

/// Done when the user presses ctrl-c, or the process is told to end.
pub async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    // Where signals can't be listened to, they end the process as ever.
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

/// Does what a plan says, showing progress. The first ctrl-c lets the steps that run end.
pub async fn carry_out(ctx: &Context, plan: &Plan, live: &dyn Access) -> Outcome {
    let interrupt = Interrupt::new();
    let teller = Teller::new(ctx);
    let walk = walk(plan, live, &teller, &interrupt);
    let mut walk = std::pin::pin!(walk);
    let outcome = tokio::select! {
        outcome = &mut walk => outcome,
        () = interrupted() => {
            ctx.say("stopping: the step that runs is finished first");
            interrupt.raise();
            walk.await
        }
    };
    teller.end();
    outcome
}

/// Shows what became of a plan, for people.
pub fn show_outcome(ctx: &Context, sources: &SourceMap, outcome: &Outcome) {
    let found: Vec<Diagnostic> = outcome.diagnostics().into_iter().cloned().collect();
    ctx.show(sources, &found);
    for line in outcome.to_text(ctx.look == crate::report::Look::Colour).lines() {
        ctx.say(line);
    }
}

/// As the exit code of the whole command.
pub fn status_of(outcome: &Outcome) -> ExitStatus {
    match outcome.end {
        End::Served => ExitStatus::Done,
        End::Interrupted => ExitStatus::Interrupted,
        End::Refused(_) | End::Failed | End::NotServed(_) => ExitStatus::Failed,
    }
}

/// Asks the user.
///
/// # Errors
/// When there is nobody to ask.
pub fn confirmed(ctx: &Context, question: &str, yes: bool) -> Result<bool, Failure> {
    if yes {
        return Ok(true);
    }
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        let message = format!("nobody is here to say yes to {question}");
        return Err(Box::new(Diagnostic::error(Code::NotConfirmed, message).help("run it again with `--yes`")));
    }
    ctx.say(&format!("do it: {question}? Only `yes` is taken for one:"));
    let mut line = String::new();
    // What can't be read is no yes.
    let read = std::io::stdin().lock().read_line(&mut line);
    Ok(read.is_ok() && line.trim() == "yes")
}

/// Progress: one moving line on a terminal, plain lines elsewhere.
pub struct Teller<'a> {
    ctx: &'a Context,
    bar: Option<ProgressBar>,
    last: Mutex<String>,
}

impl<'a> Teller<'a> {
    pub fn new(ctx: &'a Context) -> Self {
        let bar = ctx.progress.then(|| {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        Self { ctx, bar, last: Mutex::default() }
    }

    pub fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Progress for Teller<'_> {
    fn say(&self, address: &Address, words: &str) {
        let line = format!("{address}: {words}");
        match &self.bar {
            Some(bar) => bar.set_message(line),
            None => {
                // A line that only counts seconds is for a terminal.
                let mut last = self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                let plain: String = line.chars().filter(|c| !c.is_ascii_digit()).collect();
                if *last != plain {
                    self.ctx.say(&line);
                }
                *last = plain;
            }
        }
    }
}
