//! Every form of body and answer of `/invocations`, on graphs without steps: what goes in comes out.

use serde_json::{Value, json};

use crate::server::{Answer, Folder, Server};
use crate::specs;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and so on";
const JPEG: &[u8] = b"\xff\xd8\xff and so on";

async fn echo(ty: Value) -> Server {
    Server::start(Folder::new(), &specs::echo(ty), &[]).await
}

async fn raw(server: &Server, content_type: &str, accept: &str, body: &[u8]) -> Answer {
    let mut request = server.post("/invocations").body(body.to_vec());
    if !content_type.is_empty() {
        request = request.header("content-type", content_type);
    }
    if !accept.is_empty() {
        request = request.header("accept", accept);
    }
    Answer::of(request.send().await.unwrap()).await
}

#[tokio::test]
async fn an_image_is_the_body_itself() {
    let server = echo(json!({ "image": ["jpeg", "png"] })).await;
    for content_type in ["image/png", "image/*", "application/octet-stream", "", "application/x-www-form-urlencoded"] {
        let answer = raw(&server, content_type, "", PNG).await.ok();
        assert_eq!(answer, json!({ "y": { "b64": "iVBORw0KGgogYW5kIHNvIG9u" } }), "{content_type}");
    }
    let answer = raw(&server, "image/jpeg", "image/*, application/json;q=0.1", JPEG).await;
    assert_eq!((answer.status, answer.bytes.as_slice()), (200, JPEG));
    assert_eq!(answer.headers["content-type"], "image/jpeg");
    assert_eq!(raw(&server, "image/png", "application/octet-stream", PNG).await.bytes, PNG);
}

#[tokio::test]
async fn an_image_of_another_format_is_refused_by_type_and_by_content() {
    let server = echo(json!({ "image": ["jpeg"] })).await;
    let error = raw(&server, "image/png", "", PNG).await.error(415);
    assert_eq!(error, "content type `image/png`: expected image<jpeg> or `application/json`");
    let error = raw(&server, "image/jpeg", "", PNG).await.error(415);
    assert_eq!(error, "input `x`: expected image<jpeg>, got png");
    let error = raw(&server, "", "", b"").await.error(415);
    assert_eq!(error, "input `x`: expected image<jpeg>, got 0 bytes of an unknown format");
    assert_eq!(raw(&server, "text/csv", "", JPEG).await.status, 415);
}

