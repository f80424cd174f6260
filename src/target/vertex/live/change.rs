//! Changes one thing in place, and of it what differs alone.

use serde_json::{Map, Value as Json, json};

use crate::diff::same;
use crate::resource::Resource;
use crate::target::{Failure, Progress};

use super::super::calls::{Ids, Method, Request, Service, read};
use super::super::lower::kind;
use super::super::wire::{Api, Deployment, NewEndpoint, NewModel, NewPool, Subscription, Topic};
use super::{Reach, act, fail, operation};

/// Fields of a deployed model that the platform changes in place, as they are named in a mask.
const OF_REPLICAS: &[&str] = &["minReplicaCount", "maxReplicaCount", "autoscalingMetricSpecs", "scaleToZeroSpec"];

/// # Errors
/// When the platform refuses, does not answer, or begins and does not end it.
pub async fn update(reach: &Reach, resource: &Resource, before: &Json, progress: &dyn Progress) -> Result<(), Failure> {
    let (ids, body) = (Ids(&reach.site.at), &resource.body);
    let requests = match &*resource.kind {
        // Calls go over in parts, whether there were shares before or not.
        kind::TRAFFIC => return act::create(reach, resource, progress).await,
        kind::ENDPOINT => of_endpoint(&ids, before, body),
        kind::DEPLOYMENT => of_deployment(&ids, before, body),
        kind::MODEL => of_model(&ids, before, body),
        kind::POOL => of_pool(&ids, before, body),
        kind::TOPIC => read::<Topic>(body).map(|topic| queue(before, body, "topic", &topic.name)),
        kind::SUBSCRIPTION => {
            read::<Subscription>(body).map(|subscription| queue(before, body, "subscription", &subscription.name))
        }
        _ => Some(vec![]),
    };
    let Some(requests) = requests else { return Err(fail::not_as_asked(&resource.address)) };
    for request in requests {
        let answer = reach.client.ask(&request).await?;
        operation::over(reach, answer, &resource.address, progress).await?;
    }
    Ok(())
}

/// Fields of `after` that differ from `before`, and those that are gone.
fn differing(before: &Json, after: &Json) -> Map<String, Json> {
    let empty = Map::new();
    let (before, after) = (before.as_object().unwrap_or(&empty), after.as_object().unwrap_or(&empty));
    let names = after.keys().chain(before.keys().filter(|name| !after.contains_key(*name)));
    let differs = names.filter(|name| match (before.get(*name), after.get(*name)) {
        (Some(before), Some(after)) => !same(before, after),
        (before, after) => before.is_some() || after.is_some(),
    });
    differs.map(|name| (name.clone(), after.get(name).cloned().unwrap_or(Json::Null))).collect()
}

fn patch(path: String, mut changed: Map<String, Json>) -> Request {
    let mask: Vec<String> = changed.keys().cloned().collect();
    // What is named in the mask and not in the body is taken away.
    changed.retain(|_, value| !value.is_null());
    Request::new(Service::Aiplatform, Method::Patch, path)
        .with("updateMask", mask.join(","))
        .json(Json::Object(changed))
}

/// How long calls may take is changed by a method of its own.
fn of_endpoint(ids: &Ids, before: &Json, after: &Json) -> Option<Vec<Request>> {
    let live: NewEndpoint = read(before)?;
    let path = ids.one(Api::V1, "endpoints", &live.endpoint_id);
    let mut changed = differing(before.get("endpoint")?, after.get("endpoint")?);
    changed.remove("displayName");
    let connection = changed.remove("clientConnectionConfig");
    let mut out = vec![];
    if let Some(connection) = connection {
        let body =
            json!({ "endpoint": { "displayName": live.endpoint.display_name, "clientConnectionConfig": connection } });
        out.push(Request::new(Service::Aiplatform, Method::Post, format!("{path}:update")).json(body));
    }
    if !changed.is_empty() {
        out.push(patch(path, changed));
    }
    Some(out)
}

fn of_deployment(ids: &Ids, before: &Json, after: &Json) -> Option<Vec<Request>> {
    let (live, wanted): (Deployment, Deployment) = (read(before)?, read(after)?);
    let resources = json!(wanted.deployed_model.dedicated_resources.as_ref()?);
    let changed = differing(&json!(live.deployed_model.dedicated_resources), &resources);
    let mask: Vec<String> = OF_REPLICAS
        .iter()
        .filter(|name| changed.contains_key(**name))
        .map(|name| format!("dedicatedResources.{name}"))
        .collect();
    let id = &live.deployed_model.id;
    let send = |api: Api, model: Json, mask: String| {
        let path = format!("{}:mutateDeployedModel", ids.one(api, "endpoints", &live.endpoint));
        let body = json!({ "deployedModel": model, "updateMask": mask });
        Request::new(Service::Aiplatform, Method::Post, path).json(body)
    };
    let mut out = vec![];
    if !mask.is_empty() {
        out.push(send(wanted.api, json!({ "id": id, "dedicatedResources": resources }), mask.join(",")));
    }
    // Of v1 alone.
    let off = |deployment: &Deployment| deployment.deployed_model.disable_container_logging.unwrap_or(false);
    if off(&live) != off(&wanted) {
        let model = json!({ "id": id, "disableContainerLogging": off(&wanted) });
        out.push(send(Api::V1, model, "disableContainerLogging".to_owned()));
    }
    Some(out)
}

fn of_model(ids: &Ids, before: &Json, after: &Json) -> Option<Vec<Request>> {
    let (live, wanted): (NewModel, NewModel) = (read(before)?, read(after)?);
    let alias = wanted.model.version_aliases.last()?;
    let path = format!("{}@{alias}", ids.one(Api::V1, "models", &live.model_id));
    let mut changed = differing(before.get("model")?, after.get("model")?);
    changed.retain(|name, _| matches!(&**name, "labels" | "versionDescription"));
    Some(if changed.is_empty() { vec![] } else { vec![patch(path, changed)] })
}

fn of_pool(ids: &Ids, before: &Json, after: &Json) -> Option<Vec<Request>> {
    let (live, wanted): (NewPool, NewPool) = (read(before)?, read(after)?);
    let resources = json!(wanted.deployment_resource_pool.dedicated_resources);
    let changed = differing(&json!(live.deployment_resource_pool.dedicated_resources), &resources);
    let mask: Vec<String> = OF_REPLICAS
        .iter()
        .filter(|name| changed.contains_key(**name))
        .map(|name| format!("dedicatedResources.{name}"))
        .collect();
    if mask.is_empty() {
        return Some(vec![]);
    }
    let path = ids.one(Api::V1, "deploymentResourcePools", &live.deployment_resource_pool_id);
    let request = Request::new(Service::Aiplatform, Method::Patch, path).with("updateMask", mask.join(","));
    Some(vec![request.json(json!({ "dedicatedResources": resources }))])
}

fn queue(before: &Json, after: &Json, what: &str, name: &str) -> Vec<Request> {
    let changed = differing(before, after);
    let mask: Vec<String> = changed.keys().filter(|field| !matches!(&***field, "name" | "topic")).cloned().collect();
    if mask.is_empty() {
        return vec![];
    }
    let request = Request::new(Service::Pubsub, Method::Patch, format!("/v1/{name}"));
    vec![request.json(json!({ what: after, "updateMask": mask.join(",") }))]
}
