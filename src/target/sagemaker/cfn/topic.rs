//! `AWS::SNS::Topic`: where people and programs hear of something.

use serde::Serialize;

use super::{Tag, properties};

/// A topic.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Topic {
    pub topic_name: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

properties!(Topic, "AWS::SNS::Topic");