#[tokio::test]
async fn bytes_in_json_are_base64() {
    let server = echo(json!({ "image": ["png"] })).await;
    let answer = server.json("/invocations", r#"{"x": {"b64": "iVBORw0KGgogYW5kIHNvIG9u"}}"#).await.ok();
    assert_eq!(answer, json!({ "y": { "b64": "iVBORw0KGgogYW5kIHNvIG9u" } }));
    let vertex = server.json("/invocations", r#"{"instances": [{"b64": "iVBORw0KGgogYW5kIHNvIG9u"}]}"#).await.ok();
    assert_eq!(vertex, json!({ "predictions": [{ "y": { "b64": "iVBORw0KGgogYW5kIHNvIG9u" } }] }));
    for (body, wanted) in [
        (r#"{"x": {"b64": "??"}}"#, "input `x`: not base64"),
        (r#"{"x": {"base64": "aa"}}"#, "unknown field `base64`, expected `b64`"),
        (r#"{"x": {"b64": "aa", "c": 1}}"#, "unknown field `c`"),
        (r#"{"x": {}}"#, "missing field `b64`"),
        (r#"{"x": "iVBORw0K"}"#, "expected image<png> as {\"b64\": \"…\"}"),
    ] {
        let error = server.json("/invocations", body).await.error(400);
        assert!(error.contains(wanted), "{error} lacks {wanted}");
    }
}

#[tokio::test]
async fn text_is_the_body_itself_or_a_string() {
    let server = echo(json!("text")).await;
    assert_eq!(raw(&server, "text/plain; charset=utf-8", "", "grüß".as_bytes()).await.ok(), json!({ "y": "grüß" }));
    assert_eq!(server.json("/invocations", r#"{"x": "a\nb"}"#).await.ok(), json!({ "y": "a\nb" }));
    let answer = raw(&server, "", "text/plain", "grüß".as_bytes()).await;
    assert_eq!(answer.text(), "grüß");
    assert_eq!(answer.headers["content-type"], "text/plain; charset=utf-8");
    assert!(raw(&server, "text/plain", "", b"\xff").await.error(400).contains("not UTF-8"));
    assert_eq!(raw(&server, "image/png", "", PNG).await.status, 415);
}

#[tokio::test]
async fn plain_bytes_take_any_content_type() {
    let server = echo(json!("bytes")).await;
    assert_eq!(raw(&server, "application/x-thing", "", b"\0\x01").await.ok(), json!({ "y": { "b64": "AAE=" } }));
    assert_eq!(raw(&server, "", "application/octet-stream", b"\0\x01").await.bytes, b"\0\x01");
}

#[tokio::test]
async fn scalars_lists_and_records_are_json() {
    let record = json!({ "record": { "name": "string", "score": "float" } });
    for (ty, good, bad) in [
        (json!("int"), "7", "7.5"),
        (json!("float"), "0.5", "\"0.5\""),
        (json!("bool"), "true", "1"),
        (json!("string"), "\"s\"", "null"),
        (json!("json"), r#"{"any":[1,null]}"#, ""),
        (json!({ "list": "int" }), "[1,2]", "[1,\"2\"]"),
        (record, r#"{"name":"n","score":1}"#, r#"{"name":"n"}"#),
    ] {
        let server = echo(ty.clone()).await;
        let answer = server.json("/invocations", &format!("{{\"x\": {good}}}")).await;
        assert_eq!(answer.text(), format!("{{\"y\":{good}}}"), "{ty}");
        if !bad.is_empty() {
            let error = server.json("/invocations", &format!("{{\"x\": {bad}}}")).await.error(400);
            assert!(error.starts_with("input `x`: expected "), "{error}");
        }
    }
}

#[tokio::test]
async fn instances_are_run_one_by_one() {
    let folder = Folder::new();
    let spec = specs::doubler(&folder);
    let server = Server::start(folder, &spec, &[]).await;
    // With the leading dimension, and without it as Vertex AI's clients send rows.
    let body =
        r#"{"instances": [{"pixels": [[1, 2]]}, [[3, 4], [5, 6]], [7, 8], {"pixels": [9, 10]}], "parameters": {}}"#;
    let answer = server.json("/invocations", body).await;
    assert_eq!(
        answer.text(),
        r#"{"predictions":[{"scores":[[2.0,4.0]]},{"scores":[[6.0,8.0],[10.0,12.0]]},{"scores":[14.0,16.0]},{"scores":[18.0,20.0]}]}"#
    );
    assert_eq!(server.json("/invocations", r#"{"instances": []}"#).await.ok(), json!({ "predictions": [] }));
    for (body, wanted) in [
        (
            r#"{"instances": [[1, 2], [1, 2, 3]]}"#,
            "instances[1]: input `pixels`: expected tensor<f32>[batch, 2], got tensor<f32>[1, 3]",
        ),
        (r#"{"instances": [[1, 2], "x"]}"#, "instances[1]: input `pixels`: expected f32, got a string"),
        (r#"{"instances": {"a": 1}}"#, "expected an array of instances"),
        (r#"{"instances": [[1, 2]], "pixels": [[1, 2]]}"#, "`pixels` beside `instances`"),
        (r#"{"pixels": [[1, 2]], "instances": [[1, 2]]}"#, "inputs beside `instances`"),
        (r#"{"instances": [{"other": 1}]}"#, "instances[0]: no input `other`; the inputs are `pixels`"),
    ] {
        let error = server.json("/invocations", body).await.error(400);
        assert!(error.contains(wanted), "{error} lacks {wanted}");
    }
}

#[tokio::test]
async fn a_bare_json_instance_may_be_an_object() {
    let server = echo(json!("json")).await;
    let body = r#"{"instances": [{"a": 1}, {"x": {"a": 2}}, [3], null, "s", 1.5, true, -1]}"#;
    let answers = server.json("/invocations", body).await.ok();
    let wanted: Vec<Value> =
        [json!({ "a": 1 }), json!({ "a": 2 }), json!([3]), json!(null), json!("s"), json!(1.5), json!(true), json!(-1)]
            .into_iter()
            .map(|x| json!({ "y": x }))
            .collect();
    assert_eq!(answers, json!({ "predictions": wanted }));
}

#[tokio::test]
async fn integers_and_booleans_keep_their_types() {
    let folder = Folder::new();
    let spec = specs::integers(&folder);
    let server = Server::start(folder, &spec, &[]).await;
    let answer = server.json("/invocations", r#"{"a": [1, -2, 3], "b": [1, 5, 3]}"#).await.ok();
    assert_eq!(answer, json!({ "sum": [2, 3, 6], "flags": [true, false, true] }));
    let error = server.json("/invocations", r#"{"a": [1, 2], "b": [1]}"#).await.error(400);
    assert_eq!(error, "input `b`: expected tensor<i64>[n] with n = 2, got tensor<i64>[1]");
    let error = server.json("/invocations", r#"{"a": [5000000000], "b": [1]}"#).await.error(422);
    assert!(error.contains("element 0 is 5000000000, which does not fit 32-bit integers"), "{error}");
}

#[tokio::test]
async fn branches_join() {
    let folder = Folder::new();
    let spec = specs::diamond(&folder);
    let server = Server::start(folder, &spec, &[]).await;
    let answer = server.json("/invocations", r#"{"x": [[1, 2]]}"#).await;
    assert_eq!(answer.text(), r#"{"echo":[[1.0,2.0]],"sum":[[5.0,10.0]]}"#);
    let metrics = server.get("/metrics").await.text();
    for step in ["two", "three", "join"] {
        let wanted = format!("servec_step_seconds_count{{endpoint=\"demo\",variant=\"main\",step=\"{step}\"}} 1\n");
        assert!(metrics.contains(&wanted), "{metrics}");
    }
}
