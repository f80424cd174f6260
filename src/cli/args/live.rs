//! Arguments of the commands that build, look at what runs, and change it.

use camino::Utf8PathBuf;
use clap::Args;

use super::{DataFormat, PlanFormat, ProgramPath};

/// Write what would be deployed as files, offline and byte for byte the same each time
#[derive(Debug, Args)]
pub struct BuildArgs {
    #[command(flatten)]
    pub program: ProgramPath,
    /// Where to: `DIR/<stack>/…`
    #[arg(long, value_name = "DIR")]
    pub out: Utf8PathBuf,
    #[arg(long, value_enum, default_value_t)]
    pub format: DataFormat,
}

/// Show what would change, why, and what callers would notice; changes nothing
#[derive(Debug, Args)]
pub struct PlanArgs {
    #[command(flatten)]
    pub program: ProgramPath,
    /// Save the plan, for `servec apply FILE`
    #[arg(long, value_name = "FILE")]
    pub out: Option<Utf8PathBuf>,
    /// Exit with 2 when changes are pending
    #[arg(long)]
    pub detailed_exitcode: bool,
    /// Also show every default, and where it comes from
    #[arg(long)]
    pub explain: bool,
    #[arg(long, value_enum, default_value_t)]
    pub format: PlanFormat,
}

/// Show how what runs differs, as text, from what the program asks for
#[derive(Debug, Args)]
pub struct DiffArgs {
    #[command(flatten)]
    pub program: ProgramPath,
    #[arg(long, value_enum, default_value_t)]
    pub format: DataFormat,
}

/// Plan, ask, do, and verify
#[derive(Debug, Args)]
pub struct ApplyArgs {
    /// A folder of `.serve` files, one file, or a saved plan
    #[arg(value_name = "PATH|PLANFILE", default_value = ".")]
    pub path: Utf8PathBuf,
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
    #[arg(long, value_enum, default_value_t)]
    pub format: DataFormat,
}

/// Remove what a stack made
#[derive(Debug, Args)]
pub struct DestroyArgs {
    #[command(flatten)]
    pub program: ProgramPath,
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
    #[arg(long, value_enum, default_value_t)]
    pub format: DataFormat,
}

/// Compare what runs with what was last applied, in declared fields only
#[derive(Debug, Args)]
pub struct DriftArgs {
    #[command(flatten)]
    pub program: ProgramPath,
    /// Exit with 2 when something drifted
    #[arg(long)]
    pub detailed_exitcode: bool,
    #[arg(long, value_enum, default_value_t)]
    pub format: DataFormat,
}

/// Show endpoints, variants, replicas and their health
#[derive(Debug, Args)]
pub struct StatusArgs {
    #[command(flatten)]
    pub program: ProgramPath,
    /// Keep showing, until interrupted
    #[arg(long)]
    pub watch: bool,
    #[arg(long, value_enum, default_value_t)]
    pub format: DataFormat,
}

/// Run a stack on this machine, send its samples, compare the answers, and take it down
///
/// Succeeds only when every answer is the expected one.
#[derive(Debug, Args)]
pub struct TryArgs {
    #[command(flatten)]
    pub program: ProgramPath,
    #[arg(long, value_enum, default_value_t)]
    pub format: DataFormat,
}

/// Run a stack on this machine, and show what to call
#[derive(Debug, Args)]
pub struct UpArgs {
    #[command(flatten)]
    pub program: ProgramPath,
    /// Return once it serves, instead of showing its status until interrupted
    #[arg(long, short)]
    pub detach: bool,
}

/// Stop what `up` started
#[derive(Debug, Args)]
pub struct DownArgs {
    #[command(flatten)]
    pub program: ProgramPath,
}

/// Call an endpoint with its target's own protocol
#[derive(Debug, Args)]
pub struct InvokeArgs {
    /// The endpoint's name in the program
    pub endpoint: String,
    #[command(flatten)]
    pub program: ProgramPath,
    /// What to send: `@FILE`, `-` for standard input, or the text itself
    #[arg(long, value_name = "@FILE|-|TEXT", allow_hyphen_values = true)]
    pub data: Option<String>,
    /// Send the endpoint's sample, and compare the answer with the expected one
    #[arg(long, conflicts_with = "data")]
    pub sample: bool,
    /// Ask this variant
    #[arg(long, value_name = "NAME")]
    pub variant: Option<String>,
    /// Ask this member of a pool
    #[arg(long, value_name = "NAME")]
    pub model: Option<String>,
    /// Do not wait for the answer
    #[arg(long = "async")]
    pub detached: bool,
    /// Call nothing; print the lines that would
    #[arg(long)]
    pub print: bool,
    #[arg(long, value_enum, default_value_t)]
    pub format: DataFormat,
}

/// Show what an endpoint's processes say
#[derive(Debug, Args)]
pub struct LogsArgs {
    /// The endpoint's name in the program
    pub endpoint: String,
    #[command(flatten)]
    pub program: ProgramPath,
    /// Keep showing, until interrupted
    #[arg(long, short)]
    pub follow: bool,
}
