//! A stack's graph, its order, and how it is shown.

use camino::Utf8Path;
use petgraph::graph::DiGraph;
use servec::compile::{Options, compile_with};
use servec::files::Disk;
use servec::graph::export::{Drawing, dot, drawings, json, mermaid, text};
use servec::graph::{Dag, Node, NodeKind, build};
use servec::report::{Code, Sink};
use servec::source::{FileId, Span};

fn quickstart() -> (Dag, Vec<Drawing>) {
    let path = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/quickstart");
    let compiled = compile_with(&path, &Options::default(), &Disk);
    assert!(!compiled.failed, "{:?}", compiled.diagnostics);
    let stack = &compiled.stacks[0];
    let dag = build(stack, &mut Sink::default()).unwrap();
    let drawings = drawings(stack, &dag);
    (dag, drawings)
}

/// The folder of the repository is no part of what is shown.
fn plain(text: &str) -> String {
    text.replace(concat!(env!("CARGO_MANIFEST_DIR"), "/"), "")
}

#[test]
fn text_shows_the_tree_and_each_pipelines_steps() {
    let (_, drawings) = quickstart();
    let expected = "\
stack dev
└─ endpoint kinds
   └─ pipeline identify
      ├─ transform window
      ├─ model magika
      │  └─ artifact examples/quickstart/models/magika.onnx
      └─ transform labels_above

pipeline identify
  input file: bytes
  tokens = transform window
    ← file as file: bytes
  scores = model magika
    ← tokens as tokens: tensor<i32>[1, 2048]
  kinds = transform labels_above
    ← scores as scores: tensor<f32>[1, 214]
  output kinds: list<{ label: string, score: float }>
    ← kinds as kinds: list<{ label: string, score: float }>
";
    assert_eq!(plain(&text(&drawings)), expected);
}

#[test]
fn dot_and_mermaid_name_every_node_and_edge_once() {
    let (_, drawings) = quickstart();
    let edges: usize = drawings.iter().map(|d| d.edges.len()).sum();
    let nodes: usize = drawings.iter().map(|d| d.nodes.len()).sum();
    let dot = dot(&drawings);
    assert_eq!(dot.matches(" -> ").count(), edges);
    assert_eq!(dot.matches(" [label = ").count(), nodes + drawings[1].edges.len());
    assert_eq!(dot.matches('{').count(), dot.matches('}').count(), "{dot}");
    let mermaid = mermaid(&drawings);
    assert_eq!(mermaid.matches(" -->").count(), edges);
    assert!(mermaid.starts_with("flowchart LR\n  subgraph g0 [\"stack dev\"]\n"), "{mermaid}");
    // Signs that Mermaid reads as its own stand as codes.
    assert!(mermaid.contains("tensor#60;i32#62;[1, 2048]"), "{mermaid}");
}

#[test]
fn json_names_nodes_by_kind_and_name() {
    let (_, drawings) = quickstart();
    let json = json(&drawings);
    let stack = &json["graphs"][0];
    assert_eq!(stack["name"], "dev");
    assert_eq!(stack["edges"][0], serde_json::json!({ "from": "stack.dev", "to": "endpoint.kinds" }));
    let pipeline = &json["graphs"][1];
    assert_eq!(
        pipeline["edges"][1],
        serde_json::json!({ "from": "step.tokens", "to": "step.scores", "label": "tokens: tensor<i32>[1, 2048]" })
    );
}

#[test]
fn the_order_puts_what_is_needed_first() {
    let (dag, _) = quickstart();
    let order = dag.order();
    let place = |node| order.iter().position(|n| *n == node).unwrap();
    assert_eq!(order.len(), dag.graph.node_count());
    for node in &order {
        for needed in dag.needs(*node) {
            assert!(place(needed) < place(*node));
            assert!(dag.needed_by(needed).contains(node));
        }
    }
    let stack = dag.find(NodeKind::Stack, "dev").unwrap();
    assert_eq!(order.last(), Some(&stack));
}

#[test]
fn a_cycle_is_shown_as_a_path_and_there_is_no_graph() {
    let mut graph = DiGraph::new();
    let mut node =
        |kind, name: &str, at| graph.add_node(Node { kind, name: name.into(), span: Span::new(FileId(0), at, at + 1) });
    let (a, b, c) = (node(NodeKind::Pipeline, "a", 0), node(NodeKind::Pool, "b", 1), node(NodeKind::Model, "c", 2));
    for (from, to) in [(a, b), (b, c), (c, a), (b, a)] {
        graph.add_edge(from, to, ());
    }
    let mut sink = Sink::default();
    assert!(Dag::new(graph, &mut sink).is_none());
    let said = sink.into_sorted();
    assert_eq!(said.len(), 1);
    assert_eq!(said[0].code, Code::DependencyCycle);
    assert_eq!(said[0].message, "these need each other: `pipeline a` → `pool b` → `pipeline a`");
    assert_eq!(said[0].labels[1].text, "`b` needs `a`");
}
