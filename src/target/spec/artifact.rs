//! Files that endpoints need, as resources: known by their content, so that a change is a new one and a switch.

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use crate::resource::Address;

/// The kind of resource, and the first part of its address.
pub const KIND: &str = "artifact";

/// A file that is taken from this machine to where it is served: the body of an artifact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Copied {
    /// Its name there.
    pub file: String,
    /// Lower-case hex.
    pub sha256: String,
    pub bytes: u64,
    /// Where it is copied from, relative to where the program was compiled. No part of what it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Utf8PathBuf>,
}

impl Copied {
    pub fn new(source: &Utf8Path, sha256: &str, bytes: u64) -> Self {
        let name = source.file_name().unwrap_or("file");
        let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '-' };
        let file: String = name.chars().map(plain).collect();
        // Never a hidden file, and never `.` or `..`.
        let file = if file.starts_with('.') { format!("file{file}") } else { file };
        Self { file, sha256: sha256.to_owned(), bytes, source: Some(source.to_owned()) }
    }

    /// `artifact.detector-3fa9c1d2e4b5`: what people call it, and enough of its hash to tell it from any other.
    pub fn address(&self) -> Address {
        let stem = self.file.split_once('.').map_or(&*self.file, |(stem, _)| stem);
        let stem = if stem.is_empty() { "file" } else { stem };
        Address::new(KIND, &format!("{stem}-{}", self.sha256.get(..12).unwrap_or(&self.sha256)))
    }

    /// Where it lies, relative to the stack's folder, or to a bundle that holds the spec too.
    pub fn place(&self) -> Utf8PathBuf {
        Utf8Path::new("artifacts").join(&self.sha256).join(&self.file)
    }

    /// As a spec beside it in one bundle names it.
    pub fn path_in_bundle(&self) -> String {
        self.place().into_string()
    }

    /// The artifact that a spec names, back from its path.
    pub fn from_spec(asset: &serve_spec::Asset) -> Self {
        let file = asset.path.rsplit('/').next().unwrap_or(&asset.path);
        Self { file: file.to_owned(), sha256: asset.sha256.clone(), bytes: asset.bytes, source: None }
    }
}

/// Every file that a spec names.
pub fn assets(spec: &serve_spec::Spec) -> impl Iterator<Item = &serve_spec::Asset> {
    let models = spec.models.values().map(|model| &model.artifact);
    let args = spec.graphs.values().flat_map(|graph| &graph.steps).flat_map(|step| step.args.values());
    models.chain(args.filter_map(|arg| match arg {
        serve_spec::Arg::Asset(asset) => Some(asset),
        serve_spec::Arg::Ref(_) | serve_spec::Arg::Const(_) => None,
    }))
}
