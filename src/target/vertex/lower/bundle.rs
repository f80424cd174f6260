//! Files in Cloud Storage, under one prefix whose name says what is in them: the platform copies a whole prefix when a
//! model is uploaded.

use camino::Utf8Path;
use serve_spec::Spec;

use crate::resource::Address;
use crate::source::{Span, Spanned};
use crate::stack::{Artifact, Model, Origin, Stack};

use super::super::super::spec::{Copied, Places, assets, json};
use super::super::names;
use super::super::settings::Site;
use super::super::wire::{Encryption, Upload};
use super::{Lowering, Made, kind};

/// Files under one prefix.
pub struct Bundle {
    /// `gs://bucket/prefix/`
    pub uri: String,
    pub uploads: Vec<Address>,
}

/// What a container is told to serve, in a folder of its own; none for the bundle's own.
pub struct Part {
    pub folder: Option<String>,
    pub spec: Spec,
    pub places: Places,
}

/// The specs and the files that they name.
pub fn of_specs(
    name: &str,
    parts: &[Part],
    encryption: Option<&Encryption>,
    origin: Span,
    all: &mut Lowering,
) -> Bundle {
    let specs: Vec<_> = parts.iter().map(|part| json(&part.spec)).collect();
    let folders: Vec<_> = parts.iter().map(|part| &part.folder).collect();
    let hash = names::content(&json(&(&specs, folders, encryption)));
    let to = To { name, hash: &hash, encryption };
    let mut uploads = vec![];
    for (part, spec) in parts.iter().zip(&specs) {
        let folder = part.folder.as_ref().map_or_else(String::new, |folder| format!("{folder}/"));
        let text = format!("{spec:#}\n");
        let sha256 = crate::diff::sha256(&text);
        let upload = Upload {
            content_type: "application/json".to_owned(),
            bytes: text.len() as u64,
            text: Some(text),
            ..to.upload(&format!("{folder}spec.json"), &sha256, all)
        };
        let places = part.places.0.iter().map(|(at, span)| (format!("/text{at}"), *span)).collect();
        uploads.push(to.put(&upload, Places(places), origin, all));
        for asset in assets(&part.spec) {
            // What lies in a bucket already is read from there.
            let Some((copied, span)) = source(all, &asset.sha256) else { continue };
            let upload = Upload {
                bytes: copied.bytes,
                source: copied.source.clone(),
                ..to.upload(&format!("{folder}{}", asset.path), &copied.sha256, all)
            };
            uploads.push(to.put(&upload, Places::default(), span, all));
        }
    }
    Bundle { uri: format!("gs://{}/{}", all.site.bucket, to.prefix(all)), uploads }
}

/// The one file of a model that another container than servec's own serves: under its own name.
pub fn of_file(
    model: &Model,
    artifact: &Spanned<Artifact>,
    encryption: Option<&Encryption>,
    all: &mut Lowering,
) -> Option<Bundle> {
    let Artifact::File { path, sha256, bytes } = &artifact.value else { return None };
    let copied = Copied::new(path, sha256, *bytes);
    let hash = names::content(&json(&(sha256, &copied.file, encryption)));
    let to = To { name: &model.name, hash: &hash, encryption };
    let upload =
        Upload { bytes: *bytes, source: copied.source.clone(), ..to.upload(&copied.file, &copied.sha256, all) };
    let address = to.put(&upload, Places::default(), artifact.span, all);
    Some(Bundle { uri: format!("gs://{}/{}", all.site.bucket, to.prefix(all)), uploads: vec![address] })
}

/// The folder that an artifact in a bucket lies in: the platform takes folders alone.
pub fn folder(uri: &str) -> String {
    let last = uri.rsplit('/').next().unwrap_or("");
    let is_file = Utf8Path::new(last).extension().is_some() && uri.trim_start_matches("gs://").contains('/');
    match uri.rfind('/') {
        Some(cut) if is_file => uri.get(..=cut).unwrap_or(uri).to_owned(),
        Some(_) | None => uri.to_owned(),
    }
}

/// What a spec says of models whose files lie in a bucket: their address, and no hash, since nobody has read them.
pub fn name_remote(spec: &mut Spec, stack: &Stack) {
    for (name, model) in &mut spec.models {
        let Some(Origin::Framework { artifact, .. }) = stack.models.get(name.as_str()).map(|model| &model.origin)
        else {
            continue;
        };
        if let Artifact::Remote { uri } = &artifact.value {
            model.artifact.path = uri.to_string();
        }
    }
}

fn source(all: &Lowering, sha256: &str) -> Option<(Copied, Span)> {
    all.files.all().find(|(copied, _)| copied.sha256 == sha256).map(|(copied, span)| (copied.clone(), span))
}

/// Where a bundle's files go.
struct To<'b> {
    name: &'b str,
    hash: &'b str,
    encryption: Option<&'b Encryption>,
}

impl To<'_> {
    fn prefix(&self, all: &Lowering) -> String {
        format!("{}{}-{}/", base(&all.site, &all.stack.name), names::slug(self.name), self.hash)
    }

    fn upload(&self, file: &str, sha256: &str, all: &Lowering) -> Upload {
        Upload {
            bucket: all.site.bucket.clone(),
            object: format!("{}{file}", self.prefix(all)),
            sha256: sha256.to_owned(),
            bytes: 0,
            content_type: "application/octet-stream".to_owned(),
            kms_key_name: self.encryption.map(|encryption| encryption.kms_key_name.clone()),
            own_bucket: all.site.own_bucket,
            source: None,
            text: None,
        }
    }

    fn put(&self, upload: &Upload, places: Places, origin: Span, all: &mut Lowering) -> Address {
        let address = address(&upload.object, &base(&all.site, &all.stack.name));
        all.put(Made { address: address.clone(), kind: kind::ARTIFACT, body: upload, needs: vec![], origin, places });
        address
    }
}

/// What the names of all of a stack's objects begin with.
pub fn base(site: &Site, stack: &str) -> String {
    format!("{}{}/", site.prefix, names::slug(stack))
}

/// Of an object, by its name alone: so it is found again. A whole hash in it is shortened.
pub fn address(object: &str, base: &str) -> Address {
    let inner = object.strip_prefix(base).unwrap_or(object);
    let short = |part: &str| match part.get(..12) {
        Some(short) if part.len() == 64 => short.to_owned(),
        Some(_) | None => part.to_owned(),
    };
    Address::new(kind::ARTIFACT, &inner.split('/').map(short).collect::<Vec<_>>().join("/"))
}
