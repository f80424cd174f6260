//! What the platform refuses, as one diagnostic each: what it says, and what to do.

use serde_json::Value as Json;

use crate::report::{Code, Diagnostic};
use crate::resource::Address;
use crate::target::Failure;

use super::super::calls::Request;

pub fn no_credential(why: &str) -> Failure {
    let diagnostic = Diagnostic::error(Code::NoCredential, "there are no credentials for Google Cloud here");
    let help = "`gcloud auth application-default login`, or set `GOOGLE_OAUTH_ACCESS_TOKEN`";
    Box::new(diagnostic.help(help).note(why.to_owned()))
}

pub fn unreachable(host: &str, why: &str) -> Failure {
    let message = format!("`{host}` can't be reached: {why}");
    let help = "check the network, and the stack's `region`; run it again: what is done is not done twice";
    Box::new(Diagnostic::error(Code::PlatformUnreachable, message).help(help))
}

pub fn not_as_asked(address: &Address) -> Failure {
    let message = format!("`{address}` is not there as asked");
    Box::new(Diagnostic::error(Code::NotAsAsked, message).help("`servec plan` shows the difference"))
}

/// A secret that nobody gave.
pub fn no_secret(name: &str) -> Failure {
    let message = format!("the value of the secret parameter `{name}` is not known here");
    let help = format!("set it in the environment as `SECRET_{name}`");
    Box::new(Diagnostic::error(Code::NoCredential, message).help(help))
}

pub fn not_deployed(address: &Address, id: &str) -> Failure {
    let message = format!("`{address}` would send calls to the deployed model {id}, which is not there");
    Box::new(Diagnostic::error(Code::NotAsAsked, message).help("run `servec apply` again: it is deployed first"))
}

/// A rollout that was taken back.
pub fn taken_back(address: &Address, words: &str) -> Failure {
    let message = format!("`{address}`: the rollout was taken back, since `{words}`");
    let help = "calls go where they went before; what is new stays deployed, and gets none";
    Box::new(Diagnostic::error(Code::TakenBack, message).help(help))
}

/// What this target has no way to do.
pub fn not_here(what: &str, help: String) -> Failure {
    Box::new(Diagnostic::error(Code::CallFailed, format!("servec does not {what} on Vertex AI yet")).help(help))
}

/// Something of this id is there, and is not this stack's.
pub fn foreign(address: &Address, what: &str) -> Failure {
    let message = format!("`{address}` can't be made: {what} is there already, and is not this stack's");
    Box::new(
        Diagnostic::error(Code::Foreign, message).help("rename the endpoint or the stack, or remove what is there"),
    )
}

/// Deployed models that servec did not deploy get calls of an endpoint.
pub fn shared_traffic(endpoint: &str, percent: u64) -> Failure {
    let message = format!("endpoint `{endpoint}` sends {percent} % of its calls to models that servec did not deploy");
    let help = "move them to another endpoint, or take their share to 0: servec never touches them";
    Box::new(Diagnostic::error(Code::Foreign, message).help(help))
}

/// An operation that ended in an error.
pub fn operation(name: &str, error: &Json) -> Failure {
    let said = error.get("message").and_then(Json::as_str).unwrap_or("no reason is given");
    let message = format!("the platform began and did not end it: {said}");
    let diagnostic = Diagnostic::error(Code::OperationFailed, message).note(format!("operation `{name}`"));
    let diagnostic = fields(error).into_iter().fold(diagnostic, Diagnostic::note);
    Box::new(diagnostic.help("run it again when the cause is gone: what is done is not done twice"))
}

pub fn never_ended(name: &str, minutes: u64) -> Failure {
    let message = format!("an operation has not ended after {minutes} min");
    let help = "it may end yet: run it again later, and it goes on from there";
    Box::new(Diagnostic::error(Code::OperationFailed, message).help(help).note(format!("operation `{name}`")))
}

/// An answer that is no success.
pub fn refused(request: &Request, status: u16, body: &Json) -> Failure {
    let error = body.get("error").unwrap_or(body);
    let said = error.get("message").and_then(Json::as_str).unwrap_or("no reason is given");
    let what = format!("{} {}", request.method.word(), request.path);
    let (code, help) = match status {
        401 => (Code::NoCredential, "`gcloud auth application-default login`: the credentials are not valid any more"),
        403 => (Code::PlatformDenied, "ask for the permission that is named, or for the role `roles/aiplatform.user`"),
        404 => (
            Code::PlatformNotFound,
            "check `project` and `region` of the stack, and whether the API is switched on there",
        ),
        429 => (
            Code::PlatformQuota,
            "ask for a higher quota of `aiplatform.googleapis.com` in that region, or take fewer or other machines",
        ),
        _ => (Code::PlatformRefused, "`servec build` shows each call"),
    };
    let diagnostic = Diagnostic::error(code, format!("the platform refuses with {status}: {said}")).note(what);
    Box::new(fields(error).into_iter().fold(diagnostic, Diagnostic::note).help(help))
}

/// The fields that an error names, and why.
fn fields(error: &Json) -> Vec<String> {
    let details = error.get("details").and_then(Json::as_array).into_iter().flatten();
    let violations = details.flat_map(|detail| detail.get("fieldViolations").and_then(Json::as_array)).flatten();
    let text = |violation: &Json, name: &str| violation.get(name).and_then(Json::as_str).unwrap_or("").to_owned();
    violations
        .map(|violation| format!("field `{}`: {}", text(violation, "field"), text(violation, "description")))
        .collect()
}
