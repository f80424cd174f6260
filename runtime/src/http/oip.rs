//! Open Inference Protocol v2 under `/v2`. The endpoint is the one model there; it has no versions.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use serve_spec::Output;

use super::Serving;
use super::invocations::{json as bytes_of, offload, size};
use super::serving::{Chosen, mark};
use crate::fault::{Fault, Kind};
use crate::wire::oip;

/// Marks Triton's binary extension, which this server does not speak.
const BINARY: &str = "inference-header-content-length";

/// `GET /v2`.
pub async fn server() -> Json<Value> {
    Json(json!({ "name": "serve-runtime", "version": env!("CARGO_PKG_VERSION"), "extensions": [] }))
}

/// `GET /v2/health/live`: it runs, whether ready or not.
pub async fn live() -> Json<Value> {
    Json(json!({ "live": true }))
}

/// `GET /v2/health/ready`.
pub async fn server_ready(State(serving): State<Arc<Serving>>) -> Result<Json<Value>, Fault> {
    serving.loaded()?;
    Ok(Json(json!({ "ready": true })))
}

/// `GET /v2/models/{model}/ready`.
pub async fn model_ready(State(serving): State<Arc<Serving>>, Path(model): Path<String>) -> Result<Json<Value>, Fault> {
    known(&serving, &model)?;
    serving.loaded()?;
    Ok(Json(json!({ "name": model, "ready": true })))
}

/// `GET /v2/models/{model}`.
pub async fn metadata(State(serving): State<Arc<Serving>>, Path(model): Path<String>) -> Result<Json<Value>, Fault> {
    known(&serving, &model)?;
    let graph = serving.shown()?;
    let inputs: Vec<Value> = graph.inputs.iter().map(|port| oip::metadata(&port.name, &port.ty)).collect();
    let outputs: Vec<Value> = graph.outputs.iter().map(|(output, _)| oip::metadata(&output.name, &output.ty)).collect();
    Ok(Json(json!({ "name": model, "platform": "servec", "inputs": inputs, "outputs": outputs })))
}

/// `POST /v2/models/{model}/infer`.
pub async fn infer(
    State(serving): State<Arc<Serving>>,
    Path(model): Path<String>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Fault> {
    known(&serving, &model)?;
    if headers.contains_key(BINARY) {
        return Err(Fault::new(Kind::Malformed, "binary tensor data is not supported, send JSON"));
    }
    let chosen = serving.choose(&headers)?;
    let mut response = answer(&serving, &chosen, &model, request).await.unwrap_or_else(Fault::into_response);
    mark(&mut response, &chosen);
    Ok(response)
}

async fn answer(serving: &Serving, chosen: &Chosen, model: &str, request: Request) -> Result<Response, Fault> {
    let deadline = serving.deadline();
    let body = serving.bodies.read(request, deadline).await?;
    serving.in_time(deadline, compute(serving, chosen, model, body.bytes.clone())).await
}

async fn compute(serving: &Serving, chosen: &Chosen, model: &str, bytes: Bytes) -> Result<Response, Fault> {
    let graph = Arc::clone(&chosen.graph);
    let read = offload(bytes.len(), move || {
        let asked = oip::read(&bytes, &graph.inputs)?;
        let unknown = asked.wanted.iter().find(|name| !graph.outputs.iter().any(|(output, _)| output.name == **name));
        if let Some(name) = unknown {
            return Err(Fault::new(Kind::Malformed, format!("no output `{name}`")));
        }
        let symbols = graph.check_inputs(&asked.values)?;
        Ok((asked, symbols))
    });
    let (asked, symbols) = read.await?;
    let mut answers = serving.run(chosen, vec![(asked.values, symbols)]).await?;
    let values = answers.pop().unwrap_or_default();
    let outputs: Vec<Output> = chosen.graph.outputs.iter().map(|(output, _)| output.clone()).collect();
    let model = model.to_owned();
    let bytes = offload(size(&values), move || {
        let shown = oip::shown(&outputs, &values, &asked.wanted);
        bytes_of(&oip::Answer { model_name: &model, id: asked.id.as_deref(), outputs: shown })
    });
    Ok(([(CONTENT_TYPE, "application/json")], bytes.await?).into_response())
}

fn known(serving: &Serving, model: &str) -> Result<(), Fault> {
    if model == serving.spec.endpoint {
        return Ok(());
    }
    let known = &serving.spec.endpoint;
    Err(Fault::new(Kind::Unknown, format!("no model `{model}`; this server serves `{known}`")))
}
