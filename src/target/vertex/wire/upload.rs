//! A file in Cloud Storage.

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

/// The body of a resource of kind `artifact`: an object whose name says what is in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Upload {
    pub bucket: String,
    /// Its name there; holds a hash of its content, or of what it belongs to.
    pub object: String,
    pub sha256: String,
    pub bytes: u64,
    pub content_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key_name: Option<String>,
    /// Whether the bucket is servec's own, and made where it is not there yet.
    pub own_bucket: bool,
    /// Where it is copied from, relative to where the program was compiled. No part of what it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Utf8PathBuf>,
    /// What is in it, where servec wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}
