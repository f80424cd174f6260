//! Files that go to S3 before the template does: known by their content, so that a change is another object and a switch.

use camino::Utf8PathBuf;
use serde::Serialize;
use serde_json::Value as Json;

use crate::diff::{canonical, sha256};
use crate::resource::Address;
use crate::source::Span;
use crate::stack::{Artifact, Origin, Stack};

use super::super::super::spec::{self, Copied, Places};
use super::super::cfn::Text;
use super::cx::Cx;
use super::made::{Made, Spans};
use super::names::{At, plain};

/// The kind of what `apply` uploads.
pub const KIND: &str = "artifact";

/// How files lie in S3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// One file, as it is.
    Object,
    /// Every file below one prefix.
    Prefix,
    /// All in one `.tar.gz`.
    Archive,
}

/// What is uploaded, and where to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Upload {
    pub uri: Text,
    pub form: Form,
    pub files: Vec<Part>,
}

/// One file: of this machine, or a spec.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    /// Below the prefix, or within the archive.
    pub path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Where it is taken from. No part of what it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Utf8PathBuf>,
    /// An object that is copied, where it is not of this machine. Its hash is filled into the spec while it is copied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What servec's runtime is told, instead of a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spec: Option<Json>,
}

impl Part {
    pub fn of(file: &Copied, path: String) -> Self {
        let (sha256, bytes) = (Some(file.sha256.clone()), Some(file.bytes));
        Self { path, sha256, bytes, source: file.source.clone(), from: None, spec: None }
    }
}

/// A spec with every file that it names: what a container of servec's runtime takes along.
pub fn bundle(cx: &Cx, stack: &Stack, mut spec: serve_spec::Spec) -> Vec<Part> {
    let copied = copies(stack, &mut spec);
    let spec = &spec;
    let told = Part {
        path: "spec.json".to_owned(),
        sha256: None,
        bytes: None,
        source: None,
        from: None,
        spec: Some(spec::json(spec)),
    };
    let mut files: Vec<Part> = [told].into_iter().chain(copied).collect();
    for asset in spec::assets(spec) {
        let known = cx.files.all().find(|(file, _)| file.sha256 == asset.sha256);
        let Some((file, _)) = known else { continue };
        if files.iter().all(|part| part.path != asset.path) {
            files.push(Part::of(file, asset.path.clone()));
        }
    }
    files
}

/// Models whose file lies in S3 already: it is copied to where the spec finds it.
fn copies(stack: &Stack, spec: &mut serve_spec::Spec) -> Vec<Part> {
    let mut out = vec![];
    for (name, model) in &mut spec.models {
        let origin = stack.models.get(name.as_str()).map(|model| &model.origin);
        let Some(Origin::Framework { artifact, .. }) = origin else { continue };
        let Artifact::Remote { uri } = &artifact.value else { continue };
        let file = uri.trim_end_matches('/').rsplit('/').next().unwrap_or("model");
        model.artifact.path = format!("artifacts/{}/{file}", plain(name));
        let path = model.artifact.path.clone();
        out.push(Part { path, sha256: None, bytes: None, source: None, from: Some(uri.to_string()), spec: None });
    }
    out
}

/// Puts files where SageMaker reads them: where that is, and what must be done before.
pub fn upload(
    cx: &Cx,
    made: &mut Made,
    name: &str,
    form: Form,
    files: Vec<Part>,
    origin: Span,
    places: Option<&Places>,
) -> (Text, Address) {
    let content: Vec<String> = files
        .iter()
        .map(|part| match (&part.spec, &part.sha256) {
            (Some(spec), _) => format!("{} {}", part.path, sha256(&canonical(spec))),
            (None, hash) => {
                let known = hash.as_deref().or(part.from.as_deref()).unwrap_or_default();
                format!("{} {known}", part.path)
            }
        })
        .collect();
    let hash = sha256(&format!("{form:?}\n{}", content.join("\n")));
    let name = format!("{}-{}", plain(name), hash.get(..12).unwrap_or(&hash));
    let folder = cx.artifacts.then(&format!("/artifacts/{name}/"));
    let uri = match form {
        Form::Prefix => folder,
        Form::Archive => folder.then("model.tar.gz"),
        Form::Object => folder.then(files.first().map_or("file", |part| &part.path)),
    };
    let mut spans = Spans::default();
    spans.may("/uri", cx.artifacts_at);
    if let Some(places) = places {
        spans.below("/files/0/spec", places);
    }
    let at = At::new(KIND, &[&name]);
    let body = spec::json(&Upload { uri: uri.clone(), form, files });
    let address = made.put(&at, KIND, body, &[], origin, spans);
    (uri, address)
}
