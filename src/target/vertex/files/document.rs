//! The plan as a document: every call in order, with what it waits for, what later calls take from it, and how to undo it.

use serde_json::{Value as Json, json};

use crate::resource::Desired;

use super::super::calls::{Body, Call, Request, Service};
use super::super::lower::kind;
use super::super::settings::Where;

/// The version of the document's format: `docs/vertex-plan.schema.json`.
const FORMAT: u32 = 1;

pub fn of(desired: &Desired, at: &Where, calls: &[(Call, Vec<String>)]) -> Json {
    let hosts = Service::OF_PLANS.map(|service| (service.word().to_owned(), Json::from(service.host(at))));
    json!({
        "format": FORMAT,
        "target": desired.target,
        "stack": desired.stack,
        "project": at.project,
        "region": at.region,
        "hosts": hosts.into_iter().collect::<serde_json::Map<_, _>>(),
        "notes": desired.notes,
        "calls": calls.iter().map(|(call, after)| shown(call, after, at)).collect::<Vec<_>>(),
        "rollouts": rollouts(desired),
    })
}

fn shown(call: &Call, after: &[String], at: &Where) -> Json {
    let mut out = json!({ "id": call.id, "resource": call.address, "does": call.does, "after": after });
    if let Json::Object(fields) = &mut out {
        fields.extend(request(&call.request, at));
        fields.insert("waitsFor".to_owned(), json!(call.waits));
        let several = [("accepts", json!(call.accepts)), ("fills", json!(call.fills)), ("takes", json!(call.takes))];
        for (name, value) in several {
            if value.as_array().is_some_and(|list| !list.is_empty()) {
                fields.insert(name.to_owned(), value);
            }
        }
        let undo = call.undo.as_ref().map(|undo| {
            let mut fields = request(&undo.request, at);
            fields.insert("waitsFor".to_owned(), json!(undo.waits));
            if !undo.fills.is_empty() {
                fields.insert("fills".to_owned(), json!(undo.fills));
            }
            fields
        });
        fields.insert("undo".to_owned(), undo.map_or(Json::Null, Json::Object));
    }
    out
}

fn request(request: &Request, at: &Where) -> serde_json::Map<String, Json> {
    let mut fields = serde_json::Map::new();
    fields.insert("service".to_owned(), json!(request.service));
    fields.insert("method".to_owned(), json!(request.method));
    fields.insert("url".to_owned(), json!(format!("{}{}", request.service.host(at), request.path)));
    fields.insert("query".to_owned(), json!(request.query));
    match &request.body {
        Body::None => {}
        Body::Json(body) => {
            fields.insert("body".to_owned(), body.clone());
        }
        Body::File { source, sha256, bytes, content_type } => {
            let file = json!({ "file": source, "sha256": sha256, "bytes": bytes, "contentType": content_type });
            fields.insert("upload".to_owned(), file);
        }
        Body::Text { text, content_type } => {
            fields.insert("upload".to_owned(), json!({ "text": text, "contentType": content_type }));
        }
    }
    fields
}

/// How calls go over, and replicas are replaced, when a later plan puts something new in the place of what runs.
fn rollouts(desired: &Desired) -> Vec<Json> {
    let of = |wanted: &'static str| desired.resources.values().filter(move |resource| &*resource.kind == wanted);
    let traffic = of(kind::TRAFFIC).map(|resource| {
        let body = &resource.body;
        let mut out = json!({ "resource": resource.address, "percents": body.get("parts") });
        if let Json::Object(fields) = &mut out {
            for name in ["bake", "abortOn"] {
                fields.extend(body.get(name).map(|value| (name.to_owned(), value.clone())));
            }
        }
        out
    });
    let rolling = of(kind::DEPLOYMENT).filter_map(|resource| {
        let options = resource.body.get("rolling")?;
        Some(json!({ "resource": resource.address, "rolloutOptions": options }))
    });
    traffic.chain(rolling).collect()
}
