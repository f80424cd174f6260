//! Arguments of the commands that read catalogues.

use camino::Utf8PathBuf;
use clap::{Args, ValueEnum};

use super::ProgramPath;

/// Find the cheapest machine that fits a need, and say why the others were passed over
///
/// A need is written as in a model: `gpu { memory = 16GiB }, cpu = 4, memory = 8GiB`. Prices are those of the catalogue
/// that servec brings, each with how and since when it is known.
#[derive(Debug, Args)]
pub struct MachinesArgs {
    #[command(flatten)]
    pub program: ProgramPath,
    /// What it must have: `gpu { memory = 16GiB }, cpu = 4`; or a model of the program, by name
    #[arg(long = "for", value_name = "NEED")]
    pub need: Option<String>,
    /// Of one target; all that rent out machines, if not given
    #[arg(long, value_name = "NAME")]
    pub target: Option<String>,
    /// Where; the region of the prices, if not given
    #[arg(long, value_name = "NAME")]
    pub region: Option<String>,
    /// What it is to do
    #[arg(long, value_enum, default_value_t)]
    pub mode: ModeWord,
    /// Show every machine, not only the nearest
    #[arg(long)]
    pub all: bool,
    /// Show where each figure is from
    #[arg(long)]
    pub sources: bool,
    /// Prices of your own: CSV or JSON with `machine`, `region` (optional) and `usd_per_hour`
    #[arg(long, value_name = "FILE")]
    pub prices: Option<Utf8PathBuf>,
    /// How to show it
    #[arg(long, value_enum, default_value_t)]
    pub format: TableFormat,
}

/// Show what each stack costs a month: at least, as expected, and at most
///
/// From the machines that serve it, at the prices of the catalogue that servec brings; `docs/cost.md` says how. Endpoints that
/// exceed their budget are errors.
#[derive(Debug, Args)]
pub struct CostArgs {
    #[command(flatten)]
    pub program: ProgramPath,
    /// Prices of your own: CSV or JSON with `machine`, `region` (optional) and `usd_per_hour`
    #[arg(long, value_name = "FILE")]
    pub prices: Option<Utf8PathBuf>,
    /// Show the difference to an earlier answer, as `--format json` wrote it
    #[arg(long, value_name = "FILE")]
    pub against: Option<Utf8PathBuf>,
    /// How to show it
    #[arg(long, value_enum, default_value_t)]
    pub format: TableFormat,
}

/// A mode of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ModeWord {
    #[default]
    Realtime,
    Streaming,
    Serverless,
    Async,
    Batch,
}

/// `--format` of commands whose answer is a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum TableFormat {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
    /// For pages and reviews
    Markdown,
}
