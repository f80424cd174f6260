//! The stack's lock: an object in its bucket that one can make and no second, whatever machine they are on.

use serde_json::{Value as Json, json};

use crate::report::{Code, Diagnostic};
use crate::target::{Failure, Guard};

use super::super::calls::{Body, Method, Request, Service, encoded};
use super::super::lower::base_of_objects;
use super::{Reach, fail};

/// Held until it is dropped.
pub struct Held {
    release: Option<Release>,
}

struct Release {
    client: super::http::Client,
    request: Request,
}

/// # Errors
/// When somebody else holds it, with who, since when, and how to release it.
pub async fn take(reach: &Reach) -> Result<Held, Failure> {
    let site = &reach.site;
    let object = format!("{}lock.json", base_of_objects(site, &reach.stack));
    if site.own_bucket {
        let body = json!({
            "name": site.bucket, "location": site.at.region, "labels": { "managed_by": "servec" },
            "iamConfiguration": { "uniformBucketLevelAccess": { "enabled": true } },
        });
        let request = Request::new(Service::Storage, Method::Post, "/storage/v1/b").with("project", &*site.at.project);
        let request = request.json(body);
        let reply = reach.client.send(&request).await?;
        if !reply.is_success() && reply.status != 409 {
            return Err(fail::refused(&request, reply.status, &reply.body));
        }
    }
    let user = std::env::var("USER").unwrap_or_else(|_| "unknown".to_owned());
    let since = jiff::Timestamp::now().to_string();
    let holder = json!({ "user": user, "command": reach.command, "since": since, "pid": std::process::id() });
    let mut request =
        Request::new(Service::Storage, Method::Post, format!("/upload/storage/v1/b/{}/o", encoded(&site.bucket)))
            .with("uploadType", "media")
            .with("name", &*object)
            .with("ifGenerationMatch", "0");
    request.body = Body::Text { text: holder.to_string(), content_type: "application/json".to_owned() };
    let path = format!("/storage/v1/b/{}/o/{}", encoded(&site.bucket), encoded(&object));
    let sent = reach.client.send(&request).await;
    if !sent.as_ref().is_ok_and(super::http::Reply::is_success) {
        // What was not answered may have been taken all the same.
        let asked = Request::new(Service::Storage, Method::Get, &*path).with("alt", "media");
        let holding = reach.client.find(&asked).await.ok().flatten();
        match (holding, sent) {
            (Some(own), _) if own == holder => {}
            (Some(other), _) => return Err(held(reach, &other, &object)),
            (None, Ok(reply)) => return Err(fail::refused(&request, reply.status, &reply.body)),
            (None, Err(failure)) => return Err(failure),
        }
    }
    let client = super::http::Client::new(&site.at)?;
    Ok(Held { release: Some(Release { client, request: Request::new(Service::Storage, Method::Delete, path) }) })
}

fn held(reach: &Reach, holder: &Json, object: &str) -> Failure {
    let text = |name: &str| holder.get(name).and_then(Json::as_str).unwrap_or("unknown").to_owned();
    let message = format!(
        "stack `{}` is being changed by `servec {}` (user {}) since {}",
        reach.stack,
        text("command"),
        text("user"),
        text("since")
    );
    let help =
        format!("wait for it; if nothing runs any more: `gcloud storage rm gs://{}/{object}`", reach.site.bucket);
    Box::new(Diagnostic::error(Code::StackLocked, message).help(help))
}

impl Guard for Held {}

impl Drop for Held {
    /// On a thread of its own, waited for: the one that drops may not wait for calls.
    fn drop(&mut self) {
        let Some(Release { client, request }) = self.release.take() else { return };
        let released = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            if let Ok(runtime) = runtime {
                // What stays is said to the next one, with how to release it.
                let _ = runtime.block_on(client.send(&request));
            }
        });
        let _ = released.join();
    }
}
