//! What servec's runtime is told: a spec in a ConfigMap, whose name changes with what it holds.

use std::collections::BTreeSet;

use serve_spec::{Arg, Engine, Spec};

use crate::resource::Address;
use crate::source::Span;
use crate::stack::Servable;
use crate::target::spec::{self, Told};

use super::super::api::{ConfigMapVolume, Map, Mount, Volume, config_map};
use super::super::name::hash;
use super::made::{From, Made};
use super::served::Served;
use super::{Ctx, fetch};

/// Where the spec lies in the runtime's container.
pub const FOLDER: &str = "/etc/servec";

/// As on every other target where the stack says nothing.
const MAX_REQUEST_BYTES: u64 = 64 << 20;

/// The spec of a workload, with the places of files in its container, and where its parts were written.
pub fn of(ctx: &Ctx, served: &Served) -> (Spec, spec::Places) {
    let told = Told {
        endpoint: served.of,
        timeout: served.timeout,
        mode: served.mode,
        variants: &served.variants,
        engine: Engine::Auto,
        max_request_bytes: MAX_REQUEST_BYTES,
    };
    let (mut spec, places) = spec::spec(&told, ctx.stack, &ctx.files);
    for (name, model) in &mut spec.models {
        let declared = ctx.stack.models.get(&**name);
        if let Some(path) = declared.and_then(|declared| fetch::path(ctx, declared)) {
            model.artifact.path = path;
        }
    }
    (spec, places)
}

/// Hashes of the files beside models that a workload's steps are given.
pub fn assets(ctx: &Ctx, served: &Served) -> BTreeSet<String> {
    if !matches!(served.serve, Servable::Pipeline(_)) {
        return BTreeSet::new();
    }
    let (spec, _) = of(ctx, served);
    let args = spec.graphs.values().flat_map(|graph| &graph.steps).flat_map(|step| step.args.values());
    args.filter_map(|arg| if let Arg::Asset(asset) = arg { Some(asset.sha256.clone()) } else { None }).collect()
}

/// A ConfigMap that is mounted at [`FOLDER`].
pub struct Config {
    pub name: String,
    pub address: Address,
    /// Addresses of the files that it names.
    pub files: Vec<Address>,
}

/// Puts the spec of a workload, as `spec.json`.
pub fn put(ctx: &Ctx, served: &Served, made: &mut Made) -> Config {
    let (spec, places) = of(ctx, served);
    let text = format!("{:#}\n", spec::json(&spec));
    // What stands in one text has one place in the source: that of the nearest declaration.
    let origin = places.0.get("/models").copied().unwrap_or(served.origin);
    put_texts(ctx, served, Map::from([("spec.json".to_owned(), text)]), origin, made)
}

/// Puts texts by file name.
pub fn put_texts(ctx: &Ctx, served: &Served, texts: Map, origin: Span, made: &mut Made) -> Config {
    let words: String = texts.iter().map(|(file, text)| format!("{file}\n{text}\n")).collect();
    let name = super::super::name::name(&[&served.name, &hash(&words)], super::super::name::LABEL);
    let object = config_map(ctx.metadata(name.clone(), &served.labels(ctx)), texts);
    let files = files(ctx, served);
    let address = made.put(&object, From::new(origin).needs(files.clone()));
    Config { name, address, files }
}

/// The files of this machine that a workload reads.
pub fn files(ctx: &Ctx, served: &Served) -> Vec<Address> {
    let fetched: BTreeSet<String> = fetch::all(ctx, served).into_iter().map(|fetched| fetched.uri).collect();
    let here =
        ctx.files.all().filter(|(copied, _)| fetch::uploaded(ctx, copied).is_some_and(|uri| fetched.contains(&uri)));
    here.map(|(copied, _)| copied.address()).collect()
}

/// The volume of a ConfigMap, and where it is mounted.
pub fn volume(config: &Config) -> (Volume, Mount) {
    let config_map = Some(ConfigMapVolume { name: config.name.clone() });
    let volume = Volume { name: "spec".to_owned(), config_map, ..Volume::default() };
    (volume, Mount { name: "spec".to_owned(), mount_path: FOLDER.to_owned(), read_only: Some(true) })
}

/// How the runtime is started with a spec.
pub fn arguments(command: &str) -> Vec<String> {
    [command, "--spec", "/etc/servec/spec.json"].map(str::to_owned).to_vec()
}
