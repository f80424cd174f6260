//! How a pod comes by its files: fetched into a folder before it serves, or mounted from an image.

use crate::stack::{Artifact, Model, Origin, Servable};
use crate::target::spec::Copied;

use super::super::api::{ClaimSpec, ClaimTemplate, Map, bytes};
use super::super::api::{Container, EmptyDir, Ephemeral, ImageVolume, Mount, Resources, Volume};
use super::super::facts::facts;
use super::served::{Served, Server};
use super::{Ctx, pod};

/// Where the files of models lie in a container, as KServe has it.
pub const MODELS: &str = "/mnt/models";

/// One thing to be brought into a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Short, for the name of a container or a volume.
    pub name: String,
    pub uri: String,
    /// The folder that it is put in.
    pub folder: String,
}

/// Where a file of this machine is copied to; `None` without the setting `artifacts`, which is refused before.
pub fn uploaded(ctx: &Ctx, copied: &Copied) -> Option<String> {
    let prefix = ctx.settings.artifacts.as_ref()?;
    Some(format!("{prefix}/{}/{}/{}", ctx.stack.name, copied.sha256, copied.file))
}

fn of_artifact(model: &Model) -> Option<&Artifact> {
    match &model.origin {
        Origin::Framework { artifact, .. } => Some(&artifact.value),
        Origin::Image { artifact, .. } => artifact.as_ref().map(|artifact| &artifact.value),
    }
}

/// Where a model's files are, as pods can read them.
pub fn uri(ctx: &Ctx, model: &Model) -> Option<String> {
    match of_artifact(model)? {
        Artifact::File { sha256, .. } => of_file(ctx, sha256),
        Artifact::Remote { uri } => Some(uri.to_string()),
    }
}

/// The hash of a model's file, where it is one of this machine.
pub fn sha256(model: &Model) -> Option<String> {
    match of_artifact(model)? {
        Artifact::File { sha256, .. } => Some(sha256.to_string()),
        Artifact::Remote { .. } => None,
    }
}

/// The folder of a file of this machine: known by its content.
pub fn folder_of(sha256: &str) -> String {
    format!("{MODELS}/{}", sha256.get(..12).unwrap_or(sha256))
}

/// Where a model's own file, or the folder that holds it, lies in the runtime's container.
pub fn path(ctx: &Ctx, model: &Model) -> Option<String> {
    Some(match of_artifact(model)? {
        Artifact::File { .. } => ctx.files.asset(of_artifact(model)?)?.path,
        Artifact::Remote { uri } => {
            let folder = format!("{MODELS}/{}", model.name);
            match uri.rsplit('/').next().filter(|file| is_one_file(file)) {
                Some(file) => format!("{folder}/{file}"),
                None => folder,
            }
        }
    })
}

/// Where a file of this machine lies in the runtime's container.
pub fn placed(copied: &Copied) -> String {
    format!("{}/{}", folder_of(&copied.sha256), copied.file)
}

/// A name with an ending that no archive has: archives are unpacked, and folders are fetched whole.
fn is_one_file(name: &str) -> bool {
    let archive = [".tar.gz", ".tgz", ".tar", ".zip"].iter().any(|end| name.ends_with(end));
    name.contains('.') && !archive
}

/// Everything that a workload's pods need before they serve, each once.
pub fn all(ctx: &Ctx, served: &Served) -> Vec<Fetched> {
    // Members of a pool are loaded when they are called.
    if matches!(served.serve, Servable::Pool(_)) {
        return vec![];
    }
    let whole = matches!(served.server(ctx), Server::Image { .. });
    let mut out: Vec<Fetched> = vec![];
    let mut add = |fetched: Fetched| {
        if !out.contains(&fetched) {
            out.push(fetched);
        }
    };
    for model in served.models(ctx) {
        match of_artifact(model) {
            Some(Artifact::Remote { uri }) => {
                let folder = if whole { MODELS.to_owned() } else { format!("{MODELS}/{}", model.name) };
                add(Fetched { name: short(&model.name), uri: uri.to_string(), folder });
            }
            Some(Artifact::File { sha256, .. }) => {
                let folder = if whole { MODELS.to_owned() } else { folder_of(sha256) };
                if let Some(uri) = of_file(ctx, sha256) {
                    add(Fetched { name: short(sha256.get(..12).unwrap_or(sha256)), uri, folder });
                }
            }
            None => {}
        }
    }
    for sha256 in super::spec::assets(ctx, served) {
        if let Some(uri) = of_file(ctx, &sha256) {
            let name = short(sha256.get(..12).unwrap_or(&sha256));
            add(Fetched { name, uri, folder: folder_of(&sha256) });
        }
    }
    out
}

