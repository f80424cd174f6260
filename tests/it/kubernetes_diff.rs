//! What a cluster answers against what was applied: no noise from how it writes things, and no change unseen.

use serde_json::{Value, json};
use servec::diff::{Rules, Verdict, diff};
use servec::resource::{Desired, Health, Object, Observed};
use servec::target::Emitter as _;
use servec::target::kubernetes::Kubernetes;

use crate::kubernetes::{built, fixtures};

/// Everything as declared, changed by `change`.
fn observed(desired: &Desired, change: impl Fn(&str, &mut Value)) -> Observed {
    let objects = desired.resources.iter().map(|(address, resource)| {
        let mut body = resource.body.clone();
        change(&resource.kind, &mut body);
        let (kind, needs) = (resource.kind.clone(), resource.needs.clone());
        (address.clone(), Object { kind, body, needs, health: Health::Ready })
    });
    Observed { objects: objects.collect() }
}

/// The same as an API server gives it back: what it adds, what it fills in, and amounts and sets in forms of its own.
fn as_a_server_answers(kind: &str, body: &mut Value) {
    if kind == "artifact" {
        return;
    }
    let metadata = body["metadata"].as_object_mut().unwrap();
    metadata.insert("uid".into(), json!("8d1c"));
    metadata.insert("resourceVersion".into(), json!("4711"));
    metadata.insert("generation".into(), json!(3));
    metadata.insert("creationTimestamp".into(), json!("2026-11-21T12:00:00Z"));
    metadata.insert("managedFields".into(), json!([{ "manager": "servec" }]));
    metadata.entry("labels").or_insert(json!({}))["added.example/by"] = json!("a webhook");
    body["status"] = json!({ "observedGeneration": 3 });
    if kind == "Deployment" && body.pointer("/spec/replicas").is_none() {
        body["spec"]["replicas"] = json!(7);
    }
    if kind == "Service" {
        body["spec"]["clusterIP"] = json!("10.0.0.7");
        body["spec"]["sessionAffinity"] = json!("None");
    }
    rewritten(body);
}

fn rewritten(value: &mut Value) {
    if let Value::Object(fields) = value {
        for amounts in ["requests", "limits"] {
            if let Some(Value::Object(amounts)) = fields.get_mut(amounts) {
                amounts.values_mut().for_each(|amount| *amount = other_form(amount));
            }
        }
        for set in ["tolerations", "volumes", "volumeMounts"] {
            if let Some(Value::Array(items)) = fields.get_mut(set) {
                items.reverse();
            }
        }
        if fields.contains_key("image") && fields.contains_key("name") {
            fields.insert("imagePullPolicy".into(), json!("IfNotPresent"));
            fields.insert("terminationMessagePath".into(), json!("/dev/termination-log"));
        }
        if fields.contains_key("containers") {
            fields.insert("dnsPolicy".into(), json!("ClusterFirst"));
            fields.insert("schedulerName".into(), json!("default-scheduler"));
        }
        if fields.contains_key("httpGet") || fields.contains_key("tcpSocket") {
            fields.insert("successThreshold".into(), json!(1));
        }
    }
    match value {
        Value::Object(fields) => fields.values_mut().for_each(rewritten),
        Value::Array(items) => items.iter_mut().for_each(rewritten),
        _ => {}
    }
}

fn other_form(amount: &Value) -> Value {
    let text = amount.as_str().unwrap();
    if let Some(gib) = text.strip_suffix("Gi") {
        return json!((gib.parse::<u64>().unwrap() << 30).to_string());
    }
    if let Some(thousandths) = text.strip_suffix('m') {
        return json!((thousandths.parse::<f64>().unwrap() / 1000.0).to_string());
    }
    match text.parse::<u64>() {
        Ok(whole) => json!(format!("{}m", whole * 1000)),
        Err(_) => amount.clone(),
    }
}

#[test]
fn what_a_cluster_adds_or_writes_in_its_own_way_is_no_change() {
    for folder in fixtures() {
        let (desired, _) = built(&folder);
        let changes = diff(&desired, &observed(&desired, as_a_server_answers), Kubernetes.rules());
        let found: Vec<_> = changes.by_address.iter().filter(|(_, c)| c.verdict != Verdict::Keep).collect();
        assert!(found.is_empty(), "{folder}: {found:#?}");
    }
}

/// Paths of everything that is no list and no object.
fn leaves(value: &Value, at: &str, out: &mut Vec<String>) {
    let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, v)| leaves(v, &format!("{at}/{}", escaped(key)), out)),
        Value::Array(items) => items.iter().enumerate().for_each(|(i, v)| leaves(v, &format!("{at}/{i}"), out)),
        _ => out.push(at.to_owned()),
    }
}

/// The rules of one kind alone, which are quicker to read.
fn of_kind(kind: &str) -> Rules {
    let kinds = Kubernetes.rules().kinds.iter().filter(|(known, _)| *known == kind);
    Rules { kinds: kinds.map(|(kind, rules)| (kind.clone(), rules.clone())).collect() }
}

#[test]
fn a_change_of_any_declared_field_is_seen_at_its_place() {
    let (mut fields, mut unseen) = (0, vec![]);
    for folder in fixtures() {
        let (desired, _) = built(&folder);
        for (address, resource) in &desired.resources {
            let rules = of_kind(&resource.kind);
            let alone = [(address.clone(), resource.clone())].into();
            let desired = Desired { resources: alone, ..desired.clone() };
            let mut paths = vec![];
            leaves(&resource.body, "", &mut paths);
            for path in paths.iter().filter(|path| *path != "/apiVersion" && *path != "/kind" && *path != "/source") {
                fields += 1;
                let mut live = observed(&desired, |_, _| {});
                let field = live.objects.get_mut(address).unwrap().body.pointer_mut(path).unwrap();
                *field = match &*field {
                    Value::String(text) => json!(format!("{text}-changed")),
                    Value::Number(n) => json!(n.as_u64().unwrap() + 1),
                    Value::Bool(truth) => json!(!truth),
                    other => panic!("{path}: {other}"),
                };
                let changes = diff(&desired, &live, &rules);
                let change = &changes.by_address[address];
                // A set whose one item differs may be shown whole.
                let near = |found: &str| path.starts_with(found) || found.starts_with(path.as_str());
                if !change.differences.iter().any(|difference| near(&difference.path)) {
                    unseen.push(format!("{folder}: {address}: {path}"));
                }
            }
        }
    }
    assert!(unseen.is_empty(), "{unseen:#?}");
    assert!(fields > 5000, "{fields}");
}
