//! What every server does: health, one call, what it serves, and its end.

use std::time::Duration;

use serde_json::json;

use crate::server::{Folder, Server};
use crate::specs;

#[tokio::test]
async fn a_lone_model_answers_json() {
    let folder = Folder::new();
    let spec = specs::doubler(&folder);
    let server = Server::start(folder, &spec, &["--token", "t1"]).await;
    for path in ["/ping", "/healthz", "/v2/health/live", "/v2/health/ready", "/v2/models/demo/ready"] {
        assert_eq!(server.get(path).await.status, 200, "{path}");
    }
    let answer = server.json("/invocations", r#"{"pixels": [[1, 2.5], [0.1, -3]]}"#).await;
    assert_eq!(answer.text(), r#"{"scores":[[2.0,5.0],[0.2,-6.0]]}"#);
    assert_eq!(answer.headers["content-type"], "application/json");
    let served = server.get("/servec/spec").await.ok();
    assert_eq!(served["token"], "t1");
    assert_eq!(served["pid"], server.pid());
    assert_eq!(served["engines"], json!({ "double": "rten" }));
    assert_eq!(served["spec"]["endpoint"], "demo");
    let read: serve_spec::Served = serde_json::from_value(served).unwrap();
    assert_eq!(read.spec, serde_json::from_value(spec).unwrap());
}

#[tokio::test]
async fn sigterm_ends_it_with_success() {
    let folder = Folder::new();
    let spec = specs::doubler(&folder);
    let mut server = Server::start(folder, &spec, &[]).await;
    server.terminate();
    assert_eq!(server.wait(Duration::from_secs(10)).code(), Some(0));
}
