//! `POST /invocations`, SageMaker's path: a raw body for a graph with one input that can be one, JSON for all.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serve_spec::{Port, Type};

use super::Serving;
use super::instances;
use super::serving::{Chosen, mark};
use crate::fault::{Fault, Kind};
use crate::graph::Values;
use crate::typed::{media, type_name};
use crate::value::Value;
use crate::wire::answer::{Answer, Predictions};
use crate::wire::body::{self, Body};

/// Bodies and answers above this many bytes are read and written off the threads that serve connections.
const SMALL: usize = 64 * 1024;

/// The handler.
pub async fn invoke(State(serving): State<Arc<Serving>>, request: Request) -> Result<Response, Fault> {
    let headers = request.headers().clone();
    let chosen = serving.choose(&headers)?;
    let answered = answer(&serving, &chosen, &headers, request).await;
    let mut response = answered.unwrap_or_else(Fault::into_response);
    mark(&mut response, &chosen);
    Ok(response)
}

async fn answer(serving: &Serving, chosen: &Chosen, headers: &HeaderMap, request: Request) -> Result<Response, Fault> {
    let deadline = serving.deadline();
    let form = form(header(headers, CONTENT_TYPE), &chosen.graph.inputs)?;
    let body = serving.bodies.read(request, deadline).await?;
    serving.in_time(deadline, compute(serving, chosen, form, body.bytes.clone(), header(headers, ACCEPT))).await
}

async fn compute(
    serving: &Serving,
    chosen: &Chosen,
    form: Form,
    bytes: Bytes,
    accept: &str,
) -> Result<Response, Fault> {
    let graph = Arc::clone(&chosen.graph);
    let read = offload(bytes.len(), move || {
        let (values, many) = match read(form, &bytes, &graph.inputs)? {
            Body::One(values) => (vec![values], false),
            Body::Instances(instances) => (instances, true),
        };
        let (mut calls, mut rows) = (Vec::with_capacity(values.len()), Vec::with_capacity(values.len()));
        for (at, mut values) in values.into_iter().enumerate() {
            if many {
                rows.push(instances::widen(&mut values, &graph.inputs));
            }
            let symbols = graph.check_inputs(&values);
            let symbols = symbols.map_err(|fault| if many { fault.at(&format!("instances[{at}]")) } else { fault })?;
            calls.push((values, symbols));
        }
        Ok((calls, many.then_some(rows)))
    });
    let (calls, rows) = read.await?;
    let mut answers = serving.run(chosen, calls).await?;
    if let Some(rows) = rows {
        for (answer, row) in answers.iter_mut().zip(&rows) {
            instances::narrow(answer, &chosen.graph.outputs, row);
        }
        return write(answers.iter().map(size).sum(), move || json(&Predictions(&answers))).await;
    }
    let answer = answers.pop().unwrap_or_default();
    match raw(&answer, accept) {
        Some(response) => Ok(response),
        None => write(size(&answer), move || json(&Answer(&answer))).await,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Raw,
    Json,
}

/// How to read a body, by its content type and what the graph takes.
fn form(content_type: &str, inputs: &[Port]) -> Result<Form, Fault> {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    // What curl says when it is told nothing.
    let unsaid = essence.is_empty() || essence == "application/x-www-form-urlencoded";
    if essence == "application/json" || essence.ends_with("+json") {
        return Ok(Form::Json);
    }
    let only = if let [port] = inputs { Some(port) } else { None };
    let (ty, takes) = match only.map(|port| &port.ty) {
        Some(ty @ Type::Bytes) => (ty, true),
        Some(ty @ Type::Text) => (ty, unsaid || essence.starts_with("text/") || essence == "application/octet-stream"),
        Some(ty @ Type::Image(formats)) => (ty, unsaid || takes_media(&essence, "image/", formats)),
        Some(ty @ Type::Audio(formats)) => (ty, unsaid || takes_media(&essence, "audio/", formats)),
        _ if unsaid => return Ok(Form::Json),
        _ => return Err(Fault::new(Kind::Media, format!("content type `{essence}`: expected `application/json`"))),
    };
    if takes {
        return Ok(Form::Raw);
    }
    let message = format!("content type `{essence}`: expected {} or `application/json`", type_name(ty));
    Err(Fault::new(Kind::Media, message))
}

fn takes_media(essence: &str, kind: &str, formats: &[String]) -> bool {
    if matches!(essence, "application/octet-stream" | "application/x-image" | "application/x-audio") {
        return true;
    }
    essence.strip_prefix(kind).is_some_and(|format| {
        format == "*" || formats.is_empty() || formats.iter().any(|allowed| media::same(allowed, format))
    })
}

fn read(form: Form, bytes: &Bytes, inputs: &[Port]) -> Result<Body, Fault> {
    if form == Form::Json {
        return body::read(bytes, inputs);
    }
    let mut values = Values::new();
    for port in inputs {
        let value = if port.ty == Type::Text {
            let text = std::str::from_utf8(bytes)
                .map_err(|error| Fault::new(Kind::Malformed, format!("input `{}`: not UTF-8: {error}", port.name)))?;
            Value::Text(Arc::from(text))
        } else {
            Value::Bytes(Arc::from(bytes.as_ref()))
        };
        values.insert(port.name.clone(), value);
    }
    Ok(Body::One(values))
}

/// A lone output of text or bytes goes out as it is, when the client asks for its kind by name.
fn raw(answer: &Values, accept: &str) -> Option<Response> {
    let mut values = answer.values();
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let asked = |kind: &str, all: &str| {
        accept.split(',').any(|part| {
            let essence = part.split(';').next().unwrap_or_default().trim();
            essence.eq_ignore_ascii_case(kind) || essence.eq_ignore_ascii_case(all)
        })
    };
    match value {
        Value::Text(text) if asked("text/plain", "text/*") => {
            Some(([(CONTENT_TYPE, "text/plain; charset=utf-8".to_owned())], text.to_string()).into_response())
        }
        Value::Bytes(bytes) => {
            let kind = media::content_type(bytes);
            let all = format!("{}/*", kind.split('/').next().unwrap_or_default());
            (asked(&kind, &all) || asked("application/octet-stream", "application/octet-stream"))
                .then(|| ([(CONTENT_TYPE, kind)], bytes.to_vec()).into_response())
        }
        Value::Text(_) | Value::Tensor(_) | Value::Json(_) => None,
    }
}

async fn write(size: usize, make: impl FnOnce() -> Result<Vec<u8>, Fault> + Send + 'static) -> Result<Response, Fault> {
    let bytes = offload(size, make).await?;
    Ok(([(CONTENT_TYPE, "application/json")], bytes).into_response())
}

/// Any value as JSON bytes.
pub fn json<T: serde::Serialize>(value: &T) -> Result<Vec<u8>, Fault> {
    serde_json::to_vec(value).map_err(|error| Fault::new(Kind::Internal, format!("the answer: {error}")))
}

/// Runs work in place when it is small, else on a thread that may block.
pub async fn offload<T: Send + 'static>(
    size: usize,
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    if size <= SMALL {
        return work();
    }
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(Fault::new(Kind::Internal, "reading or writing JSON failed")))
}

