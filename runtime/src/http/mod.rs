//! The HTTP surface, on one port. One file for each group of paths; `serving` holds what they share.

mod accept;
mod body;
mod error;
mod health;
mod instances;
mod invocations;
mod oip;
mod outer;
mod serving;

use std::sync::Arc;

use axum::http::{Method, Uri};
use axum::routing::{get, post};
use axum::{Router, middleware};

use crate::fault::{Fault, Kind};

pub use accept::serve;
pub use serving::Serving;

/// All routes.
pub fn router(serving: Arc<Serving>) -> Router {
    Router::new()
        .route("/ping", get(health::ready))
        .route("/healthz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .route("/servec/spec", get(health::spec))
        .route("/invocations", post(invocations::invoke))
        .route("/v2", get(oip::server))
        .route("/v2/health/live", get(oip::live))
        .route("/v2/health/ready", get(oip::server_ready))
        .route("/v2/models/{model}", get(oip::metadata))
        .route("/v2/models/{model}/ready", get(oip::model_ready))
        .route("/v2/models/{model}/infer", post(oip::infer))
        .fallback(no_path)
        .method_not_allowed_fallback(no_method)
        .layer(middleware::from_fn_with_state(Arc::clone(&serving), outer::outer))
        .with_state(serving)
}

async fn no_path(uri: Uri) -> Fault {
    Fault::new(Kind::Unknown, format!("no path `{}`", uri.path()))
}

async fn no_method(method: Method, uri: Uri) -> Fault {
    Fault::new(Kind::Method, format!("`{}` does not take {method}", uri.path()))
}
