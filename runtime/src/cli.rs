//! The command line, callable from any binary: `servec` runs it as a child of itself.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use serve_spec::Engine;
use tracing_subscriber::EnvFilter;

use crate::load::Settings;
use crate::onnx::{self, Slot, SlotKind};
use crate::serve::{self, Job};

#[derive(Parser)]
#[command(name = "serve-runtime", version, about = "Serves one endpoint, given a spec that servec wrote")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve an endpoint until SIGTERM.
    Serve(Serve),
    /// Print what an ONNX model takes and gives, as JSON.
    Inspect {
        /// The model file.
        model: PathBuf,
    },
}

#[derive(clap::Args)]
struct Serve {
    /// The spec; files that it names are relative to its folder.
    #[arg(long, value_name = "PATH")]
    spec: PathBuf,
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// The port; 0 takes a free one. [default: SAGEMAKER_BIND_TO_PORT, AIP_HTTP_PORT, PORT, 8080]
    #[arg(long)]
    port: Option<u16>,
    /// Answered back at `/servec/spec`, to tell this process from any other.
    #[arg(long, default_value = "")]
    token: String,
    /// ONNX Runtime's shared library. [default: ORT_DYLIB_PATH]
    #[arg(long, value_name = "PATH")]
    ort: Option<PathBuf>,
    /// The engine for models that leave it open. [default: SERVE_RUNTIME_ENGINE]
    #[arg(long, value_name = "ENGINE")]
    engine: Option<EngineArg>,
    /// How log lines look.
    #[arg(long, default_value = "text")]
    log_format: LogFormat,
}

#[derive(Clone, Copy, ValueEnum)]
enum EngineArg {
    Rten,
    Ort,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

/// Runs the command line. The first argument is the program's name, as in [`std::env::args_os`]; a binary that
/// carries this one passes its arguments from the subcommand's name on.
pub fn main_with(args: impl Iterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and the version are no failure. Where the terminal is gone there is nobody to tell.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
        }
    };
    let done = match cli.command {
        Command::Serve(serve) => run(serve),
        Command::Inspect { model } => inspect(&model),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            let _ = writeln!(std::io::stderr(), "serve-runtime: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: Serve) -> Result<(), String> {
    log_to_stderr(args.log_format);
    // Set but empty is how an image's environment says "not set".
    let env = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let port = match args.port {
        Some(port) => port,
        None => port_of(env)?,
    };
    let engine = match (args.engine, env("SERVE_RUNTIME_ENGINE")) {
        (Some(engine), _) => Some(engine),
        (None, Some(name)) => {
            let known = EngineArg::from_str(&name, false);
            Some(known.map_err(|_| format!("SERVE_RUNTIME_ENGINE is `{name}`, it may be `rten` or `ort`"))?)
        }
        (None, None) => None,
    };
    let engine = engine.map(|engine| match engine {
        EngineArg::Rten => Engine::Rten,
        EngineArg::Ort => Engine::Ort,
    });
    let library = args.ort.or_else(|| env("ORT_DYLIB_PATH").map(PathBuf::from));
    let settings = Settings { library, engine };
    serve::serve(&Job { spec: args.spec, host: args.host, port, token: args.token, settings })
}

/// The platforms' ways to say the port, SageMaker's first: it alone changes it per container.
fn port_of(env: impl Fn(&str) -> Option<String>) -> Result<u16, String> {
    for name in ["SAGEMAKER_BIND_TO_PORT", "AIP_HTTP_PORT", "PORT"] {
        if let Some(value) = env(name) {
            return value.parse().map_err(|_| format!("{name} is `{value}`, which is no port"));
        }
    }
    Ok(8080)
}

fn log_to_stderr(format: LogFormat) {
    let filter = EnvFilter::try_from_env("SERVE_RUNTIME_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    // Fails only where a log is set up already, as in a test that serves twice.
    let _ = match format {
        LogFormat::Text => lines.with_ansi(false).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    // A panic is one log line like any other; the request it happened in is answered with 500.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let said = panic.payload_as_str().unwrap_or_default();
        tracing::error!(place, said, "panic");
    }));
}

fn inspect(path: &Path) -> Result<(), String> {
    let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let signature = onnx::read(&bytes).map_err(|why| format!("{}: {why}", path.display()))?;
    let shown = serde_json::json!({
        "inputs": signature.inputs.iter().map(slot).collect::<Vec<_>>(),
        "outputs": signature.outputs.iter().map(slot).collect::<Vec<_>>(),
        "operators": signature.operators,
    });
    let text = serde_json::to_string_pretty(&shown).map_err(|error| error.to_string())?;
    writeln!(std::io::stdout(), "{text}").map_err(|error| format!("stdout: {error}"))
}

fn slot(slot: &Slot) -> serde_json::Value {
    match &slot.kind {
        SlotKind::Tensor { dtype, dims } => {
            serde_json::json!({ "name": slot.name, "dtype": dtype.map(serve_spec::Dtype::name), "dims": dims })
        }
        SlotKind::Other => serde_json::json!({ "name": slot.name, "dtype": null, "dims": null }),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_port_comes_from_the_platform() {
        let from = |pairs: &[(&str, &str)]| {
            port_of(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
        };
        assert_eq!(from(&[]), Ok(8080));
        assert_eq!(from(&[("PORT", "1"), ("AIP_HTTP_PORT", "2")]), Ok(2));
        assert_eq!(from(&[("SAGEMAKER_BIND_TO_PORT", "3"), ("AIP_HTTP_PORT", "2")]), Ok(3));
        assert_eq!(from(&[("PORT", "70000")]), Err("PORT is `70000`, which is no port".to_owned()));
    }
}
