//! Input made to break the server: each is an answer with a reason, and the server lives on.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::server::{Answer, Folder, Server};
use crate::specs;

async fn doubler() -> Server {
    let folder = Folder::new();
    let spec = specs::doubler(&folder);
    Server::start(folder, &spec, &[]).await
}

async fn lives(server: &Server) {
    assert_eq!(server.json("/invocations", r#"{"pixels": [[1, 2]]}"#).await.status, 200);
}

/// Sends bytes and reads until the server closes or answers.
async fn talk(server: &Server, parts: &[&[u8]]) -> String {
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    for part in parts {
        stream.write_all(part).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut answer = vec![0; 4096];
    let count = tokio::time::timeout(Duration::from_secs(30), stream.read(&mut answer)).await.unwrap().unwrap_or(0);
    String::from_utf8_lossy(&answer[..count]).into_owned()
}

#[tokio::test]
async fn bad_bodies_say_what_is_wrong() {
    let server = doubler().await;
    let deep = "[".repeat(50_000);
    let deep_input = format!("{{\"pixels\": {deep}");
    let ragged = "input `pixels`: the arrays of one depth differ in length";
    for (body, wanted) in [
        ("", "body: EOF while parsing"),
        ("{", "body: EOF while parsing"),
        ("[1, 2]", "expected an object by input name, or {\"instances\": [...]}"),
        ("\u{0}", "body: expected value at line 1 column 1"),
        ("{} {}", "body: trailing characters"),
        (&deep, "body: "),
        (&deep_input, "recursion limit exceeded"),
        ("{}", "input `pixels` is missing; the inputs are `pixels: tensor<f32>[batch, 2]`"),
        (r#"{"pixel": 1}"#, "no input `pixel`; the inputs are `pixels`"),
        (r#"{"pixels": [[1, 2]], "pixels": [[1, 2]]}"#, "input `pixels` is there twice"),
        (r#"{"pixels": [[NaN, 2]]}"#, "input `pixels`: expected value"),
        (r#"{"pixels": [[1e39, 2]]}"#, "does not fit f32"),
        (r#"{"pixels": [[1e999, 2]]}"#, "number out of range"),
        (r#"{"pixels": [["1", 2]]}"#, "input `pixels`: expected f32, got a string"),
        (r#"{"pixels": [[null, 2]]}"#, "input `pixels`: invalid type: null, expected f32 or an array of them"),
        (r#"{"pixels": [[true, 2]]}"#, "input `pixels`: expected f32, got true"),
        (r#"{"pixels": [[1, 2], [3]]}"#, ragged),
        (r#"{"pixels": [[1, 2], 3]}"#, ragged),
        (r#"{"pixels": [1, 2]}"#, "input `pixels`: expected tensor<f32>[batch, 2], got tensor<f32>[2]"),
        (r#"{"pixels": [[1, 2, 3]]}"#, "input `pixels`: expected tensor<f32>[batch, 2], got tensor<f32>[1, 3]"),
        (r#"{"pixels": []}"#, "input `pixels`: expected tensor<f32>[batch, 2], got tensor<f32>[0]"),
    ] {
        let answer = server.json("/invocations", body).await;
        let error = answer.error(400);
        assert!(error.contains(wanted), "{error} lacks {wanted}");
    }
    let latin = server.post("/invocations").header("content-type", "application/json").body(b"{\"\xff\": 1}".to_vec());
    assert_eq!(Answer::of(latin.send().await.unwrap()).await.status, 400);
    lives(&server).await;
}

#[tokio::test]
async fn a_body_over_the_limit_is_413_with_and_without_a_length() {
    let server = doubler().await;
    let large = format!("{{\"pixels\": [{}]}}", "[1, 2],".repeat(20_000));
    let error = server.json("/invocations", &large).await.error(413);
    assert_eq!(error, "the body is larger than 100000 bytes");
    let mut chunked = b"POST /invocations HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..11 {
        chunked.extend_from_slice(b"2710\r\n");
        chunked.extend_from_slice(&[b' '; 10_000]);
        chunked.extend_from_slice(b"\r\n");
    }
    assert!(talk(&server, &[&chunked]).await.starts_with("HTTP/1.1 413 "));
    lives(&server).await;
}

#[tokio::test]
async fn a_body_that_stalls_is_408_and_one_that_breaks_off_is_forgotten() {
    let folder = Folder::new();
    let mut spec = specs::doubler(&folder);
    spec["timeout_ms"] = json!(300);
    let server = Server::start(folder, &spec, &[]).await;
    let head = b"POST /invocations HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n";
    let answer = talk(&server, &[head, b"{\"pix"]).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("the body did not arrive within the endpoint's time"), "{answer}");
    for _ in 0..20 {
        let mut stream = TcpStream::connect(&server.address).await.unwrap();
        stream.write_all(head).await.unwrap();
        stream.write_all(b"{\"pix").await.unwrap();
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    lives(&server).await;
    let metrics = server.get("/metrics").await.text();
    assert!(metrics.contains("servec_in_flight{endpoint=\"demo\"} 0\n"), "{metrics}");
}

#[tokio::test]
async fn bytes_that_are_no_http_do_no_harm() {
    let server = doubler().await;
    for bytes in [&b"\0\0\0\0\r\n\r\n"[..], b"GET\r\n\r\n", b"GET /ping HTTP/9.9\r\n\r\n", &[b'A'; 4096]] {
        let answer = talk(&server, &[bytes, b"\r\n\r\n"]).await;
        assert!(!answer.starts_with("HTTP/1.1 2"), "{answer}");
    }
    let long = format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(70_000));
    assert!(talk(&server, &[long.as_bytes()]).await.starts_with("HTTP/1.1 4"));
    lives(&server).await;
}

#[tokio::test]
async fn unknown_paths_methods_models_and_media_have_their_own_status() {
    let server = doubler().await;
    assert_eq!(server.get("/nothing").await.error(404), "no path `/nothing`");
    assert_eq!(server.get("/../../etc/passwd").await.status, 404);
    assert_eq!(server.get("/invocations").await.error(405), "`/invocations` does not take GET");
    assert_eq!(server.json("/ping", "{}").await.status, 405);
    assert_eq!(server.get("/v2/models/other").await.error(404), "no model `other`; this server serves `demo`");
    let csv = server.post("/invocations").header("content-type", "text/csv").body("1,2");
    let error = Answer::of(csv.send().await.unwrap()).await.error(415);
    assert_eq!(error, "content type `text/csv`: expected `application/json`");
}

#[tokio::test]
async fn a_call_that_takes_too_long_is_504_and_the_next_waits_its_turn() {
    let folder = Folder::new();
    let mut spec = specs::slow(&folder, 400);
    spec["timeout_ms"] = json!(150);
    let server = Server::start(folder, &spec, &[]).await;
    let error = server.json("/invocations", r#"{"x": [[1]]}"#).await.error(504);
    assert_eq!(error, "not answered within 150 ms");
    // The first still computes and holds the model's one place, so this one waits in vain; the server answers.
    assert_eq!(server.json("/invocations", r#"{"x": [[1]]}"#).await.status, 504);
    assert_eq!(server.get("/ping").await.status, 200);
}

#[tokio::test]
async fn the_time_that_the_body_takes_counts() {
    let folder = Folder::new();
    let mut spec = specs::slow(&folder, 400);
    spec["timeout_ms"] = json!(1000);
    let server = Server::start(folder, &spec, &[]).await;
    let head =
        b"POST /invocations HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 12\r\n\r\n{\"x\"";
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    stream.write_all(head).await.unwrap();
    tokio::time::sleep(Duration::from_millis(900)).await;
    stream.write_all(b": [[1]]}").await.unwrap();
    let mut answer = vec![0; 4096];
    let count = stream.read(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer[..count]).into_owned();
    assert!(answer.starts_with("HTTP/1.1 504 ") && answer.contains("not answered within 1000 ms"), "{answer}");
}

#[tokio::test]
async fn what_a_client_wrote_is_quoted_up_to_a_point() {
    let server = doubler().await;
    let name = "a".repeat(90_000);
    let error = server.json("/invocations", &format!("{{\"{name}\": 1}}")).await.error(400);
    assert!(error.len() < 1100 && error.starts_with("body: no input `aaa"), "{}", error.len());
    let error = server.get(&format!("/{}", "a".repeat(9000))).await.error(404);
    assert!(error.len() < 1100, "{}", error.len());
    let request = server.post("/invocations").header("x-amzn-sagemaker-target-variant", "v".repeat(9000)).body("{}");
    let error = Answer::of(request.send().await.unwrap()).await.error(400);
    assert!(error.len() < 1100, "{}", error.len());
}

/// The head alone decides, so that nothing needs to be sent.
#[tokio::test]
async fn a_body_that_will_not_be_read_is_refused_by_its_head() {
    let server = doubler().await;
    let head = |more: &str| {
        format!("POST /invocations HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n{more}\r\n\r\n")
    };
    let answer = talk(&server, &[head("content-length: 99999999999").as_bytes()]).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    let answer = talk(&server, &[head("content-length: 9\r\ncontent-encoding: gzip").as_bytes()]).await;
    assert!(answer.starts_with("HTTP/1.1 415 "), "{answer}");
    assert!(answer.contains("content encoding `gzip`: send the body as it is"), "{answer}");
    lives(&server).await;
}

/// Two bytes of the body each, and hundreds in memory.
#[tokio::test]
async fn small_values_in_large_numbers_are_refused() {
    for (ty, body) in [
        (json!("int"), format!("{{\"instances\": [{}0]}}", "0,".repeat(100_000))),
        (json!("json"), format!("{{\"x\": [{}0]}}", "0,".repeat(2_000_000))),
        (specs::tensor("string", json!(["n"])), format!("{{\"x\": [{}\"\"]}}", "\"\",".repeat(2_000_000))),
    ] {
        let mut spec = specs::echo(ty);
        spec["max_request_bytes"] = json!(10_000_000);
        let server = Server::start(Folder::new(), &spec, &[]).await;
        let error = server.json("/invocations", &body).await.error(400);
        assert!(error.contains("more than 1048576 values in one request"), "{error}");
        assert_eq!(server.get("/ping").await.status, 200);
    }
}

/// A small request must not make a huge answer.
#[tokio::test]
async fn no_output_is_written_twice() {
    let server = doubler().await;
    let wanted = vec![r#"{"name": "scores"}"#; 1000].join(",");
    let input = r#"{"name": "pixels", "shape": [1, 2], "datatype": "FP32", "data": [1, 2]}"#;
    let body = format!(r#"{{"inputs": [{input}], "outputs": [{wanted}]}}"#);
    let error = server.json("/v2/models/demo/infer", &body).await.error(400);
    assert!(error.contains("output `scores` is asked for twice"), "{error}");
}
