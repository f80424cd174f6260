//! Makes and removes one thing. Making is looking first, so that doing it again after an interrupt goes on.

use serde_json::{Value as Json, json};

use crate::resource::{Address, Resource};
use crate::target::{Failure, Progress};

use super::super::calls::{Call, Ids, Method, Request, Service, Waits, add_version, create as calls_of, read};
use super::super::lower::kind;
use super::super::wire::{Api, Deployment, NewEndpoint, NewModel, NewPool, Split, Subscription, Topic, Upload};
use super::there::{get, text, there};
use super::{Reach, fail, operation, roll};

/// Tries of what may have been begun without an answer.
const TRIES: u32 = 6;

/// # Errors
/// When the platform refuses, does not answer, or begins and does not end it.
pub async fn create(reach: &Reach, resource: &Resource, progress: &dyn Progress) -> Result<(), Failure> {
    if &*resource.kind == kind::TRAFFIC {
        return match read::<Split>(&resource.body) {
            Some(split) => roll::go_over(reach, &resource.address, &split, progress).await,
            None => Err(fail::not_as_asked(&resource.address)),
        };
    }
    let mut pause = std::time::Duration::from_secs(2);
    for nth in 1.. {
        if there(reach, resource).await? {
            return Ok(());
        }
        let failure = match made(reach, resource, progress).await {
            Ok(()) => return Ok(()),
            Err(Broken::Surely(failure)) => return Err(failure),
            Err(Broken::Perhaps(failure)) => failure,
        };
        if nth == TRIES {
            return Err(failure);
        }
        progress.say(&resource.address, "the platform did not answer well: looking whether it is there");
        reach.client.wait(pause).await;
        pause *= 2;
    }
    Err(fail::not_as_asked(&resource.address))
}

/// What went wrong, and whether it may have been done all the same.
enum Broken {
    Surely(Failure),
    Perhaps(Failure),
}

async fn made(reach: &Reach, resource: &Resource, progress: &dyn Progress) -> Result<(), Broken> {
    let mut calls = calls_of(resource, &reach.site.at);
    if &*resource.kind == kind::MODEL && has_versions(reach, resource).await.map_err(Broken::Surely)? {
        calls = add_version(resource, &reach.site.at).into_iter().collect();
    }
    for call in calls.into_iter().filter(|call| call.request.method != Method::Get) {
        let request = filled(&call).map_err(Broken::Surely)?;
        progress.say(&resource.address, &call.does);
        let reply = reach.client.send(&request).await.map_err(Broken::Perhaps)?;
        if !reply.is_success() && !call.accepts.contains(&reply.status) {
            let failure = fail::refused(&request, reply.status, &reply.body);
            // There already, or busy: it is looked whether it is there.
            let unsure = matches!(reply.status, 409 | 429 | 500..);
            return Err(if unsure { Broken::Perhaps(failure) } else { Broken::Surely(failure) });
        }
        if call.waits == Waits::Operation && reply.is_success() {
            operation::over(reach, reply.body, &resource.address, progress).await.map_err(Broken::Surely)?;
        }
    }
    Ok(())
}

/// Secrets are put in here, and nowhere before.
fn filled(call: &Call) -> Result<Request, Failure> {
    let mut request = call.request.clone();
    for fill in &call.fills {
        let Some(name) = fill.with.strip_prefix("secret.") else { continue };
        let Ok(value) = std::env::var(format!("SECRET_{name}")) else { return Err(fail::no_secret(name)) };
        if let super::super::calls::Body::Json(body) = &mut request.body
            && let Some(place) = body.pointer_mut(&fill.at)
        {
            *place = Json::from(&*value);
        }
    }
    Ok(request)
}

async fn has_versions(reach: &Reach, resource: &Resource) -> Result<bool, Failure> {
    let Some(new) = read::<NewModel>(&resource.body) else { return Ok(false) };
    let path = Ids(&reach.site.at).one(Api::V1, "models", &new.model_id);
    Ok(get(reach, Service::Aiplatform, path).await?.is_some())
}

