//! From a spec's path to something that serves: reads, checks, hashes, loads. Every failure is one sentence that
//! names what is wrong.

mod asset;
mod bind;
mod check;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serve_spec::{Engine as Choice, Spec};
use tokio::sync::Semaphore;

use crate::engine;
use crate::graph::{Graph, Model};

/// A spec whose structure is sound, and where its files are. Nothing is loaded yet.
#[derive(Debug, Clone)]
pub struct Checked {
    pub spec: Spec,
    folder: PathBuf,
}

/// Everything that answers requests.
pub struct Loaded {
    pub spec: Spec,
    pub graphs: BTreeMap<String, Arc<Graph>>,
    /// `rten` or `ort` by model.
    pub engines: BTreeMap<String, String>,
}

/// What the process was told beside the spec.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// ONNX Runtime's shared library.
    pub library: Option<PathBuf>,
    /// In place of `auto`.
    pub engine: Option<Choice>,
}

/// Reads a spec and checks everything that can be checked without its files.
///
/// # Errors
/// One sentence.
pub fn read(path: &Path) -> Result<Checked, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("spec {}: {error}", path.display()))?;
    let version = serde_json::from_str::<serde_json::Value>(&text)
        .map_err(|error| format!("spec {}: {error}", path.display()))?;
    // Before the rest, so that a newer spec is called newer and not malformed.
    let version = version.get("version").and_then(serde_json::Value::as_u64);
    if version != Some(u64::from(serve_spec::VERSION)) {
        let found = version.map_or_else(|| "no version".to_owned(), |found| format!("version {found}"));
        let known = serve_spec::VERSION;
        return Err(format!("spec {}: it is of {found}, this runtime reads version {known}", path.display()));
    }
    let spec: Spec = serde_json::from_str(&text).map_err(|error| format!("spec {}: {error}", path.display()))?;
    check::check(&spec).map_err(|why| format!("spec {}: {why}", path.display()))?;
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    Ok(Checked { spec, folder })
}

/// Loads every file and model of a spec. Blocks, for as long as the models need.
///
/// # Errors
/// One sentence.
pub fn load(checked: Checked, settings: &Settings) -> Result<Loaded, String> {
    let Checked { spec, folder } = checked;
    let mut models = BTreeMap::new();
    let mut engines = BTreeMap::new();
    for (name, model) in &spec.models {
        let loaded = load_model(name, model, &folder, settings).map_err(|why| format!("model `{name}`: {why}"))?;
        engines.insert(name.clone(), loaded.engine.name().to_owned());
        models.insert(name.clone(), Arc::new(loaded));
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let builtins = Arc::new(Semaphore::new(cores.max(2)));
    let mut graphs = BTreeMap::new();
    for (name, graph) in &spec.graphs {
        let bound = bind::bind(graph, &models, &folder, &builtins).map_err(|why| format!("graph `{name}`: {why}"))?;
        graphs.insert(name.clone(), Arc::new(bound));
    }
    Ok(Loaded { spec, graphs, engines })
}

fn load_model(name: &str, model: &serve_spec::Model, folder: &Path, settings: &Settings) -> Result<Model, String> {
    let bytes = asset::read(&model.artifact, folder)?;
    let signature = crate::onnx::read(&bytes)?;
    check::check_signature(model, &signature)?;
    let choice = match (model.engine, settings.engine) {
        (Choice::Auto, Some(chosen)) => chosen,
        (declared, _) => declared,
    };
    // More calls at once than cores gain nothing, and each needs threads or a session of its own.
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let concurrency = usize::try_from(model.concurrency).unwrap_or(usize::MAX).clamp(1, cores);
    let options = engine::Options {
        choice,
        threads: usize::try_from(model.threads).unwrap_or(1).max(1),
        concurrency,
        library: settings.library.clone(),
    };
    let engine = engine::open(&bytes, &signature, &options)?;
    Ok(Model {
        name: name.to_owned(),
        engine,
        inputs: model.inputs.clone(),
        outputs: model.outputs.clone(),
        permits: Arc::new(Semaphore::new(concurrency)),
    })
}
