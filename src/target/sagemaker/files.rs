//! The files that `build` writes: one template, as JSON and as YAML, and what `apply` does beside it.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use crate::resource::{Address, Artifact, Desired, Resource};

/// What a template calls its own format; there is no newer one.
const FORMAT: &str = "2010-09-09";
/// The beginning of types that CloudFormation makes.
const TYPES: &str = "AWS::";
/// What is an input of the template and no resource.
const PARAMETER: &str = "AWS::CloudFormation::Parameter";
/// What SageMaker's API makes, and CloudFormation does not.
const JOB: &str = "AWS::SageMaker::TransformJob";

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Template {
    #[serde(rename = "AWSTemplateFormatVersion")]
    format: &'static str,
    description: String,
    #[serde(skip_serializing_if = "Map::is_empty")]
    parameters: Map<String, Json>,
    resources: Map<String, Json>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    outputs: Map<String, Json>,
}

pub fn files(desired: &Desired) -> Vec<Artifact> {
    let template = template(desired);
    let yaml = serde_saphyr::to_string(&template).unwrap_or_default();
    let file =
        |path: &str, text: String| Artifact { path: path.into(), contents: text.into_bytes(), executable: false };
    vec![
        file(
            "steps.json",
            format!("{:#}\n", json!({ "before": steps(desired, true), "after": steps(desired, false) })),
        ),
        file("template.json", format!("{template:#}\n")),
        file("template.yaml", yaml),
    ]
}

/// Whether CloudFormation makes it.
pub fn is_of_template(resource: &Resource) -> bool {
    resource.kind.starts_with(TYPES) && !matches!(&*resource.kind, PARAMETER | JOB)
}

/// The template of a stack.
pub fn template(desired: &Desired) -> Json {
    let own = || desired.resources.values().filter(|resource| is_of_template(resource));
    let mut out = Template {
        format: FORMAT,
        description: format!("stack {} of servec", desired.stack),
        parameters: Map::new(),
        resources: Map::new(),
        outputs: Map::new(),
    };
    for resource in desired.resources.values().filter(|resource| &*resource.kind == PARAMETER) {
        out.parameters.insert(logical(resource).to_owned(), properties(resource).clone());
    }
    for resource in own() {
        out.resources.insert(logical(resource).to_owned(), entry(resource, desired));
        if let Some(name) = properties(resource).get("EndpointName").filter(|_| is_endpoint(resource)) {
            let said = json!({ "Description": format!("the name of {}", resource.address), "Value": name });
            out.outputs.insert(format!("{}Name", logical(resource)), said);
        }
    }
    serde_json::to_value(out).unwrap_or(Json::Null)
}

fn is_endpoint(resource: &Resource) -> bool {
    &*resource.kind == "AWS::SageMaker::Endpoint"
}

fn entry(resource: &Resource, desired: &Desired) -> Json {
    let mut entry = Map::new();
    entry.insert("Type".to_owned(), json!(&*resource.kind));
    let named = references(properties(resource));
    let before = |need: &Address| {
        let other = desired.resources.get(need).filter(|other| is_of_template(other))?;
        // What is referred to is waited for anyway.
        (!named.contains(logical(other))).then(|| logical(other))
    };
    let depends: BTreeSet<&str> = resource.needs.iter().filter_map(before).collect();
    if !depends.is_empty() {
        entry.insert("DependsOn".to_owned(), json!(depends));
    }
    entry.insert("Metadata".to_owned(), json!({ "servec": { "address": resource.address.as_str() } }));
    entry.insert("Properties".to_owned(), properties(resource).clone());
    Json::Object(entry)
}

pub fn logical(resource: &Resource) -> &str {
    resource.body.get("LogicalId").and_then(Json::as_str).unwrap_or_default()
}

pub fn properties(resource: &Resource) -> &Json {
    resource.body.get("Properties").unwrap_or(&Json::Null)
}

/// Logical ids that a value refers to.
fn references(value: &Json) -> BTreeSet<&str> {
    let mut out = BTreeSet::new();
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        if let Some(fields) = value.as_object() {
            out.extend(fields.get("Ref").and_then(Json::as_str));
            out.extend(fields.get("Fn::GetAtt").and_then(|at| at.get(0)).and_then(Json::as_str));
            open.extend(fields.values());
        } else if let Some(items) = value.as_array() {
            open.extend(items);
        }
    }
    out
}

/// What is done before the template is applied: uploads; and after it: jobs.
fn steps(desired: &Desired, before: bool) -> Vec<Json> {
    let steps =
        desired.resources.values().filter(|resource| !resource.kind.starts_with(TYPES) || &*resource.kind == JOB);
    let steps = steps.filter(|resource| (&*resource.kind == JOB) != before);
    steps
        .map(|resource| {
            let call = if before { "upload" } else { "sagemaker:CreateTransformJob" };
            json!({ "address": resource.address.as_str(), "call": call, "request": properties(resource) })
        })
        .collect()
}