/// About how large an answer is as JSON, in bytes.
pub fn size(answer: &Values) -> usize {
    let sizes = answer.values().map(|value| match value {
        Value::Tensor(tensor) => crate::typed::len_of(&tensor.data) * 8,
        Value::Bytes(bytes) => bytes.len(),
        Value::Text(text) => text.len(),
        Value::Json(json) => json.as_array().map_or(1, Vec::len).saturating_mul(128),
    });
    sizes.sum()
}

pub fn header(headers: &HeaderMap, name: axum::http::HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn port(ty: Type) -> Vec<Port> {
        vec![Port { name: "x".to_owned(), ty, from: None }]
    }

    #[test]
    fn the_content_type_and_the_input_decide_the_form() {
        let jpeg = port(Type::Image(vec!["jpeg".to_owned()]));
        assert_eq!(form("image/jpg", &jpeg).unwrap(), Form::Raw);
        assert_eq!(form("", &jpeg).unwrap(), Form::Raw);
        assert_eq!(form("application/json; charset=utf-8", &jpeg).unwrap(), Form::Json);
        assert_eq!(form("image/png", &jpeg).unwrap_err().status(), 415);
        assert_eq!(form("text/plain", &jpeg).unwrap_err().status(), 415);
        assert_eq!(form("text/csv", &port(Type::Text)).unwrap(), Form::Raw);
        assert_eq!(form("", &port(Type::Int)).unwrap(), Form::Json);
        assert_eq!(form("text/csv", &port(Type::Int)).unwrap_err().status(), 415);
    }
}