/// # Errors
/// When the platform refuses, does not answer, or begins and does not end it. What is gone already is no error.
pub async fn delete(reach: &Reach, at: &Address, before: &Json, progress: &dyn Progress) -> Result<(), Failure> {
    let ids = Ids(&reach.site.at);
    let kind = at.as_str().split('.').next().unwrap_or("");
    let gone = |path: String| Some(Request::new(Service::Aiplatform, Method::Delete, path));
    let request = match kind {
        kind::ARTIFACT => read::<Upload>(before)
            .map(|upload| Request::new(Service::Storage, Method::Delete, ids.object(&upload.bucket, &upload.object))),
        kind::ENDPOINT => {
            read::<NewEndpoint>(before).and_then(|new| gone(ids.one(Api::V1, "endpoints", &new.endpoint_id)))
        }
        kind::POOL => read::<NewPool>(before)
            .and_then(|new| gone(ids.one(Api::V1, "deploymentResourcePools", &new.deployment_resource_pool_id))),
        kind::TOPIC => read::<Topic>(before)
            .map(|topic| Request::new(Service::Pubsub, Method::Delete, format!("/v1/{}", topic.name))),
        kind::SUBSCRIPTION => read::<Subscription>(before)
            .map(|subscription| Request::new(Service::Pubsub, Method::Delete, format!("/v1/{}", subscription.name))),
        kind::JOB => before.get("name").and_then(Json::as_str).and_then(|name| gone(format!("/v1/{name}"))),
        kind::DEPLOYMENT => match read::<Deployment>(before) {
            Some(deployed)
                if super::there::is_deployed(reach, &deployed.endpoint, &deployed.deployed_model.id).await? =>
            {
                let path = format!("{}:undeployModel", ids.one(Api::V1, "endpoints", &deployed.endpoint));
                let body = json!({ "deployedModelId": deployed.deployed_model.id });
                Some(Request::new(Service::Aiplatform, Method::Post, path).json(body))
            }
            Some(_) | None => None,
        },
        kind::TRAFFIC => match read::<Split>(before) {
            Some(split) => {
                roll::send(reach, &split.endpoint, &Default::default()).await?;
                None
            }
            None => None,
        },
        kind::MODEL => model(reach, before).await?,
        _ => None,
    };
    let Some(request) = request else { return Ok(()) };
    match reach.client.find(&request).await? {
        Some(answer) => operation::over(reach, answer, at, progress).await.map(|_| ()),
        None => Ok(()),
    }
}

/// The last version of a model goes with the model.
async fn model(reach: &Reach, before: &Json) -> Result<Option<Request>, Failure> {
    let Some(new) = read::<NewModel>(before) else { return Ok(None) };
    let one = Ids(&reach.site.at).one(Api::V1, "models", &new.model_id);
    let versions = Request::new(Service::Aiplatform, Method::Get, format!("{one}:listVersions"));
    let versions = reach.client.list(&versions, "models").await?;
    let alias = new.model.version_aliases.iter().find(|alias| alias.starts_with("h-")).cloned().unwrap_or_default();
    let has = |version: &&Json| {
        let aliases = version.get("versionAliases").and_then(Json::as_array);
        aliases.into_iter().flatten().any(|known| known.as_str() == Some(&alias))
    };
    let Some(version) = versions.iter().find(has) else { return Ok(None) };
    let is_default = |version: &&Json| {
        let aliases = version.get("versionAliases").and_then(Json::as_array);
        aliases.into_iter().flatten().any(|known| known.as_str() == Some("default"))
    };
    // One version must be the default: another one becomes it.
    if is_default(&version)
        && let Some(other) = versions.iter().rev().find(|other| text(other, "versionId") != text(version, "versionId"))
    {
        let path = format!("{one}@{}:mergeVersionAliases", text(other, "versionId"));
        let request = Request::new(Service::Aiplatform, Method::Post, path);
        reach.client.ask(&request.json(json!({ "versionAliases": ["default"] }))).await?;
    }
    let path = match versions.len() {
        1 => one,
        _ => format!("{one}@{}:deleteVersion", text(version, "versionId")),
    };
    Ok(Some(Request::new(Service::Aiplatform, Method::Delete, path)))
}
