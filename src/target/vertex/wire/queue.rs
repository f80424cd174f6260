//! Topics and subscriptions of Pub/Sub, where async calls wait.

use serde::{Deserialize, Serialize};

use super::Labels;

/// The body of a resource of kind `topic`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Topic {
    /// `projects/P/topics/T`
    pub name: String,
    #[serde(default)]
    pub labels: Labels,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key_name: Option<String>,
}

/// The body of a resource of kind `subscription`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Subscription {
    /// `projects/P/subscriptions/S`
    pub name: String,
    pub topic: String,
    pub ack_deadline_seconds: u32,
    /// Without a time in it: it never expires, however long nobody calls.
    pub expiration_policy: Expiration,
    #[serde(default)]
    pub labels: Labels,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Expiration {}
