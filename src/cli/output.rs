//! What all commands share: where they write, how it looks, how chatty they are, and how they end.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::IsTerminal as _;
use std::process::{ExitCode, Termination};

use camino::Utf8Path;
use serde_json::json;

use crate::compile::{self, Compiled, Options};
use crate::files::Disk;
use crate::report::{self, Code, Diagnostic, Format, Look, PLAIN_WIDTH, Streams};
use crate::source::SourceMap;

use super::args::{Color, DataFormat, Global, ReportFormat};
use super::file;

/// How a command ended, as its exit code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitStatus {
    /// 0: done, or there was nothing to do.
    Done,
    /// 1: an error; diagnostics were shown.
    Failed,
    /// 2: changes are pending; only with `--detailed-exitcode`.
    Pending,
    /// 130: interrupted.
    Interrupted,
}

impl ExitStatus {
    pub fn code(self) -> u8 {
        match self {
            ExitStatus::Done => 0,
            ExitStatus::Failed => 1,
            ExitStatus::Pending => 2,
            ExitStatus::Interrupted => 130,
        }
    }
}

impl Termination for ExitStatus {
    fn report(self) -> ExitCode {
        ExitCode::from(self.code())
    }
}

/// Handed to every command.
#[derive(Debug)]
pub struct Context {
    /// `--set`, `--vars`, `--stack`.
    pub options: Options,
    /// How standard error looks.
    pub look: Look,
    /// Columns of standard error.
    pub width: usize,
    /// Columns of standard output, for tables.
    pub width_out: usize,
    /// Whether standard output goes to a terminal and may be coloured.
    pub colour_out: bool,
    /// Whether progress may be drawn: standard error is a terminal, and nobody asked for quiet.
    pub progress: bool,
    pub quiet: bool,
    /// How often `-v` was given.
    pub verbosity: u8,
    streams: Streams,
}

impl Context {
    /// For this process and its flags.
    ///
    /// # Errors
    /// When the log can't be opened.
    pub fn new(global: &Global) -> Result<Self, Box<Diagnostic>> {
        let (look, width) = terminal(global.color);
        let mut streams = Streams::process();
        if let Some(path) = &global.log {
            let file = OpenOptions::new().create(true).append(true).open(path).map_err(|error| {
                Box::new(Diagnostic::error(Code::Unwritable, format!("the log `{path}` can't be opened: {error}")))
            })?;
            streams = streams.with_log(Box::new(file));
        }
        let set: BTreeMap<String, String> = global.set.iter().cloned().collect();
        Ok(Self {
            options: Options {
                set,
                vars: global.vars.clone(),
                stacks: global.stack.clone(),
                capabilities: global.capabilities.clone(),
            },
            look,
            width,
            width_out: width_out(),
            colour_out: coloured(global.color, std::io::stdout().is_terminal()),
            progress: look != Look::Plain && std::io::stderr().is_terminal() && !global.quiet,
            quiet: global.quiet,
            verbosity: global.verbose,
            streams,
        })
    }

    /// What was asked for: to standard output, as it is.
    pub fn out(&self, text: &str) {
        self.streams.out(text);
    }

    /// A line for people, unless they asked for quiet.
    pub fn say(&self, line: &str) {
        self.log("info", line);
        if !self.quiet {
            self.streams.err(&format!("{line}\n"));
        }
    }

    /// A question, with the cursor left behind it: to standard error, quiet or not.
    pub fn ask(&self, question: &str) {
        self.log("info", question);
        self.streams.err(question);
    }

    /// A line for people who asked for more.
    pub fn detail(&self, line: &str) {
        self.log("debug", line);
        if self.verbosity > 0 {
            self.streams.err(&format!("{line}\n"));
        }
    }

    /// Diagnostics for people: to standard error, quiet or not.
    pub fn show(&self, sources: &SourceMap, diagnostics: &[Diagnostic]) {
        self.report(sources, diagnostics, ReportFormat::Text);
    }

    /// Diagnostics as asked for: text to standard error, what programs read to standard output.
    pub fn report(&self, sources: &SourceMap, diagnostics: &[Diagnostic], format: ReportFormat) {
        for diagnostic in &*report::redacted(sources, diagnostics) {
            self.log("diagnostic", &format!("{} {}", diagnostic.code.id(), diagnostic.message));
        }
        match format {
            ReportFormat::Text => {
                let format = Format::Text(self.look, self.width);
                self.streams.err(&report::render(sources, diagnostics, format));
            }
            ReportFormat::Json => self.out(&report::render(sources, diagnostics, Format::Json)),
            ReportFormat::Sarif => self.out(&report::render(sources, diagnostics, Format::Sarif)),
            ReportFormat::Github => self.out(&report::render(sources, diagnostics, Format::Github)),
        }
    }

