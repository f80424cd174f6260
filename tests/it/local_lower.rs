//! A fitted stack as artifacts and processes.

use std::collections::BTreeMap;

use camino::Utf8Path;
use serde_json::json;
use serve_spec::Spec;
use servec::capability::fit;
use servec::report::Sink;
use servec::resource::{Address, Desired};
use servec::stack::{
    Argument, Callee, Handler, Pipeline, PipelineOutput, Servable, Stack, Step, Transform, Value, ValueKind, ValueRef,
    Variant,
};
use servec::target::local::Local;
use servec::target::{Emitter as _, Target as _};

use crate::support::stacks::{self, port, span};

fn lowered(stack: &Stack) -> Desired {
    let dag = stacks::dag();
    let mut sink = Sink::default();
    Local.lower(&fit(stack, &dag, Local.table(), &mut sink).unwrap())
}

fn plain() -> Stack {
    let model = stacks::model("scorer", Utf8Path::new("models/m.v1.onnx"), &"ab".repeat(32), 9);
    stacks::stack(vec![stacks::endpoint("score", "scorer")], vec![model])
}

fn spec(desired: &Desired, endpoint: &str) -> Spec {
    serde_json::from_value(desired.resources[&Address::new("endpoint", endpoint)].body.clone()).unwrap()
}

#[test]
fn a_lone_model_is_a_graph_of_one_step_and_needs_its_file() {
    let desired = lowered(&plain());
    let addresses: Vec<&str> = desired.resources.keys().map(Address::as_str).collect();
    assert_eq!(addresses, ["artifact.m-abababababab", "endpoint.score"]);
    let artifact = &desired.resources[&Address::new("artifact", "m-abababababab")];
    assert_eq!(
        artifact.body,
        json!({ "file": "m.v1.onnx", "sha256": "ab".repeat(32), "bytes": 9, "source": "models/m.v1.onnx" })
    );
    let endpoint = &desired.resources[&Address::new("endpoint", "score")];
    assert_eq!(endpoint.needs, std::slice::from_ref(&artifact.address));
    let spec = spec(&desired, "score");
    assert_eq!(spec.timeout_ms, 5000);
    assert_eq!(spec.models["scorer"].artifact.path, format!("../../artifacts/{}/m.v1.onnx", "ab".repeat(32)));
    assert_eq!(spec.graphs["scorer"].steps.len(), 1);
    assert_eq!(spec.graphs["scorer"].outputs[0].name, "y");
}

#[test]
fn a_field_knows_where_it_was_written() {
    let desired = lowered(&plain());
    let spans = &desired.resources[&Address::new("endpoint", "score")].spans;
    assert_eq!(spans["/timeout_ms"], span(21));
    assert_eq!(spans["/models/scorer/artifact"], span(11));
    assert_eq!(spans["/variants/0"], span(23));
}

#[test]
fn lowering_twice_gives_the_same_bytes() {
    let (one, two) = (lowered(&plain()), lowered(&plain()));
    assert_eq!(Local.files(&one), Local.files(&two));
    let paths: Vec<String> = Local.files(&one).iter().map(|f| f.path.to_string()).collect();
    assert_eq!(paths, ["artifacts.json", "endpoints/score/spec.json"]);
}

#[test]
fn two_names_of_one_content_are_one_file() {
    let mut stack = plain();
    let twin = stacks::model("twin", Utf8Path::new("b.onnx"), &"ab".repeat(32), 9);
    stack.models.insert("twin".into(), twin);
    stack.endpoints.push(stacks::endpoint("second", "twin"));
    let desired = lowered(&stack);
    assert_eq!(desired.resources.len(), 3);
    assert_eq!(spec(&desired, "score").models["scorer"].artifact, spec(&desired, "second").models["twin"].artifact);
}

#[test]
fn a_pipeline_keeps_its_steps_constants_and_variants() {
    let mut stack = plain();
    stack.transforms.insert(
        "scale".into(),
        Transform {
            name: "scale".into(),
            handler: Handler::Builtin("tensors.scale".into()),
            inputs: vec![port("x")],
            outputs: vec![port("y")],
            span: span(50),
        },
    );
    let by = |n| Argument::Const(Value::new(ValueKind::Float(n), span(51)));
    let step = |id: &str, callee, args: BTreeMap<_, _>| Step {
        id: id.into(),
        callee,
        args,
        outputs: vec![port("y")],
        span: span(52),
    };
    let pipeline = Pipeline {
        name: "flow".into(),
        inputs: vec![port("x")],
        steps: vec![
            step(
                "small",
                Callee::Transform("scale".into()),
                BTreeMap::from([("x".into(), Argument::Ref(ValueRef::Input("x".into()))), ("by".into(), by(0.5))]),
            ),
            step(
                "scored",
                Callee::Model("scorer".into()),
                BTreeMap::from([(
                    "x".into(),
                    Argument::Ref(ValueRef::Step { step: "small".into(), output: "y".into() }),
                )]),
            ),
        ],
        outputs: vec![PipelineOutput {
            port: port("score"),
            value: ValueRef::Step { step: "scored".into(), output: "y".into() },
        }],
        span: span(53),
    };
    stack.pipelines.insert("flow".into(), pipeline);
    let endpoint = &mut stack.endpoints[0];
    endpoint.serve.value = Servable::Pipeline("flow".into());
    let variant =
        |name: &str, weight, shadow, serve| Variant { name: name.into(), weight, shadow, serve, span: span(54) };
    endpoint.variants = vec![
        variant("stable", 90, false, Servable::Pipeline("flow".into())),
        variant("canary", 10, false, Servable::Model("scorer".into())),
        variant("mirror", 0, true, Servable::Model("scorer".into())),
    ];
    let spec = spec(&lowered(&stack), "score");
    assert_eq!(spec.graphs.keys().collect::<Vec<_>>(), ["flow", "scorer"]);
    let first = &spec.graphs["flow"].steps[0];
    assert_eq!(first.call, serve_spec::Call::Builtin("tensors.scale".to_owned()));
    assert_eq!(first.args["by"], serve_spec::Arg::Const(json!(0.5)));
    let shares: Vec<_> = spec.variants.iter().map(|v| (v.name.as_str(), v.weight, v.shadow)).collect();
    assert_eq!(shares, [("stable", 90, false), ("canary", 10, false), ("mirror", 0, true)]);
}

#[test]
fn a_secret_is_never_in_a_body() {
    let mut stack = plain();
    stack.secrets.0.insert("key".into(), "hunter2-very-secret".into());
    let env = Value::new(ValueKind::Secret("key".into()), span(60));
    stack.models.get_mut("scorer").unwrap().env.insert("KEY".into(), env);
    for file in Local.files(&lowered(&stack)) {
        assert!(!String::from_utf8(file.contents).unwrap().contains("hunter2"));
    }
}
