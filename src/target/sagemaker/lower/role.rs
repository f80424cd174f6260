//! The role that containers run as: what they use, and nothing else.

use std::collections::BTreeMap;

use super::super::cfn::{Document, Policy, Principal, Role, Statement, Text};
use super::super::facts::FACTS;
use super::cx::Cx;
use super::made::{Made, Spans};
use super::owner::Owner;

/// The version of the language of policies; there is no newer one.
const LANGUAGE: &str = "2012-10-17";

/// What the containers of an endpoint or a job use.
#[derive(Debug, Clone, Default)]
pub struct Uses {
    pub images: Vec<Text>,
    /// Objects and prefixes of S3; a prefix ends in `/`.
    pub reads: Vec<Text>,
    pub writes: Vec<Text>,
    pub topics: Vec<Text>,
    pub key: Option<String>,
    pub network: bool,
}

impl Uses {
    pub fn image(&mut self, image: &Text) {
        self.images.push(image.clone());
    }
}

/// The role of an endpoint or a job, where it names none.
pub fn put(cx: &Cx, made: &mut Made, owner: &Owner) {
    let Some(at) = &owner.makes_role else { return };
    let trust = Statement {
        principal: Some(Principal { service: FACTS.role.principal.clone() }),
        condition: when("StringEquals", "aws:SourceAccount", vec![Text::Ref("AWS::AccountId".to_owned())]),
        ..allowed("Run", &["sts:AssumeRole".to_owned()], vec![])
    };
    let role = Role {
        description: format!("runs {} of stack {}", owner.name, cx.stack.name),
        assume_role_policy_document: Document { version: LANGUAGE, statement: vec![trust] },
        policies: vec![Policy {
            policy_name: "uses",
            policy_document: Document { version: LANGUAGE, statement: statements(made, owner) },
        }],
        tags: cx.tags(Some(owner.name), &[]),
    };
    let mut spans = Spans::default();
    spans.may("/Tags", cx.tags_at());
    made.add(at, &role, &[], owner.span, spans);
}

fn statements(made: &Made, owner: &Owner) -> Vec<Statement> {
    let (uses, actions) = (&owner.uses, &FACTS.role);
    let any = || vec![Text::plain("*")];
    let mut out = vec![];
    let groups =
        format!("arn:${{AWS::Partition}}:logs:${{AWS::Region}}:${{AWS::AccountId}}:log-group:{}", actions.log_groups);
    let of_endpoint = made.names.fixed(&[owner.name]);
    let groups = if owner.mode == crate::stack::ModeKind::Batch {
        vec![Text::sub(format!("{groups}TransformJobs*"))]
    } else {
        vec![
            Text::sub(format!("{groups}Endpoints/{of_endpoint}*")),
            Text::sub(format!("{groups}InferenceComponents/{of_endpoint}*")),
        ]
    };
    out.push(allowed("Logs", &actions.logs, groups));
    let namespaces = actions.metric_namespaces.iter().map(Text::plain).collect();
    let metrics = when("StringEquals", "cloudwatch:namespace", namespaces);
    out.push(Statement { condition: metrics, ..allowed("Metrics", &actions.metrics, any()) });
    let repositories = sorted(uses.images.iter().filter_map(repository).collect());
    if !repositories.is_empty() {
        out.push(allowed("Registry", &actions.registry, any()));
        out.push(allowed("Images", &actions.images, repositories));
    }
    read(&uses.reads, &mut out);
    let writes = sorted(uses.writes.iter().filter_map(object).collect());
    if !writes.is_empty() {
        out.push(allowed("Write", &actions.write, writes));
    }
    if !uses.topics.is_empty() {
        out.push(allowed("Tell", &actions.publish, sorted(uses.topics.clone())));
    }
    if let Some(key) = &uses.key {
        out.push(of_key(key));
    }
    if uses.network {
        out.push(allowed("Network", &actions.network, any()));
    }
    out
}

/// Objects are read; a prefix is listed too.
fn read(uris: &[Text], out: &mut Vec<Statement>) {
    let actions = &FACTS.role;
    let objects = sorted(uris.iter().filter_map(object).collect());
    if objects.is_empty() {
        return;
    }
    out.push(allowed("Read", &actions.read, objects));
    let mut prefixes: BTreeMap<Text, Vec<Text>> = BTreeMap::new();
    for uri in uris {
        let Some((bucket, key)) = parts(uri) else { continue };
        prefixes.entry(bucket).or_default().push(Text::from_inside(format!("{key}*")));
    }
    for (i, (bucket, keys)) in prefixes.into_iter().enumerate() {
        let below = when("StringLike", "s3:prefix", sorted(keys));
        out.push(Statement { condition: below, ..allowed(&format!("List{i}"), &actions.list, vec![bucket]) });
    }
}

fn of_key(key: &str) -> Statement {
    let actions = &FACTS.role.key;
    let own =
        |kind: &str| Text::sub(format!("arn:${{AWS::Partition}}:kms:${{AWS::Region}}:${{AWS::AccountId}}:{kind}"));
    match key.rsplit_once("alias/") {
        Some((_, alias)) => Statement {
            condition: when("StringEquals", "kms:ResourceAliases", vec![Text::plain(format!("alias/{alias}"))]),
            ..allowed("Key", actions, vec![own("key/*")])
        },
        None if key.starts_with("arn:") => allowed("Key", actions, vec![Text::plain(key)]),
        None => allowed("Key", actions, vec![own("key/").then(key)]),
    }
}

fn allowed(sid: &str, actions: &[String], resource: Vec<Text>) -> Statement {
    let (sid, action) = (sid.to_owned(), actions.to_vec());
    Statement { sid, effect: "Allow", principal: None, action, resource, condition: BTreeMap::new() }
}

fn when(
    operator: &'static str,
    key: &'static str,
    values: Vec<Text>,
) -> BTreeMap<&'static str, BTreeMap<&'static str, Vec<Text>>> {
    [(operator, [(key, values)].into_iter().collect())].into_iter().collect()
}

fn sorted(mut texts: Vec<Text>) -> Vec<Text> {
    texts.sort();
    texts.dedup();
    texts
}

/// Bucket and key of a URI of S3, the bucket as an ARN.
fn parts(uri: &Text) -> Option<(Text, String)> {
    let inside = uri.inside();
    let rest = inside.strip_prefix("s3://")?;
    let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
    Some((Text::sub(format!("arn:${{AWS::Partition}}:s3:::{bucket}")), key.to_owned()))
}

/// The ARN of an object, or of all below a prefix.
fn object(uri: &Text) -> Option<Text> {
    let (bucket, key) = parts(uri)?;
    let all = if key.is_empty() || key.ends_with('/') { "*" } else { "" };
    Some(Text::sub(format!("{}/{key}{all}", bucket.inside())))
}

/// The ARN of an image's repository in ECR; none for another registry's.
fn repository(image: &Text) -> Option<Text> {
    let inside = image.inside();
    let (host, path) = inside.split_once('/')?;
    let mut labels = host.split('.');
    let (account, kind, region) = (labels.next()?, (labels.next()?, labels.next()?), labels.next()?);
    if kind != ("dkr", "ecr") {
        return None;
    }
    let name = path.split('@').next().unwrap_or(path);
    let name = match name.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => name,
    };
    Some(Text::sub(format!("arn:${{AWS::Partition}}:ecr:{region}:{account}:repository/{name}")))
}