    /// Compiles a program; its diagnostics are for the caller to show.
    ///
    /// # Errors
    /// When nothing is at this path.
    pub fn compile(&self, path: &Utf8Path) -> Result<Compiled, Box<Diagnostic>> {
        file::exists(path)?;
        Ok(compile::compile(path, &self.options))
    }

    /// Compiles a program for a command that needs no stack to fit its target, and shows what was found.
    ///
    /// # Errors
    /// The exit status to end with; everything has been said.
    pub fn unfitted(&self, path: &Utf8Path, format: ReportFormat) -> Result<Compiled, ExitStatus> {
        file::exists(path).map_err(|diagnostic| self.report_one(*diagnostic, format))?;
        let compiled = compile::compile_unfitted(path, &self.options, &Disk);
        let format = if compiled.failed { format } else { ReportFormat::Text };
        self.report(&compiled.sources, &compiled.diagnostics, format);
        if compiled.failed { Err(ExitStatus::Failed) } else { Ok(compiled) }
    }

    /// Compiles a program for a command that needs it free of errors, and shows what was found: as a document of
    /// diagnostics if the command was to answer in JSON and can't.
    ///
    /// # Errors
    /// The exit status to end with; everything has been said.
    pub fn program(&self, path: &Utf8Path, format: DataFormat) -> Result<Compiled, ExitStatus> {
        let failed = match format {
            DataFormat::Text => ReportFormat::Text,
            DataFormat::Json => ReportFormat::Json,
        };
        let compiled = self.compile(path).map_err(|diagnostic| self.report_one(*diagnostic, failed))?;
        let format = if compiled.failed { failed } else { ReportFormat::Text };
        self.report(&compiled.sources, &compiled.diagnostics, format);
        if compiled.failed { Err(ExitStatus::Failed) } else { Ok(compiled) }
    }

    /// Shows one diagnostic that no source is to blame for, as asked for.
    pub fn report_one(&self, diagnostic: Diagnostic, format: ReportFormat) -> ExitStatus {
        self.report(&SourceMap::default(), &[diagnostic], format);
        ExitStatus::Failed
    }

    /// Shows one diagnostic that no source is to blame for.
    pub fn fail(&self, diagnostic: Diagnostic) -> ExitStatus {
        self.report_one(diagnostic, ReportFormat::Text)
    }

    /// What became of the streams: a full disk turns a success into a failure.
    pub fn finish(&self, status: ExitStatus) -> ExitStatus {
        match self.streams.finish() {
            Ok(()) => status,
            Err(error) => {
                self.fail(Diagnostic::error(Code::Unwritable, format!("the output can't be written: {error}")))
            }
        }
    }

    fn log(&self, level: &str, text: &str) {
        let line = json!({ "time": jiff::Timestamp::now().to_string(), "level": level, "text": text });
        self.streams.log(&format!("{line}\n"));
    }
}

/// Look and width of standard error.
pub fn terminal(color: Color) -> (Look, usize) {
    let terminal = std::io::stderr().is_terminal();
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    let look = match (coloured(color, terminal), terminal && !dumb) {
        (true, _) => Look::Colour,
        (false, true) => Look::Mono,
        (false, false) => Look::Plain,
    };
    let size = terminal.then(|| terminal_size::terminal_size_of(std::io::stderr())).flatten();
    // Prose wider than this is hard to read.
    (look, size.map_or(PLAIN_WIDTH, |(width, _)| usize::from(width.0).min(120)))
}

/// A table may be as wide as the terminal.
fn width_out() -> usize {
    let stdout = std::io::stdout();
    let size = stdout.is_terminal().then(|| terminal_size::terminal_size_of(&stdout)).flatten();
    size.map_or(PLAIN_WIDTH, |(width, _)| usize::from(width.0))
}

fn coloured(color: Color, terminal: bool) -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
        || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    match color {
        Color::Auto => terminal && !refused,
        Color::Always => true,
        Color::Never => false,
    }
}
