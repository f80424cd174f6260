//! An endpoint's sample: what is sent, what comes back, and whether that is what was expected.

use camino::Utf8Path;
use serde_json::Value;

use crate::report::{Code, Diagnostic};
use crate::stack::{Endpoint, Sample};
use crate::target::{Access, Answer, Call, Failure};

use super::compare::{Compared, compare, short};

/// Places that are named when an answer differs.
const NAMED: usize = 5;

/// What came of a sample.
pub struct Sampled {
    pub answer: Answer,
    /// None where nothing is expected.
    pub compared: Option<Compared>,
    pub expected: Option<Value>,
}

/// The call that a sample makes.
///
/// # Errors
/// When its request can't be read.
pub fn call(endpoint: &str, sample: &Sample, variant: Option<String>) -> Result<Call, Failure> {
    let body = read(&sample.request)?;
    Ok(Call { endpoint: endpoint.to_owned(), body, content_type: content_type(&sample.request), variant })
}

/// Sends an endpoint's sample and compares.
///
/// # Errors
/// When there is none, it can't be read or sent, or the endpoint refuses it.
pub async fn send(live: &dyn Access, endpoint: &Endpoint, variant: Option<String>) -> Result<Sampled, Failure> {
    let sample = of(endpoint)?;
    let answer = live.call(&call(&endpoint.name, sample, variant)?).await?;
    if !answer.is_success() {
        return Err(refused(&endpoint.name, &answer));
    }
    let Some(path) = &sample.expect else { return Ok(Sampled { answer, compared: None, expected: None }) };
    let expected = json(&read(path)?);
    let compared = compare(&expected, &json(&answer.body), sample.tolerance);
    Ok(Sampled { answer, compared: Some(compared), expected: Some(expected) })
}

/// # Errors
/// When the endpoint has no sample.
pub fn of(endpoint: &Endpoint) -> Result<&Sample, Failure> {
    endpoint.sample.as_ref().map(|sample| &sample.value).ok_or_else(|| {
        let message = format!("endpoint `{}` has no sample", endpoint.name);
        let help = "declare one: `sample { request = \"./request.json\", expect = \"./expected.json\" }`";
        Box::new(Diagnostic::error(Code::NoSample, message).label(endpoint.span, "declared here").help(help))
    })
}

/// Says where an answer differs; none when it agrees.
pub fn disagreement(endpoint: &Endpoint, compared: &Compared) -> Option<Diagnostic> {
    if compared.agrees() {
        return None;
    }
    let count = compared.differences.len();
    let places = if count == 1 { "one place".to_owned() } else { format!("{count} places") };
    let message = format!("the answer of endpoint `{}` is not the expected one: it differs in {places}", endpoint.name);
    let mut diagnostic = Diagnostic::error(Code::SampleDiffers, message);
    if let Some(sample) = &endpoint.sample {
        diagnostic = diagnostic.label(sample.span, "this sample");
    }
    for difference in compared.differences.iter().take(NAMED) {
        diagnostic = diagnostic.note(format!("{}: {}", difference.path, difference.what));
    }
    Some(
        diagnostic
            .help("if the answer is right, write it to the expected file; else raise `tolerance` or look at the model"),
    )
}

/// An endpoint's refusal, with its own reason.
pub fn refused(endpoint: &str, answer: &Answer) -> Failure {
    let said = json(&answer.body);
    let reason = said.get("error").and_then(Value::as_str).map_or_else(|| short(&said), str::to_owned);
    let message = format!("endpoint `{endpoint}` answered {}: {reason}", answer.status);
    let diagnostic = Diagnostic::error(Code::CallFailed, message);
    Box::new(match answer.status {
        400..500 => diagnostic.help("the request does not fit the endpoint's inputs"),
        504 => diagnostic.help("the call took longer than the endpoint's `timeout`"),
        _ => diagnostic.help(format!("`servec logs {endpoint}` may say more")),
    })
}

/// JSON, or the text as a JSON string.
pub fn json(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).into_owned()))
}

/// What a file's name says of its content.
pub fn content_type(path: &Utf8Path) -> Option<String> {
    let kind = match path.extension()?.to_ascii_lowercase().as_str() {
        "json" => "application/json",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "wav" => "audio/wav",
        "txt" => "text/plain",
        "bin" => "application/octet-stream",
        _ => return None,
    };
    Some(kind.to_owned())
}

pub fn read(path: &Utf8Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| {
        Box::new(Diagnostic::error(
            Code::CallFailed,
            format!("`{path}` can't be read: {}", crate::files::reason(&error)),
        ))
    })
}
