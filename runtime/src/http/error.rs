//! Faults as HTTP answers: `{"error": "…"}`, as Open Inference Protocol v2 has it.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::fault::Fault;

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(serde_json::json!({ "error": self.message }))).into_response();
        response.extensions_mut().insert(self);
        response
    }
}
