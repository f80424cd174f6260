//! Whether one thing is there, asked by the id that follows from its name; and that it is this stack's.

use serde_json::Value as Json;

use crate::resource::{Address, Resource};
use crate::target::Failure;

use super::super::calls::{Ids, Method, Request, Service, read};
use super::super::lower::{STACK_LABEL, kind};
use super::super::names;
use super::super::wire::{Api, Deployment, Job, NewEndpoint, NewModel, NewPool, Split, Subscription, Topic, Upload};
use super::{Reach, fail};

/// # Errors
/// When it can't be asked, or what is there is somebody else's.
pub async fn there(reach: &Reach, resource: &Resource) -> Result<bool, Failure> {
    let (ids, body, at) = (Ids(&reach.site.at), &resource.body, &resource.address);
    match &*resource.kind {
        kind::ARTIFACT => match read::<Upload>(body) {
            Some(upload) => found(reach, Service::Storage, ids.object(&upload.bucket, &upload.object)).await,
            None => Ok(false),
        },
        kind::MODEL => match read::<NewModel>(body) {
            Some(new) => {
                let alias = new.model.version_aliases.last().cloned().unwrap_or_default();
                let path = format!("{}@{alias}", ids.one(Api::V1, "models", &new.model_id));
                let model = get(reach, Service::Aiplatform, path).await?;
                owned(reach, at, model, "a model of that id").map(|model| model.is_some())
            }
            None => Ok(false),
        },
        kind::ENDPOINT => match read::<NewEndpoint>(body) {
            Some(new) => {
                let live = endpoint(reach, &new.endpoint_id).await?;
                owned(reach, at, live, "an endpoint of that id").map(|live| live.is_some())
            }
            None => Ok(false),
        },
        kind::POOL => match read::<NewPool>(body) {
            Some(new) => {
                let path = ids.one(Api::V1, "deploymentResourcePools", &new.deployment_resource_pool_id);
                found(reach, Service::Aiplatform, path).await
            }
            None => Ok(false),
        },
        kind::DEPLOYMENT => match read::<Deployment>(body) {
            Some(new) => is_deployed(reach, &new.endpoint, &new.deployed_model.id).await,
            None => Ok(false),
        },
        kind::TRAFFIC => match read::<Split>(body) {
            Some(new) => {
                let live = endpoint(reach, &new.endpoint).await?;
                let shares = live.as_ref().and_then(|live| live.get("trafficSplit"));
                Ok(shares
                    .and_then(read::<super::super::wire::Shares>)
                    .is_some_and(|shares| shares == new.traffic_split))
            }
            None => Ok(false),
        },
        kind::TOPIC => match read::<Topic>(body) {
            Some(topic) => found(reach, Service::Pubsub, format!("/v1/{}", topic.name)).await,
            None => Ok(false),
        },
        kind::SUBSCRIPTION => match read::<Subscription>(body) {
            Some(subscription) => found(reach, Service::Pubsub, format!("/v1/{}", subscription.name)).await,
            None => Ok(false),
        },
        kind::JOB => match read::<Job>(body) {
            Some(job) => Ok(super::observe::jobs(reach).await?.iter().any(|live| is_same_job(live, &job))),
            None => Ok(false),
        },
        _ => Ok(false),
    }
}

/// An endpoint as it is now, with what v1 alone would not show.
pub async fn endpoint(reach: &Reach, id: &str) -> Result<Option<Json>, Failure> {
    get(reach, Service::Aiplatform, Ids(&reach.site.at).one(Api::V1Beta1, "endpoints", id)).await
}

/// Whether a deployed model is on an endpoint; the platform lists one when it is ready.
pub async fn is_deployed(reach: &Reach, endpoint_id: &str, id: &str) -> Result<bool, Failure> {
    let live = endpoint(reach, endpoint_id).await?;
    Ok(live.is_some_and(|live| deployed(&live).any(|model| text(model, "id") == id)))
}

pub fn deployed(endpoint: &Json) -> impl Iterator<Item = &Json> {
    endpoint.get("deployedModels").and_then(Json::as_array).into_iter().flatten()
}

pub fn text<'j>(value: &'j Json, name: &str) -> &'j str {
    value.get(name).and_then(Json::as_str).unwrap_or("")
}

pub async fn get(reach: &Reach, service: Service, path: String) -> Result<Option<Json>, Failure> {
    reach.client.find(&Request::new(service, Method::Get, path)).await
}

async fn found(reach: &Reach, service: Service, path: String) -> Result<bool, Failure> {
    Ok(get(reach, service, path).await?.is_some())
}

/// Whether the labels say that it is this stack's.
pub fn is_own(reach: &Reach, live: &Json) -> bool {
    live.pointer(&format!("/labels/{STACK_LABEL}")).and_then(Json::as_str) == Some(&names::label(&reach.stack))
}

fn owned(reach: &Reach, at: &Address, live: Option<Json>, what: &str) -> Result<Option<Json>, Failure> {
    match live {
        Some(live) if !is_own(reach, &live) => Err(fail::foreign(at, what)),
        live => Ok(live),
    }
}

fn is_same_job(live: &Json, job: &Job) -> bool {
    use super::super::lower::HASH_LABEL;
    let hash = live.pointer(&format!("/labels/{HASH_LABEL}")).and_then(Json::as_str);
    text(live, "displayName") == job.display_name && hash == job.labels.get(HASH_LABEL).map(|hash| &**hash)
}