fn of_file(ctx: &Ctx, sha256: &str) -> Option<String> {
    let (copied, _) = ctx.files.all().find(|(copied, _)| copied.sha256 == sha256)?;
    uploaded(ctx, copied)
}

fn short(word: &str) -> String {
    super::super::name::name(&["fetch", word], 40)
}

/// The containers that fetch, with the volumes that they fetch into, and where the serving container finds them.
pub struct Brought {
    pub init: Vec<Container>,
    pub volumes: Vec<Volume>,
    pub mounts: Vec<Mount>,
}

/// What a pod without an operator does to have its files.
pub fn brought(ctx: &Ctx, served: &Served) -> Brought {
    let (images, fetched): (Vec<_>, Vec<_>) = all(ctx, served).into_iter().partition(|f| f.uri.starts_with("oci://"));
    let mut brought = Brought { init: vec![], volumes: vec![], mounts: vec![] };
    let disk = served.models(ctx).iter().filter_map(|model| model.disk.as_ref().map(|disk| disk.value)).max();
    if !fetched.is_empty() || disk.is_some() {
        brought.volumes.push(models_volume(ctx, disk));
        brought.mounts.push(Mount { name: "models".to_owned(), mount_path: MODELS.to_owned(), read_only: None });
    }
    for one in &fetched {
        brought.init.push(initializer(one));
    }
    for one in images {
        let reference = one.uri.trim_start_matches("oci://").to_owned();
        let image = Some(ImageVolume { reference });
        brought.volumes.push(Volume { name: one.name.clone(), image, ..Volume::default() });
        brought.mounts.push(Mount { name: one.name, mount_path: one.folder, read_only: Some(true) });
    }
    brought
}

/// On a disk of the cloud's own where its class is known and the model says how large; else on the node's.
fn models_volume(ctx: &Ctx, disk: Option<u64>) -> Volume {
    let name = "models".to_owned();
    match (disk, &ctx.settings.cloud.storage_class) {
        (Some(disk), Some(class)) => {
            let requests = Map::from([("storage".to_owned(), bytes(disk))]);
            let spec = ClaimSpec {
                access_modes: vec!["ReadWriteOnce"],
                storage_class_name: Some(class.clone()),
                resources: Resources { requests, limits: Map::new() },
            };
            let ephemeral = Some(Ephemeral { volume_claim_template: ClaimTemplate { spec } });
            Volume { name, ephemeral, ..Volume::default() }
        }
        (disk, _) => {
            let empty_dir = Some(EmptyDir { medium: None, size_limit: disk.map(bytes) });
            Volume { name, empty_dir, ..Volume::default() }
        }
    }
}

fn initializer(fetched: &Fetched) -> Container {
    let fact = &facts().initializer;
    let amounts = Map::from([("cpu".to_owned(), fact.cpu.clone()), ("memory".to_owned(), fact.memory.clone())]);
    let limits = Map::from([("memory".to_owned(), fact.memory.clone())]);
    Container {
        name: fetched.name.clone(),
        image: Some(fact.image.clone()),
        args: vec![fetched.uri.clone(), fetched.folder.clone()],
        resources: Some(Resources { requests: amounts, limits }),
        security_context: Some(pod::locked(false)),
        volume_mounts: vec![Mount { name: "models".to_owned(), mount_path: MODELS.to_owned(), read_only: None }],
        ..Container::default()
    }
}
