//! Long-running operations: asked about until they end, ever more rarely.

use std::time::{Duration, Instant};

use serde_json::Value as Json;

use crate::resource::Address;
use crate::target::{Failure, Progress};

use super::super::calls::{Method, Request, Service};
use super::{Reach, fail};

/// The first wait and the longest.
const FIRST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(20);
/// Longest that one is waited for: a deployment may take two hours, beside what it takes to get machines.
const PATIENCE: Duration = Duration::from_secs(3 * 60 * 60);

/// Waits for the end of an operation that was answered; what is no operation has ended.
///
/// # Errors
/// When it ends in an error, or never.
pub async fn over(reach: &Reach, mut operation: Json, at: &Address, progress: &dyn Progress) -> Result<Json, Failure> {
    let Some(name) =
        operation.get("name").and_then(Json::as_str).filter(|name| name.contains("/operations/")).map(str::to_owned)
    else {
        return Ok(operation);
    };
    let (started, mut pause) = (Instant::now(), FIRST);
    loop {
        if operation.get("done").and_then(Json::as_bool) == Some(true) {
            return match operation.get("error") {
                Some(error) => Err(fail::operation(&name, error)),
                None => Ok(operation.get("response").cloned().unwrap_or(Json::Null)),
            };
        }
        if started.elapsed() > reach.client.scaled(PATIENCE) {
            return Err(fail::never_ended(&name, PATIENCE.as_secs() / 60));
        }
        progress.say(at, &words(&operation));
        reach.client.wait(pause).await;
        pause = (pause * 3 / 2).min(LONGEST);
        operation = reach.client.ask(&Request::new(Service::Aiplatform, Method::Get, format!("/v1/{name}"))).await?;
    }
}

/// The platform's own words for how far it is.
fn words(operation: &Json) -> String {
    let stage = operation.pointer("/metadata/deploymentStage").and_then(Json::as_str);
    stage.map_or_else(|| "the platform is at it".to_owned(), |stage| stage.to_lowercase().replace('_', " "))
}
