//! Running what waits: the async runtime of one command, ctrl-c, progress, and a question to the user.

use std::future::Future;
use std::io::{BufRead as _, IsTerminal as _};
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

/// Done when the user presses ctrl-c, or the process is told to end: from the call on, not from the first poll, so that
/// what is pressed between the two is not lost. A loop calls it once, before it shows anything.
pub fn interrupted() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    async move {
        // Where signals can't be listened to, they end the process as ever.
        let (Ok(mut interrupt), Ok(mut terminate)) = signals else { return std::future::pending().await };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
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
            teller.say_between("stopping: the step that runs is finished first");
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

/// What the user said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    Yes,
    No,
    /// Ctrl-c instead of an answer.
    Interrupted,
}

/// Asks the user.
///
/// # Errors
/// When there is nobody to ask.
pub async fn asked(ctx: &Context, question: &str, yes: bool) -> Result<Said, Failure> {
    if yes {
        return Ok(Said::Yes);
    }
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        let message = format!("nobody is here to say yes to {question}");
        return Err(Box::new(Diagnostic::error(Code::NotConfirmed, message).help("run it again with `--yes`")));
    }
    let interrupted = interrupted();
    ctx.ask(&format!("do it: {question}? Only `yes` is taken for one: "));
    // A thread of its own, that nobody waits for: reading a terminal can't be taken back.
    let (tell, told) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        // What can't be read is no yes.
        let read = std::io::stdin().lock().read_line(&mut line);
        // Nobody listens any more after a ctrl-c.
        let _ = tell.send(read.is_ok() && line.trim() == "yes");
    });
    tokio::select! {
        said = told => Ok(if said.unwrap_or(false) { Said::Yes } else { Said::No }),
        () = interrupted => Ok(Said::Interrupted),
    }
}

/// Progress: one line for each step that ended, with how long it took; on a terminal also a moving line of what it is
/// at, which elsewhere is a detail.
pub struct Teller<'a> {
    ctx: &'a Context,
    bar: Option<ProgressBar>,
}

impl<'a> Teller<'a> {
    pub fn new(ctx: &'a Context) -> Self {
        let bar = ctx.progress.then(|| {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        Self { ctx, bar }
    }

    pub fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    /// A line that stays, above the moving one.
    pub fn say_between(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| self.ctx.say(line)),
            None => self.ctx.say(line),
        }
    }
}

impl Progress for Teller<'_> {
    fn say(&self, address: &Address, words: &str) {
        let line = format!("{address}: {words}");
        match &self.bar {
            Some(bar) if self.ctx.verbosity == 0 => bar.set_message(line),
            Some(bar) => bar.suspend(|| self.ctx.detail(&line)),
            None => self.ctx.detail(&line),
        }
    }

    fn ended(&self, address: &Address, words: &str, took: Duration) {
        let took = match took.as_millis() {
            short @ ..1000 => format!("{short} ms"),
            _ => format!("{:.1} s", took.as_secs_f64()),
        };
        self.say_between(&format!("  {words} {address} ({took})"));
    }
}
