//! What all commands share: where they write, how it looks, how chatty they are, and how they end.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::IsTerminal as _;
use std::process::{ExitCode, Termination};

use camino::Utf8Path;
use serde_json::json;

use crate::compile::Options;
use crate::report::{self, Code, Diagnostic, Format, Look, PLAIN_WIDTH, Streams};
use crate::source::SourceMap;

use super::args::{Color, Global, ReportFormat};

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
            options: Options { set, vars: global.vars.clone(), stacks: global.stack.clone() },
            look,
            width,
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
        for diagnostic in diagnostics {
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

    /// Shows one diagnostic that no source is to blame for.
    pub fn fail(&self, diagnostic: Diagnostic) -> ExitStatus {
        self.show(&SourceMap::default(), &[diagnostic]);
        ExitStatus::Failed
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

/// Writes a file beside its place and moves it in, so that no reader sees half of it and a failure changes nothing.
///
/// # Errors
/// A diagnostic that names the file and says what the system said.
pub fn write(path: &Utf8Path, contents: &[u8]) -> Result<(), Box<Diagnostic>> {
    replace(path, contents)
        .map_err(|error| Box::new(Diagnostic::error(Code::Unwritable, format!("`{path}` can't be written: {error}"))))
}

fn replace(path: &Utf8Path, contents: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    // A link stays a link: what it points to is replaced.
    let target = path.canonicalize_utf8().unwrap_or_else(|_| path.to_owned());
    let folder = target.parent().filter(|p| !p.as_str().is_empty()).unwrap_or(Utf8Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(contents)?;
    match std::fs::metadata(&target) {
        Ok(before) => file.as_file().set_permissions(before.permissions())?,
        Err(_) => readable(file.as_file())?,
    }
    file.as_file().sync_all()?;
    file.persist(&target)?;
    Ok(())
}

/// Temporary files are for their owner alone; sources are not.
#[cfg(unix)]
fn readable(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &std::fs::File) -> std::io::Result<()> {
    Ok(())
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

fn coloured(color: Color, terminal: bool) -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
        || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    match color {
        Color::Auto => terminal && !refused,
        Color::Always => true,
        Color::Never => false,
    }
}
