//! Calls over HTTP, with a token, again where the platform is only busy.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value as Json;

use crate::report::{Code, Diagnostic};
use crate::target::{self, Answer, Failure};

use super::super::calls::{Body, Method, Request, Service};
use super::super::settings::Where;
use super::fail;
use super::token::Tokens;

/// The variable that names another host than the platform's, for all services: tests listen there.
const HOST: &str = "SERVEC_VERTEX_HOST";
/// The variable by which every wait is divided: tests do not wait.
const SPEED: &str = "SERVEC_VERTEX_SPEED";
/// Tries of one call.
const TRIES: u32 = 5;

#[derive(Debug)]
pub struct Client {
    http: reqwest::Client,
    hosts: BTreeMap<Service, String>,
    tokens: Tokens,
    speed: u32,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub body: Json,
}

impl Reply {
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl Client {
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(at: &Where) -> Result<Self, Failure> {
        let http =
            reqwest::Client::builder().connect_timeout(Duration::from_secs(10)).timeout(Duration::from_secs(600));
        let http = http.build().map_err(|error| {
            Box::new(Diagnostic::error(Code::PlatformUnreachable, format!("no HTTP client can be made: {error}")))
        })?;
        let other = std::env::var(HOST).ok().filter(|host| !host.is_empty());
        let host = |service: Service| other.clone().unwrap_or_else(|| service.host(at));
        let hosts: BTreeMap<_, _> = Service::ALL.map(|service| (service, host(service))).into_iter().collect();
        if !cfg!(feature = "https") && hosts.values().any(|host: &String| host.starts_with("https:")) {
            let message = "this build speaks no TLS, without which Google Cloud can't be reached";
            let help = "build it with `cargo build --release --features https`";
            return Err(Box::new(Diagnostic::error(Code::PlatformUnreachable, message).help(help)));
        }
        let speed = std::env::var(SPEED).ok().and_then(|text| text.parse().ok()).unwrap_or(1);
        Ok(Self { http, hosts, tokens: Tokens::default(), speed: speed.max(1) })
    }

    /// Waits, or a part of it in tests.
    pub async fn wait(&self, time: Duration) {
        tokio::time::sleep(self.scaled(time)).await;
    }

    pub fn scaled(&self, time: Duration) -> Duration {
        time / self.speed
    }

    /// The answer, whatever its status. What is only asked is asked again while the platform is busy or gone; what changes
    /// something is sent once more only where it surely was not begun.
    ///
    /// # Errors
    /// When there is no credential, or nobody answers.
    pub async fn send(&self, request: &Request) -> Result<Reply, Failure> {
        let mut pause = Duration::from_secs(1);
        for nth in 1.. {
            let sent = self.once(request).await?;
            let again = nth < TRIES
                && match &sent {
                    Ok(reply) => {
                        matches!(reply.status, 429 | 503) || reply.status >= 500 && is_harmless(request.method)
                    }
                    Err(_) => is_harmless(request.method),
                };
            if !again {
                let host = self.hosts.get(&request.service).cloned().unwrap_or_default();
                return sent.map_err(|why| fail::unreachable(&host, &why));
            }
            self.wait(pause).await;
            pause *= 2;
        }
        Err(fail::unreachable("", "it was tried in vain"))
    }

    /// The answer of a call that must succeed.
    ///
    /// # Errors
    /// As [`Self::send`], and when the platform refuses.
    pub async fn ask(&self, request: &Request) -> Result<Json, Failure> {
        let reply = self.send(request).await?;
        if reply.is_success() { Ok(reply.body) } else { Err(fail::refused(request, reply.status, &reply.body)) }
    }

    /// The answer, or `None` where there is nothing of the name.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub async fn find(&self, request: &Request) -> Result<Option<Json>, Failure> {
        let reply = self.send(request).await?;
        match reply.status {
            404 => Ok(None),
            _ if reply.is_success() => Ok(Some(reply.body)),
            status => Err(fail::refused(request, status, &reply.body)),
        }
    }

    /// Every item of a list, page by page; none where the list itself is not there.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub async fn list(&self, request: &Request, items: &str) -> Result<Vec<Json>, Failure> {
        let (mut all, mut request) = (vec![], request.clone());
        loop {
            let Some(page) = self.find(&request).await? else { return Ok(all) };
            all.extend(page.get(items).and_then(Json::as_array).into_iter().flatten().cloned());
            match page.get("nextPageToken").and_then(Json::as_str).filter(|token| !token.is_empty()) {
                Some(token) => request = request.with("pageToken", token),
                None => return Ok(all),
            }
        }
    }

    /// Where a service is asked.
    pub fn host(&self, service: Service) -> &str {
        self.hosts.get(&service).map_or("", |host| host)
    }

    /// A call of an endpoint: what it answers, whatever its status.
    ///
    /// # Errors
    /// When there is no credential, or nobody answers.
    pub async fn raw_predict(&self, url: &str, call: &target::Call) -> Result<Answer, Failure> {
        let token = self.tokens.get(&self.http).await?;
        let content_type = call.content_type.clone().unwrap_or_else(|| "application/json".to_owned());
        let sending =
            self.http.post(url).bearer_auth(token).header("content-type", content_type).body(call.body.clone());
        let answered = sending.send().await.map_err(|error| fail::unreachable(url, &reason(&error)))?;
        let header = |name: &str| answered.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (status, content_type) = (answered.status().as_u16(), header("content-type").unwrap_or_default());
        let body = answered.bytes().await.map_err(|error| fail::unreachable(url, &reason(&error)))?;
        Ok(Answer { status, content_type, body: body.to_vec(), variant: None })
    }

    async fn once(&self, request: &Request) -> Result<Result<Reply, String>, Failure> {
        let token = self.tokens.get(&self.http).await?;
        let host = self.hosts.get(&request.service).map_or("", |host| &**host);
        let url = format!("{host}{}", request.target());
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut sending = self.http.request(method, url).bearer_auth(token);
        sending = match &request.body {
            Body::None => sending,
            Body::Json(body) => sending.json(body),
            Body::Text { text, content_type } => sending.header("content-type", content_type).body(text.clone()),
            Body::File { source, content_type, .. } => {
                let bytes = tokio::fs::read(source).await.map_err(|error| {
                    let message = format!("can't read `{source}`, which is to be uploaded: {error}");
                    Box::new(
                        Diagnostic::error(Code::ArtifactChanged, message).help("run it where the program was compiled"),
                    )
                })?;
                sending.header("content-type", content_type).body(bytes)
            }
        };
        let answered = match sending.send().await {
            Ok(answered) => answered,
            Err(error) => return Ok(Err(reason(&error))),
        };
        let status = answered.status().as_u16();
        Ok(match answered.bytes().await {
            Ok(bytes) => Ok(Reply { status, body: serde_json::from_slice(&bytes).unwrap_or(Json::Null) }),
            Err(error) => Err(reason(&error)),
        })
    }
}

/// Asking twice changes nothing, and removing twice is removing once.
fn is_harmless(method: Method) -> bool {
    matches!(method, Method::Get | Method::Delete | Method::Put | Method::Patch)
}

fn reason(error: &reqwest::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
