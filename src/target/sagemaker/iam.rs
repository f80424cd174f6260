//! What whoever applies a stack must be allowed: the actions of the types that it has, on the names that it makes, and nothing
//! else. Which actions a type takes is data of `targets/sagemaker/deploy.json`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use crate::resource::{Desired, Resource};

use super::super::data::{self, Lazy};
use super::files::properties;
use super::lower::STACK_PREFIX;

static DEPLOY: Lazy<Deploy> = Lazy::new(|| data::json(include_str!("../../../targets/sagemaker/deploy.json")));

#[derive(Debug, Deserialize)]
struct Deploy {
    always: Vec<Rule>,
    uploads: Vec<Rule>,
    own_bucket: Vec<Rule>,
    copies: Rule,
    pass_role: PassRole,
    key: Rule,
    scaling_role: ScalingRole,
    types: BTreeMap<String, Rule>,
}

/// Actions on an ARN, in which names stand in braces.
#[derive(Debug, Clone, Deserialize)]
struct Rule {
    sid: String,
    actions: Vec<String>,
    arn: String,
    /// The property that `{name}` is.
    name: Option<String>,
    /// The name ends in a hash of the content, which is not known of the next one.
    #[serde(default)]
    hashed: bool,
    /// ARNs of SageMaker are in lower case.
    #[serde(default)]
    lower: bool,
    also: Option<Box<Rule>>,
}

#[derive(Debug, Deserialize)]
struct PassRole {
    sid: String,
    actions: Vec<String>,
    to: String,
}

#[derive(Debug, Deserialize)]
struct ScalingRole {
    sid: String,
    actions: Vec<String>,
    arn: String,
    service: String,
}

/// Statements by their name: actions, and what they are allowed on.
#[derive(Default)]
struct Statements(BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)>);

/// A policy document for IAM.
pub fn policy(region: &str, desired: &Desired) -> Json {
    let partition = partition(region);
    let fill = |arn: &str| {
        let arn = arn.replace("{partition}", partition).replace("{region}", region).replace("{stack}", &desired.stack);
        // What CloudFormation would fill in is not known here.
        arn.replace("${AWS::Partition}", partition).replace("${AWS::Region}", region).replace("${AWS::AccountId}", "*")
    };
    let mut all = Statements::default();
    DEPLOY.always.iter().for_each(|rule| all.allow(rule, fill(&rule.arn)));
    let mut conditions = Map::new();
    for resource in desired.resources.values() {
        if let Some(rule) = DEPLOY.types.get(&*resource.kind) {
            all.allow(rule, named(rule, resource, &fill));
            if let Some(also) = &rule.also {
                all.allow(also, fill(&also.arn));
            }
        }
        uploads(resource, &fill, &mut all);
        keys(properties(resource), region, partition, &mut all);
        if resource.kind.contains("ScalableTarget") {
            let role = &DEPLOY.scaling_role;
            all.put(&role.sid, &role.actions, fill(&role.arn));
            conditions.insert(role.sid.clone(), json!({ "StringEquals": { "iam:AWSServiceName": role.service } }));
        }
        if let Some(role) = properties(resource).get("ExecutionRoleArn") {
            let pass = &DEPLOY.pass_role;
            let own = || format!("arn:{partition}:iam::*:role/{STACK_PREFIX}{}-*", desired.stack);
            all.put(&pass.sid, &pass.actions, inside(role).map_or_else(own, |arn| fill(&arn)));
            conditions.insert(pass.sid.clone(), json!({ "StringEquals": { "iam:PassedToService": pass.to } }));
        }
    }
    let statements: Vec<Json> = all
        .0
        .into_iter()
        .map(|(sid, (actions, resources))| {
            let mut statement = Map::new();
            let condition = conditions.remove(&sid);
            statement.insert("Sid".to_owned(), json!(sid));
            statement.insert("Effect".to_owned(), json!("Allow"));
            statement.insert("Action".to_owned(), json!(actions));
            statement.insert("Resource".to_owned(), json!(resources));
            statement.extend(condition.map(|condition| ("Condition".to_owned(), condition)));
            Json::Object(statement)
        })
        .collect();
    json!({ "Version": "2012-10-17", "Statement": statements })
}

