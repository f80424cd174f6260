//! Asks a process over HTTP on this machine: does it serve, what does it serve, what does it answer.

use std::time::Duration;

use serve_spec::Served;

use crate::report::{Code, Diagnostic};
use crate::target::{Answer, Call, Failure};

use super::record::Instance;

/// For questions that a healthy process answers at once.
const SHORT: Duration = Duration::from_secs(3);

/// The header that picks a variant, and the one that says which answered: SageMaker's names.
const TARGET_VARIANT: &str = "x-amzn-sagemaker-target-variant";
const INVOKED_VARIANT: &str = "x-amzn-invoked-production-variant";

/// How a process is.
#[derive(Debug)]
pub enum State {
    Serves(Box<Served>),
    /// It listens, and is not ready, in its own words.
    Loading(String),
    /// Nothing listens there.
    Silent,
    /// Something else, in words.
    Wrong(String),
}

/// No proxy of the environment may come between.
///
/// # Errors
/// When the system has no room for a client.
pub fn client() -> Result<reqwest::Client, Failure> {
    reqwest::Client::builder()
        .no_proxy()
        .connect_timeout(SHORT)
        .build()
        .map_err(|error| Box::new(Diagnostic::error(Code::CallFailed, format!("no HTTP client can be made: {error}"))))
}

pub fn url(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

/// Which process answers on the port, and with what.
pub async fn ask(http: &reqwest::Client, instance: &Instance) -> State {
    let asked = http.get(format!("{}/servec/spec", url(instance.port))).timeout(SHORT).send().await;
    let response = match asked {
        Ok(response) => response,
        Err(error) if error.is_connect() => return State::Silent,
        Err(error) if error.is_timeout() => return State::Wrong(format!("no answer within {} s", SHORT.as_secs())),
        Err(error) => return State::Wrong(words(&error)),
    };
    let status = response.status().as_u16();
    match status {
        200 => match response.json::<Served>().await {
            Ok(served) if served.token == instance.token => State::Serves(Box::new(served)),
            Ok(served) => State::Wrong(format!("port {} is answered by process {}", instance.port, served.pid)),
            Err(error) => {
                State::Wrong(format!("port {} is answered by something else: {}", instance.port, words(&error)))
            }
        },
        503 => State::Loading(reason(&response.bytes().await.unwrap_or_default())),
        _ => State::Wrong(format!("port {} is answered by something else: status {status}", instance.port)),
    }
}

/// The counters of a process, by status; empty when it does not say.
pub async fn requests(http: &reqwest::Client, port: u16) -> std::collections::BTreeMap<u16, u64> {
    let mut counts = std::collections::BTreeMap::new();
    let Ok(response) = http.get(format!("{}/metrics", url(port))).timeout(SHORT).send().await else { return counts };
    let text = response.text().await.unwrap_or_default();
    for line in text.lines().filter(|line| line.starts_with("servec_requests_total{")) {
        let code = line.split_once("code=\"").and_then(|(_, rest)| rest.split('"').next()).and_then(|c| c.parse().ok());
        let count = line.rsplit(' ').next().and_then(|n| n.parse::<u64>().ok());
        if let (Some(code), Some(count)) = (code, count) {
            *counts.entry(code).or_default() += count;
        }
    }
    counts
}

/// # Errors
/// When no answer comes at all.
pub async fn invoke(http: &reqwest::Client, port: u16, call: &Call, patience: Duration) -> Result<Answer, Failure> {
    let mut request = http.post(format!("{}/invocations", url(port))).timeout(patience).body(call.body.clone());
    if let Some(kind) = &call.content_type {
        request = request.header("content-type", kind);
    }
    if let Some(variant) = &call.variant {
        request = request.header(TARGET_VARIANT, variant);
    }
    let failed = |error: reqwest::Error| {
        let message = format!("endpoint `{}` did not answer: {}", call.endpoint, words(&error));
        Box::new(Diagnostic::error(Code::CallFailed, message).help(format!("see `servec logs {}`", call.endpoint)))
    };
    let response = request.send().await.map_err(failed)?;
    let header = |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let (status, variant) = (response.status().as_u16(), header(INVOKED_VARIANT));
    let content_type = header("content-type").unwrap_or_default();
    Ok(Answer { status, content_type, variant, body: response.bytes().await.map_err(failed)?.to_vec() })
}

/// The same as a line for a shell.
pub fn curl(port: u16, call: &Call, data: &str) -> String {
    let quote = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
    let mut line = format!("curl {}/invocations", url(port));
    let mut header = |name: &str, value: &str| line.push_str(&format!(" -H {}", quote(&format!("{name}: {value}"))));
    if let Some(kind) = &call.content_type {
        header("content-type", kind);
    }
    if let Some(variant) = &call.variant {
        header(TARGET_VARIANT, variant);
    }
    line.push_str(&format!(" --data-binary {}", quote(data)));
    line
}

/// `{"error": "…"}`, or the text itself.
pub fn reason(body: &[u8]) -> String {
    let json: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    let said = json.as_ref().and_then(|json| json.get("error")).and_then(|error| error.as_str());
    said.map_or_else(|| String::from_utf8_lossy(body).trim().to_owned(), str::to_owned)
}

/// An error and what it came from.
fn words(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => words(source),
        None => error.to_string(),
    }
}
