//! Around every request: its id, one log line, the counters, and an answer even when a handler panics.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Serving;
use super::serving::Answered;
use crate::fault::{Fault, Kind, clipped};

const REQUEST_ID: &str = "x-request-id";
/// In bytes; a longer id is replaced, so that clients can't fill the log.
const LONGEST_ID: usize = 128;

/// The outermost layer.
pub async fn outer(State(serving): State<Arc<Serving>>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = id_of(&request);
    let (method, path) = (request.method().clone(), clipped(request.uri().path().to_owned()));
    let infers = method == Method::POST;
    let inside = infers.then(|| serving.metrics.enter());
    // A task of its own turns a panic into an answer. It is aborted when the client goes away.
    let mut task = tokio::task::JoinSet::new();
    task.spawn(next.run(request));
    let mut response = match task.join_next().await {
        Some(Ok(response)) => response,
        Some(Err(_)) | None => Fault::new(Kind::Internal, "the request's handler failed").into_response(),
    };
    drop(inside);
    let took = began.elapsed();
    let status = response.status().as_u16();
    let variant = response.extensions().get::<Answered>().map(|answered| answered.0.clone()).unwrap_or_default();
    let error = response.extensions().get::<Fault>().map(|fault| fault.message.clone()).unwrap_or_default();
    if infers {
        serving.metrics.answered(&variant, status, took);
    }
    let millis = took.as_secs_f64() * 1000.0;
    if status >= 500 && status != 503 {
        tracing::error!(id, %method, path, status, variant, millis, error, "request");
    } else if infers {
        tracing::info!(id, %method, path, status, variant, millis, error, "request");
    } else {
        tracing::debug!(id, %method, path, status, millis, "request");
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

fn id_of(request: &Request) -> String {
    let given = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok());
    match given {
        Some(id) if !id.is_empty() && id.len() <= LONGEST_ID => id.to_owned(),
        Some(_) | None => new_id(),
    }
}

/// Unique in this process and, with the start time, among its restarts.
fn new_id() -> String {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::{SystemTime, UNIX_EPOCH};
    static START: OnceLock<u64> = OnceLock::new();
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let start = *START.get_or_init(|| {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_micros()).unwrap_or_default()
    });
    format!("{start:x}-{:x}-{:x}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}
