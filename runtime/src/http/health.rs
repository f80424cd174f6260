//! Is it ready, what does it serve, what happened.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serve_spec::Served;

use super::Serving;
use crate::fault::Fault;

/// `GET /ping` (SageMaker's) and `GET /healthz`: 200 with no body.
pub async fn ready(State(serving): State<Arc<Serving>>) -> Result<(), Fault> {
    serving.loaded().map(|_| ())
}

/// `GET /metrics`, also while loading.
pub async fn metrics(State(serving): State<Arc<Serving>>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], serving.metrics.text(&serving.spec.endpoint))
}

/// `GET /servec/spec`.
pub async fn spec(State(serving): State<Arc<Serving>>) -> Result<Json<Served>, Fault> {
    serving.served().map(Json)
}
