//! The command line as clap reads it: flags, arguments and their help. What a command does is in the file of its name.

mod capabilities;
mod catalog;
mod live;

use camino::Utf8PathBuf;
use clap::{Args, Parser, Subcommand, ValueEnum};

pub use capabilities::*;
pub use catalog::*;
pub use live::*;

/// A compiler for model serving: one typed file, checked before any cloud is asked.
#[derive(Debug, Parser)]
#[command(name = "servec", version, propagate_version = true, arg_required_else_help = true)]
#[command(after_help = "Exit codes: 0 done, 1 an error, 2 changes are pending (--detailed-exitcode), 130 interrupted.")]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Flags of every command")]
pub struct Global {
    /// Give a parameter of the program its value
    #[arg(long, global = true, value_name = "NAME=VALUE", value_parser = assignment)]
    pub set: Vec<(String, String)>,
    /// Read parameters from a file of `name=value` lines
    #[arg(long, global = true, value_name = "FILE")]
    pub vars: Option<Utf8PathBuf>,
    /// Use a table of your own: its cells take the place of the built-in ones
    #[arg(long, global = true, value_name = "FILE")]
    pub capabilities: Option<Utf8PathBuf>,
    /// The stack that is meant; may be repeated where several make sense
    #[arg(long, global = true, value_name = "NAME")]
    pub stack: Vec<String>,
    /// When to use colours; `auto` also heeds NO_COLOR
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t)]
    pub color: Color,
    /// Say nothing but diagnostics and what was asked for
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say more
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// Write what was said, with times, to a file as lines of JSON
    #[arg(long, global = true, value_name = "FILE")]
    pub log: Option<Utf8PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Init(InitArgs),
    Check(CheckArgs),
    Fmt(FmtArgs),
    Explain(ExplainArgs),
    Graph(GraphArgs),
    Capabilities(CapabilitiesArgs),
    Build(BuildArgs),
    Plan(PlanArgs),
    Diff(DiffArgs),
    Apply(ApplyArgs),
    Destroy(DestroyArgs),
    Drift(DriftArgs),
    Status(StatusArgs),
    Try(TryArgs),
    Up(UpArgs),
    Down(DownArgs),
    Invoke(InvokeArgs),
    Logs(LogsArgs),
    Machines(MachinesArgs),
    Cost(CostArgs),
    Lsp(LspArgs),
    Iam(IamArgs),
    Completions(CompletionsArgs),
    Man(ManArgs),
}
/// The program: a folder of `.serve` files, or one file.
#[derive(Debug, Clone, Args)]
pub struct ProgramPath {
    /// A folder of `.serve` files, or one file
    #[arg(default_value = ".")]
    pub path: Utf8PathBuf,
}

/// `--format` of commands whose answer is text or JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum DataFormat {
    /// For people
    #[default]
    Text,
    /// For programs, on standard output
    Json,
}

/// `--format` of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum PlanFormat {
    /// For people
    #[default]
    Text,
    /// For programs, on standard output, as `docs/plan.schema.json` says
    Json,
    /// For a comment on a change under review: what it comes to, and the steps folded away
    Markdown,
}

impl PlanFormat {
    /// How what goes wrong before there is a plan is said.
    pub fn of_failure(self) -> DataFormat {
        match self {
            PlanFormat::Json => DataFormat::Json,
            PlanFormat::Text | PlanFormat::Markdown => DataFormat::Text,
        }
    }
}

/// `--format` of commands whose answer is diagnostics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ReportFormat {
    /// For people
    #[default]
    Text,
    /// One document, as `docs/diagnostics.schema.json` says
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of a GitHub workflow
    Github,
}

/// Write a first program that passes `check` and `try`
///
/// Never writes over a file that is there.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Where to; made if it is not there
    #[arg(value_name = "DIR", default_value = ".")]
    pub folder: Utf8PathBuf,
    /// Which program
    #[arg(long, value_name = "NAME", value_parser = super::init::names())]
    #[arg(default_value = super::init::DEFAULT)]
    pub template: String,
}

/// Find every mistake: parse, resolve, type-check, and fit every stack to its target
#[derive(Debug, Args)]
pub struct CheckArgs {
    #[command(flatten)]
    pub program: ProgramPath,
    /// How to show what was found
    #[arg(long, value_enum, default_value_t)]
    pub format: ReportFormat,
}

/// Bring source files into the one form
///
/// A file with a syntax error is reported and left as it is.
#[derive(Debug, Args)]
pub struct FmtArgs {
    /// Files, or folders whose `.serve` files are meant
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<Utf8PathBuf>,
    /// Change nothing; fail if a file is not in form, and show how it differs
    #[arg(long)]
    pub check: bool,
    /// Read standard input, write standard output
    #[arg(long, conflicts_with = "paths")]
    pub stdin: bool,
}

/// Tell the story behind a diagnostic; without a code, list all
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// As in `E0101`, or `serve::syntax::unexpected`
    pub code: Option<String>,
}

/// Show what depends on what, and the pipelines' steps
#[derive(Debug, Args)]
pub struct GraphArgs {
    #[command(flatten)]
    pub program: ProgramPath,
    /// In which notation
    #[arg(long, value_enum, default_value_t)]
    pub format: GraphFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum GraphFormat {
    /// An indented list
    #[default]
    Text,
    /// Graphviz
    Dot,
    /// For Markdown pages
    Mermaid,
    /// For programs
    Json,
}

/// Serve editors: the language server, over standard input and output
///
/// Editors start it; docs/editors.md says how. The flags of every command hold for all programs that are opened.
#[derive(Debug, Args)]
pub struct LspArgs {
    /// Nothing else is there; for editors that say so
    #[arg(long)]
    pub stdio: bool,
}

/// Print what whoever applies a stack must be allowed, and nothing else
///
/// The platform's own document, worked out offline from what the stack becomes: for SageMaker a policy of IAM.
#[derive(Debug, Args)]
pub struct IamArgs {
    #[command(flatten)]
    pub program: ProgramPath,
}

/// Print a shell's completion script
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    pub shell: clap_complete::Shell,
}

/// Print the manual page of servec or of one command, or write all of them
#[derive(Debug, Args)]
pub struct ManArgs {
    /// The page of one command
    #[arg(value_name = "COMMAND", conflicts_with = "out")]
    pub page: Option<String>,
    /// Write a page for servec and one for every command into this folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<Utf8PathBuf>,
}

fn assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.to_owned())),
        Some(_) | None => Err("expected `name=value`".to_owned()),
    }
}
