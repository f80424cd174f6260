//! ONNX Runtime, loaded from a shared library that the caller names: serves what `rten` can't. One library and one
//! environment per process.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ort::environment::Environment;
use ort::logging::LogLevel;
use ort::session::builder::PrepackedWeights;
use ort::session::{OutputSelector, RunOptions, Session, SessionInputValue};

use super::ort_value::{carry, uncarry};
use super::pool::Pool;
use super::rten::{one_line, panic_text};
use super::{Engine, Failure, Fed, Options, Wanted};
use crate::value::Value;

/// What to do where no library is named.
pub const ABSENT: &str = "for ONNX Runtime, name its shared library with `--ort PATH` or in ORT_DYLIB_PATH";

/// A model in ONNX Runtime: `Session::run` takes `&mut`, so each call borrows a session of its own. The
/// sessions share their packed weights.
struct Ort {
    sessions: Pool<Session>,
}

/// Loads a model.
///
/// # Errors
/// When no library is named, it can't be loaded, or it refuses the model.
pub fn load(bytes: &[u8], options: &Options) -> Result<Box<dyn Engine>, String> {
    let library = options.library.as_deref().ok_or(ABSENT)?;
    let environment = environment(library)?;
    let sessions = caught("load", || {
        let weights = PrepackedWeights::new();
        (0..options.concurrency).map(|_| session(&environment, &weights, bytes, options.threads)).collect()
    })?;
    let sessions: Result<Vec<Session>, String> = sessions;
    let sessions = sessions.map_err(|error| format!("ONNX Runtime can't load it: {}", one_line(&error)))?;
    Ok(Box::new(Ort { sessions: Pool::new(sessions) }))
}

impl Engine for Ort {
    fn name(&self) -> &'static str {
        "ort"
    }

    fn run(&self, inputs: &[Fed<'_>], outputs: &[Wanted<'_>]) -> Result<Vec<Value>, Failure> {
        let mut lent = self.sessions.lend();
        let session = lent.get().ok_or_else(|| Failure::Run("no session".to_owned()))?;
        caught("run", || call(session, inputs, outputs)).map_err(Failure::Run)?
    }
}

fn call(session: &mut Session, inputs: &[Fed<'_>], outputs: &[Wanted<'_>]) -> Result<Vec<Value>, Failure> {
    let failed = |error: ort::Error| Failure::Run(one_line(&error.to_string()));
    let mut fed: Vec<(&str, SessionInputValue<'_>)> = Vec::with_capacity(inputs.len());
    for input in inputs {
        let value = carry(input).map_err(|why| Failure::Input(format!("input `{}`: {why}", input.name)))?;
        fed.push((input.name, value));
    }
    let wanted = outputs.iter().fold(OutputSelector::no_default(), |wanted, output| wanted.with(output.name));
    let options = RunOptions::new().map_err(failed)?.with_outputs(wanted);
    let given = session.run_with_options(fed, &options).map_err(failed)?;
    outputs
        .iter()
        .map(|output| {
            let value = given.get(output.name).ok_or("the model did not give it".to_owned());
            value
                .and_then(|value| uncarry(value, output.dtype))
                .map_err(|why| Failure::Run(format!("output `{}`: {why}", output.name)))
        })
        .collect()
}

fn session(
    environment: &Environment,
    weights: &PrepackedWeights,
    bytes: &[u8],
    threads: usize,
) -> Result<Session, String> {
    let builder = Session::builder(environment).map_err(|error| error.to_string())?;
    // Without these every session starts a pool as large as the machine.
    let builder = builder.with_intra_threads(threads).map_err(|error| error.to_string())?;
    let builder = builder.with_inter_threads(1).map_err(|error| error.to_string())?;
    let builder = builder.with_intra_op_spinning(false).map_err(|error| error.to_string())?;
    let mut builder = builder.with_prepacked_weights(weights).map_err(|error| error.to_string())?;
    builder.commit_from_memory(bytes).map_err(|error| error.to_string())
}

fn environment(library: &Path) -> Result<Environment, String> {
    static OPEN: Mutex<Option<(PathBuf, Environment)>> = Mutex::new(None);
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((path, environment)) = &*open {
        if path == library {
            return Ok(environment.clone());
        }
        return Err(format!("ONNX Runtime is already loaded from {}", path.display()));
    }
    if !library.is_file() {
        return Err(format!("no ONNX Runtime library at {}", library.display()));
    }
    let built = caught("start", || {
        let builder = ort::init_from(library).map_err(|error| error.to_string())?;
        builder.with_name("serve-runtime").with_telemetry(false).build().map_err(|error| error.to_string())
    })?;
    let environment = built.map_err(|why| format!("ONNX Runtime: {}", one_line(&why)))?;
    environment.set_log_level(LogLevel::Error);
    *open = Some((library.to_owned(), environment.clone()));
    Ok(environment)
}

/// The binding panics where the library is not what it expects; that must not end the server.
fn caught<T>(what: &str, call: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(call))
        .map_err(|panic| format!("ONNX Runtime failed in {what}: {}", one_line(&panic_text(&*panic))))
}
