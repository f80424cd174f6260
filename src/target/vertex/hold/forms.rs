//! Forms that the platform takes names in: keys, accounts, buckets, labels.

use std::sync::Arc;

use crate::report::{Code, Diagnostic, Sink};
use crate::source::Spanned;
use crate::stack::{Endpoint, Member, Model, Origin, Stack, ValueKind};

use super::super::lower::{HASH_LABEL, MADE_LABEL, STACK_LABEL, text_of};

pub fn a_key_is_named_in_full(endpoint: &Endpoint, sink: &mut Sink) {
    let Some((key, span)) = text_of(endpoint.encrypt.as_ref(), "key") else { return };
    let parts: Vec<&str> = key.split('/').collect();
    let whole = matches!(
        parts.as_slice(),
        ["projects", a, "locations", b, "keyRings", c, "cryptoKeys", d] if [a, b, c, d].iter().all(|part| !part.is_empty())
    );
    if !whole {
        let message = format!("endpoint `{}` names a key in a form that Cloud KMS has not", endpoint.name);
        let help = "write `projects/PROJECT/locations/REGION/keyRings/RING/cryptoKeys/KEY`, in the stack's region";
        sink.push(Diagnostic::error(Code::WrongForm, message).label(span, "no key's full name").help(help));
    }
}

pub fn an_identity_is_a_service_account(endpoint: &Endpoint, sink: &mut Sink) {
    let Some((role, span)) = text_of(endpoint.identity.as_ref(), "role") else { return };
    let whole = role.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    if !whole {
        let message = format!("endpoint `{}` runs as something that is no service account", endpoint.name);
        let help = "write its address: `scorer@shop-prod.iam.gserviceaccount.com`";
        sink.push(Diagnostic::error(Code::WrongForm, message).label(span, "no service account's address").help(help));
    }
}

/// Images are copied from Artifact Registry when a model is uploaded; names of the former Container Registry lead there.
pub fn an_image_lies_in_artifact_registry(model: &Model, sink: &mut Sink) {
    let Origin::Image { image, .. } = &model.origin else { return };
    let host = image.value.split('/').next().unwrap_or("");
    if !host.ends_with("-docker.pkg.dev") && host != "gcr.io" && !host.ends_with(".gcr.io") {
        let message =
            format!("`{}` lies outside of Artifact Registry, from where Vertex AI copies images", image.value);
        let help = "push it there, and write `REGION-docker.pkg.dev/PROJECT/REPOSITORY/IMAGE:TAG`";
        let note = "source: Vertex AI API, discovery document of `aiplatform` v1, revision 20261106, as of 2026-11-06";
        sink.push(Diagnostic::error(Code::WrongForm, message).label(image.span, "not copied").help(help).note(note));
    }
}

pub fn it_lies_in_cloud_storage(what: &str, uri: &Spanned<Arc<str>>, sink: &mut Sink) {
    if !uri.value.starts_with("gs://") {
        let message = format!("`{}` is no place in Cloud Storage, where {what} on Vertex AI", uri.value);
        let help = "write a URI such as `gs://bucket/folder/`";
        sink.push(Diagnostic::error(Code::WrongForm, message).label(uri.span, "not at `gs://`").help(help));
    }
}

pub fn members_lie_in_cloud_storage(stack: &Stack, sink: &mut Sink) {
    for pool in stack.pools.values() {
        if let Member::Prefix { artifacts, .. } = &pool.members.value {
            let at = Spanned::new(artifacts.clone(), pool.members.span);
            it_lies_in_cloud_storage("a pool's members are read from", &at, sink);
        }
    }
}

/// Labels are lower case: a tag that is not would have to be changed to become one.
pub fn tags_are_labels(stack: &Stack, sink: &mut Sink) {
    let plain = |c: char| c.is_alphanumeric() && !c.is_uppercase() || matches!(c, '_' | '-');
    for (key, value) in &stack.tags {
        if [STACK_LABEL, MADE_LABEL, HASH_LABEL].contains(&&**key) {
            let message = format!("the tag `{key}` is servec's own label, by which it finds what it made");
            let diagnostic = Diagnostic::error(Code::NotALabel, message).label(value.place(), "servec sets it");
            sink.push(diagnostic.help("choose another key"));
            continue;
        }
        if !key.starts_with(|c: char| c.is_alphabetic() && !c.is_uppercase()) || !key.chars().all(plain) {
            let message = format!("the tag `{key}` can't be a label's key");
            sink.push(refused(message, value.place()));
        }
        let ValueKind::String(text) = &value.kind else { continue };
        if !text.chars().all(plain) {
            sink.push(refused(format!("`{text}` can't be a label's value"), value.span));
        }
    }
}

fn refused(message: String, span: crate::source::Span) -> Diagnostic {
    Diagnostic::error(Code::NotALabel, message)
        .label(span, "lower-case letters, digits, `_` and `-` only")
        .help("write it in lower case, with `-` for everything else")
        .note("source: Vertex AI API, discovery document of `aiplatform` v1, revision 20261106, as of 2026-11-06")
}
