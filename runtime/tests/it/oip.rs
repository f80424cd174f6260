//! Open Inference Protocol v2 over HTTP.

use serde_json::json;

use crate::server::{Answer, Folder, Server};
use crate::specs;

async fn integers() -> Server {
    let folder = Folder::new();
    let spec = specs::integers(&folder);
    Server::start(folder, &spec, &[]).await
}

#[tokio::test]
async fn metadata_names_the_ports_of_the_endpoint() {
    let server = integers().await;
    let model = server.get("/v2/models/demo").await.ok();
    assert_eq!(model["inputs"][0], json!({ "name": "a", "datatype": "INT64", "shape": [-1] }));
    assert_eq!(model["outputs"][1], json!({ "name": "flags", "datatype": "BOOL", "shape": [-1] }));
    let about = server.get("/v2").await.ok();
    assert_eq!((&about["name"], &about["extensions"]), (&json!("serve-runtime"), &json!([])));
}

#[tokio::test]
async fn infer_answers_all_outputs_or_those_asked_for() {
    let server = integers().await;
    let input =
        |name: &str, data: &str| format!(r#"{{"name": "{name}", "shape": [2], "datatype": "INT64", "data": {data}}}"#);
    let inputs = format!("[{}, {}]", input("a", "[1, 2]"), input("b", "[1, 3]"));
    let all = server.json("/v2/models/demo/infer", &format!(r#"{{"id": "q", "inputs": {inputs}}}"#)).await;
    assert_eq!(all.headers["x-amzn-invoked-production-variant"], "main");
    assert_eq!(
        all.ok(),
        json!({ "model_name": "demo", "id": "q", "outputs": [
            { "name": "sum", "datatype": "INT64", "shape": [2], "data": [2, 5] },
            { "name": "flags", "datatype": "BOOL", "shape": [2], "data": [true, false] },
        ] })
    );
    let some = format!(r#"{{"inputs": {inputs}, "outputs": [{{"name": "flags"}}]}}"#);
    let some = server.json("/v2/models/demo/infer", &some).await.ok();
    assert_eq!(some["outputs"].as_array().unwrap().len(), 1);
    let none = format!(r#"{{"inputs": {inputs}, "outputs": [{{"name": "flag"}}]}}"#);
    assert_eq!(server.json("/v2/models/demo/infer", &none).await.error(400), "no output `flag`");
    for (body, wanted) in [
        ("{}", "missing field `inputs`"),
        ("[]", "expected an inference request"),
        (r#"{"inputs": 1}"#, "expected an array of inputs"),
        (r#"{"inputs": []}"#, "input `a` is missing"),
        (
            r#"{"inputs": [{"name": "a", "shape": [1], "datatype": "INT64", "data": [1.5]}]}"#,
            "input `a`: data: expected i64",
        ),
        (
            r#"{"inputs": [{"name": "a", "shape": [1, 1], "datatype": "INT64", "data": [1]}, {"name": "b", "shape": [1], "datatype": "INT64", "data": [1]}]}"#,
            "input `a`: expected tensor<i64>[n], got tensor<i64>[1, 1]",
        ),
    ] {
        let error = server.json("/v2/models/demo/infer", body).await.error(400);
        assert!(error.contains(wanted), "{error} lacks {wanted}");
    }
    let binary = server.post("/v2/models/demo/infer").header("inference-header-content-length", "3").body("{}");
    assert_eq!(Answer::of(binary.send().await.unwrap()).await.status, 400);
}

#[tokio::test]
async fn what_is_no_tensor_is_one_element() {
    for (ty, datatype, element) in [
        (json!("text"), "BYTES", json!("hi")),
        (json!({ "image": [] }), "BYTES", json!("aGk=")),
        (json!("json"), "BYTES", json!("{\"a\":[1]}")),
        (json!("string"), "BYTES", json!("s")),
        (json!("int"), "INT64", json!(3)),
        (json!("float"), "FP64", json!(0.5)),
        (json!("bool"), "BOOL", json!(true)),
    ] {
        let server = Server::start(Folder::new(), &specs::echo(ty.clone()), &[]).await;
        let input = json!({ "name": "x", "shape": [1], "datatype": datatype, "data": [element] });
        let answer = server.json("/v2/models/demo/infer", &json!({ "inputs": [input] }).to_string()).await.ok();
        let wanted = json!({ "name": "y", "shape": [1], "datatype": datatype, "data": [element] });
        assert_eq!(answer["outputs"], json!([wanted]), "{ty}");
    }
}
