//! Weights, a named variant, shadows, and what the metrics say about them.

use std::time::Duration;

use crate::server::{Answer, Folder, Server};
use crate::specs;

const BODY: &str = r#"{"pixels": [[1, 1]]}"#;

async fn server() -> Server {
    let folder = Folder::new();
    let spec = specs::variants(&folder);
    Server::start(folder, &spec, &[]).await
}

async fn named(server: &Server, variant: &str) -> Answer {
    let request = server.post("/invocations").header("x-amzn-sagemaker-target-variant", variant);
    Answer::of(request.header("content-type", "application/json").body(BODY).send().await.unwrap()).await
}

#[tokio::test]
async fn weights_are_kept_exactly_and_the_answer_says_who_gave_it() {
    let server = server().await;
    let mut order = vec![];
    for _ in 0..8 {
        let answer = server.json("/invocations", BODY).await;
        let variant = answer.headers["x-amzn-invoked-production-variant"].to_str().unwrap().to_owned();
        let factor = if variant == "blue" { "2.0" } else { "3.0" };
        assert_eq!(answer.text(), format!("{{\"scores\":[[{factor},{factor}]]}}"));
        order.push(variant);
    }
    assert_eq!(order, ["blue", "blue", "green", "blue", "blue", "blue", "green", "blue"]);
}

#[tokio::test]
async fn a_request_may_name_its_variant_but_no_shadow() {
    let server = server().await;
    for _ in 0..3 {
        let answer = named(&server, "green").await;
        assert_eq!(answer.headers["x-amzn-invoked-production-variant"], "green");
    }
    let error = named(&server, "red").await.error(400);
    assert_eq!(error, "no variant `red`; the variants are `blue`, `green`");
    assert_eq!(named(&server, "mirror").await.status, 400);
}

#[tokio::test]
async fn shadows_get_copies_and_everything_is_counted() {
    let server = server().await;
    for _ in 0..4 {
        server.json("/invocations", BODY).await.ok();
    }
    server.json("/invocations", "{").await.error(400);
    let wanted = [
        "servec_requests_total{endpoint=\"demo\",variant=\"blue\",code=\"200\"} 3\n",
        "servec_requests_total{endpoint=\"demo\",variant=\"green\",code=\"200\"} 1\n",
        "servec_requests_total{endpoint=\"demo\",variant=\"blue\",code=\"400\"} 1\n",
        "servec_request_seconds_count{endpoint=\"demo\",variant=\"green\"} 1\n",
        "servec_step_seconds_count{endpoint=\"demo\",variant=\"blue\",step=\"call\"} 3\n",
        "servec_step_seconds_count{endpoint=\"demo\",variant=\"mirror\",step=\"call\"} 4\n",
        "servec_shadow_total{endpoint=\"demo\",variant=\"mirror\",outcome=\"200\"} 4\n",
        "servec_in_flight{endpoint=\"demo\"} 0\n",
    ];
    let mut metrics = String::new();
    for _ in 0..100 {
        metrics = server.get("/metrics").await.text();
        if wanted.iter().all(|line| metrics.contains(line)) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{metrics}");
}

#[tokio::test]
async fn a_request_id_is_kept_or_made() {
    let server = server().await;
    let given = server.http.get(format!("{}/ping", server.base)).header("x-request-id", "abc-1").send().await.unwrap();
    assert_eq!(given.headers()["x-request-id"], "abc-1");
    let (one, two) = (server.get("/ping").await, server.get("/ping").await);
    assert_ne!(one.headers["x-request-id"], two.headers["x-request-id"]);
    assert!(server.json("/invocations", "{").await.headers.contains_key("x-request-id"));
}
