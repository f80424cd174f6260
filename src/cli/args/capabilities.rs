//! Arguments of `capabilities`.

use camino::Utf8PathBuf;
use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};

/// Show what every target can do, what a program uses of it, and what is lost between two targets
#[derive(Debug, Args)]
pub struct CapabilitiesArgs {
    /// Narrow it to what this program's stacks use; the same as `--for`
    #[arg(value_name = "PATH", conflicts_with = "program")]
    pub path: Option<Utf8PathBuf>,
    /// Narrow it to what this program's stacks use
    #[arg(long = "for", value_name = "PATH")]
    pub program: Option<Utf8PathBuf>,
    /// This target alone
    #[arg(long, value_name = "TARGET", value_parser = targets())]
    pub target: Option<String>,
    /// What is lost, gained, or honoured in part only, going from `--target` to this one
    #[arg(long, value_name = "TARGET", requires = "target", value_parser = targets())]
    pub against: Option<String>,
    /// Each cell with its source and day
    #[arg(long)]
    pub sources: bool,
    #[arg(long, value_enum, default_value_t)]
    pub format: PageFormat,
}

/// `--format` of commands whose answer may stand on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum PageFormat {
    /// For people
    #[default]
    Text,
    /// For a page
    Markdown,
    /// For programs, as `docs/capabilities.schema.json` says
    Json,
}

fn targets() -> PossibleValuesParser {
    PossibleValuesParser::new(crate::target::ALL.iter().map(|target| target.name()))
}
