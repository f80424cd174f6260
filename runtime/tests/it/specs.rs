//! Specs of small endpoints.

use serde_json::{Value, json};

use crate::onnx;
use crate::server::Folder;

pub fn tensor(dtype: &str, dims: Value) -> Value {
    json!({ "tensor": { "dtype": dtype, "dims": dims } })
}

pub fn port(name: &str, ty: Value) -> Value {
    json!({ "name": name, "type": ty })
}

pub fn model(artifact: Value, inputs: Value, outputs: Value) -> Value {
    json!({
        "artifact": artifact, "framework": "onnx", "engine": "auto",
        "inputs": inputs, "outputs": outputs, "concurrency": 2, "threads": 1,
    })
}

/// A model by itself is a graph of one step.
pub fn lone(name: &str, model: &Value) -> Value {
    let ports = |key: &str| model[key].as_array().unwrap().clone();
    let args: serde_json::Map<String, Value> = ports("inputs")
        .iter()
        .map(|port| (port["name"].as_str().unwrap().to_owned(), json!({ "ref": { "input": port["name"] } })))
        .collect();
    let plain = |port: &Value| json!({ "name": port["name"], "type": port["type"] });
    let outputs: Vec<Value> = ports("outputs")
        .iter()
        .map(|port| {
            let value = json!({ "step": { "id": "call", "output": port["name"] } });
            json!({ "name": port["name"], "type": port["type"], "value": value })
        })
        .collect();
    let step = json!({ "id": "call", "call": { "model": name }, "args": args,
        "outputs": ports("outputs").iter().map(plain).collect::<Vec<_>>() });
    json!({ "inputs": ports("inputs").iter().map(plain).collect::<Vec<_>>(), "steps": [step], "outputs": outputs })
}

pub fn endpoint(variants: Value, graphs: Value, models: Value) -> Value {
    json!({
        "version": 1, "endpoint": "demo", "timeout_ms": 20_000, "max_request_bytes": 100_000,
        "variants": variants, "graphs": graphs, "models": models,
    })
}

pub fn only(graph: Value, models: Value) -> Value {
    endpoint(json!([{ "name": "main", "weight": 1, "graph": "g" }]), json!({ "g": graph }), models)
}

fn pair(name: &str) -> Value {
    port(name, tensor("f32", json!(["batch", 2])))
}

/// `y = x * factor`; the ports are called `pixels` and `scores` outside.
pub fn scale_model(folder: &Folder, file: &str, factor: f32) -> Value {
    let mut input = pair("pixels");
    input["from"] = json!("x");
    let mut output = pair("scores");
    output["from"] = json!("y");
    model(folder.asset(file, &onnx::scale(factor)), json!([input]), json!([output]))
}

/// One model that doubles.
pub fn doubler(folder: &Folder) -> Value {
    let model = scale_model(folder, "double.onnx", 2.0);
    only(lone("double", &model), json!({ "double": model }))
}

/// Two variants of weights 3 and 1 that double and triple, and a shadow.
pub fn variants(folder: &Folder) -> Value {
    let (two, three) = (scale_model(folder, "two.onnx", 2.0), scale_model(folder, "three.onnx", 3.0));
    endpoint(
        json!([
            { "name": "blue", "weight": 3, "graph": "two" },
            { "name": "green", "weight": 1, "graph": "three" },
            { "name": "mirror", "weight": 0, "shadow": true, "graph": "three" },
        ]),
        json!({ "two": lone("two", &two), "three": lone("three", &three) }),
        json!({ "two": two, "three": three }),
    )
}

/// Integers and booleans.
pub fn integers(folder: &Folder) -> Value {
    let ints = |name: &str| port(name, tensor("i64", json!(["n"])));
    let model = model(
        folder.asset("integers.onnx", &onnx::integers()),
        json!([ints("a"), ints("b")]),
        json!([ints("sum"), port("flags", tensor("bool", json!(["n"])))]),
    );
    only(lone("m", &model), json!({ "m": model }))
}

/// A diamond: two models on one input, and one that joins both.
pub fn diamond(folder: &Folder) -> Value {
    let (two, three) = (scale_model(folder, "two.onnx", 2.0), scale_model(folder, "three.onnx", 3.0));
    let add = onnx::Onnx::default()
        .input("l", onnx::F32, &[onnx::S("batch"), onnx::N(2)])
        .input("r", onnx::F32, &[onnx::S("batch"), onnx::N(2)])
        .output("s", onnx::F32, &[onnx::S("batch"), onnx::N(2)])
        .node("Add", &["l", "r"], &["s"])
        .bytes();
    let join = model(folder.asset("join.onnx", &add), json!([pair("l"), pair("r")]), json!([pair("s")]));
    let from = |id: &str, output: &str| json!({ "ref": { "step": { "id": id, "output": output } } });
    let scaled = |id: &str| {
        json!({ "id": id, "call": { "model": id }, "args": { "pixels": { "ref": { "input": "x" } } },
            "outputs": [pair("scores")] })
    };
    let graph = json!({
        "inputs": [pair("x")],
        "steps": [
            scaled("two"),
            scaled("three"),
            { "id": "join", "call": { "model": "join" },
              "args": { "l": from("two", "scores"), "r": from("three", "scores") }, "outputs": [pair("s")] },
        ],
        "outputs": [
            { "name": "sum", "type": tensor("f32", json!(["batch", 2])), "value": { "step": { "id": "join", "output": "s" } } },
            { "name": "echo", "type": tensor("f32", json!(["batch", 2])), "value": { "input": "x" } },
        ],
    });
    only(graph, json!({ "two": two, "three": three, "join": join }))
}

/// No steps: the input is the answer. For every form of body and answer without a model.
pub fn echo(ty: Value) -> Value {
    let graph = json!({
        "inputs": [port("x", ty.clone())], "steps": [],
        "outputs": [{ "name": "y", "type": ty, "value": { "input": "x" } }],
    });
    only(graph, json!({}))
}

/// One call takes a noticeable time; one at a time.
pub fn slow(folder: &Folder, times: usize) -> Value {
    let one = |name: &str| port(name, tensor("f32", json!([1, 1])));
    let mut model = model(folder.asset("slow.onnx", &onnx::slow(times)), json!([one("x")]), json!([one("y")]));
    model["concurrency"] = json!(1);
    only(lone("slow", &model), json!({ "slow": model }))
}
