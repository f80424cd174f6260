//! `AWS::CloudWatch::Dashboard`: one page for a stack. Its body is JSON within a text.

use serde::Serialize;
use serde_json::Value;

use super::{Text, properties};

/// A dashboard.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Dashboard {
    pub dashboard_name: String,
    pub dashboard_body: Text,
}

properties!(Dashboard, "AWS::CloudWatch::Dashboard");

/// What stands on it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Body {
    pub widgets: Vec<Widget>,
}

/// One chart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Widget {
    pub r#type: &'static str,
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
    pub properties: Shown,
}

/// What a chart shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shown {
    pub title: String,
    pub region: String,
    pub view: &'static str,
    pub period: u32,
    /// Each a list of namespace, name, dimensions, and how it is drawn.
    pub metrics: Vec<Vec<Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotations: Option<Annotations>,
}

/// Lines across a chart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Annotations {
    pub horizontal: Vec<Annotation>,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Annotation {
    pub label: String,
    pub value: f64,
}