impl Statements {
    fn allow(&mut self, rule: &Rule, on: String) {
        self.put(&rule.sid, &rule.actions, on);
    }

    fn put(&mut self, sid: &str, actions: &[String], on: String) {
        let (known, resources) = self.0.entry(sid.to_owned()).or_default();
        known.extend(actions.iter().cloned());
        resources.insert(on);
    }
}

/// As the beginning of a region's name tells.
fn partition(region: &str) -> &'static str {
    match region.split('-').next() {
        Some("cn") => "aws-cn",
        _ if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

fn named(rule: &Rule, resource: &Resource, fill: &dyn Fn(&str) -> String) -> String {
    let property = rule.name.as_ref().and_then(|name| properties(resource).get(name)).and_then(Json::as_str);
    let name = property.unwrap_or("*");
    let name = if rule.hashed {
        name.rsplit_once('-').map_or(name.to_owned(), |(name, _)| format!("{name}-*"))
    } else {
        name.to_owned()
    };
    fill(&rule.arn).replace("{name}", &if rule.lower { name.to_lowercase() } else { name })
}

/// A text of the template, with what CloudFormation fills in still in it; none for what another resource says.
fn inside(value: &Json) -> Option<String> {
    value.as_str().or_else(|| value.get("Fn::Sub")?.as_str()).map(str::to_owned)
}

fn uploads(resource: &Resource, fill: &dyn Fn(&str) -> String, all: &mut Statements) {
    let body = properties(resource);
    let Some(uri) = body.get("uri").and_then(inside) else { return };
    let place = |uri: &str| fill(uri.trim_start_matches("s3://"));
    let whole = place(&uri);
    let bucket = whole.split('/').next().unwrap_or(&whole).to_owned();
    // Two parts below the stack's own prefix tell what it is: the rest changes with the content.
    let folder =
        whole.split("/artifacts/").next().unwrap_or(&whole).split("/pools/").next().unwrap_or(&whole).to_owned();
    let on = |arn: &str| fill(arn).replace("{bucket}", &bucket).replace("{place}", &folder);
    DEPLOY.uploads.iter().for_each(|rule| all.allow(rule, on(&rule.arn)));
    if uri.contains("${AWS::AccountId}") {
        DEPLOY.own_bucket.iter().for_each(|rule| all.allow(rule, on(&rule.arn)));
    }
    let parts = body.get("files").and_then(Json::as_array).into_iter().flatten();
    for from in parts.filter_map(|part| part.get("from")?.as_str()) {
        all.allow(&DEPLOY.copies, fill(&DEPLOY.copies.arn).replace("{place}", &place(from)));
    }
}

/// Keys that something is encrypted with: whoever names one grants its use.
fn keys(value: &Json, region: &str, partition: &str, all: &mut Statements) {
    if let Some(items) = value.as_array() {
        return items.iter().for_each(|item| keys(item, region, partition, all));
    }
    for (name, value) in value.as_object().into_iter().flatten() {
        match value.as_str().filter(|_| name == "KmsKeyId") {
            Some(key) if key.starts_with("arn:") => all.allow(&DEPLOY.key, key.to_owned()),
            // Which key an alias stands for is known in the account alone.
            Some(key) if key.contains("alias/") => {
                all.allow(&DEPLOY.key, format!("arn:{partition}:kms:{region}:*:key/*"));
            }
            Some(key) => all.allow(&DEPLOY.key, format!("arn:{partition}:kms:{region}:*:key/{key}")),
            None => keys(value, region, partition, all),
        }
    }
}
